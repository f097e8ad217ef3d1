import type { Flow, FlowShape, FlowShapes } from "./flow.js";
import { formLeaves, info, input, inputType, type UiNode } from "./ui-node.js";

const csrf = ({ csrf: { token } }: Flow): UiNode => input("default", "csrf_token", "hidden", { value: token, required: true });
const passwordLabel = info(1070001, "Password");
const password = input("password", "password", "password", { required: true }, passwordLabel);

const traitNodes = (group: string, traits: unknown): UiNode[] =>
  formLeaves(traits).map((leaf) => {
    const value = leaf.value === undefined ? {} : { value: leaf.value };
    return input(group, `traits.${leaf.path}`, inputType(leaf), value, info(1070002, leaf.schema.title ?? ""));
  });

const byLink: FlowShape = {
  nodes: (flow) => [
    csrf(flow),
    input("link", "email", "email", { required: true }),
    input("link", "method", "submit", { value: "link" }, info(1070005, "Submit")),
  ],
  afterUi: () => ({ state: "choose_method" }),
};

const save = (group: string): UiNode => input(group, "method", "submit", { value: group }, info(1070003, "Save"));

/** The flows of v0.6.3. */
export const flowShapesV06: FlowShapes = {
  login: {
    nodes: (flow) => [
      csrf(flow),
      input("password", "password_identifier", "text", { value: "", required: true }, info(1070004, "ID")),
      password,
      input("password", "method", "submit", { value: "password" }, info(1010001, "Sign in", {})),
    ],
    afterUi: ({ stamps, refresh }) => ({ created_at: stamps.created, updated_at: stamps.created, forced: refresh }),
  },
  registration: {
    nodes: (flow, { traits }) => {
      const [first, ...others] = traitNodes("password", traits);
      const submit = input("password", "method", "submit", { value: "password" }, info(1040001, "Sign up", {}));
      const strayTraits = flow.refusal?.nodeMessages["traits"] ? [input("default", "traits", "text")] : [];
      return [csrf(flow), ...strayTraits, ...(first ? [first] : []), password, ...others, submit];
    },
    afterUi: () => ({}),
  },
  recovery: byLink,
  verification: byLink,
  settings: {
    nodes: (flow, { traits }) => [csrf(flow), ...traitNodes("profile", traits), save("profile"), password, save("password")],
    afterUi: () => ({ state: "show_form" }),
  },
};
