import type { Courier } from "../../src/fake-kratos/courier.js";
import type { Flows } from "../../src/fake-kratos/flows.js";
import type { Identities, Identity, NewIdentity } from "../../src/fake-kratos/identities.js";
import { Login } from "../../src/fake-kratos/login.js";
import { addObjects, getSchema } from "../../src/fake-kratos/schemas.js";
import type { Api } from "../../src/fake-kratos/server.js";
import type { Session, Sessions } from "../../src/fake-kratos/sessions.js";

/** How a version of Kratos shows users what is theirs. */
export interface Shown {
  readonly identity: (identity: Identity) => object;
  readonly session: (session: Session, identities: Identities) => object;
}

/** Adds users who sign up, and who ask for a recovery email, as an app does. */
export function withSignUps(api: Api, identities: Identities, sessions: Sessions, courier: Courier, flows: Flows, show: Shown): Api {
  const login = new Login(identities, sessions, flows);
  return {
    admin: api.admin,
    public: {
      ...api.public,
      "POST /self-service/registration": (request) => {
        const { traits: sent, password } = request.body as Pick<NewIdentity, "traits"> & { readonly password: string };
        const traits = (flows.profile.addsObjects ? addObjects(getSchema("default"), sent) : sent) as NewIdentity["traits"];
        const identity = identities.create({ schema_id: "default", traits }, { password: { config: { password } } });
        const session = login.signIn(identity, request);
        return { json: { session_token: session.token, session: show.session(session, identities), identity: show.identity(identity) } };
      },
      "POST /self-service/recovery": ({ body }) => {
        const { email } = body as { readonly email: string };
        courier.queue({ recipient: email, templateType: "recovery_valid" });
        return { json: { state: "sent_email" } };
      },
    },
  };
}
