import { useEffect, useState } from "react";
import { loadLogin, startLogin, submitLogin, type LoginFlow, type LoginStep } from "./kratos";

interface Login {
  /** Undefined until it is loaded. */
  readonly flow: LoginFlow | undefined;
  readonly busy: boolean;
  /** Why the user is not signed in, as a sentence, if the form does not say it. */
  readonly problem: string | undefined;
  readonly submit: (form: FormData) => void;
  readonly retry: () => void;
}

/**
 * Goes through a login flow of Kratos.
 * @param path where Kratos starts it
 * @param onSignedIn goes on with the session. If the form is still there afterwards, the server does not accept the session
 */
export function useLogin(path: string, onSignedIn: () => Promise<unknown>): Login {
  const [flow, setFlow] = useState<LoginFlow>();
  const [busy, setBusy] = useState(true);
  const [problem, setProblem] = useState<string>();

  const take = async (step: LoginStep, isFirst: boolean): Promise<void> => {
    switch (step.is) {
      case "form":
        return setFlow(step.flow);
      case "signed in":
        forgetFlowOfPage();
        await onSignedIn();
        return setProblem("Kratos has signed you in, but the server does not accept your session. Tell the people who run it.");
      case "elsewhere":
        return location.assign(step.url);
      case "expired":
        forgetFlowOfPage();
        setProblem("The form has expired. Fill it in again.");
        return isFirst ? take(await startLogin(path), false) : undefined;
      case "failed":
        return setProblem(step.reason);
    }
  };
  const go = (next: Promise<LoginStep>): void => {
    setBusy(true);
    setProblem(undefined);
    void next.then((step) => take(step, true)).finally(() => setBusy(false));
  };

  // React shows a component twice in development, and only the last one needs a flow.
  useEffect(() => {
    const timer = setTimeout(() => go(firstStep(path)));
    return () => clearTimeout(timer);
  }, [path]);

  return { flow, busy, problem, submit: (form) => flow && go(submitLogin(flow, form)), retry: () => go(firstStep(path)) };
}

function firstStep(path: string): Promise<LoginStep> {
  const flowId = flowOfPage();
  return flowId === null ? startLogin(path) : loadLogin(flowId);
}

/** The ID of the login flow for which Kratos has opened this page, if it has. */
export function flowOfPage(): string | null {
  return new URLSearchParams(location.search).get("flow");
}

function forgetFlowOfPage(): void {
  history.replaceState(null, "", location.pathname + location.hash);
}
