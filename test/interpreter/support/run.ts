/** Runs .seq text on an in-memory target with virtual time, and keeps all that came of it. */
import { VirtualClock } from "../../../src/lib/clock.ts";
import type { U64 } from "../../../src/lib/u64.ts";
import type { Sequence } from "../../../src/language/tree.ts";
import type { InterpreterEvent } from "../../../src/interpreter/events.ts";
import { InterpreterFailure, type InterpreterFault } from "../../../src/interpreter/faults.ts";
import type { Environment, Operator } from "../../../src/interpreter/ports.ts";
import { runSequence, type RunOptions } from "../../../src/interpreter/run/run.ts";
import { sentences } from "../../../src/lib/fault.ts";
import { parseScript } from "../../../src/language/text/parse.ts";
import { Source } from "../../../src/lib/source.ts";
import { MemoryTarget, type TargetOptions } from "./target.ts";

export const ENVIRONMENT: Environment = {
  __protocol: 0x1_0002n,
  __connection: 0x101n,
  __dp: 0n,
  __ap: 0n,
  __apid: 0n,
  __traceout: 0n,
  __traceclockin: 0n,
  __traceclockout: 0n,
  __FlashOp: 0n,
  __FlashAddr: 0n,
  __FlashLen: 0n,
  __FlashArg: 0n,
};

export interface Setup extends TargetOptions, Partial<Omit<RunOptions, "access" | "environment">> {
  readonly environment?: Partial<Environment>;
  /** The sequence to run; the first one otherwise. */
  readonly name?: string;
  readonly silent?: boolean;
}

export interface Ran {
  readonly log: readonly string[];
  readonly tolerated: readonly string[];
  readonly events: readonly InterpreterEvent[];
  /** The last value of each variable by name. */
  readonly values: Readonly<Record<string, U64>>;
  readonly result: U64 | undefined;
  readonly fault: InterpreterFault | undefined;
  readonly sentences: readonly string[];
  readonly clock: VirtualClock;
}

/** Never throws for a fault of the run; that is in the result. */
export async function run(text: string, setup: Setup = {}): Promise<Ran> {
  const sequences = sequencesOf(text);
  const clock = (setup.clock as VirtualClock | undefined) ?? new VirtualClock();
  const target = new MemoryTarget(setup, clock);
  const events: InterpreterEvent[] = [];
  const values: Record<string, U64> = {};
  let result: U64 | undefined;
  let error: unknown;
  try {
    ({ result } = await runSequence(setup.name ?? [...sequences.keys()][0] ?? "", {
      access: target,
      sequences: {
        find: (name) => {
          const sequence = sequences.get(name);
          return sequence === undefined ? undefined : { sequence, origin: "test" };
        },
      },
      debugVars: new Map(),
      operator: DEFAULTS,
      deadlineUs: 60_000_000,
      ...setup,
      clock,
      environment: { ...ENVIRONMENT, ...setup.environment },
      ...(setup.silent === true ? {} : { onEvent: (event: InterpreterEvent) => events.push(event) }),
    }));
  } catch (caught) {
    if (!(caught instanceof InterpreterFailure)) throw caught;
    error = caught;
  }
  for (const event of events) if (event.kind === "assign") values[event.name] = event.value;
  return {
    log: target.log,
    tolerated: target.tolerated,
    events,
    values,
    result,
    fault: error instanceof InterpreterFailure ? error.fault : undefined,
    sentences: sentences(error),
    clock,
  };
}

/** By name; a text that cannot be parsed is a mistake of the test. Names and types are not checked. */
function sequencesOf(text: string): ReadonlyMap<string, Sequence> {
  const { script, diagnostics } = parseScript(new Source("test.seq", text));
  const wrong = diagnostics.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join("; "));
  const sequences = script.items.filter((item) => item.kind === "sequence");
  return new Map(sequences.map((sequence) => [sequence.name.text, sequence]));
}

/** As in batch mode: every query gets its default. */
export const DEFAULTS: Operator = {
  query: (_type, _message, fallback) => Promise.resolve(fallback),
  queryValue: (_message, fallback) => Promise.resolve(fallback),
};

export function eventsOf<K extends InterpreterEvent["kind"]>(
  ran: Ran,
  kind: K,
): readonly Extract<InterpreterEvent, { kind: K }>[] {
  return ran.events.filter((event): event is Extract<InterpreterEvent, { kind: K }> => event.kind === kind);
}

export function messages(ran: Ran): readonly string[] {
  return eventsOf(ran, "message").map(({ text }) => text);
}

/** The reasons for which the run waited, in order. */
export function syncs(ran: Ran): readonly string[] {
  return eventsOf(ran, "sync").map(({ reason }) => reason);
}
