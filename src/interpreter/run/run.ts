/**
 * Runs a sequence as the debugger does on an event: enters it, waits wherever the machine must wait, settles at the end
 * and judges `__Result` once. The only asynchronous part of the interpreter.
 */
import type { Clock } from "../../lib/clock.ts";
import { Source } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import type { Deadline } from "./deadline.ts";
import type { InterpreterEvent } from "../events.ts";
import { failureAt } from "../faults.ts";
import { Machine } from "./machine.ts";
import type {
  DebugAccess,
  Environment,
  FlashLoad,
  HostEffects,
  Operator,
  SequenceSource,
  Site,
} from "../ports.ts";

export interface RunOptions {
  readonly access: DebugAccess;
  readonly sequences: SequenceSource;
  readonly environment: Environment;
  /** Variables that are read-only in sequences, by name. */
  readonly debugVars: ReadonlyMap<string, U64>;
  readonly operator: Operator;
  /** Set only in FlashEraseSetup and FlashProgramSetup. */
  readonly flash?: FlashLoad;
  /** What sequences may do on the user's machine; absent if nothing. */
  readonly host?: HostEffects;
  /**
   * The caller owns the target and consents to sequences that declare `requires erase`; otherwise they are
   * refused on entry.
   */
  readonly mayErase?: boolean;
  readonly clock: Clock;
  /** Bounds the run as a whole, in microseconds; time spent in queries does not count. */
  readonly deadlineUs: number;
  /** The deadline of the flow that the sequence is part of, used instead of its own. */
  readonly deadline?: Deadline;
  /** Also bounds each `while` without a timeout. */
  readonly loopLimitUs?: number;
  readonly signal?: AbortSignal;
  /** Makes it an error if a loop's timeout passes while its condition still holds. */
  readonly strictTimeouts?: boolean;
  /** Aborts on a failed `ReadDP(0)` of DebugPortSetup; real packs go on after it (wire rule 6). */
  readonly strictSpec?: boolean;
  readonly onEvent?: (event: InterpreterEvent) => void;
  /** `onEvent` need not hear of turns of a loop that differ from the one before only in their time. */
  readonly leavesOutRepeats?: boolean;
}

/** The caller of the outermost sequence, and the place of a fault before that is entered. */
const DEBUGGER: Site = { span: { source: new Source("(debugger)", ""), start: 0, end: 0 }, sequence: "" };

/**
 * Runs the winning definition of `name` with `__Result = 0`. Throws an InterpreterFailure: its fault has a kind, facts
 * and the call chain; its cause is what the target, the operator or the signal said. However it ends, all that was asked of
 * the access has been sent and judged.
 *
 * @example
 * await runSequence("ResetSystem", { access, sequences, environment, debugVars, operator, clock, deadlineUs: 60e6 });
 */
export async function runSequence(name: string, options: RunOptions): Promise<{ readonly result: U64 }> {
  const machine = new Machine(options);
  const site = machine.start(name, DEBUGGER);
  try {
    for (let wait = machine.advance(); wait !== undefined; wait = machine.advance()) await wait;
  } catch (error) {
    throw await machine.ended(error);
  }
  judge(machine.result, site);
  return { result: machine.result };
}

/** Judges `__Result`. All ones of any width is the specification's (-1); packs assign it from 8 to 64 bits wide. */
function judge(result: U64, site: Site): void {
  if (result === 0n) return;
  const failed = [8, 16, 32, 64].some((bits) => result === BigInt.asUintN(bits, -1n));
  throw failureAt(site, { kind: failed ? "sequence-failed" : "reserved-result", value: result });
}
