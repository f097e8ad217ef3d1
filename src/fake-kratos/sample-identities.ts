import { type Identities, type Identity, type NewCredentials, toUuid } from "./identities.js";
import { timestamp } from "./time.js";

/** An invented person. */
type Person = [first: string, last: string, email: string, age?: number, ...tags: string[]];

const PEOPLE: readonly Person[] = [
  ["Zoë", "Lindqvist", "zoe.lindqvist@example.com", 34, "staff", "editor"],
  ["Jürgen", "Größer", "j.groesser@example.de", 58, "customer"],
  ["María José", "Núñez", "mariajose@example.es", 41, "customer", "newsletter"],
  ["太郎", "山田", "taro.yamada@example.jp", 29, "customer"],
  ["Siobhán", "O’Brien", "siobhan@example.ie", 37, "staff"],
  ["Łukasz", "Żółkiewski", "lukasz@example.pl", 45, "customer"],
  ["Αλέξης", "Παπαδόπουλος", "alexis.p@example.gr", 31],
  ["Ольга", "Кузнецова", "olga.k@example.org", 52, "partner"],
  ["أمينة", "الحسيني", "amina@example.net", 26, "customer", "newsletter"],
  ["नीलम", "शर्मा", "neelam.sharma@example.in", 33, "customer"],
  ["민준", "김", "minjun.kim@example.kr", 22, "student"],
  ["François", "Lefèvre", "francois.lefevre@example.fr", 63, "partner"],
  ["Bríd", "Ní Dhomhnaill", "brid@example.ie", 48],
  ["Søren", "Ågård", "soren.agard@example.dk", 39, "staff", "admin"],
  ["Nguyễn", "Thị Hoa", "hoa.nguyen@example.vn", 27, "customer"],
  ["Ayşe", "Yıldız", "ayse.yildiz@example.com.tr", 36, "customer"],
  ["Ngozi", "Adébáyọ̀", "ngozi@example.ng", 30, "partner", "newsletter"],
  ["Tomáš", "Dvořák", "Tomas.Dvorak@Example.cz", 55],
  ["Hinemoa", "Te Rangi", "hinemoa@example.nz", 44, "customer"],
  ["Guðrún", "Jónsdóttir", "gudrun@example.is", 61, "student"],
  ["Ada", "Byron", "ada@example.co.uk", 28, "staff", "developer"],
  ["Grace", "Murray", "grace.murray@example.mil", 47, "developer"],
];

const DEVICES: readonly (readonly [serial: string, model?: string])[] = [
  ["KX-1001-A", "Door reader, front"],
  ["KX-1002-A", "Door reader, back"],
  ["KX-2040-B", "Turnstile"],
  ["TH-0007", "Thermostat “Süd”"],
  ["TH-0008"],
  ["CAM-31-7", "Camera, car park"],
  ["POS-9-9917", "Till"],
  ["SN-000042", "Sensor π"],
];

/** The person who uses an app: someone is signed in as them, and their ID is in the sample operations of the explorers. */
export const SAMPLE_EMAIL = "soren.agard@example.dk";
export const SAMPLE_IDENTITY_ID = getSampleId(SAMPLE_EMAIL);

/** The password of everyone who has one. */
export const SAMPLE_PASSWORD = "sample password";

/** Adds people and devices: the same at every start, with the same IDs and dates. Every third person is verified, and one is inactive. */
export function addSampleIdentities(identities: Identities): void {
  for (const [index, [first, last, email, age, ...tags]] of PEOPLE.entries()) {
    const fields = {
      ...createdOn(index, email),
      schema_id: "default",
      external_id: `crm-${index + 1}`,
      traits: { email, name: { first, last }, ...(age === undefined ? {} : { age }), ...(tags.length > 0 ? { tags } : {}) },
      state: email === "olga.k@example.org" ? "inactive" : "active",
      metadata_public: index % 2 === 0 ? { plan: index % 4 === 0 ? "gold" : "basic" } : null,
      metadata_admin: index % 5 === 0 ? { note: "asked for an invoice", risk: index } : null,
    } as const;
    const person = identities.create(fields, credentialsOf(index, email, tags));
    if (index % 3 > 0) continue;
    const now = timeOn(index, 10);
    const verified = { verified: true, status: "completed", verified_at: now, updated_at: now } as const;
    identities.update(person, {
      updated_at: now,
      verifiable_addresses: person.verifiable_addresses.map((address) => ({ ...address, ...verified })),
    });
  }
  for (const [index, [serial, model]] of DEVICES.entries()) {
    identities.create({ ...createdOn(PEOPLE.length + index, serial), schema_id: "device", traits: { serial, ...(model ? { model } : {}) } });
  }
}

/**
 * Most people have a password, every fourth an account at a provider, and the staff a second factor. No secret is one. The person
 * who uses an app has an account at a provider instead of a second factor, so that the password is enough to sign in.
 */
function credentialsOf(index: number, email: string, tags: readonly string[]): NewCredentials {
  const provider = index % 8 === 0 ? "github" : "google";
  return {
    ...(index % 5 !== 4 && { password: { config: { password: SAMPLE_PASSWORD } } }),
    ...((index % 4 === 0 || email === SAMPLE_EMAIL) && { oidc: { config: { providers: [{ provider, subject: String(104_159_000 + index) }] } } }),
    ...(tags.includes("staff") && email !== SAMPLE_EMAIL && {
      totp: { config: { totp_url: "sample secret" } },
      lookup_secret: { config: { recovery_codes: [{ code: "sample code" }] } },
    }),
  };
}

/** One identity was created each day. */
function createdOn(day: number, name: string): Pick<Identity, "id" | "created_at" | "updated_at" | "state_changed_at"> {
  const now = timeOn(day, 9);
  return { id: getSampleId(name), created_at: now, updated_at: now, state_changed_at: now };
}

function timeOn(day: number, hour: number): string {
  return timestamp(Date.UTC(2025, 2, 1 + day, hour, 26, 53, 589));
}

/** The ID of the sample identity with an email or a serial number. */
export function getSampleId(name: string): string {
  return toUuid(`identity of ${name}`);
}
