import { generate } from "selfsigned";

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** A private certificate authority. */
export interface Authority extends KeyPair {
  /**
   * Signs a certificate for 127.0.0.1, for a server or a client.
   * @param notAfter when it expires. Default: in a year
   */
  sign(name: string, notAfter?: Date): Promise<KeyPair>;
}

const OPTIONS = { keyType: "ec" as const, algorithm: "sha256" };

export async function makeAuthority(name: string): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    ...OPTIONS,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return {
    key,
    cert,
    sign: async (subject, notAfter) => {
      const signed = await generate([{ name: "commonName", value: subject }], {
        ...OPTIONS,
        ca: { key, cert },
        ...(notAfter && { notBeforeDate: new Date(notAfter.getTime() - 86_400_000), notAfterDate: notAfter }),
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "extKeyUsage", serverAuth: true, clientAuth: true },
          { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
        ],
      });
      return { key: signed.private, cert: signed.cert };
    },
  };
}
