import { badRequest, KratosError } from "../../src/fake-kratos/errors.js";
import type { Flows } from "../../src/fake-kratos/flows.js";
import type { Form } from "../../src/fake-kratos/form.js";
import { toErrorResponse, type Api, type Handler } from "../../src/fake-kratos/server.js";

const VERIFICATION_DISABLED = badRequest("Verification is not allowed because it was disabled.");
const METHOD_DISABLED = new KratosError(404, {
  reason: "This endpoint was disabled by system administrator. Please check your url or contact the system administrator to enable it.",
});

/** Switches off verification and the method `link`. */
export function withoutVerificationAndLinks(api: Api, flows: Flows): Api {
  const redirectToErrorPage: Handler = () => flows.redirectToError(VERIFICATION_DISABLED);
  const refuse: Handler = () => {
    throw VERIFICATION_DISABLED;
  };
  // v0.6.3 sends even API clients to the error page.
  const answerClient = flows.profile.guardsFlows ? refuse : redirectToErrorPage;
  return {
    admin: {
      ...api.admin,
      "POST /recovery/link": () => {
        throw METHOD_DISABLED;
      },
    },
    public: {
      ...api.public,
      "GET /self-service/verification/browser": redirectToErrorPage,
      "GET /self-service/verification/api": answerClient,
      "GET /self-service/verification/flows": answerClient,
    },
  };
}

/** Switches off the method `profile`: settings flows have no traits, and cannot change them. */
export function withoutProfile(api: Api, flows: Flows): Api {
  const read = (route: string): [string, Handler] => [
    route,
    (request) => {
      const response = api.public[route]!(request);
      const form = response.json as Form | undefined;
      return form?.ui ? { ...response, json: { ...form, ui: { ...form.ui, nodes: form.ui.nodes.filter(({ group }) => group !== "profile") } } } : response;
    },
  ];
  const submit: Handler = (request) => {
    const { blank } = flows.getSubmitted("settings", request, METHOD_DISABLED);
    const isRedirected = blank.type === "browser" && flows.profile.startsFlows === "with redirects";
    return isRedirected ? flows.redirectToError(METHOD_DISABLED) : toErrorResponse(METHOD_DISABLED);
  };
  const reads = ["api", "browser", "flows"].map((path) => read(`GET /self-service/settings/${path}`));
  return { admin: api.admin, public: { ...api.public, ...Object.fromEntries(reads), "POST /self-service/settings": submit } };
}
