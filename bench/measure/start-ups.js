import { median } from "./median.js";
import { rotated } from "./rotated.js";
import { startUp } from "./start-up.js";

/** Start-up times of servers, one after the other, alone, in several rounds. @returns medians in milliseconds by name */
export async function measureStartUps(servers, rounds, upstreamUrl, say) {
  const times = new Map(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const server of rotated(servers, round)) {
      try {
        const { running, milliseconds } = await startUp(server, upstreamUrl);
        times.get(server.name).push(milliseconds);
        await running.stop();
      } catch (error) {
        say(`${server.name}: ${error.message}`);
      }
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}
