import { ConfigError, loadConfig, type Config } from "../../config.js";
import { Kratos } from "../../kratos/index.js";
import { checkAccess } from "./check-access.js";
import { checkGraph } from "./check-graph.js";
import { checkKratos } from "./check-kratos.js";
import { fault, note, ok, type Finding } from "./finding.js";
import { toTable } from "./table.js";

/**
 * Looks at a deployment from where it runs, with the configuration that the server would have, and prints what it finds.
 * Nothing is changed. The process ends with 1 where there is a fault.
 */
export async function doctor(): Promise<void> {
  const findings = await examine();
  process.stdout.write(toTable(findings));
  if (findings.some(({ verdict }) => verdict === "fault")) process.exitCode = 1;
}

async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((mistake) => fault("Configuration", mistake));
  }
  const findings = [ok("Configuration", "every variable is as it must be"), ...(await checkAccess(config))];
  const { kratosAdminUrl: adminUrl, kratosPublicUrl: publicUrl } = config;
  if (adminUrl === undefined) {
    return [...findings, note("Kratos", "KRATOS_ADMIN_URL is not set: the server would start an embedded one, to try it out")];
  }
  const kratos = new Kratos({ adminUrl, publicUrl, version: config.kratosVersion, timeoutMs: config.kratosTimeoutMs, ...config.kratos });
  findings.push(...(await checkKratos(kratos, adminUrl, publicUrl)));
  const reached = findings.some(({ check, verdict }) => check === "Kratos' version" && verdict === "ok");
  return reached ? [...findings, ...(await checkGraph(kratos))] : findings;
}
