import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse } from "yaml";
import { parseManifests, typeErrorsIn, validationErrorsIn } from "./manifests.js";

const CHART = "deploy/helm/kratos-graphql";
const KUBERNETES = "deploy/kubernetes";
const read = (path: string) => readFileSync(path, "utf8");
const { version } = JSON.parse(read("package.json"));

/** Helm is a single program, which GitHub's runners have. */
const hasHelm = spawnSync("helm", ["version"]).status === 0;
const itWithHelm = hasHelm ? it : it.skip;
const render = (...args: string[]) =>
  parseManifests(execFileSync("helm", ["template", "kratos-graphql", CHART, "--kube-version", "1.30.0", ...args], { encoding: "utf8", stdio: "pipe" }));

it("has the version of the package, and a value for each one that a template uses", () => {
  expect(parse(read(join(CHART, "Chart.yaml")))).toMatchObject({ version, appVersion: version });
  const values = parse(read(join(CHART, "values.yaml")));
  const templates = readdirSync(join(CHART, "templates")).map((file) => read(join(CHART, "templates", file))).join("\n");
  const used = [...new Set(templates.match(/(?<=\.Values\.)[\w.]+/g))];
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((path) => path.split(".").reduce((value: any, key) => value?.[key], values) === undefined)).toEqual([]);
});

itWithHelm("passes `helm lint`, and renders manifests that match the schemas and types of Kubernetes", () => {
  execFileSync("helm", ["lint", "--strict", CHART], { stdio: "pipe" });
  const manifests = render("--set", "prometheusOperator.enabled=true");
  expect(manifests.flatMap(validationErrorsIn)).toEqual([]);
  expect(typeErrorsIn(manifests)).toEqual([]);
}, 60_000);

itWithHelm("renders the manifests of deploy/kubernetes by default", () => {
  const folders = [KUBERNETES, join(KUBERNETES, "prometheus-operator")];
  const files = folders.flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith(".yaml")).map((file) => join(folder, file)));
  const manifests = files.flatMap((file) => (/kustomization|secret/.test(file) ? [] : parseManifests(read(file))));
  const config = { kind: "ConfigMap", apiVersion: "v1", metadata: { name: "kratos-graphql" }, data: parseEnv(read(join(KUBERNETES, "config.env"))) };
  const image = "registry.example.com/kratos-graphql:" + version;
  expect(toComparable(render("--set", "prometheusOperator.enabled=true"))).toEqual(toComparable([...manifests, config], image));
});

itWithHelm("rolls the pods when the configuration changes, and leaves out what is turned off", () => {
  const checksum = (manifests: any[]) =>
    manifests.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "kratos-graphql").spec.template.metadata.annotations["checksum/config"];
  expect(checksum(render())).toBe(checksum(render()));
  expect(checksum(render())).not.toBe(checksum(render("--set", "config.RATE_LIMIT=off")));
  const rest = render("--set", "redis.enabled=false,networkPolicy.enabled=false").map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(rest.sort()).toEqual(["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service"].map((kind) => `${kind} kratos-graphql`));
});

/** Manifests by kind and name, without what only Helm adds: its labels and annotations, and the name of the release. */
function toComparable(manifests: readonly any[], image?: string): Record<string, any> {
  const text = JSON.stringify(manifests, (key, value) => {
    if (["app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart", "annotations"].includes(key) && !value?.summary) return undefined;
    return key === "image" && value === "kratos-graphql" ? image : value;
  }).replaceAll('"kratos-graphql-kratos-admin"', '"kratos-admin"');
  return Object.fromEntries(JSON.parse(text).map(({ metadata: { name }, ...manifest }: any) => [`${manifest.kind} ${name}`, manifest]));
}
