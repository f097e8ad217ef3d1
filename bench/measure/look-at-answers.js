import { checkAnswer } from "./check-answer.js";

/**
 * Looks at an answer of every server in every case before anything is timed.
 * @returns the pairs of server and case whose answers are right, and a report that has the others' errors
 */
export async function lookAtAnswers(servers, cases, say) {
  const subjects = [];
  const report = {};
  for (const one of cases) {
    report[one.name] = { title: one.title, servers: {} };
    for (const server of servers) {
      try {
        subjects.push({ server, one, prepared: await checkAnswer(server.running.url, one, server.name) });
      } catch (error) {
        report[one.name].servers[server.name] = { error: error.message };
        say(`${server.name} answers ${one.name} wrongly: ${error.message}`);
      }
    }
  }
  return { subjects, report };
}
