import { randomUUID } from "node:crypto";
import { notFound } from "./errors.js";
import { readTokenPage } from "./pages.js";
import type { Routes } from "./server.js";
import { timestamp } from "./time.js";

interface Dispatch {
  readonly status: "success" | "failed";
  readonly error?: object;
}

/** What a new message is made of. */
export interface NewMessage {
  readonly id?: string;
  readonly recipient: string;
  readonly templateType: string;
  readonly status?: "queued" | "sent" | "processing" | "abandoned";
  /** In milliseconds. Default: now. */
  readonly createdAt?: number;
  readonly dispatches?: readonly Dispatch[];
}

/** A message, as v26 lists it. */
interface Message {
  readonly id: string;
  readonly status: string;
  readonly recipient: string;
  readonly created_at: string;
}

/** All messages of one fake Kratos, in memory. Nothing is sent. */
export class Courier {
  readonly #messages: Message[] = [];
  readonly #dispatches = new Map<string, readonly object[]>();

  queue({ id = randomUUID(), recipient, templateType, status = "queued", createdAt, dispatches = [] }: NewMessage): void {
    const now = timestamp(createdAt);
    const message = {
      id,
      status,
      type: "email",
      recipient,
      // As it is unless Kratos runs in development mode.
      body: "<redacted-unless-dev-mode>",
      subject: "<redacted-unless-dev-mode>",
      template_type: templateType,
      channel: "email",
      send_count: dispatches.length,
      created_at: now,
      updated_at: now,
    };
    this.#messages.push(message);
    const attempts = dispatches.map((dispatch) => ({ id: randomUUID(), message_id: id, ...dispatch, created_at: now, updated_at: now }));
    if (attempts.length > 0) this.#dispatches.set(id, attempts);
  }

  /** The latest first. */
  list(status: string | null, recipient: string | null): Message[] {
    const listed = this.#messages.filter((message) => (status ?? message.status) === message.status && (recipient || message.recipient) === message.recipient);
    return listed.sort((a, b) => (a.created_at === b.created_at ? (a.id < b.id ? -1 : 1) : a.created_at < b.created_at ? 1 : -1));
  }

  /** A message with its dispatches. */
  get(id: string): object {
    const message = this.#messages.find((one) => one.id === id.toLowerCase());
    if (!message) throw notFound();
    const dispatches = this.#dispatches.get(message.id);
    return { ...message, ...(dispatches && { dispatches }) };
  }
}

/** What v26 serves about messages, as far as the facade uses it. */
export function courierRoutes(courier: Courier): Routes {
  return {
    "GET /courier/messages": ({ query }) => {
      const messages = courier.list(query.get("status"), query.get("recipient"));
      const { page, link } = readTokenPage("/admin/courier/messages", messages, ({ id, created_at: at }) => ({ id, at }), query);
      return { json: page, headers: { link } };
    },
    "GET /courier/messages/:id": ({ id }) => ({ json: courier.get(id) }),
  };
}
