import { MASKED } from "../traits-mask/masked-text.js";

const SECRET_PARAMETERS = ["token", "code", "session_token", "session_token_exchange_code"];

/** An address that a flow was started at, without the tokens that a link in a mail brings in its query. */
export function withoutTokens(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  const secret = SECRET_PARAMETERS.filter((name) => url.searchParams.has(name));
  if (secret.length === 0) return address;
  for (const name of secret) url.searchParams.set(name, MASKED);
  return url.href;
}
