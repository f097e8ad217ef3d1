import { MASKED } from "../traits-mask/masked-text.js";
import { SECRET_NAMES } from "./secret-names.js";

/** An address that a flow was started at, without the tokens that a link in a mail brings in its query. */
export function withoutTokens(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  const secret = SECRET_NAMES.filter((name) => url.searchParams.has(name));
  if (secret.length === 0) return address;
  for (const name of secret) url.searchParams.set(name, MASKED);
  return url.href;
}
