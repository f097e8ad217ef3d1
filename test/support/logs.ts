import { subscribe, unsubscribe } from "node:diagnostics_channel";
import pino from "pino";
import { parseJson } from "./http.js";

/** A log that tests can read. */
export interface CapturedLog {
  readonly logger: pino.Logger;
  readonly lines: string[];
  /** The lines, parsed. */
  entries(): Record<string, any>[];
}

export function captureLog(level: pino.LevelWithSilent = "trace"): CapturedLog {
  const lines: string[] = [];
  return {
    logger: pino({ level, base: undefined }, { write: (line: string) => void lines.push(line) }),
    lines,
    entries: () => lines.map((line) => JSON.parse(line) as Record<string, any>),
  };
}

export interface LeakWatch {
  /** Writes to the watch, at the most verbose level. */
  readonly logger: pino.Logger;
  /** Remembers the `errors` of a response. */
  noteErrors(errors: unknown): void;
  /** Ends the watch. @throws if a line of the log, or an error, holds what it must not */
  stop(): void;
}

interface WireEvent {
  readonly request: { readonly origin: string; readonly headers?: readonly string[] };
  readonly chunk?: Buffer | string;
}

/** Shorter texts are words that a log line may have on its own account. */
const SHORTEST = 8;
/** IDs and times say nothing about anybody, nor do words of messages and stacks that the forms of Kratos have, too: on Node 24, those that tests request are read as well. */
const PUBLIC = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|getSelfServiceError|identities|identity|identifier|anonymous)$/i;

/**
 * Reads everything that goes to a Kratos and comes from it, on undici's diagnostics channels, and the log: no text of the former
 * may be in the latter, whether it is a trait, a token, a link, a code or the reason of an error.
 */
export function watchForLeaks(urls: readonly (string | undefined)[]): LeakWatch {
  const origins = urls.filter((url) => url !== undefined).map((url) => new URL(url).origin);
  const bodies = new Map<object, { sent: string; received: string }>();
  const secrets = new Set<string>();
  const { logger, lines } = captureLog();
  const errorTexts: string[] = [];
  const subscribeTo = (channel: string, note: (event: WireEvent, text: string, body: { sent: string; received: string }) => void) => {
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
  const unsubscribes = [
    subscribeTo("undici:request:create", ({ request: { headers = [] } }) => {
      for (let at = 0; at < headers.length; at += 2) if (/^(cookie|x-session-token)$/i.test(headers[at]!)) secrets.add(headers[at + 1]!);
    }),
    subscribeTo("undici:request:bodyChunkSent", (_, text, body) => void (body.sent += text)),
    subscribeTo("undici:request:bodyChunkReceived", (_, text, body) => void (body.received += text)),
  ];

  return {
    logger,
    noteErrors: (errors) => void (errors !== undefined && errorTexts.push(JSON.stringify(errors))),
    stop: () => {
      for (const stopListening of unsubscribes) stopListening();
      for (const { sent, received } of bodies.values()) for (const text of [sent, received]) collect(parseJson(text), secrets);
      const log = lines.join("");
      const leaked = [...secrets].map((secret) => JSON.stringify(secret).slice(1, -1)).filter((secret) => log.includes(secret));
      const leaking = lines.filter((line) => leaked.some((secret) => line.includes(secret)));
      if (leaked.length > 0) throw new Error(`The log holds data of Kratos: ${leaked.join(", ")}\n${leaking.join("")}`);
      const internals = errorTexts.filter((text) => origins.some((origin) => text.includes(new URL(origin).host)) || /\\n +at .*:\d+/.test(text));
      if (internals.length > 0) throw new Error(`The errors of a response hold internals of the server: ${internals.join("\n")}`);
    },
  };
}

/** Adds all texts in a value, and each query parameter of those that are URLs. */
function collect(value: unknown, into: Set<string>): void {
  // Not recursive: Kratos can nest more deeply than the stack.
  for (const queue = [value]; queue.length > 0; ) {
    const item = queue.pop();
    if (typeof item === "object" && item !== null) queue.push(...Object.values(item));
    if (typeof item !== "string" || item.length < SHORTEST || PUBLIC.test(item)) continue;
    into.add(item);
    if (/^https?:/.test(item) && URL.canParse(item)) queue.push(...new URL(item).searchParams.values());
  }
}
