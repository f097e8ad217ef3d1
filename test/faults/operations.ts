/** Two identities: one whose requests meet the fault, and one whose requests do not. */
export interface Ids {
  readonly hurt: string;
  readonly fine: string;
}

/** An operation with two root fields: `hurt`, whose single request to a Kratos v26 meets the fault, and `fine`, whose request does not. */
export interface Operation {
  readonly query: (ids: Ids) => string;
  /** Which request meets the fault. */
  readonly to: (ids: Ids) => string;
}

const FINE_VERSION = "fine: version";
const fineLink = ({ fine }: Ids) => `fine: createRecoveryLink(input: { identityId: "${fine}" }) { recoveryLink { url } }`;
const fineIdentity = ({ fine }: Ids) => `fine: identity(id: "${fine}") { id }`;

type Operations = Readonly<Record<string, Operation>>;

export const READS: Operations = {
  "a lookup": {
    query: ({ hurt }) => `{ hurt: identity(id: "${hurt}") { id } ${FINE_VERSION} }`,
    to: ({ hurt }) => `GET /admin/identities/${hurt}`,
  },
  "a page": {
    query: (ids) => `{ hurt: identities(first: 2) { edges { node { id } } } ${fineIdentity(ids)} }`,
    to: () => "GET /admin/identities?page_size=3",
  },
  "a schema": {
    query: (ids) => `{ hurt: identitySchema(id: "default") { id } ${fineIdentity(ids)} }`,
    to: () => "GET /schemas/",
  },
  "a flow": {
    query: (ids) => `{ hurt: loginFlow(id: "${ids.fine}") { id } ${fineIdentity(ids)} }`,
    to: () => "GET /self-service/login/flows",
  },
  "a self-service error": {
    query: (ids) => `{ hurt: selfServiceError(id: "stub:500") { id } ${fineIdentity(ids)} }`,
    to: () => "GET /self-service/errors",
  },
  "Kratos' metrics": {
    query: (ids) => `{ hurt: metrics ${fineIdentity(ids)} }`,
    to: () => "GET /metrics/prometheus",
  },
};

export const MUTATIONS: Operations = {
  "a creation": {
    query: (ids) => `mutation { hurt: createIdentity(input: { schemaId: "default", traits: { email: "x@example.com" } }) { identity { id } } ${fineLink(ids)} }`,
    to: () => "POST /admin/identities",
  },
  "an update": {
    query: (ids) => `mutation { hurt: updateIdentity(input: { id: "${ids.hurt}", traits: { email: "y@example.com" } }) { identity { id } } ${fineLink(ids)} }`,
    to: ({ hurt }) => `PATCH /admin/identities/${hurt}`,
  },
  "a deletion": {
    query: (ids) => `mutation { hurt: deleteIdentity(input: { id: "${ids.hurt}" }) { deletedIdentityId } ${fineLink(ids)} }`,
    to: ({ hurt }) => `DELETE /admin/identities/${hurt}`,
  },
};

/** Separate, since the other mutations use a recovery link for `fine`. */
export const RECOVERY_LINK: Operations = {
  "a recovery link": {
    query: ({ hurt, fine }) => `mutation {
      fine: updateIdentity(input: { id: "${fine}", traits: { email: "z@example.com" } }) { identity { id } }
      hurt: createRecoveryLink(input: { identityId: "${hurt}" }) { recoveryLink { url } }
    }`,
    to: () => "POST /admin/recovery/link",
  },
};
