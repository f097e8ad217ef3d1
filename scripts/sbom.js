import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Creates the software bill of materials of the program: the packages in its bundles, which scanners cannot find
 * there. npm itself would list all development dependencies, or none of them.
 * @param inputs paths of the bundled files
 * @returns a CycloneDX document
 */
export function createSbom(inputs) {
  const bundled = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const shipped = new Set([...new Set(bundled)].map(getReference));
  const program = JSON.parse(readFileSync("package.json", "utf8"));
  const root = `${program.name}@${program.version}`;
  const isShipped = (reference) => reference === root || shipped.has(reference);

  const sbom = JSON.parse(execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application"], { encoding: "utf8", maxBuffer: 2 ** 26 }));
  const components = sbom.components.filter((component) => isShipped(component["bom-ref"]));
  const missing = [...shipped].filter((reference) => !components.some((component) => component["bom-ref"] === reference));
  if (missing.length > 0) throw new Error(`npm's bill of materials does not have ${missing.join(", ")}`);
  return {
    ...sbom,
    // npm uses the name of the folder.
    metadata: { ...sbom.metadata, component: { ...sbom.metadata.component, name: program.name } },
    // A development dependency of the package can be a part of the program.
    components: components.map((component) => ({ ...component, scope: "required", properties: [] })),
    dependencies: sbom.dependencies
      .filter(({ ref }) => isShipped(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) })),
  };
}

/** @param folder of an installed package */
function getReference(folder) {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  return `${name}@${version}`;
}
