/** Whether Kratos' validator takes a text for an e-mail address: an RFC 5322 address at a host name, without a display name. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  return (
    at !== -1 && Buffer.byteLength(text) <= 254 && Buffer.byteLength(local) <= 64 && isHostName(text.slice(at + 1)) && isLocalPart(local)
  );
}

const isHostName = (text: string): boolean =>
  text
    .replace(/\.$/, "")
    .split(".")
    .every((label) => /^[a-z0-9-]{1,63}$/i.test(label) && !/^-|-$/.test(label));

const isLocalPart = (text: string): boolean =>
  /^[^\s\p{Cc}()<>[\]:;@\\,."]+(\.[^\s\p{Cc}()<>[\]:;@\\,."]+)*$/u.test(text) || /^"(?:[^"\\\p{Cc}]|\\.)*"$/u.test(text);
