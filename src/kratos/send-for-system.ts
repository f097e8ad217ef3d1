import type { KratosAnswer, KratosRequest, KratosSender } from "./sender.js";

/**
 * Asks for the version, health or metrics. They are at one path in the oldest and the newest releases;
 * v0.9 to v25.4 redirect from there to the same path under `/admin`.
 */
export async function sendForSystem(http: KratosSender, request: KratosRequest): Promise<KratosAnswer> {
  const answer = await http.send(request);
  const path = `/admin${request.path}`;
  return answer.status === 307 && answer.location.endsWith(path) ? http.send({ ...request, path }) : answer;
}
