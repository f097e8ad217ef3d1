import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface SigningKey {
  readonly kid: string;
  readonly alg: "RS256" | "ES256";
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Signs JWTs, and serves the public keys of those that are in `published`. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly published: SigningKey[];
  /** How often the keys were asked for. */
  readonly requests: number;
  /** What it answers in place of the keys, where it is set. */
  instead?: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };
  /** A token that is good for an hour, but for what the claims and the header say. A claim that is undefined is left out. */
  sign(key: SigningKey, claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export const AUDIENCE = "kratos-graphql";

/** A key pair with the id that tokens name it by. */
export async function makeKey(kid: string, alg: SigningKey["alg"]): Promise<SigningKey> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

export async function startTokenIssuer(...published: SigningKey[]): Promise<TokenIssuer> {
  let server: Server;
  let port = 0;
  let requests = 0;
  const jwks = async () => JSON.stringify({ keys: await Promise.all(published.map(publicJwk)) });
  const issuer = "https://auth.example.com/";
  const start = async () => {
    server = createServer((_request, response) => {
      requests++;
      const { status, headers, body } = itself.instead ?? { status: 200, body: jwks() };
      void Promise.resolve(body).then((text) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(text));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const itself: TokenIssuer = {
    issuer,
    get jwksUrl() {
      return `http://127.0.0.1:${port}/keys.json`;
    },
    published,
    get requests() {
      return requests;
    },
    sign: ({ kid, alg, privateKey }, claims, header) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer, aud: AUDIENCE, sub: "somebody", iat: now, exp: now + 3600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
    },
    goAway: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    comeBack: start,
  };
  await start();
  return itself;
}

async function publicJwk({ kid, alg, publicKey }: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
}
