/**
 * Tells people without a trace about a run: messages, notices, warnings, and programs that sequences ran.
 * Remembers what it said.
 */
import type { SessionEvent } from "../session/flow/events.ts";
import { expiredWait } from "../session/flow/expired-wait.ts";
import { programLines, queryText } from "./trace.ts";

export interface PlainLine {
  /** A line is a result of the run, or a message about it. */
  readonly kind: "result" | "message";
  readonly text: string;
}

const LEVELS = ["", "warning: ", "error: "];

export class PlainReport {
  readonly #doubts = new Set<string>();
  #lastRead: Extract<SessionEvent, { kind: "access" }> | undefined;

  /** Returns no lines for an event that people need not hear of. */
  linesOf(event: SessionEvent): readonly PlainLine[] {
    switch (event.kind) {
      case "message":
        return [{ kind: "result", text: `${LEVELS[event.level] ?? ""}${event.text}` }];
      case "step":
        return [{ kind: "result", text: event.text }];
      case "outside":
        return outside(event);
      case "query":
        return said(queryText(event));
      case "notice":
        return said(event.text);
      case "warning":
        return said(`warning: ${event.text}`);
      case "doubtful-condition":
        return this.#doubt(event.failed.message);
      case "access":
        if (event.value !== undefined) this.#lastRead = event;
        return [];
      case "timeout":
        return event.sleep ? [] : said(`warning: ${expiredWait(event, this.#lastRead)}`);
      default:
        return [];
    }
  }

  /** A loop that waits for the access to succeed repeats the doubt. */
  #doubt(why: string): readonly PlainLine[] {
    if (this.#doubts.has(why)) return [];
    this.#doubts.add(why);
    return said(`warning: a condition was decided by an access that failed and counts as 0: ${why}`);
  }
}

function said(text: string): readonly PlainLine[] {
  return [{ kind: "message", text }];
}

function outside(event: Extract<SessionEvent, { kind: "outside" }>): readonly PlainLine[] {
  const { fn, args, ended, note, value } = event;
  return [
    ...(ended === undefined ? [] : programLines(ended).flatMap((line) => said(`${fn}: ${line}`))),
    ...(note === undefined || value === 0n ? [] : said(`warning: ${fn}("${args.join('", "')}"): ${note}`)),
  ];
}
