/** Shows a run: as messages, a readable trace, or JSON. Knows the three forms; commands choose. */
import { hintOfFailure, withFlags } from "./hints.ts";
import { eventJson, errorJson, JSON_VERSION, type Json } from "../../report/json.ts";
import { PlainReport } from "../../report/plain.ts";
import { traceLine } from "../../report/trace.ts";
import { adviceFor } from "../../api/node/advice.ts";
import type { SessionEvent } from "../../api/session.ts";
import type { Diagnosis } from "../../api/diagnosis.ts";
import { diagnosisJson } from "./failure-screen.ts";
import type { Io } from "./io.ts";
import { waitedFor } from "./waited-for.ts";

export interface OutputOptions {
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** The most events of one `--json` document, which is made in memory; `--jsonl` has them all. */
const MOST_EVENTS = 200_000;

export class RunOutput {
  readonly #io: Io;
  readonly #options: OutputOptions;
  readonly #events: Json[] = [];
  readonly #report = new PlainReport();
  #leftOut = 0;

  constructor(io: Io, options: OutputOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** True if each event is shown, including those of every turn of a loop. */
  get tellsAll(): boolean {
    const { trace, json, jsonl } = this.#options;
    return trace === true || json === true || jsonl === true;
  }

  /** Shows an event. It is bound, for the session gets it as a plain function. */
  readonly show = (event: SessionEvent): void => {
    const what = waitedFor(event);
    if (what !== undefined) this.#io.waiting(what);
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
    for (const { kind, text } of this.#report.linesOf(event))
      (kind === "result" ? this.#io.out : this.#io.err)(`${text}\n`);
  }

  /** Prints the one document of `--json`, or the last line of `--jsonl`. */
  finish(
    what: { readonly [key: string]: Json },
    exitCode: number,
    error?: unknown,
    diagnosis?: Diagnosis,
  ): void {
    const { json, jsonl } = this.#options;
    if (json !== true && jsonl !== true) return;
    const failure = error === undefined ? {} : { error: errorJson(error) };
    const hint = hintOfFailure(error, this.#io.argv ?? []);
    const finding = adviceFor(error, this.#io.host);
    const result = {
      version: JSON_VERSION,
      ...what,
      exitCode,
      ...failure,
      ...(hint === undefined ? {} : { hint }),
      ...(finding === undefined ? {} : { finding: { ...withFlags(finding) } }),
      ...(diagnosis === undefined ? {} : { diagnosis: diagnosisJson(diagnosis, this.#io.argv ?? []) }),
      ...(this.#leftOut === 0 ? {} : { eventsLeftOut: this.#leftOut }),
    };
    this.#io.json(json === true ? { ...result, events: this.#events } : { ...result });
  }
}
