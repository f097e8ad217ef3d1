import { compare, valid } from "semver";

/** The oldest Kratos that this adapter speaks to. */
export const OLDEST_KRATOS = "v0.6.3-alpha.1";

/**
 * What differs by version, each by the first that has it. Read off Ory's sources and tried on the programs.
 */
export const FIRST_VERSION = {
  /** Flows, errors and schemas are served on the public port; the admin port answers 307 to it. */
  publicPort: "v0.7.0-alpha.1",
  /** An identity has a state. */
  state: "v0.7.0-alpha.1",
  /** A schema's id in a path may be base64url, so that any id is one plain segment. */
  base64SchemaIds: "v0.9.0-alpha.1",
  /** Identities and recovery links are under `/admin`. */
  adminPrefix: "v0.9.0-alpha.2",
  /** An identity has public and admin metadata. */
  metadata: "v0.10.0",
  /** `PATCH /identities/{id}` changes what it names; PUT wipes the metadata that it is not given. */
  patch: "v0.11.0",
  /** The list goes on after the id in `page_token`, ascending; before, it has numbered pages, descending. */
  keysetPages: "v1.1.0",
  /** The list takes `ids=`. */
  idsFilter: "v1.1.0",
} as const;

export type Features = Readonly<Record<keyof typeof FIRST_VERSION, boolean>>;

/** @param version as Kratos gives it, `v1.3.1`; undefined where it is not of that form (a build from source says `master`). */
export function parseVersion(version: string): string | undefined {
  return valid(version) ?? undefined;
}

export function featuresOf(version: string): Features {
  const entries = Object.entries(FIRST_VERSION).map(([feature, first]) => [feature, compare(version, first) >= 0]);
  return Object.fromEntries(entries) as Features;
}
