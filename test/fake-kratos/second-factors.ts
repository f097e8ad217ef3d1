import type { Identities } from "../../src/fake-kratos/identities.js";
import type { Api } from "../../src/fake-kratos/server.js";

interface Operation {
  readonly path: string;
  readonly value: object;
}

/** Adds credentials to identities by patches, as tests set up second factors: users would need an app for that. */
export function withSecondFactors(api: Api, identities: Identities): Api {
  const patch = api.admin["PATCH /identities/:id"];
  if (!patch) return api;
  return {
    ...api,
    admin: {
      ...api.admin,
      "PATCH /identities/:id": (request) => {
        const operations = request.body as Operation[];
        const [, type] = /^\/credentials\/(\w+)$/.exec(operations[0]?.path ?? "") ?? [];
        if (type === undefined) return patch(request);
        const { id } = identities.get(request.id);
        identities.setCredentials(id, { ...identities.getCredentials(id), [type]: operations[0]!.value });
        return patch({ ...request, body: operations.slice(1) });
      },
    },
  };
}
