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
  /** Read-only in sequences, by name. */
  readonly debugVars: ReadonlyMap<string, U64>;
  readonly operator: Operator;
  /** Only in FlashEraseSetup and FlashProgramSetup. */
  readonly flash?: FlashLoad;
  /** What sequences may do on the user's machine; nothing where there is none. */
  readonly host?: HostEffects;
  /** A caller that owns the target consented to sequences that declare `requires erase`; the others are refused on entry. */
  readonly mayErase?: boolean;
  readonly clock: Clock;
  /** Bounds the run as a whole, in microseconds; time spent in queries does not count. */
  readonly deadlineUs: number;
  /** Instead of one of its own: that of the flow which the sequence is part of. */
  readonly deadline?: Deadline;
  /** Bounds each `while` without timeout besides. */
  readonly loopLimitUs?: number;
  readonly signal?: AbortSignal;
  /** A loop whose timeout passes while its condition still holds is an error. */
  readonly strictTimeouts?: boolean;
  /** Aborts on a failed `ReadDP(0)` of DebugPortSetup, which real packs go on after (wire rule 6). */
  readonly strictSpec?: boolean;
  readonly onEvent?: (event: InterpreterEvent) => void;
  /** `onEvent` need not hear of turns of a loop that are like the one before in everything but their time. */
  readonly leavesOutRepeats?: boolean;
}

/** Who calls the outermost sequence; the place of a fault before that is entered. */
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

/** All ones of any width is the specification's (-1); packs assign it from 8 to 64 bits wide. */
function judge(result: U64, site: Site): void {
  if (result === 0n) return;
  const failed = [8, 16, 32, 64].some((bits) => result === BigInt.asUintN(bits, -1n));
  throw failureAt(site, { kind: failed ? "sequence-failed" : "reserved-result", value: result });
}
