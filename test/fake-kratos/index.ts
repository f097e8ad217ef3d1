import { Courier } from "../../src/fake-kratos/courier.js";
import { Flows } from "../../src/fake-kratos/flows.js";
import { Identities } from "../../src/fake-kratos/identities.js";
import { v26, v26Api, v26Ports, type FakeKratos } from "../../src/fake-kratos/index.js";
import type { Profile } from "../../src/fake-kratos/profile.js";
import { addSampleIdentities } from "../../src/fake-kratos/sample-identities.js";
import { addSampleMessages } from "../../src/fake-kratos/sample-messages.js";
import { addSampleSessions } from "../../src/fake-kratos/sample-sessions.js";
import { serve } from "../../src/fake-kratos/server.js";
import { Sessions } from "../../src/fake-kratos/sessions.js";
import { withSecondFactors } from "./second-factors.js";
import { withSignIns } from "./sign-ins.js";
import { withoutVerificationAndLinks } from "./switched-off.js";
import { v06, v06Api, v06Ports } from "./v06.js";
import settings from "./v26-settings.json" with { type: "json" };

export type { FakeKratos };

const RELEASES = {
  "v0.6.3-alpha.1": { profile: v06, createApi: v06Api, toPorts: v06Ports },
  "v26.2.0": { profile: { ...v26, flows: { ...v26.flows, ...settings } } satisfies Profile, createApi: v26Api, toPorts: v26Ports },
};

export type FakeKratosVersion = keyof typeof RELEASES;

interface FakeKratosOptions {
  /** Default: `v26.2.0`. */
  readonly version?: FakeKratosVersion;
  /** Default: true. */
  readonly sampleIdentities?: boolean;
  /** Whether flows expire after a second, and verification and the method `link` are switched off. Default: false. */
  readonly shortLived?: boolean;
}

/** Starts the fake Kratos of `npm start`, or an older one, with what only tests need: users who sign up and sign in, and settings flows. */
export function startFakeKratos(options: FakeKratosOptions = {}): Promise<FakeKratos> {
  const { version = "v26.2.0", sampleIdentities = true, shortLived = false } = options;
  const { profile, createApi, toPorts } = RELEASES[version];
  return serve(version, (publicUrl) => {
    const identities = new Identities(profile, publicUrl);
    const sessions = new Sessions(identities);
    const courier = new Courier();
    addSampleMessages(courier);
    if (sampleIdentities) {
      addSampleIdentities(identities);
      addSampleSessions(sessions);
    }
    const flows = new Flows(profile, publicUrl, shortLived ? 1000 : undefined);
    const api = withSecondFactors(
      withSignIns(createApi(identities, sessions, courier, flows, publicUrl), identities, sessions, courier, flows, profile),
      identities,
    );
    return toPorts(shortLived ? withoutVerificationAndLinks(api, profile) : api, publicUrl);
  });
}
