import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { startLoopbackServer, type LoopbackServer } from "../support/http.js";

export interface SigningKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256";
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Signs JWTs, and serves the public keys in `published`. */
export interface TokenIssuer extends LoopbackServer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly published: SigningKey[];
  /** How often the keys were requested. */
  readonly requests: number;
  /** Requests that have not been answered. */
  readonly pending: number;
  /** If set, the response in place of the keys. `hang` never responds. */
  instead?: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string } | "hang";
  /** Signs an access token that is valid for an hour, unless claims and header say otherwise. A claim that is undefined is left out. */
  sign(key: SigningKey, claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

export const AUDIENCE = "kratos-graphql";

/** Makes a key pair with the key ID that tokens name it by. */
export async function makeKey(kid: string, alg: SigningKey["alg"]): Promise<SigningKey> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

export async function startTokenIssuer(...published: SigningKey[]): Promise<TokenIssuer> {
  let requests = 0;
  let pending = 0;
  const issuer = "https://auth.example.com/";
  const jwks = async () => JSON.stringify({ keys: await Promise.all(published.map(publicJwk)) });
  const server = await startLoopbackServer((_request, response) => {
    requests++;
    pending++;
    response.once("close", () => pending--);
    if (tokenIssuer.instead === "hang") return;
    const { status, headers, body } = tokenIssuer.instead ?? { status: 200, body: jwks() };
    void Promise.resolve(body).then((text) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(text));
  });
  const tokenIssuer: TokenIssuer = {
    ...server,
    issuer,
    jwksUrl: `${server.url}/keys.json`,
    published,
    get requests() {
      return requests;
    },
    get pending() {
      return pending;
    },
    sign: ({ kid, alg, privateKey }, claims, header) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer, aud: AUDIENCE, sub: "somebody", iat: now, exp: now + 3600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: "at+jwt", ...header }).sign(privateKey);
    },
  };
  return tokenIssuer;
}

async function publicJwk({ kid, alg, publicKey }: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
}
