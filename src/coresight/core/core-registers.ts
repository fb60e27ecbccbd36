/** The core registers by name, and their numbers in DCRSR. Does not reach them. */
import { CoreSightFailure } from "../wire/faults.ts";
import { table } from "../../lib/table.ts";
import { nearest } from "../../lib/nearest.ts";

/**
 * What a core must have for a register. The last is for limits of Non-secure stacks, which Mainline has without
 * security, too.
 */
export type Extension = "fpu" | "main" | "security" | "v8-M" | "main or security";

export interface CoreRegister {
  readonly name: string;
  /** REGSEL of DCRSR (Armv7-M ARM C1.6.3, Armv8-M ARM D1.2.32). */
  readonly select: number;
  /** First bit and number of bits, for registers that share a word. */
  readonly part?: { readonly low: number; readonly width: number };
  /** All extensions that it needs; absent if every Cortex-M has it. */
  readonly needs?: readonly Extension[];
}

const SECURITY: readonly Extension[] = ["security"];

/** CONTROL, FAULTMASK, BASEPRI and PRIMASK share a word; v8-M has one more for each Security state. */
const masks = (suffix: string, select: number, needs: readonly Extension[]): readonly CoreRegister[] =>
  (
    [
      ["primask", []],
      ["basepri", ["main"]],
      ["faultmask", ["main"]],
      ["control", []],
    ] as const
  ).map(([name, more], index) => ({
    name: `${name}${suffix}`,
    select,
    part: { low: 8 * index, width: 8 },
    needs: [...needs, ...more],
  }));

const numbered = (letter: string, count: number, first: number): readonly CoreRegister[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${letter}${index}`, select: first + index }));

const floating = (register: CoreRegister): CoreRegister => ({ ...register, needs: ["fpu"] });

/** The registers that every Cortex-M has come first; a core without the extension does not answer for the rest. */
export const CORE_REGISTERS: readonly CoreRegister[] = [
  ...numbered("r", 13, 0),
  { name: "sp", select: 13 },
  { name: "lr", select: 14 },
  { name: "pc", select: 15 },
  { name: "xpsr", select: 16 },
  { name: "msp", select: 17 },
  { name: "psp", select: 18 },
  ...masks("", 20, []),
  { name: "msp_ns", select: 24, needs: SECURITY },
  { name: "psp_ns", select: 25, needs: SECURITY },
  { name: "msp_s", select: 26, needs: SECURITY },
  { name: "psp_s", select: 27, needs: SECURITY },
  { name: "msplim_s", select: 28, needs: ["security", "v8-M"] },
  { name: "psplim_s", select: 29, needs: ["security", "v8-M"] },
  { name: "msplim_ns", select: 30, needs: ["main or security", "v8-M"] },
  { name: "psplim_ns", select: 31, needs: ["main or security", "v8-M"] },
  floating({ name: "fpscr", select: 33 }),
  ...masks("_s", 34, SECURITY),
  ...masks("_ns", 35, SECURITY),
  ...numbered("s", 32, 64).map(floating),
];

const ALIASES: Readonly<Record<string, string>> = table({ r13: "sp", r14: "lr", r15: "pc", psr: "xpsr" });

/** Finds a register by name in any case; r13 to r15 are sp, lr and pc. Throws `unknown-register`. */
export function coreRegister(name: string): CoreRegister {
  const lower = name.toLowerCase();
  const found = CORE_REGISTERS.find((register) => register.name === (ALIASES[lower] ?? lower));
  if (found !== undefined) return found;
  const known = CORE_REGISTERS.map((register) => register.name);
  const near = nearest(name, known);
  throw new CoreSightFailure(
    { kind: "unknown-register", name, known },
    `"${name}" is not a core register${near === undefined ? "" : `, did you mean "${near}"?`}; there are ${known.slice(0, 23).join(", ")}, and those of extensions`,
  );
}

export function takePart({ part }: CoreRegister, word: number): number {
  return part === undefined ? word >>> 0 : (word >>> part.low) & (2 ** part.width - 1);
}

export function putPart({ part }: CoreRegister, word: number, value: number): number {
  if (part === undefined) return value >>> 0;
  const bits = (2 ** part.width - 1) << part.low;
  return ((word & ~bits) | ((value << part.low) & bits)) >>> 0;
}
