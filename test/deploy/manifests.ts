import { createRequire } from "node:module";
import { resolve } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

/** Reads all manifests of a YAML text. */
export function parseManifests(text: string): any[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as unknown) ?? []);
}

/** The module of kubernetes-models for a kind, e.g. `kubernetes-models/apps/v1/Deployment`. */
function moduleOf({ apiVersion, kind }: any): string {
  const models = apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  return `${models}/${apiVersion}/${kind}`;
}

/** Validates a manifest against the schemas of Kubernetes. */
export function validationErrorsIn(manifest: any): string[] {
  const model = new (createRequire(__filename)(moduleOf(manifest))[manifest.kind])(manifest);
  try {
    model.validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Type-checks manifests as literals of Kubernetes' types, to find misspelled names, which the schemas ignore. */
export function typeErrorsIn(all: readonly any[]): string[] {
  const source = all
    .map((one, at) => `export const _${at} = ${JSON.stringify(one)} satisfies import("${moduleOf(one)}").I${one.kind};`)
    .join("\n");
  const name = resolve("manifests.ts");
  const options: ts.CompilerOptions = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (path, ...rest) => (path === name ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : getSourceFile(path, ...rest));
  host.fileExists = (path) => path === name || fileExists(path);
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}
