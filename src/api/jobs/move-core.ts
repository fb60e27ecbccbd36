/** Looks at one core of a target and controls it by hand, from connecting to leaving: halt, resume, step and registers. */
import type { Core } from "../../coresight/core/cortex-m.ts";
import type { Connection } from "../../session/connection.ts";
import type { Leave } from "../../options/resolve.ts";
import {
  badRequest,
  call,
  either,
  listOf,
  options as named,
  optional,
  text,
  work,
  wholeNumber,
  bigNumber,
} from "../arguments.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";

/** The registers that every Cortex-M has. */
const PLAIN = [
  ...Array.from({ length: 13 }, (_, index) => `r${index}`),
  ...["sp", "lr", "pc", "xpsr", "msp", "psp", "control", "primask"],
];
const MOST_STEPS = 100_000n;

/** Values of registers by name. */
export type RegisterValues = Readonly<Record<string, number>>;

const OPTIONS = named({ onValues: optional(work) } satisfies Record<keyof CoreJobOptions, unknown>);
const MOVE = call({ session: sessionGiven, options: OPTIONS });
const STEP = call({
  session: sessionGiven,
  count: either(wholeNumber, bigNumber, "a whole number"),
  options: OPTIONS,
});
const READ = call({ session: sessionGiven, names: listOf(text), options: OPTIONS });

export interface CoreJobOptions {
  /** Called with the values while the target is still connected, so that a failure on leaving does not lose them. */
  readonly onValues?: (values: RegisterValues) => void;
}

/** Halts the core, and leaves it halted unless the option `leave` says otherwise. Yields `pc`. Takes a session that is not open. */
export async function haltCore(session: Session, options: CoreJobOptions = {}): Promise<RegisterValues> {
  MOVE({ session, options });
  return onCore(session, { ...options, leave: "halted" }, async (core) => {
    await core.halt();
    return { pc: await core.readRegister("pc") };
  });
}

/** Lets the core run, and leaves it so. Yields no register. Takes a session that is not open. */
export async function resumeCore(session: Session, options: CoreJobOptions = {}): Promise<RegisterValues> {
  MOVE({ session, options });
  return onCore(session, { ...options, leave: "running" }, async (core, connection) => {
    await connection.runCore(() => core.resume(), false);
    return {};
  });
}

/**
 * Steps over 1 to 100000 instructions and leaves the core halted. Yields `pc`. Takes a session that is not open.
 * Throws `bad-request` for another count.
 */
export async function stepCore(
  session: Session,
  count: number | bigint = 1,
  options: CoreJobOptions = {},
): Promise<RegisterValues> {
  STEP({ session, count, options });
  mustBeSteps(BigInt(count));
  return onCore(session, { ...options, leave: "halted" }, async (core, connection) => {
    if ((await core.state()) !== "halted") await core.halt();
    await connection.runCore(async () => {
      for (let done = 0n; done < BigInt(count); done++) await core.step();
    }, true);
    return { pc: await core.readRegister("pc") };
  });
}

/** Throws `bad-request` for a count that stepCore does not take. */
export function mustBeSteps(count: bigint): void {
  if (count < 1n || count > MOST_STEPS) throw badRequest(`expected 1 to ${MOST_STEPS} steps, not ${count}`);
}

/**
 * Reads registers of the core by name, in order; by default those that every Cortex-M has. A running core is
 * halted meanwhile. Takes a session that is not open. Throws `unknown-register` for a name that no core has.
 *
 * `const { pc } = await readRegisters(session, ["pc"]);`
 */
export async function readRegisters(
  session: Session,
  names: readonly string[] = [],
  options: CoreJobOptions = {},
): Promise<RegisterValues> {
  READ({ session, names, options });
  return onCore(session, options, async (core) => {
    const wanted = names.length === 0 ? PLAIN : names;
    // A running core goes on when the session ends.
    if ((await core.state()) !== "halted") await core.halt();
    const values = await core.readRegisters(wanted);
    return Object.fromEntries(wanted.map((name, at) => [name, values[at] ?? 0]));
  });
}

/** `leave` applies unless the option says otherwise; undefined leaves the core as found. */
function onCore(
  session: Session,
  { leave, onValues }: CoreJobOptions & { readonly leave?: Leave },
  work: (core: Core, connection: Connection) => Promise<RegisterValues>,
): Promise<RegisterValues> {
  return session.withConnection(async (connection) => {
    let values: RegisterValues = {};
    await connection.during(async () => {
      values = await work(connection.rig.target.core, connection);
      onValues?.(values);
    }, connection.settings.leave ?? leave);
    return values;
  });
}
