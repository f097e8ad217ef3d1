import { type Config, ConfigError, loadConfig } from "../../config.js";
import { Kratos } from "../../kratos/index.js";
import { checkCallers } from "./callers.js";
import { fail, note, ok, toTable, type Finding } from "./finding.js";
import { checkGraph, checkTraitsMask } from "./graph.js";
import { checkKratos, checkSessions, VERSION } from "./kratos.js";
import { checkTraits } from "./traits.js";

/**
 * Checks a deployment from where it runs, with the configuration that the server would use, and prints the results.
 * It changes nothing in Kratos. The process exits with 1 if a check fails.
 */
export async function doctor(): Promise<void> {
  const findings = await examine();
  process.stdout.write(toTable(findings));
  if (findings.some(({ status }) => status === "FAIL")) process.exitCode = 1;
}

async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => fail("Configuration", problem));
  }
  const findings = [ok("Configuration", "all variables are valid"), ...(await checkCallers(config))];
  const { kratosAdminUrl: adminUrl, kratosPublicUrl: publicUrl } = config;
  if (adminUrl === undefined) {
    return [...findings, note("Kratos", "KRATOS_ADMIN_URL is not set: the server would use the built-in fake Kratos")];
  }
  const kratos = new Kratos({ adminUrl, publicUrl, version: config.kratosVersion, timeoutMs: config.kratosTimeoutMs, ...config.kratos });
  findings.push(...(await checkKratos(kratos, adminUrl, publicUrl)));
  const versionKnown = findings.some(({ check, status }) => check === VERSION && status === "ok");
  if (versionKnown) findings.push(...(await checkSessions(kratos, config.authentication.sessions)));
  if (!versionKnown) return findings;
  return [...findings, ...(await checkTraitsMask(kratos, config.facade.traitsMask ?? [])), ...(await checkTraits(kratos, config)), ...(await checkGraph(kratos))];
}
