import { registerEnumType } from "type-graphql";

export enum FlowType {
  API = "api",
  BROWSER = "browser",
}

registerEnumType(FlowType, {
  name: "FlowType",
  description: "What kind of client a flow was started by.",
  valuesConfig: {
    API: { description: "An app that talks to Kratos' API itself." },
    BROWSER: { description: "A browser, which carries Kratos' cookies." },
  },
});
