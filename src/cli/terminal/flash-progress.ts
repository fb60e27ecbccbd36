/** Shows the progress of flashing: a bar with rate and time left on a terminal, a line for each step elsewhere. */
import type { FlashProgress, FlashStep } from "../../api/jobs/program-flash.ts";
import type { Io } from "./io.ts";

export const DOING: Readonly<Record<FlashStep, string>> = {
  compare: "comparing",
  erase: "erasing",
  program: "programming",
  verify: "verifying",
  read: "reading",
};
const DONE: Readonly<Record<FlashStep, string>> = {
  compare: "compared",
  erase: "erased",
  program: "programmed",
  verify: "verified",
  read: "read",
};
const BAR = 24;

export class FlashProgressDisplay {
  readonly #io: Io;
  readonly #nowUs: () => number;
  #step: string | undefined;
  #sinceUs = 0;

  /** The clock is the target's, for simulated time passes at its own pace. */
  constructor(io: Io, nowUs: () => number) {
    this.#io = io;
    this.#nowUs = nowUs;
  }

  readonly show = (progress: FlashProgress): void => {
    const { step, region, done, total } = progress;
    const key = `${step} ${region}`;
    if (this.#step !== key) {
      this.#step = key;
      this.#sinceUs = this.#nowUs();
    }
    const seconds = (this.#nowUs() - this.#sinceUs) / 1_000_000;
    if (done >= total) {
      this.clear();
      this.#io.err(`${DONE[step]} ${kibibytes(total)}${rate(total, seconds)} (${region})\n`);
      this.#step = undefined;
      return;
    }
    if (!this.#io.terminal) return;
    const filled = Math.floor((BAR * done) / total);
    const bar = `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`;
    const left = done > 0 ? `, ${((seconds * (total - done)) / done).toFixed(1)} s left` : "";
    this.#io.status(
      `${DOING[step].padEnd(11)} ${bar} ${kibibytes(done)} of ${kibibytes(total)}${rate(done, seconds)}${left}`,
    );
  };

  /** Removes the bar before something else is printed. */
  clear(): void {
    this.#io.status("");
  }
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes % 1024 === 0 ? 0 : 1)} KiB`;
}

function rate(bytes: number, seconds: number): string {
  return seconds <= 0 ? "" : ` at ${(bytes / 1024 / seconds).toFixed(1)} KiB/s`;
}
