import type { OtlpProtocol } from "../server/telemetry/otlp.js";

const PROTOCOLS: readonly string[] = ["http/protobuf", "http/json"] satisfies OtlpProtocol[];

/**
 * Whether OpenTelemetry's standard variables ask for traces, and over which protocol. What else they say the exporter reads
 * itself, so these are taken as they are, and never from files.
 */
export function otlpIn(env: NodeJS.ProcessEnv): { readonly protocol?: OtlpProtocol; readonly mistakes: readonly string[] } {
  const endpointName = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const endpoint = env[endpointName];
  const exporter = env["OTEL_TRACES_EXPORTER"] || (endpoint ? "otlp" : "none");
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || exporter === "none") return { mistakes: [] };

  const mistakes: string[] = [];
  const expect = (holds: boolean, name: string, expected: string) => {
    if (!holds) mistakes.push(`${name} must be ${expected} (OTEL_SDK_DISABLED=true switches traces off)`);
  };
  const protocolName = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ? "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" : "OTEL_EXPORTER_OTLP_PROTOCOL";
  const protocol = env[protocolName] || "http/protobuf";
  expect(exporter === "otlp", "OTEL_TRACES_EXPORTER", "otlp or none");
  expect(PROTOCOLS.includes(protocol), protocolName, "http/protobuf or http/json");
  expect(!endpoint || isHttp(endpoint), endpointName, "an http or https address, as http://otel-collector:4318");
  return mistakes.length > 0 ? { mistakes } : { protocol: protocol as OtlpProtocol, mistakes };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
