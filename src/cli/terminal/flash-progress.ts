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
const BAR = { shortest: 10, longest: 40 };

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
    this.#io.status(barLine(progress, seconds, this.#io.barColumns()));
  };

  /** Removes the bar before something else is printed. */
  clear(): void {
    this.#io.status("");
  }
}

/** Leaves out the time, then the rate, then the size, if the bar would get too short beside them. */
function barLine({ step, done, total }: FlashProgress, seconds: number, columns: number): string {
  const before = `${DOING[step].padEnd(11)} [`;
  const size = `] ${kibibytes(done).padStart(kibibytes(total).length)} of ${kibibytes(total)}`;
  const speed = rate(done, seconds);
  const left = done > 0 ? `, ${((seconds * (total - done)) / done).toFixed(1)} s left` : "";
  const percent = `] ${String(Math.floor((100 * done) / total)).padStart(2)} %`;
  const after = [`${size}${speed}${left}`, `${size}${speed}`, size, percent];
  const roomBeside = (end: string): number => columns - before.length - end.length;
  const end = after.find((one) => roomBeside(one) >= BAR.shortest) ?? "]";
  const length = Math.max(0, Math.min(BAR.longest, roomBeside(end)));
  const filled = Math.floor((length * done) / total);
  return `${before}${"#".repeat(filled)}${".".repeat(length - filled)}${end}`;
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes % 1024 === 0 ? 0 : 1)} KiB`;
}

function rate(bytes: number, seconds: number): string {
  return seconds <= 0 ? "" : ` at ${(bytes / 1024 / seconds).toFixed(1)} KiB/s`;
}
