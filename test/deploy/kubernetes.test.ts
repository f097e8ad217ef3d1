import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { VARIABLES } from "../../src/config/variables.js";
import { loadConfig } from "../../src/config.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";

const FOLDER = "deploy/kubernetes";
const documents = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), "utf8")).map((document) => ({ file, manifest: document.toJS() as any })),
);
const [kustomization] = documents.filter(({ file }) => file === "kustomization.yaml").map(({ manifest }) => manifest);
const manifests = documents.filter(({ manifest }) => manifest !== kustomization).map(({ manifest }) => manifest);
const ofKind = (kind: string) => manifests.find((manifest) => manifest.kind === kind)!;
const container = () => ofKind("Deployment").spec.template.spec.containers[0];

/** The module of kubernetes-models for a kind, e.g. `kubernetes-models/apps/v1/Deployment`. */
const moduleOf = ({ apiVersion, kind }: any) => `kubernetes-models/${apiVersion}/${kind}`;

/** Validates a manifest against the schemas of Kubernetes. */
function validationErrorsIn(manifest: any): string[] {
  const model = new (createRequire(__filename)(moduleOf(manifest))[manifest.kind])(manifest);
  try {
    model.validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Type-checks manifests as literals of Kubernetes' types, to find misspelled names, which the schemas ignore. */
function typeErrorsIn(all: readonly any[]): string[] {
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

it("matches the schemas and types of Kubernetes, which detect invalid manifests", () => {
  expect(manifests.map(({ kind }) => kind).sort()).toEqual(
    ["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service"],
  );
  expect(manifests.flatMap(validationErrorsIn)).toEqual([]);
  const broken = structuredClone(ofKind("Deployment"));
  delete broken.spec.selector;
  expect(validationErrorsIn(broken)).toEqual([expect.stringContaining("selector")]);
  const misspelled = structuredClone(ofKind("Deployment"));
  misspelled.spec.template.spec.containers[0].securityContext.readonlyRootFilesystem = true;
  expect(typeErrorsIn([...manifests, misspelled])).toEqual([expect.stringContaining("'\"readonlyRootFilesystem\"' does not exist")]);
}, 30_000);

it("lists all manifests except the example secret in kustomization.yaml, with the package version as the image tag", () => {
  const others = readdirSync(FOLDER).filter((file) => !["kustomization.yaml", "secret.example.yaml"].includes(file));
  expect([...kustomization.resources].sort()).toEqual(others);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(kustomization.images).toEqual([{ name: container().image, newName: expect.any(String), newTag: version }]);
});

it("uses the same labels and names of config map, secret and port throughout", () => {
  const { spec } = ofKind("Deployment");
  const labels = spec.template.metadata.labels;
  for (const selector of [spec.selector.matchLabels, ofKind("Service").spec.selector, ofKind("PodDisruptionBudget").spec.selector.matchLabels]) {
    expect(selector).toEqual(labels);
  }
  expect(ofKind("HorizontalPodAutoscaler").spec.scaleTargetRef.name).toBe(ofKind("Deployment").metadata.name);
  expect(container().envFrom).toEqual([{ configMapRef: { name: ofKind("ConfigMap").metadata.name } }]);
  expect(spec.template.spec.volumes[0].secret.secretName).toBe(ofKind("Secret").metadata.name);
  expect(ofKind("Service").spec.ports[0].targetPort).toBe(container().ports[0].name);
});

it("sets an environment that the server accepts, with known variables only", () => {
  const given: Record<string, string> = { ...ofKind("ConfigMap").data };
  for (const { name, value } of container().env) given[name] = value;
  const known = Object.keys(VARIABLES.shape).flatMap((name) => [name, `${name}_FILE`]);
  expect(Object.keys(given).filter((name) => !known.includes(name))).toEqual(["NODE_OPTIONS"]);
  const { API_KEYS_FILE: file = "", ...env } = given;
  const [{ mountPath }] = container().volumeMounts;
  const keys = ofKind("Secret").stringData[file.slice(mountPath.length + 1)];
  const config = loadConfig({ ...env, NODE_ENV: "production", HOST: "0.0.0.0", API_KEYS: keys });
  expect(config).toMatchObject({ kratosAdminUrl: "http://kratos-admin", kratosPublicUrl: "http://kratos-public", port: container().ports[0].containerPort });
  expect(config.authentication.apiKeys).toHaveLength(1);
});

it("probes paths that report the server as alive but not ready while Kratos is unavailable", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const facade = await startFacade(kratos);
  const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => container()[name]);
  const statuses = () => Promise.all(probes.map(async ({ httpGet }) => (await fetch(facade.url + httpGet.path)).status));
  expect(await statuses()).toEqual([200, 200, 200]);
  await kratos.stop();
  // The result of the last second is cached.
  let last = await statuses();
  while (last[2] === 200) last = await statuses();
  expect(last).toEqual([200, 200, 503]);
});

it("gives the pod no privileges, and a memory limit with room above the heap", () => {
  const { spec } = ofKind("Deployment").spec.template;
  expect(spec).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
  const { securityContext, resources, env } = container();
  expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
  const options = env.find(({ name }: { name: string }) => name === "NODE_OPTIONS").value;
  const heap = Number(/--max-old-space-size=(\d+)/.exec(options)![1]);
  expect(parseInt(resources.limits.memory, 10)).toBeGreaterThanOrEqual(heap + 128);
});

it("opens the admin port of Kratos to this server only, and its public port to all", () => {
  const { podSelector, policyTypes, ingress } = ofKind("NetworkPolicy").spec;
  expect(podSelector.matchLabels).toEqual({ "app.kubernetes.io/name": "kratos" });
  expect(policyTypes).toEqual(["Ingress"]);
  const open = ingress.map(({ from, ports }: any) => [ports.map(({ port }: any) => port), from?.map((one: any) => one.podSelector.matchLabels)]);
  expect(open).toEqual([
    [[4434], [ofKind("Deployment").spec.template.metadata.labels]],
    [[4433], undefined],
  ]);
});
