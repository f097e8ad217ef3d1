import { toUuid } from "./identities.js";
import { getSampleId } from "./sample-identities.js";
import type { NewSession, Sessions } from "./sessions.js";

/** The token of a session of the sample identity. It is the same at every start, and only good for the built-in fake. */
export const SAMPLE_SESSION_TOKEN = "ory_st_builtInFakeKratosSampleUserToken";

const LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
const DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

const PASSWORD = { method: "password", aal: "aal1" } as const;
const TOTP = { method: "totp", aal: "aal2" } as const;
const GOOGLE = { method: "oidc", aal: "aal1", provider: "google" } as const;

/** A sign-in some hours ago: who, where, from which browser, and how. */
type SignIn = [email: string, hoursAgo: number, ip: string, browser: string, location: string, methods: NewSession["methods"], state?: "revoked"];

const SIGN_INS: readonly SignIn[] = [
  ["soren.agard@example.dk", 0.25, "192.0.2.10:50412", LAPTOP, "Aarhus, DK", [PASSWORD, TOTP]],
  ["soren.agard@example.dk", 7, "198.51.100.23:41822", PHONE, "Odense, DK", [PASSWORD]],
  ["soren.agard@example.dk", 20, "203.0.113.7:60211", DESKTOP, "", [PASSWORD], "revoked"],
  ["soren.agard@example.dk", 60, "192.0.2.10:50377", LAPTOP, "Aarhus, DK", [PASSWORD]],
  ["zoe.lindqvist@example.com", 2, "198.51.100.77:39120", DESKTOP, "Uppsala, SE", [GOOGLE]],
  ["zoe.lindqvist@example.com", 30, "198.51.100.77:39004", DESKTOP, "Uppsala, SE", [GOOGLE]],
  ["siobhan@example.ie", 3, "203.0.113.54:55120", LAPTOP, "", [PASSWORD]],
  ["olga.k@example.org", 4, "192.0.2.201:42001", PHONE, "", [PASSWORD]],
  ["ada@example.co.uk", 5, "203.0.113.140:60555", LAPTOP, "Manchester, GB", [PASSWORD, TOTP]],
  ["grace.murray@example.mil", 90, "192.0.2.33:50001", DESKTOP, "", [PASSWORD]],
];

const HOUR_MS = 3_600_000;

/**
 * Adds sessions of sample identities, with the same IDs at every start. Some are revoked or expired, and one is of an inactive
 * identity. The sample token proves the first one.
 */
export function addSampleSessions(sessions: Sessions, now = Date.now()): void {
  for (const [at, [email, hoursAgo, ip_address, user_agent, location, methods, state]] of SIGN_INS.entries()) {
    const id = toUuid(`session of ${email} from ${ip_address}`);
    sessions.create({
      id,
      ...(at === 0 && { token: SAMPLE_SESSION_TOKEN }),
      identityId: getSampleId(email),
      signedInAt: now - hoursAgo * HOUR_MS,
      active: state !== "revoked",
      methods,
      devices: [{ id: toUuid(`device of ${id}`), ip_address, user_agent, location }],
    });
  }
}
