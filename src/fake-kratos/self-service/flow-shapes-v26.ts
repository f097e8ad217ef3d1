import type { Flow, FlowShape, FlowShapes } from "./flow.js";
import { passkeyNodes, totpNodes, webauthnScript } from "./second-factor-nodes.js";
import { failure, formLeaves, info, input, inputType, type UiNode } from "./ui-node.js";

const csrf = ({ csrf: { token } }: Flow): UiNode => input("default", "csrf_token", "hidden", { value: token, required: true });
const passwordLabel = info(1070001, "Password");
const save = (group: string): UiNode => input(group, "method", "submit", { value: group }, info(1070003, "Save"));

const traitNodes = (group: string, traits: unknown): UiNode[] =>
  formLeaves(traits).map((leaf) => {
    const [name, title, type] = [`traits.${leaf.path}`, leaf.schema.title ?? "", inputType(leaf)];
    const rest = {
      ...(leaf.value === undefined ? {} : { value: leaf.value }),
      ...(leaf.required ? { required: true } : {}),
      ...(type === "email" ? { autocomplete: "email" } : {}),
    };
    return input(group, name, type, rest, info(1070002, title, { name, title }));
  });

const byCode = (nodes: (flow: Flow, code: UiNode[]) => UiNode[]): FlowShape => ({
  beforeUi: () => ({ active: "code" }),
  nodes: (flow) =>
    nodes(flow, [
      input("code", "email", "email", { required: true }, info(1070007, "Email")),
      input("code", "method", "submit", { value: "code" }, info(1070009, "Continue")),
    ]),
  afterUi: () => ({ state: "choose_method" }),
});

/** The flows of v26, with passwords, codes, TOTP, lookup secrets, WebAuthn and passkeys enabled. */
export const flowShapesV26: FlowShapes = {
  login: {
    head: () => ({ organization_id: null }),
    nodes: (flow, { publicUrl }) => [
      csrf(flow),
      input(
        "default",
        "identifier",
        "text",
        { value: "", required: true, autocomplete: "username webauthn" },
        info(1070002, "E-Mail", { name: "traits.email", title: "E-Mail" }),
      ),
      ...(flow.type === "browser" ? [webauthnScript(flow, publicUrl)] : []),
      ...passkeyNodes(flow),
      input("password", "password", "password", { required: true, autocomplete: "current-password" }, passwordLabel),
      input("password", "method", "submit", { value: "password" }, info(1010022, "Sign in with password")),
    ],
    // Without a session there is nothing to refresh, whatever the query says.
    afterUi: ({ stamps }) => ({
      created_at: stamps.created,
      updated_at: stamps.created,
      refresh: false,
      requested_aal: "aal1",
      state: "choose_method",
    }),
  },
  registration: {
    nodes: (flow, { traits }) => {
      const [first, ...others] = traitNodes("default", traits);
      const stray = (name: string): UiNode[] => (flow.refusal?.nodeMessages[name] ? [input("default", name, "text")] : []);
      const submit = input("profile", "method", "submit", { value: "profile" }, info(1040001, "Sign up"));
      return [csrf(flow), ...(first ? [first] : []), ...stray("password"), ...others, ...stray("traits"), submit];
    },
    afterUi: () => ({ organization_id: null, state: "choose_method" }),
  },
  recovery: byCode((flow, code) => [csrf(flow), ...code]),
  // An API client's verification has no CSRF token, not even an empty one.
  verification: byCode((flow, code) => [...code, ...(flow.type === "browser" ? [csrf(flow)] : [])]),
  settings: {
    nodes: (flow, { traits }) => [
      csrf(flow),
      ...traitNodes("profile", traits),
      save("profile"),
      input("password", "password", "password", { required: true, autocomplete: "new-password" }, passwordLabel),
      save("password"),
      input("lookup_secret", "lookup_secret_regenerate", "submit", { value: "true" }, info(1050008, "Generate new backup recovery codes")),
      ...totpNodes(flow),
      save("totp"),
    ],
    messages: [
      failure(
        4000009,
        "Could not find any login identifiers. Did you forget to set them? This could also be caused by a server misconfiguration.",
      ),
    ],
    afterUi: () => ({ state: "show_form" }),
  },
};
