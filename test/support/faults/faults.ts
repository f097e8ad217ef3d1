import type { ServerResponse } from "node:http";

/** Does to a request what a failing Kratos, or something in its place, would. */
export type Fault = (response: ServerResponse) => void;

const JSON_TYPE = { "content-type": "application/json" };
/** A byte of white space, which JSON may begin with, for ever. */
const DRIP_MS = 50;

/** Hangs up before a word is said. */
export const resetBefore: Fault = ({ socket }) => socket!.resetAndDestroy();

/** Hangs up in the middle of the body. */
export const resetInBody: Fault = (response) => {
  response.writeHead(200, { ...JSON_TYPE, "content-length": "1000" });
  response.write('{"id":', () => response.socket?.resetAndDestroy());
};

/** Takes the request, and says nothing. */
export const silent: Fault = () => {};

/** Says a byte at a time, and never comes to an end. */
export const drip: Fault = (response) => {
  response.writeHead(200, JSON_TYPE);
  const dripping = setInterval(() => response.write(" "), DRIP_MS);
  response.once("close", () => clearInterval(dripping));
};

/** Good JSON that does not say that it is JSON. */
export const wrongType: Fault = (response) => answer(response, 200, { "content-type": "application/octet-stream" }, "[]");

export const html: Fault = (response) => answer(response, 200, { "content-type": "text/html" }, "<html>Sign in</html>");

/** @param location where it leads */
export const redirect =
  (status: 302 | 307, location: string): Fault =>
  (response) => answer(response, status, { location }, "");

export const tooMany =
  (retryAfter: string): Fault =>
  (response) => answer(response, 429, { ...JSON_TYPE, "retry-after": retryAfter }, "{}");

export const plainText500: Fault = (response) => answer(response, 500, { "content-type": "text/plain" }, "upstream connect error");

export const malformed: Fault = (response) => answer(response, 200, JSON_TYPE, '{"id": "1", "traits": {');

export const otherShape: Fault = (response) => answer(response, 200, JSON_TYPE, '[{"hello":1}]');

/** More headers than Node reads: 16 kB. */
export const largeHeaders: Fault = (response) => answer(response, 200, { ...JSON_TYPE, "x-trace": "x".repeat(20_000) }, "{}");

/** @param bytes of the body */
export const largeBody =
  (bytes: number): Fault =>
  (response) => answer(response, 200, JSON_TYPE, `"${"x".repeat(bytes - 2)}"`);

/** No HTTP at all. */
export const noHttp: Fault = ({ socket }) => socket!.end("220 mail.example.com ESMTP ready\r\n");

function answer(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, headers).end(body);
}
