/**
 * Checks arguments whose value is known: addresses that are not aligned, values too wide for their target,
 * odd ranges.
 */
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import { findBuiltin, type BuiltinName } from "../builtins.ts";
import type { Call, Expression, Sequence } from "../tree.ts";
import { calls } from "../walk.ts";
import type { Constants } from "./constants.ts";
import type { CheckContext, Report } from "./report.ts";
import { table } from "../../lib/table.ts";

type Judge = (arg: Expression, value: U64, report: Report) => void;

export function checkRanges(
  sequence: Sequence,
  { accessPortVersion }: CheckContext,
  constants: Constants,
  report: Report,
): void {
  for (const call of calls(sequence)) {
    const builtin = findBuiltin(call.name.text);
    if (builtin === undefined) continue;
    const rules = RULES[builtin.name] ?? [];
    const smallPort = accessPortVersion === 1 && rules[0] === apRegister;
    (smallPort ? [firstApRegister, ...rules.slice(1)] : rules).forEach((judge, index) => {
      const arg = call.args[index];
      const value = arg === undefined ? undefined : constants.valueOf(arg);
      if (arg !== undefined && value !== undefined) judge?.(arg, value, report);
    });
    multiples(call, MULTIPLES[builtin.name], constants, report);
    builtin.parameters.forEach(({ constant, selectedBy, sends }, index) => {
      const arg = call.args[index];
      if (arg === undefined) return;
      if (constant === true) mustBeConstant(arg, constants, report);
      if (selectedBy !== undefined) unselected(call, arg, call.args[selectedBy], constants, report);
      if (sends !== undefined) dataWidth(arg, call.args[sends], constants, report);
    });
  }
}

const aligned =
  (bytes: bigint): Judge =>
  (arg, value, report) => {
    if (value % bytes === 0n) return;
    report("misaligned-address", `${hex(value)} is not a multiple of ${bytes}`, arg.span, {
      hint: "an access must be aligned to its size",
    });
  };

const address =
  (bytes: bigint): Judge =>
  (arg, value, report) => {
    aligned(bytes)(arg, value, report);
    if (value <= 0xffff_ffffn) return;
    report("address-too-wide", `${hex(value)} is not a 32-bit address`, arg.span, {
      hint: "Cortex-M and its debug components lie in 32 bits; is there a digit too many?",
    });
  };

/** Checks the value that is written. All ones, `~x` and `-1` are meant as narrow values. */
const fits =
  (bits: number): Judge =>
  (arg, value, report) => {
    const high = value >> BigInt(bits);
    if (
      high === 0n ||
      (BigInt.asIntN(64, value) >= -(1n << BigInt(bits - 1)) && BigInt.asIntN(64, value) < 0n)
    )
      return;
    if (hasComplement(arg)) return;
    report("value-too-wide", `${hex(value)} has more than ${bits} bits`, arg.span, {
      hint: "only the lower bits are written",
    });
  };

function hasComplement(arg: Expression): boolean {
  switch (arg.kind) {
    case "unary":
      return arg.operator !== "!" || hasComplement(arg.operand);
    case "binary":
      return arg.operator === "-" || hasComplement(arg.left) || hasComplement(arg.right);
    case "variable":
      return true;
    default:
      return false;
  }
}

const within =
  (low: bigint, high: bigint, what: string): Judge =>
  (arg, value, report) => {
    if (value >= low && value <= high) return;
    report("argument-range", `${what} is ${low} to ${high}, not ${value}`, arg.span);
  };

const bits = within(1n, 64n, "the number of bits");
const size = within(1n, 8n, "the size of an item in bytes");

/** Bits 0 to 8 are the access size, in which bit 0 is the increment. */
const accessMode: Judge = (arg, value, report) => {
  if ([8n, 16n, 32n, 64n].includes(value & ~1n)) return;
  report("argument-range", `the mode ${value} names no access size`, arg.span, {
    hint: "it is 8, 16, 32 or 64, plus 1 if the address goes up",
  });
};

/** The probe answers no pin beyond these, and the specification names bits 0 to 7. */
const pins = within(0n, 0xffn, "a set of pins");

/** The registers of an AP of version 2 take 4 KiB, and those of version 1 only 256 bytes of it (ADIv6 C1). */
const apRegister: Judge = (arg, value, report) => {
  aligned(4n)(arg, value, report);
  within(0n, 0xfffn, "the address of an AP register")(arg, value, report);
};

const firstApRegister: Judge = (arg, value, report) => {
  aligned(4n)(arg, value, report);
  within(0n, 0xfcn, "the address of an AP register")(arg, value, report);
};

/** A DP has four addresses; SELECT chooses among banks of them (ADIv5 B2.2). */
const dpRegister: Judge = (arg, value, report) => {
  aligned(4n)(arg, value, report);
  within(0n, 0xffn, "the address of a DP register")(arg, value, report);
};

