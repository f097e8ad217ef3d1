import type { Courier, NewMessage } from "./courier.js";
import { toUuid } from "./identities.js";

const REFUSED = { status: "failed", error: { reason: "An error occurred while sending the message: 550 5.1.1 mailbox unavailable" } } as const;
const SENT = { status: "success" } as const;

type Sample = [hoursAgo: number, recipient: string, templateType: string, status: NewMessage["status"], dispatches: NewMessage["dispatches"]];

const MESSAGES: readonly Sample[] = [
  [0.1, "neelam.sharma@example.in", "recovery_code_valid", "queued", []],
  [1, "zoe.lindqvist@example.com", "login_code_valid", "sent", [SENT]],
  [5, "soren.agard@example.dk", "recovery_code_valid", "sent", [SENT, REFUSED]],
  [26, "brid@example.ie", "verification_code_valid", "abandoned", [REFUSED, REFUSED, REFUSED]],
  [50, "hinemoa@example.nz", "verification_code_valid", "sent", [SENT]],
];

const HOUR_MS = 3_600_000;

/** Adds messages to sample identities, with the same IDs at every start. */
export function addSampleMessages(courier: Courier, now = Date.now()): void {
  for (const [hoursAgo, recipient, templateType, status, dispatches] of MESSAGES) {
    courier.queue({ id: toUuid(`message to ${recipient}`), recipient, templateType, status, createdAt: now - hoursAgo * HOUR_MS, dispatches });
  }
}
