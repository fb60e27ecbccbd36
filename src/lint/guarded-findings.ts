/**
 * Finds writes that erase everything, or cannot be taken back, in sequences that declare nothing, as far as
 * the writes are constant.
 */
import { isMeant, rowsNamed, type Guarded } from "../device/guarded/index.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { accesses, type Access } from "../language/check/accesses.ts";
import { Constants } from "../language/check/constants.ts";
import type { Call, Sequence } from "../language/tree.ts";
import { isWrite } from "../session/guard/rows.ts";

const WORD = 4;

/**
 * The effect of a write with a constant address and value on a word of memory, or on a register of an access
 * port.
 */
interface ConstantWrite {
  readonly call: Call;
  readonly place: "memory" | "access port";
  readonly address: number;
  readonly value: number;
  readonly written: number;
}

/** `device` is as the description names it; without it every family may be meant. */
export function guardedFindings(
  sequences: readonly Sequence[],
  device: string | undefined,
): readonly Diagnostic[] {
  const rows = rowsNamed(device);
  return sequences.flatMap((sequence) => {
    const declared = sequence.requires.some(({ text }) => text === "erase");
    return constantWrites(sequence).flatMap((write) => {
      const row = rows.find((one) => isFound(one, write));
      return row === undefined || (declared && row.grant === "erase") ? [] : [findingOf(row, write)];
    });
  });
}

function findingOf({ family, does, grant }: Guarded, { call }: ConstantWrite): Diagnostic {
  return {
    code: "guarded-write",
    severity: "warning",
    message: `on ${family} parts this ${does}`,
    span: call.span,
    hint:
      grant === "erase"
        ? "a sequence of a script declares it by `requires erase`, and runs with consent only"
        : `it is sent with consent only (${grant})`,
  };
}

/** The meaning of a register of an access port depends on the port, so only an unambiguous value counts. */
function isFound(row: Guarded, { place, address, value, written }: ConstantWrite): boolean {
  if (place === "memory") return isWrite(row, { address, value, written });
  if (!("apRegister" in row.at) || row.at.apRegister !== address || row.at.apRegister === 0) return false;
  return row.when !== undefined && "is" in row.when ? row.when.is.includes(value) : isMeant(row, value);
}

/** A tree never changes, and many devices share one sequence. */
const known = new WeakMap<Sequence, readonly ConstantWrite[]>();

function constantWrites(sequence: Sequence): readonly ConstantWrite[] {
  const before = known.get(sequence);
  if (before !== undefined) return before;
  const constants = new Constants(sequence);
  const found = accesses(sequence).flatMap((access) => constantWrite(access, constants) ?? []);
  known.set(sequence, found);
  return found;
}

function constantWrite(
  { space, call, bits, address: at, value: to }: Access,
  constants: Constants,
): ConstantWrite | undefined {
  const address = constants.valueOf(at);
  const value = to === undefined ? undefined : constants.valueOf(to);
  if (address === undefined || value === undefined || space === "DP" || address > 0xffff_ffffn)
    return undefined;
  const word = Number(BigInt.asUintN(32, value));
  if (space === "AP")
    return { call, place: "access port", address: Number(address), value: word, written: 0xffff_ffff };
  const lane = 8 * (Number(address) % WORD);
  return {
    ...{ call, place: "memory", address: Number(address) - lane / 8 },
    value: (word << lane) >>> 0,
    written: bits >= 32 ? 0xffff_ffff : ((2 ** bits - 1) << lane) >>> 0,
  };
}
