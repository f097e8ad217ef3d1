import type { KratosState } from "../kratos-state.js";
import { newIdentity } from "./identity-handlers.js";
import { settleIdentity } from "./settle-identity.js";

/** Name, address, age and tags of a person who never lived. */
type Person = [first: string, last: string, email: string, age?: number, ...tags: string[]];

const people: Person[] = [
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

const devices: [serial: string, model?: string][] = [
  ["KX-1001-A", "Door reader, front"],
  ["KX-1002-A", "Door reader, back"],
  ["KX-2040-B", "Turnstile"],
  ["TH-0007", "Thermostat “Süd”"],
  ["TH-0008"],
  ["CAM-31-7", "Camera, car park"],
  ["POS-9-9917", "Till"],
  ["SN-000042", "Sensor π"],
];

// Every third person has confirmed the address, and one has left.
const verifiedEvery = 3;
const verifiedAt = "2025-03-14T09:26:53.589793Z";
const inactive = "olga.k@example.org";

/** Fills an emulation with people and devices, the same ones every time but for their ids. */
export function addSampleIdentities(state: KratosState): void {
  for (const [index, [first, last, email, age, ...tags]] of people.entries()) {
    const traits = { email, name: { first, last }, ...(age === undefined ? {} : { age }), ...(tags.length > 0 ? { tags } : {}) };
    const identity = settleIdentity(
      state,
      {
        ...newIdentity("default", traits),
        state: email === inactive ? "inactive" : "active",
        externalId: state.era.richIdentities ? `crm-${1000 + index}` : "",
        metadataPublic: index % 2 === 0 ? { plan: index % 4 === 0 ? "gold" : "basic" } : null,
        metadataAdmin: index % 5 === 0 ? { note: "asked for an invoice", risk: index } : undefined,
      },
      "create",
    );
    if (index % verifiedEvery !== 0) continue;
    const verifiableAddresses = identity.verifiableAddresses.map((address) => ({
      ...address,
      verified: true,
      status: "completed" as const,
      verifiedAt,
    }));
    state.identities.save({ ...identity, verifiableAddresses });
  }
  for (const [serial, model] of devices) settleIdentity(state, newIdentity("device", { serial, ...(model ? { model } : {}) }), "create");
}
