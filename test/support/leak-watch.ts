import { subscribe, unsubscribe } from "node:diagnostics_channel";
import pino from "pino";

export interface LeakWatch {
  /** Writes to the watch, at the most verbose level. */
  readonly logger: pino.Logger;
  readonly lines: readonly string[];
  /** Takes note of the `errors` of an answer. */
  noteErrors(errors: unknown): void;
  /** Ends the watch. @throws where a line of the log, or an error, holds what it must not */
  stop(): void;
}

interface WireEvent {
  readonly request: { readonly origin: string; readonly headers?: readonly string[] };
  readonly chunk?: Buffer | string;
}

/** Shorter texts are words that a log line may have of its own; ids and times say nothing of anybody. */
const SHORTEST = 8;
const PUBLIC = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|getSelfServiceError|identities|identity)$/i;

/**
 * Looks at all that goes to a Kratos and comes from it, on undici's diagnostics channels, and at the log: no text of the former
 * may stand in the latter, be it a trait, a token, a link, a code or an error's reason.
 */
export function watchForLeaks(urls: readonly (string | undefined)[]): LeakWatch {
  const origins = urls.filter((url) => url !== undefined).map((url) => new URL(url).origin);
  const bodies = new Map<object, { sent: string; received: string }>();
  const secrets = new Set<string>();
  const lines: string[] = [];
  const errorTexts: string[] = [];

  const listenTo = (channel: string, note: (event: WireEvent, text: string, body: { sent: string; received: string }) => void) => {
    const listener = (message: unknown) => {
      const event = message as WireEvent;
      if (!origins.includes(event.request.origin)) return;
      const body = bodies.get(event.request) ?? { sent: "", received: "" };
      bodies.set(event.request, body);
      note(event, event.chunk?.toString() ?? "", body);
    };
    subscribe(channel, listener);
    return () => unsubscribe(channel, listener);
  };
  const endings = [
    listenTo("undici:request:create", ({ request: { headers = [] } }) => {
      for (let at = 0; at < headers.length; at += 2) if (/^(cookie|x-session-token)$/i.test(headers[at]!)) secrets.add(headers[at + 1]!);
    }),
    listenTo("undici:request:bodyChunkSent", (_, text, body) => void (body.sent += text)),
    listenTo("undici:request:bodyChunkReceived", (_, text, body) => void (body.received += text)),
  ];

  return {
    logger: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }),
    lines,
    noteErrors: (errors) => void (errors !== undefined && errorTexts.push(JSON.stringify(errors))),
    stop: () => {
      for (const end of endings) end();
      for (const { sent, received } of bodies.values()) for (const text of [sent, received]) collect(parse(text), secrets);
      const log = lines.join("");
      const leaked = [...secrets].map((secret) => JSON.stringify(secret).slice(1, -1)).filter((secret) => log.includes(secret));
      const holding = lines.filter((line) => leaked.some((secret) => line.includes(secret)));
      if (leaked.length > 0) throw new Error(`The log holds what is Kratos' alone: ${leaked.join(", ")}\n${holding.join("")}`);
      const inside = errorTexts.filter((text) => origins.some((origin) => text.includes(new URL(origin).host)) || /\\n +at .*:\d+/.test(text));
      if (inside.length > 0) throw new Error(`An answer's errors hold what stays inside: ${inside.join("\n")}`);
    },
  };
}

/** All texts in a value, and each parameter of those that are addresses. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "object" && value !== null) for (const item of Object.values(value)) collect(item, into);
  if (typeof value !== "string" || value.length < SHORTEST || PUBLIC.test(value)) return;
  into.add(value);
  if (/^https?:/.test(value) && URL.canParse(value)) for (const part of new URL(value).searchParams.values()) collect(part, into);
}

/** @returns the text itself where it is no JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
