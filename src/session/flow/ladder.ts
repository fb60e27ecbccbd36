/**
 * The ways to connect that `connect: auto` tries one after another, mildest first, and what is said of those that failed. None
 * of them erases: whatever a sequence wants to erase needs consent as ever (wire rule 20). Sends nothing.
 */
import { asFailure, sentences } from "../../lib/fault.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { FlowMode, Settings } from "../../options/resolve.ts";
import { greatest } from "../../lib/lists.ts";

export interface Rung {
  readonly name: string;
  readonly mode: FlowMode;
  readonly settings: Partial<Pick<Settings, "dormant" | "clockHz">>;
  /** What somebody who holds the board must know before. */
  readonly does: string;
  /** What this way asks of the debug port; where it is otherwise, the way can do no more than those before it. */
  readonly wants?: "an answering port" | "a silent port";
}

export interface Tried {
  readonly name: string;
  readonly reason: string;
}

/** Slower than a cable of any sensible length needs. */
const SLOWEST_HZ = 100_000;

/** Ways that move the lines of debug alone stand before those that move nRESET. */
export function rungsOf({ protocol, swj, dormant, clockHz }: Settings): readonly Rung[] {
  const rungs: Rung[] = [
    { name: "attach", mode: "attach", settings: {}, does: "moves no line but those of debug" },
    { name: "halt", mode: "halt", settings: {}, does: "halts the core", wants: "an answering port" },
  ];
  if (protocol === "swd" && swj && !dormant)
    rungs.push({
      name: "dormant wake-up",
      mode: "attach",
      settings: { dormant: true },
      does: "clocks the wake-up of a dormant debug port",
      wants: "a silent port",
    });
  if (clockHz > SLOWEST_HZ) {
    const slower = Math.max(SLOWEST_HZ, Math.round(clockHz / 10));
    rungs.push({
      name: "slower clock",
      mode: "attach",
      settings: { clockHz: slower },
      does: `clocks at ${slower} Hz`,
    });
  }
  rungs.push(
    { name: "pre-reset", mode: "pre-reset", settings: {}, does: "pulses nRESET, then connects" },
    { name: "under-reset", mode: "under-reset", settings: {}, does: "holds nRESET low while it connects" },
  );
  return rungs;
}

/** Why a way cannot help where the port did, or did not, answer so far; undefined if it may. */
export function leftOut({ wants }: Rung, port: boolean): string | undefined {
  if (wants === "an answering port" && !port) return "left out: the debug port itself did not answer";
  if (wants === "a silent port" && port) return "left out: the debug port answers";
  return undefined;
}

/** What is wrong with the sequences themselves, whichever way they are run. */
const OF_SEQUENCES: ReadonlySet<string> = new Set(["sequence-errors", "unknown-sequence", "not-atomic"]);

/** Another way may help where the target did not do as it should; not where something was refused or the probe is gone. */
export function mayHelp(error: unknown): boolean {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if (OF_SEQUENCES.has(at.fault.kind)) return false;
  const code = exitCodeOf(error);
  return code === EXIT.target || code === EXIT.failed;
}

/** The last sentence is nearest to the cause. */
export function reasonOf(error: unknown): string {
  return sentences(error).join(": ");
}

/** `  attach           the target did not answer`, one line each. */
export function tableOf(tried: readonly Tried[]): string {
  const width = greatest(tried.map(({ name }) => name.length));
  return tried
    .map(({ name, reason }, at) => {
      const again = at > 0 && tried[at - 1]?.reason === reason;
      return `  ${name.padEnd(width)}  ${again ? "the same" : reason}`;
    })
    .join("\n");
}

export function noWayIn(tried: readonly Tried[]): SessionFailure {
  return new SessionFailure(
    { kind: "no-way-in", tried },
    `none of the ways to connect worked:\n${tableOf(tried)}`,
  );
}
