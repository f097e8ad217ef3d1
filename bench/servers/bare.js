/** The lower bound: passes each request on to Kratos and pipes the answer back. Takes REST, not GraphQL. */
import { Agent, createServer, request as send } from "node:http";

const upstream = new URL(process.env.KRATOS_ADMIN_URL);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const onward = send({ agent, host: upstream.hostname, port: upstream.port, method, path: `/admin${path}`, headers });
  onward.once("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.once("error", () => response.writeHead(502).end());
  if (method === "GET") onward.end();
  else request.pipe(onward);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
