/** How a run shows itself: messages, a readable trace, or JSON. Knows the three forms; commands choose. */
import { eventJson, errorJson, JSON_VERSION, type Json } from "../report/json.ts";
import { programLines, queryText, traceLine } from "../report/trace.ts";
import { findingOf } from "../doctor/finding.ts";
import { EXIT } from "../session/exit-codes.ts";
import { thisHost } from "../host/host-facts.ts";
import type { SessionEvent } from "../session/flow/events.ts";
import { expiredWait } from "../session/flow/expired-wait.ts";
import type { Io } from "./io.ts";

export interface OutputOptions {
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** Of one `--json` document, which is made in memory; `--jsonl` has them all. */
const MOST_EVENTS = 200_000;

export class RunOutput {
  readonly #io: Io;
  readonly #options: OutputOptions;
  readonly #events: Json[] = [];
  readonly #doubts = new Set<string>();
  #lastRead: Extract<SessionEvent, { kind: "access" }> | undefined;
  #leftOut = 0;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** Each event shows, those of every turn of a loop too. */
  get tellsAll(): boolean {
    const { trace, json, jsonl } = this.#options;
    return trace === true || json === true || jsonl === true;
  }

  /** Bound, for it is handed to the session as it is. */
  readonly show = (event: SessionEvent): void => {
    const { trace, json, jsonl } = this.#options;
    if (jsonl === true) this.#io.json({ version: JSON_VERSION, event: eventJson(event) });
    if (json === true) this.#keep(event);
    const data = json === true || jsonl === true;
    if (trace === true) {
      const line = traceLine(event);
      if (line !== undefined) (data ? this.#io.err : this.#io.out)(`${line}\n`);
    } else if (!data) this.#plain(event);
  };

  #keep(event: SessionEvent): void {
    if (this.#events.length < MOST_EVENTS) this.#events.push(eventJson(event));
    else this.#leftOut += 1;
  }

  #plain(event: SessionEvent): void {
    if (event.kind === "message")
      this.#io.out(`${["", "warning: ", "error: "][event.level] ?? ""}${event.text}\n`);
    if (event.kind === "outside") this.#outside(event);
    if (event.kind === "query") this.#io.err(`${queryText(event)}\n`);
    if (event.kind === "step") this.#io.out(`${event.text}\n`);
    if (event.kind === "notice") this.#io.err(`${event.text}\n`);
    if (event.kind === "warning") this.#io.err(`warning: ${event.text}\n`);
    // A loop that waits for the access to succeed asks it again and again.
    if (event.kind === "doubtful-condition" && !this.#doubts.has(event.failed.message)) {
      this.#doubts.add(event.failed.message);
      this.#io.err(
        `warning: a condition was decided by an access that failed and counts as 0: ${event.failed.message}\n`,
      );
    }
    if (event.kind === "access" && event.value !== undefined) this.#lastRead = event;
    if (event.kind === "timeout" && !event.sleep) {
      this.#io.err(`warning: ${expiredWait(event, this.#lastRead)}\n`);
    }
  }

  #outside({ fn, args, ended, note, value }: Extract<SessionEvent, { kind: "outside" }>): void {
    if (ended !== undefined) for (const line of programLines(ended)) this.#io.err(`${fn}: ${line}\n`);
    if (note !== undefined && value !== 0n) this.#io.err(`warning: ${fn}("${args.join('", "')}"): ${note}\n`);
  }

  /** The one document of `--json`, or the last line of `--jsonl`. */
  finish(what: { readonly [key: string]: Json }, exitCode: number, error?: unknown): void {
    const { json, jsonl } = this.#options;
    if (json !== true && jsonl !== true) return;
    const failure = error === undefined ? {} : { error: errorJson(error) };
    const finding = exitCode === EXIT.noProbe ? findingOf(error, this.#io.host ?? thisHost) : undefined;
    const result = {
      version: JSON_VERSION,
      ...what,
      exitCode,
      ...failure,
      ...(finding === undefined ? {} : { finding: { ...finding } }),
      ...(this.#leftOut === 0 ? {} : { eventsLeftOut: this.#leftOut }),
    };
    this.#io.json(json === true ? { ...result, events: this.#events } : { ...result });
  }
}
