import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "yaml";
import { VARIABLES } from "../../src/config/variables.js";
import { loadConfig } from "../../src/config.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { parseManifests, typeErrorsIn, validationErrorsIn } from "./manifests.js";

const FOLDER = "deploy/kubernetes";
const NAME = "kratos-graphql";
const read = (path: string) => readFileSync(path, "utf8");
/** The YAML files of a folder, except the kustomization. */
const filesIn = (folder: string) => readdirSync(folder).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
const manifests = [FOLDER, join(FOLDER, "prometheus-operator")].flatMap((folder) => filesIn(folder).flatMap((file) => parseManifests(read(join(folder, file)))));
const kustomization = parse(read(join(FOLDER, "kustomization.yaml")));
const config = parseEnv(read(join(FOLDER, "config.env"))) as Record<string, string>;
const ofKind = (kind: string, name = NAME) => manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name)!;
const container = (name = NAME) => ofKind("Deployment", name).spec.template.spec.containers[0];
const labels = (name = NAME) => ofKind("Deployment", name).spec.template.metadata.labels;

it("matches the schemas and types of Kubernetes, which detect invalid manifests", () => {
  expect(manifests.map(({ kind }) => kind).sort()).toEqual(
    [
      ...["Deployment", "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy", "NetworkPolicy", "NetworkPolicy", "PodDisruptionBudget", "PodMonitor"],
      ...["PrometheusRule", "Secret", "Service", "Service"],
    ],
  );
  expect(manifests.flatMap(validationErrorsIn)).toEqual([]);
  const broken = structuredClone(ofKind("Deployment"));
  delete broken.spec.selector;
  expect(validationErrorsIn(broken)).toEqual([expect.stringContaining("selector")]);
  const misspelled = structuredClone(ofKind("Deployment"));
  misspelled.spec.template.spec.containers[0].securityContext.readonlyRootFilesystem = true;
  expect(typeErrorsIn([...manifests, misspelled])).toEqual([expect.stringContaining("'\"readonlyRootFilesystem\"' does not exist")]);
}, 30_000);

it("lists all manifests except the example secret in the kustomizations, with the package version as the image tag", () => {
  expect([...kustomization.resources].sort()).toEqual(filesIn(FOLDER).filter((file) => file !== "secret.example.yaml"));
  const operator = join(FOLDER, "prometheus-operator");
  expect(parse(read(join(operator, "kustomization.yaml"))).resources).toEqual(filesIn(operator));
  const { version } = JSON.parse(read("package.json"));
  expect(kustomization.images).toEqual([{ name: container().image, newName: expect.any(String), newTag: version }]);
});

it("uses the same labels and names of config map, secret and port throughout", () => {
  const { spec } = ofKind("Deployment");
  for (const name of [NAME, `${NAME}-redis`]) {
    expect([ofKind("Deployment", name).spec.selector.matchLabels, ofKind("Service", name).spec.selector]).toEqual([labels(name), labels(name)]);
    expect(ofKind("Service", name).spec.ports[0].targetPort).toBe(container(name).ports[0].name);
  }
  for (const kind of ["PodDisruptionBudget", "PodMonitor"]) expect(ofKind(kind).spec.selector.matchLabels).toEqual(labels());
  expect(ofKind("HorizontalPodAutoscaler").spec.scaleTargetRef.name).toBe(ofKind("Deployment").metadata.name);
  expect(container().envFrom).toEqual([{ configMapRef: { name: NAME } }]);
  expect(spec.template.spec.volumes[0].secret.secretName).toBe(ofKind("Secret").metadata.name);
});

it("rolls the pods when the configuration changes, because the name of the generated config map contains a hash", () => {
  expect(kustomization.configMapGenerator).toEqual([{ name: NAME, envs: ["config.env"] }]);
  expect(kustomization.generatorOptions).toBeUndefined();
});

it("sets an environment that the server accepts, with known variables only", () => {
  const given: Record<string, string> = { ...config };
  for (const { name, value } of container().env) given[name] = value;
  const known = Object.keys(VARIABLES.shape).flatMap((name) => [name, `${name}_FILE`]);
  expect(Object.keys(given).filter((name) => !known.includes(name))).toEqual(["NODE_OPTIONS"]);
  const { API_KEYS_FILE: file = "", ...env } = given;
  const [{ mountPath }] = container().volumeMounts;
  const keys = ofKind("Secret").stringData[file.slice(mountPath.length + 1)];
  const loaded = loadConfig({ ...env, NODE_ENV: "production", HOST: "0.0.0.0", API_KEYS: keys });
  const [http, metrics] = container().ports.map(({ containerPort }: { containerPort: number }) => containerPort);
  expect(loaded).toMatchObject({ kratosAdminUrl: "http://kratos-admin", kratosPublicUrl: "http://kratos-public", port: http, metricsPort: metrics });
  expect(loaded.authentication.apiKeys).toHaveLength(1);
  const { metadata, spec } = ofKind("Service", "kratos-graphql-redis");
  expect(loaded.facade.rateLimit!.redisUrl).toBe(`redis://${metadata.name}:${spec.ports[0].port}`);
});

it("gives Kubernetes and Docker Compose more time to stop the server than it takes", () => {
  const { shutdownDelayMs, graceMs } = loadConfig({ NODE_ENV: "production", ...config });
  const { services } = parse(read("docker-compose.yml"));
  for (const seconds of [ofKind("Deployment").spec.template.spec.terminationGracePeriodSeconds, parseInt(services[NAME].stop_grace_period, 10)]) {
    expect(seconds * 1000).toBeGreaterThanOrEqual(shutdownDelayMs + graceMs + 5_000);
  }
});

it("lets Prometheus scrape the pods, but not callers, whose service has no port for metrics", () => {
  expect(ofKind("PodMonitor").spec.podMetricsEndpoints).toEqual([{ port: container().ports[1].name, path: "/metrics", interval: "30s" }]);
  expect(ofKind("Service").spec.ports).toHaveLength(1);
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

it("gives the pods no privileges, and a memory limit with room above the heap", () => {
  for (const name of [NAME, `${NAME}-redis`]) {
    const { spec } = ofKind("Deployment", name).spec.template;
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
    expect(container(name).securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
  }
  const { resources, env } = container();
  const options = env.find(({ name }: { name: string }) => name === "NODE_OPTIONS").value;
  const heap = Number(/--max-old-space-size=(\d+)/.exec(options)![1]);
  expect(parseInt(resources.limits.memory, 10)).toBeGreaterThanOrEqual(heap + 128);
});

it.each([
  ["the API to labelled clients in any namespace, and the metrics to Prometheus", NAME, labels(), [
    [[4000], [{ namespaceSelector: {}, podSelector: { matchLabels: { "kratos-graphql/client": "true" } } }]],
    [[9464], [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }]],
  ]],
  ["the admin port of Kratos to this server only, and its public port to all", "kratos-admin", { "app.kubernetes.io/name": "kratos" }, [
    [[4434], [{ podSelector: { matchLabels: labels() } }]],
    [[4433], undefined],
  ]],
  ["Redis to this server only", `${NAME}-redis`, labels(`${NAME}-redis`), [[[6379], [{ podSelector: { matchLabels: labels() } }]]]],
])("opens %s", (_what, name, pods, open) => {
  const { podSelector, policyTypes, ingress } = ofKind("NetworkPolicy", name).spec;
  expect(podSelector.matchLabels).toEqual(pods);
  expect(policyTypes).toEqual(["Ingress"]);
  expect(ingress.map(({ from, ports }: any) => [ports.map(({ port }: any) => port), from])).toEqual(open);
});
