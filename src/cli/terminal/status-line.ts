/**
 * The one line of a terminal that changes: a bar, or what is waited for and for how long. It is never wider than the
 * terminal, for a line that wraps cannot be drawn over.
 */
import { clipped, columnsOf } from "../../lib/columns.ts";

/** The clock of this machine, also where the target's time is simulated. */
export interface Ticking {
  nowMs(): number;
  /** Does the work again and again, without keeping the process alive. Returns what stops it. */
  every(ms: number, work: () => void): () => void;
}

export const HOST_TICKING: Ticking = {
  nowMs: () => performance.now(),
  every: (ms, work) => {
    const timer = setInterval(work, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};

/** A shorter wait is not worth a word. */
const UNSAID_MS = 2000;
const TICK_MS = 1000;

export class StatusLine {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  readonly #time: Ticking;
  #drawn = "";
  #what = "";
  #bar = "";
  #sinceMs = 0;
  #stop: (() => void) | undefined;

  /** `columns` may change between two calls. */
  constructor(write: (text: string) => void, columns: () => number, time: Ticking) {
    this.#write = write;
    this.#columns = columns;
    this.#time = time;
  }

  /** Draws a bar; an empty text removes it. If nothing new comes for some time, the time stands behind it. */
  draw(bar: string): void {
    this.#begin(bar === "" ? this.#what : bar);
    this.#bar = bar;
    if (bar === "") this.erase();
    else this.#show(bar, "");
  }

  /** Says that something is waited for, which is shown only after some time. An empty text ends it. */
  wait(what: string): void {
    if (what === this.#what && this.#bar === "") return;
    this.#what = what;
    if (this.#bar !== "") return;
    this.erase();
    this.#begin(what);
  }

  /** Removes the line before something else is printed. It comes back with the next tick. */
  erase(): void {
    if (this.#drawn === "") return;
    this.#write(`\r${" ".repeat(this.#room(columnsOf(this.#drawn)))}\r`);
    this.#drawn = "";
  }

  #begin(what: string): void {
    this.#sinceMs = this.#time.nowMs();
    if (what === "") {
      this.#stop?.();
      this.#stop = undefined;
    } else
      this.#stop ??= this.#time.every(TICK_MS, () => {
        this.#tick();
      });
  }

  #tick(): void {
    const waitedMs = this.#time.nowMs() - this.#sinceMs;
    if (waitedMs < UNSAID_MS) return;
    const seconds = `${Math.floor(waitedMs / 1000)} s`;
    if (this.#bar === "") this.#show(`waiting for ${this.#what}`, `: ${seconds}`);
    else this.#show(this.#bar, `, waiting for ${seconds}`);
  }

  #show(text: string, end: string): void {
    const line = `${clipped(text, this.#room() - end.length)}${end}`;
    const rest = columnsOf(this.#drawn) - columnsOf(line);
    this.#write(`\r${line}${" ".repeat(Math.max(0, this.#room(columnsOf(line) + rest) - columnsOf(line)))}`);
    this.#drawn = line;
  }

  /** The last column stays free, for some terminals wrap as soon as it is written. */
  #room(most = Infinity): number {
    return Math.min(most, this.#columns() - 1);
  }
}
