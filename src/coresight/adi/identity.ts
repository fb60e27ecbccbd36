/**
 * The meaning of a target's identity registers if they read 0, all ones, or an unexpected value. Pure: the
 * callers read a register and ask here; they do not decide themselves. A missing access port reads as zeros and
 * takes writes without a fault, so it must be judged before anything is read through it.
 */
import { hex32 } from "../../lib/hex.ts";
import { agreesWith, coreName } from "../cpuid.ts";
import { CoreSightFailure, type Meaning } from "../wire/faults.ts";
import { CSW, CPUID, CTRL_STAT, decode, DHCSR, DPIDR, field, IDR, TARGETID } from "../registers.ts";
import type { RegisterInfo } from "../registers.ts";

interface Wrong {
  readonly meaning: Meaning;
  /** The meaning of the value, as a sentence about the place. */
  readonly says: string;
}

/** One register: its required value, what its values mean, and what to try if it has another. */
interface Row<Expected = unknown> {
  readonly register: RegisterInfo;
  readonly expected: (expected: Expected | undefined) => string;
  /** What 0 means; undefined if 0 is a value like others. */
  readonly zero?: Wrong;
  readonly ones: Wrong;
  readonly wrong?: (value: number, expected: Expected | undefined) => Wrong | undefined;
  readonly tries: Partial<Readonly<Record<Meaning, string>>>;
}

const ALL_ONES = 0xffff_ffff;
const MEM_AP_CLASS = 8;
const NOBODY: Wrong = {
  meaning: "absent",
  says: "does not answer as one: the line reads as if nothing drove it",
};
const ABSENT: Wrong = { meaning: "absent", says: "is not there" };
const ELSEWHERE =
  "ask which access ports there are, name the right one, and see that its power domain is on and the device is unlocked";
const RIGHT_PART = "name the device and processor that are on the board, or omit the description";

const row = <Expected = unknown>(one: Row<Expected>): Row<Expected> => one;

const ROWS = {
  DPIDR: row({
    register: DPIDR,
    expected: () => "the identity of a debug port, whose lowest bit is 1",
    zero: NOBODY,
    ones: NOBODY,
    wrong: (value) =>
      field(DPIDR, "RAO", value) === 1
        ? undefined
        : { meaning: "not-possible", says: "does not answer as one" },
    tries: {
      absent: "is the target powered and wired, and does it speak this protocol?",
      "not-possible": "try a lower clock and a shorter cable",
    },
  }),
  "CTRL/STAT": row({
    register: CTRL_STAT,
    expected: () => "CDBGPWRUPACK to be 1",
    zero: { meaning: "no-power", says: "has no debug power" },
    ones: NOBODY,
    wrong: (value) =>
      field(CTRL_STAT, "CDBGPWRUPACK", value) === 1
        ? undefined
        : {
            meaning: "no-power",
            says:
              field(CTRL_STAT, "CDBGPWRUPREQ", value) === 1
                ? "has no debug power: the request was never acknowledged"
                : "has no debug power: none was requested",
          },
    tries: {
      "no-power":
        "is the device powered and out of its low power modes, and does DebugPortStart request the power?",
    },
  }),
  /** The expected value is the one that TARGETSEL selects by. */
  TARGETID: row<number>({
    register: TARGETID,
    expected: (targetsel = 0) => `part and designer of targetsel ${hex32(targetsel)}`,
    ones: NOBODY,
    wrong: (value, targetsel) =>
      targetsel === undefined || value === 0 || ((value ^ targetsel) & 0x0fff_ffff) === 0
        ? undefined
        : { meaning: "other-part", says: "belongs to another device than the description" },
    tries: { "other-part": RIGHT_PART },
  }),
  IDR: row({
    register: IDR,
    expected: () => "a MEM-AP, of class 8",
    zero: ABSENT,
    ones: ABSENT,
    wrong: (value) =>
      isMemAp(value)
        ? undefined
        : {
            meaning: "other-class",
            says: `is not a MEM-AP, but of class ${field(IDR, "CLASS", value)}: no memory is behind it`,
          },
    tries: { absent: ELSEWHERE, "other-class": ELSEWHERE },
  }),
  CSW: row({
    register: CSW,
    expected: () => "the control word of a MEM-AP, whose DeviceEn is 1",
    zero: { meaning: "absent", says: "is not there, or the device keeps it closed" },
    ones: ABSENT,
    tries: { absent: ELSEWHERE },
  }),
  /** The expected value is the name of the core as a pack spells it. */
  CPUID: row<string>({
    register: CPUID,
    expected: (core) => core ?? "a core",
    zero: { meaning: "absent", says: "is not there" },
    ones: { meaning: "absent", says: "is not there" },
    wrong: (value, core) =>
      core === undefined || agreesWith(value, core)
        ? undefined
        : { meaning: "other-part", says: `is a ${coreName(value)}` },
    tries: {
      absent: "is the core clocked and powered, and is this its access port?",
      "other-part": RIGHT_PART,
    },
  }),
  /** 0 means a core that runs without debug and has retired no instruction. */
  DHCSR: row({
    register: DHCSR,
    expected: () => "the state of a core",
    ones: { meaning: "absent", says: "does not answer as one" },
    tries: { absent: "is the core clocked, powered and out of reset?" },
  }),
} as const;