const RULES: Readonly<Record<string, readonly (Judge | undefined)[]>> = table({
  Read8: [address(1n)],
  Read16: [address(2n)],
  Read32: [address(4n)],
  Read64: [address(8n)],
  ReadAP: [apRegister],
  ReadDP: [dpRegister],
  ReadAccessAP: [aligned(4n)],
  Write8: [address(1n), fits(8)],
  Write16: [address(2n), fits(16)],
  Write32: [address(4n), fits(32)],
  Write64: [address(8n)],
  WriteAP: [apRegister, fits(32)],
  WriteDP: [dpRegister, fits(32)],
  WriteAccessAP: [aligned(4n), fits(32)],
  DAP_WriteABORT: [fits(32)],
  DAP_SWJ_Pins: [pins, pins, within(0n, 3_000_000n, "the wait in microseconds")],
  DAP_SWJ_Sequence: [bits],
  DAP_JTAG_Sequence: [bits, within(0n, 1n, "TMS")],
  Query: [within(0n, 3n, "the type of a query")],
  Message: [within(0n, 2n, "the type of a message")],
  BufferSet: [undefined, undefined, undefined, size],
  BufferGet: [undefined, undefined, size],
  BufferRead: [undefined, undefined, address(1n), undefined, accessMode],
  BufferWrite: [undefined, undefined, address(1n), undefined, accessMode],
  FlashWriteBuffer: [address(1n), undefined, undefined, accessMode],
} satisfies Partial<Record<BuiltinName, unknown>>);

/** Says which arguments are in bytes, and which one gives the size of an item or an access. */
interface Multiples {
  readonly size: number;
  /** True if the size is an access mode, in bits. */
  readonly isMode: boolean;
  readonly of: readonly number[];
}

const MULTIPLES: Readonly<Record<string, Multiples>> = table({
  BufferSet: { size: 3, isMode: false, of: [1] },
  BufferGet: { size: 2, isMode: false, of: [1] },
  BufferRead: { size: 4, isMode: true, of: [1, 2, 3] },
  BufferWrite: { size: 4, isMode: true, of: [1, 2, 3] },
  FlashWriteBuffer: { size: 3, isMode: true, of: [0, 1, 2] },
} satisfies Partial<Record<BuiltinName, Multiples>>);

function multiples({ args }: Call, rule: Multiples | undefined, constants: Constants, report: Report): void {
  const given = rule === undefined ? undefined : args[rule.size];
  const value = given === undefined ? undefined : constants.valueOf(given);
  if (rule === undefined || value === undefined) return;
  const bits = rule.isMode ? value & ~1n : 8n * value;
  if (rule.isMode ? ![8n, 16n, 32n, 64n].includes(bits) : value < 1n || value > 8n) return;
  const bytes = bits / 8n;
  for (const index of rule.of) {
    const arg = args[index];
    const number = arg === undefined ? undefined : constants.valueOf(arg);
    if (arg === undefined || number === undefined || number % bytes === 0n) continue;
    report("misaligned-address", `${hex(number)} is not a multiple of ${bytes}`, arg.span, {
      hint: `one item has ${bytes} bytes`,
    });
  }
}

/** The specification requires a number there, so that a debugger can know its buffers before anything runs. */
function mustBeConstant(id: Expression, constants: Constants, report: Report): void {
  if (constants.valueOf(id) !== undefined) return;
  report("argument-range", "the number of a buffer must be constant", id.span, {
    hint: "it is known here only when the sequence runs",
  });
}

/** Only so many bits are sent. The specification's own examples do it, so it is a note. */
function dataWidth(
  data: Expression,
  countArg: Expression | undefined,
  constants: Constants,
  report: Report,
): void {
  const count = countArg === undefined ? undefined : constants.valueOf(countArg);
  const value = constants.valueOf(data);
  if (count === undefined || value === undefined || count < 1n || count >= 64n || value >> count === 0n)
    return;
  report("data-wider-than-count", `${hex(value)} has more than the ${count} bits that are sent`, data.span, {
    hint: "the upper bits are not sent",
  });
}

/** Only selected pins are driven, so a value for others is a slip. */
function unselected(
  { span }: Call,
  pins: Expression,
  selection: Expression | undefined,
  constants: Constants,
  report: Report,
): void {
  const out = constants.valueOf(pins);
  const select = selection === undefined ? undefined : constants.valueOf(selection);
  if (out === undefined || select === undefined || (out & ~select) === 0n) return;
  report("unselected-pins", `the pins ${hex(out & ~select)} are given a value and not selected`, span, {
    hint: "the pins come first, then which of them are driven, then the wait",
  });
}
