import { createPrivateKey, X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Whether a text is one certificate or several as PEM. */
export function isCertificate(pem: string): boolean {
  const found = pem.match(CERTIFICATE) ?? [];
  return found.length > 0 && found.every((one) => succeeds(() => new X509Certificate(one)));
}

/** Whether a text is a private key as PEM, without a passphrase. */
export function isPrivateKey(pem: string): boolean {
  return succeeds(() => createPrivateKey(pem));
}

/** Whether a key is that of the first certificate, which is whom a client shows itself as. */
export function isKeyOf(key: string, certificate: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
