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

const TYPES = new Set<string>(Object.values(FlowType));

/** @returns null for a type that is none of the known ones, and where Kratos gives none */
export function flowTypeOf(type: string | undefined): FlowType | null {
  return type !== undefined && TYPES.has(type) ? (type as FlowType) : null;
}