type Rows = typeof ROWS;
export type IdentityRegister = keyof Rows;
type ExpectedOf<R extends IdentityRegister> = Rows[R] extends Row<infer E> ? E : never;

/** True for a word as undriven lines or a missing register read. */
export function isNothing(value: number): boolean {
  const word = value >>> 0;
  return word === 0 || word === ALL_ONES;
}

export function isMemAp(idr: number): boolean {
  return !isNothing(idr) && field(IDR, "CLASS", idr) === MEM_AP_CLASS;
}

export interface Found<R extends IdentityRegister> {
  readonly value: number;
  readonly place: string;
  readonly expected?: ExpectedOf<R> | undefined;
}

/** Says what is wrong with the value of a register; undefined if it is right. `cause` is the error that the read met. */
export function judge<R extends IdentityRegister>(
  register: R,
  { value, place, expected }: Found<R>,
  cause?: unknown,
): CoreSightFailure | undefined {
  const one = ROWS[register] as Row<ExpectedOf<R>>;
  const word = value >>> 0;
  const wrong = word === 0 ? one.zero : word === ALL_ONES ? one.ones : one.wrong?.(word, expected);
  if (wrong === undefined) return undefined;
  const wanted = one.expected(expected);
  const tries = one.tries[wrong.meaning];
  const shown = isNothing(word) ? `${register} reads ${hex32(word)}` : textOf(one.register, word);
  return new CoreSightFailure(
    {
      kind: "wrong-identity",
      register,
      place,
      expected: wanted,
      found: word,
      meaning: wrong.meaning,
      ...(tries === undefined ? {} : { tries }),
    },
    `${place} ${wrong.says} (${shown}; expected ${wanted})${tries === undefined ? "" : `; ${tries}`}`,
    cause,
  );
}

/** Does the same as `judge`, and throws if something is wrong. */
export function mustBe<R extends IdentityRegister>(register: R, found: Found<R>): void {
  const failure = judge(register, found);
  if (failure !== undefined) throw failure;
}

/**
 * Designer and part of Arm's JTAG-DP of DPv0. It does not have DPIDR: only its TAP's IDCODE identifies it
 * (ADIv5.2 B2.2.5).
 */
const DPV0_TAP = { mask: 0x0fff_ffff, value: 0x0ba0_0477 } as const;

/**
 * Returns the version of a debug port by its DPIDR, on JTAG together with the IDCODE of its TAP. Throws if it is
 * not a debug port.
 */
export function debugPortVersion(dpidr: number, idcode?: number): number {
  const version = field(DPIDR, "VERSION", dpidr);
  const mayBeV0 = idcode !== undefined && (idcode & DPV0_TAP.mask) >>> 0 === DPV0_TAP.value;
  const isDpidr = field(DPIDR, "RAO", dpidr) === 1 && version > 0;
  if (mayBeV0 && !isDpidr) return 0;
  mustBe("DPIDR", { value: dpidr, place: "the debug port" });
  return version;
}

function textOf(register: RegisterInfo, value: number): string {
  return register === CTRL_STAT ? decode(CTRL_STAT, value) : `${register.name} ${hex32(value)}`;
}
