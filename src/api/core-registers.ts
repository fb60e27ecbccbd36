/** Which core registers a core has, by its extensions; a register of another core is an error and no zero. */
import { coreRegister, CORE_REGISTERS, type CoreRegister } from "../coresight/core/core-registers.ts";
import type { Architecture } from "../coresight/cpuid.ts";
import { SessionFailure } from "../project/faults.ts";
import { badArgument } from "./arguments.ts";

export interface CoreFeatures {
  readonly architecture: Architecture;
  /** Armv7-M, Armv8-M Mainline. */
  readonly mainExtension: boolean;
  readonly fpu: boolean;
  /** TrustZone. */
  readonly security: boolean;
}

const FLOATING = /^(fpscr|s\d+)$/;
const BANKED = /_(s|ns)$/;
const OF_MAIN = /^(basepri|faultmask)/;
const LIMIT = /^[mp]splim_(s|ns)$/;

export function listRegisters(features: CoreFeatures): readonly string[] {
  return CORE_REGISTERS.filter((register) => hasRegister(register, features)).map(({ name }) => name);
}

/** A name, or a number of DCRSR.REGSEL, as the name of a register that the core has. */
export function checkedRegister(register: string | number, features: CoreFeatures, core: string): string {
  const found = typeof register === "string" ? coreRegister(register) : byNumber(register);
  if (hasRegister(found, features)) return found.name;
  throw new SessionFailure(
    { kind: "no-such-register", name: found.name, core },
    `${core} has no register ${found.name}: ${reason(found)}`,
  );
}

function hasRegister(
  { name }: CoreRegister,
  { fpu, security, mainExtension, architecture }: CoreFeatures,
): boolean {
  if (FLOATING.test(name)) return fpu;
  if (OF_MAIN.test(name) && !mainExtension) return false;
  // A limit of the Non-secure stacks is there on Mainline without security too.
  if (LIMIT.test(name))
    return architecture === "v8-M" && (security || (mainExtension && name.endsWith("_ns")));
  return !BANKED.test(name) || security;
}

function reason({ name }: CoreRegister): string {
  if (FLOATING.test(name)) return "it is without an FPU";
  return BANKED.test(name) ? "it is without the Security Extension" : "it is without the main extension";
}

/** The word of the special registers has no number of its own: its parts have names only. */
function byNumber(number: number): CoreRegister {
  const found = CORE_REGISTERS.find(({ select, part }) => select === number && part === undefined);
  if (found !== undefined) return found;
  throw badArgument(`register must be the name of a core register, or its number in DCRSR, not ${number}`);
}
