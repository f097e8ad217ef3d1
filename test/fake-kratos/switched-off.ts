import { randomUUID } from "node:crypto";
import { badRequest, KratosError } from "../../src/fake-kratos/errors.js";
import { UI_URL } from "../../src/fake-kratos/flows.js";
import type { Profile } from "../../src/fake-kratos/profile.js";
import type { Api, Handler } from "../../src/fake-kratos/server.js";
import { timestamp } from "../../src/fake-kratos/time.js";

const VERIFICATION_DISABLED = badRequest("Verification is not allowed because it was disabled.");
const LINKS_DISABLED = new KratosError(404, {
  reason: "This endpoint was disabled by system administrator. Please check your url or contact the system administrator to enable it.",
});

/** Switches off verification and the method `link`, and keeps the errors that browsers are sent to the error page with. */
export function withoutVerificationAndLinks(api: Api, { guardsFlows: isNewer }: Profile): Api {
  const kept = new Map<string, { error: KratosError; created_at: string; updated_at: string }>();
  const redirectToErrorPage: Handler = () => {
    const [id, now] = [randomUUID(), timestamp()];
    kept.set(id, { error: VERIFICATION_DISABLED, created_at: now, updated_at: now });
    return { status: 303, headers: { location: `${UI_URL}/error?error=${id}` } };
  };
  const refuse: Handler = () => {
    throw VERIFICATION_DISABLED;
  };
  // v0.6.3 sends even API clients to the error page.
  const answerClient = isNewer ? refuse : redirectToErrorPage;
  return {
    admin: {
      ...api.admin,
      "POST /recovery/link": () => {
        throw LINKS_DISABLED;
      },
    },
    public: {
      ...api.public,
      "GET /self-service/verification/browser": redirectToErrorPage,
      "GET /self-service/verification/api": answerClient,
      "GET /self-service/verification/flows": answerClient,
      "GET /self-service/errors": (request) => {
        const id = request.query.get("error") ?? "";
        const error = kept.get(id);
        return error ? { json: { id, ...error } } : api.public["GET /self-service/errors"]!(request);
      },
    },
  };
}
