import device from "../../src/fake-kratos/schemas/device.schema.json" with { type: "json" };
import person from "../../src/fake-kratos/schemas/person.schema.json" with { type: "json" };
import { Courier } from "../../src/fake-kratos/courier.js";
import { Flows } from "../../src/fake-kratos/flows.js";
import { Identities, withoutAdminMetadata } from "../../src/fake-kratos/identities.js";
import { v26, v26Api, v26Ports, type FakeKratos } from "../../src/fake-kratos/index.js";
import { toOwn } from "../../src/fake-kratos/own-sessions.js";
import { addSampleIdentities } from "../../src/fake-kratos/sample-identities.js";
import { addSampleMessages } from "../../src/fake-kratos/sample-messages.js";
import { addSampleSessions } from "../../src/fake-kratos/sample-sessions.js";
import { serve } from "../../src/fake-kratos/server.js";
import { Sessions } from "../../src/fake-kratos/sessions.js";
import { withSecondFactors } from "./second-factors.js";
import { withSignUps, type Shown } from "./sign-ups.js";
import { withoutProfile, withoutVerificationAndLinks } from "./switched-off.js";
import { v06, v06Api, v06Ports, v06Shown } from "./v06.js";

export type { FakeKratos };

/** The identity schemas of the fake Kratos, with names for their typed traits. */
export const SAMPLE_TRAITS = [
  { name: "Person", id: "default", source: "person.schema.json", schema: person },
  { name: "Device", id: "device", source: "device.schema.json", schema: device },
] as const;

const RELEASES = {
  "v0.6.3-alpha.1": { profile: v06, createApi: v06Api, toPorts: v06Ports, shown: v06Shown },
  "v26.2.0": { profile: v26, createApi: v26Api, toPorts: v26Ports, shown: { identity: withoutAdminMetadata, session: toOwn } satisfies Shown },
};

export type FakeKratosVersion = keyof typeof RELEASES;

interface FakeKratosOptions {
  /** Default: `v26.2.0`. */
  readonly version?: FakeKratosVersion;
  /** Default: true. */
  readonly sampleIdentities?: boolean;
  /**
   * Whether flows expire after a second, and so does the permission to change what one signs in with, and verification and the
   * method `link` are switched off. Default: false.
   */
  readonly shortLived?: boolean;
  /** Default: a day. */
  readonly sessionLifespanMs?: number;
  /** Whether users can change their traits. Default: true. */
  readonly profile?: boolean;
}

/** Starts the fake Kratos of `npm start`, or an older one, with what only tests need: users who sign up, second factors, and what is switched off. */
export function startFakeKratos(options: FakeKratosOptions = {}): Promise<FakeKratos> {
  const { version = "v26.2.0", sampleIdentities = true, shortLived = false, profile: hasProfile = true, sessionLifespanMs } = options;
  const { profile, createApi, toPorts, shown } = RELEASES[version];
  return serve(version, (publicUrl) => {
    const identities = new Identities(profile, publicUrl);
    const sessions = new Sessions(identities, profile, sessionLifespanMs);
    const courier = new Courier();
    addSampleMessages(courier);
    if (sampleIdentities) {
      addSampleIdentities(identities);
      addSampleSessions(sessions);
    }
    const flows = new Flows(profile, publicUrl, shortLived ? 1000 : undefined);
    const basic = createApi(identities, sessions, courier, flows, publicUrl, shortLived ? 1000 : undefined);
    const api = withSecondFactors(withSignUps(basic, identities, sessions, courier, flows, shown), identities);
    const editable = hasProfile ? api : withoutProfile(api, flows);
    return toPorts(shortLived ? withoutVerificationAndLinks(editable, flows) : editable, publicUrl);
  });
}
