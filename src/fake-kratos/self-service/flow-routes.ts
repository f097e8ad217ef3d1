import { get, post, type Route } from "../http/router.js";
import type { KratosState } from "../kratos-state.js";
import type { FlowKind } from "./flow.js";
import { beginFlow } from "./flow-handlers.js";
import { submitRegistration } from "./registration.js";

/** The flows that need no session to be read. */
export const openFlowKinds: readonly FlowKind[] = ["login", "registration", "recovery", "verification"];
export const flowKinds: readonly FlowKind[] = [...openFlowKinds, "settings"];

/** Where flows begin, and the one submission that is emulated. */
export const flowInits = (state: KratosState): Route[] => [
  ...flowKinds.flatMap((kind) =>
    (["api", "browser"] as const).map((type) => get(`/self-service/${kind}/${type}`, (request) => beginFlow(state, kind, type, request))),
  ),
  post("/self-service/registration", (request) => submitRegistration(state, request)),
];
