import { readFileSync } from "node:fs";

/** Which build of kratos-graphql this is. */
export interface Build {
  /** Version of the package, e.g. `0.1.0`. */
  readonly version: string;
  /** Commit that it was built from. Unknown in the library and in a clone. */
  readonly revision?: string;
}

/** Defined in the bundled program, by scripts/bundle.js. */
declare const BUNDLED_BUILD: Build | undefined;

export const BUILD: Build = typeof BUNDLED_BUILD === "undefined" ? readBuild() : BUNDLED_BUILD;

function readBuild(): Build {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as Build;
  return { version };
}

/** Describes the build in text, e.g. `0.1.0 (1a2b3c4d5e6f)`. */
export function describeBuild({ version, revision }: Build): string {
  return revision ? `${version} (${revision})` : version;
}
