/**
 * Lists the ways to connect that `connect: auto` tries one after another, mildest first, and describes those
 * that failed. None of them erases: a sequence that erases needs consent as always (wire rule 20). Sends
 * nothing.
 */
import { asFailure, briefly } from "../../lib/fault.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { FlowMode, Settings } from "../../options/resolve.ts";
import { greatest } from "../../lib/lists.ts";
import { frequencyText } from "../../lib/units.ts";

export interface Rung {
  readonly name: string;
  readonly mode: FlowMode;
  readonly settings: Partial<Pick<Settings, "dormant" | "clockHz">>;
  /** The warning for a person who holds the board. */
  readonly does: string;
  /**
   * The state of the debug port that this way is for; in another state it can do no more than the earlier
   * ways.
   */
  readonly wants?: "an answering port" | "a silent port";
}

export interface Tried {
  readonly name: string;
  readonly reason: string;
}

/** This is slower than a cable of any sensible length needs. */
const SLOWEST_HZ = 100_000;

/** Ways that move only the debug lines stand before those that move nRESET. */
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
      does: `clocks at ${frequencyText(slower)}`,
    });
  }
  rungs.push(
    { name: "pre-reset", mode: "pre-reset", settings: {}, does: "pulses nRESET, then connects" },
    { name: "under-reset", mode: "under-reset", settings: {}, does: "holds nRESET low while it connects" },
  );
  return rungs;
}

/** Returns why a way cannot help after the port did, or did not, answer so far; undefined if it may help. */
export function leftOut({ wants }: Rung, port: boolean): string | undefined {
  if (wants === "an answering port" && !port) return "left out: the debug port itself did not answer";
  if (wants === "a silent port" && port) return "left out: the debug port answers";
  return undefined;
}

/** These are faults of the sequences themselves; they fail in every way to connect. */
const OF_SEQUENCES: ReadonlySet<string> = new Set(["sequence-errors", "unknown-sequence", "not-atomic"]);

/** Another way may help if the target misbehaved, but not if something was refused or the probe is gone. */
export function mayHelp(error: unknown): boolean {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause))
    if (OF_SEQUENCES.has(at.fault.kind)) return false;
  const code = exitCodeOf(error);
  return code === EXIT.target || code === EXIT.failed;
}

/** The last clause is nearest to the cause. */
export function reasonOf(error: unknown): string {
  return briefly(error);
}

/** Makes one line each, such as `  attach           the target did not answer`. */
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
