import { createHash } from "node:crypto";
import type { Flow } from "./flow.js";
import { info, input, type UiNode } from "./ui-node.js";

/** A value that a flow keeps, derived from what it keeps anyway. */
const secretOf = (flow: Flow): string => createHash("sha256").update(flow.id).digest("hex");
const totpSecret = (flow: Flow): string =>
  secretOf(flow)
    .slice(0, 32)
    .replace(/[^a-f2-7]/g, "x")
    .toUpperCase();

// One transparent pixel; the real code is a picture of 256 by 256.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** Signing in with a passkey; a browser is told what to call, an app only what is meant. */
export const passkeyNodes = (flow: Flow): UiNode[] => {
  const inBrowser = (attribute: string, call: string) => (flow.type === "browser" ? { [attribute]: `window.${call}()` } : {});
  const publicKey = { challenge: secretOf(flow).slice(0, 43), timeout: 300000, rpId: "localhost", userVerification: "preferred" };
  const challenge = { type: "hidden", value: JSON.stringify({ publicKey }) };
  const plain = (name: string, attributes: Record<string, unknown>): UiNode => ({
    type: "input",
    group: "passkey",
    attributes: { name, ...attributes },
    messages: null,
    meta: {},
  });
  const [login, init] = ["oryPasskeyLogin", "oryPasskeyLoginAutocompleteInit"];
  return [
    {
      ...plain("passkey_login_trigger", {
        type: "button",
        value: "",
        disabled: false,
        ...inBrowser("onclick", login),
        onclickTrigger: login,
      }),
      meta: { label: info(1010021, "Sign in with passkey") },
    },
    plain("passkey_login", { type: "hidden", disabled: false, ...inBrowser("onload", init), onloadTrigger: init }),
    plain("passkey_challenge", { ...challenge, disabled: false }),
  ];
};

/** The script that a browser's sign-in needs. */
export const webauthnScript = (flow: Flow, publicUrl: string): UiNode => ({
  type: "script",
  group: "webauthn",
  attributes: {
    src: `${publicUrl}/.well-known/ory/webauthn.js`,
    async: true,
    referrerpolicy: "no-referrer",
    crossorigin: "anonymous",
    integrity: "sha512-Dg0gN3fy+JoKxRp9Zda/4KYn3SlMdaKjs3fK5g6nDVQ/CVakD1dfMQyvRtJeiAtzSMEFviJbBLcVSrsBPGsFBA==",
    type: "text/javascript",
    id: "webauthn_script",
    nonce: flow.id,
  },
  messages: null,
  meta: {},
});

/** Setting up an authenticator app, all but the button. */
export const totpNodes = (flow: Flow): UiNode[] => [
  {
    type: "img",
    group: "totp",
    attributes: { src: `data:image/png;base64,${pixel}`, id: "totp_qr", width: 256, height: 256 },
    messages: null,
    meta: { label: info(1050005, "Authenticator app QR code") },
  },
  {
    type: "text",
    group: "totp",
    attributes: { text: info(1050006, totpSecret(flow), { secret: totpSecret(flow) }), id: "totp_secret_key" },
    messages: null,
    meta: { label: info(1050017, "This is your authenticator app secret. Use it if you can not scan the QR code.") },
  },
  input("totp", "totp_code", "text", { required: true }, info(1070006, "Verify code")),
];
