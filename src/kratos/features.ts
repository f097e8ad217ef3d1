import { compare } from "semver";

/** The oldest version of Kratos that the adapter supports. */
export const OLDEST_VERSION = "v0.6.3-alpha.1";

/** What differs between versions, each with the first version that has it. Taken from Ory's sources, and checked with the programs. */
export const FIRST_VERSION = {
  /** Flows, errors and schemas are served on the public port. The admin port redirects there (307). */
  publicPort: "v0.7.0-alpha.1",
  /** An identity has a state. */
  state: "v0.7.0-alpha.1",
  /** A schema's ID in a path may be base64url, so that any ID is a single plain segment. */
  base64SchemaIds: "v0.9.0-alpha.1",
  /** Identities and recovery links are under `/admin`. */
  adminPrefix: "v0.9.0-alpha.2",
  /** An identity has public and admin metadata. */
  metadata: "v0.10.0",
  /** `PATCH /identities/{id}` changes what it names. PUT deletes the metadata that it is not given. */
  patch: "v0.11.0",
  /** The list continues after the ID in `page_token`, in ascending order. Earlier, it has numbered pages in descending order. */
  keysetPages: "v1.1.0",
  /** The list accepts `ids=`. */
  idsFilter: "v1.1.0",
} as const;

/** Whether a version has each of these features. */
export type Features = Readonly<Record<keyof typeof FIRST_VERSION, boolean>>;

/** @param version a version that can be compared, e.g. `v1.3.1` */
export function getFeatures(version: string): Features {
  const entries = Object.entries(FIRST_VERSION).map(([feature, first]) => [feature, compare(version, first) >= 0]);
  return Object.fromEntries(entries) as Features;
}
