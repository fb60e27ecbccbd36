/**
 * Examines a JTAG chain by shifting (IEEE 1149.1): how many TAPs, their IDCODEs, and how long each instruction
 * register is. Knows Arm's debug port by its IDCODE; selects nothing.
 */
import { hex32 } from "../../lib/hex.ts";
import type { Step } from "../wire/access.ts";
import { CoreSightFailure } from "../wire/faults.ts";
import type { Wire } from "../wire/wire.ts";

/** One device of the chain; the first in a list is next to TDO, as CMSIS-DAP counts. */
export interface Tap {
  /** Absent if a reset leaves the TAP in BYPASS. */
  readonly idcode?: number;
  readonly irLength: number;
}

/** The most TAPs that DAP_JTAG_Configure of the reference firmware can hold; other probes hold as many or more. */
const MOST_TAPS = 8;
const MOST_IR_BITS = 256;
const CHUNK = 64;
/** Designer and part of Arm's JTAG-DP, whatever the version (ADIv5.2 B3.2.7, ADIv6.0 B3.2.7). */
const ARM_DP = { mask: 0x0ff0_0fff, value: 0x0ba0_0477 } as const;
const ARM_DP_IR_BITS = 4;
const ONES = (1n << BigInt(CHUNK)) - 1n;

export function isDebugPort({ idcode }: { readonly idcode?: number }): boolean {
  return idcode !== undefined && (idcode & ARM_DP.mask) >>> 0 === ARM_DP.value;
}

/**
 * Scans the chain as it is after Test-Logic-Reset, from Run-Test/Idle and back to it. `irLengths` are the known
 * lengths, by place from TDO. Ends with every TAP in BYPASS. Throws `no-chain` or `ambiguous-chain`.
 */
export async function scanChain(wire: Wire, irLengths: ReadonlyMap<number, number>): Promise<readonly Tap[]> {
  const idcodes = await readIdcodes(wire);
  const captured = await readInstructionRegisters(wire);
  const known = idcodes.map(
    (idcode, at) => irLengths.get(at) ?? (isDebugPort(tap(idcode)) ? ARM_DP_IR_BITS : undefined),
  );
  const lengths = splits(captured, known);
  const [only, other] = lengths;
  if (only === undefined || other !== undefined) {
    const names = idcodes
      .map((idcode, at) => `${at}: ${idcode === undefined ? "no IDCODE" : hex32(idcode)}`)
      .join(", ");
    throw new CoreSightFailure(
      { kind: "ambiguous-chain", idcodes, irBits: captured.length },
      `the instruction registers of the JTAG chain (${names}) have ${captured.length} bits together, and ` +
        (only === undefined ? "no division of them fits" : "there is more than one way to divide them") +
        "; a pack says the length of each as <jtag tapindex irlen>",
    );
  }
  return idcodes.map((idcode, at) => ({ ...tap(idcode), irLength: only[at] ?? 0 }));
}

function tap(idcode: number | undefined): { readonly idcode?: number } {
  return idcode === undefined ? {} : { idcode };
}

/** Goes from Run-Test/Idle into Shift-DR; the way back goes through Update-DR. */
const TO_SHIFT_DR: readonly Step[] = [step(1, 1), step(2, 0)];
const TO_SHIFT_IR: readonly Step[] = [step(2, 1), step(2, 0)];
const BACK: readonly Step[] = [step(2, 1), step(1, 0)];

/** Reads IDCODEs. Ones follow the last TAP's bits: all ones are not an IDCODE, and a TAP in BYPASS gives a single 0. */
async function readIdcodes(wire: Wire): Promise<readonly (number | undefined)[]> {
  const bits = await shift(wire, TO_SHIFT_DR, "scan of the JTAG data registers", 32 * (MOST_TAPS + 1));
  const idcodes: (number | undefined)[] = [];
  let at = 0;
  while (at + 32 <= bits.length && idcodes.length <= MOST_TAPS) {
    const idcode = bits.slice(at, at + 32).reduce((value, bit, index) => value + bit * 2 ** index, 0);
    if (idcode === 0xffff_ffff) break;
    idcodes.push(bits[at] === 0 ? undefined : idcode);
    at += bits[at] === 0 ? 1 : 32;
  }
  const [first] = idcodes;
  if (idcodes.length === 0) throw noChain("TDO stays high: no TAP answers");
  if (idcodes.length > MOST_TAPS)
    throw noChain(
      first === undefined ? "TDO stays low" : `more than ${MOST_TAPS} TAPs, or TDO is connected to TDI`,
    );
  return idcodes;
}

/**
 * Reads the instruction registers. A zero that is sent after ones shows by its delay how many bits there are; the
 * bits before it are the captured ones.
 */
async function readInstructionRegisters(wire: Wire): Promise<readonly number[]> {
  const label = "scan of the JTAG instruction registers";
  const rounds = MOST_IR_BITS / CHUNK;
  const data = [
    ...Array.from({ length: rounds }, () => step(CHUNK, 0, ONES)),
    step(CHUNK, 0, ONES - 1n),
    ...Array.from({ length: rounds }, () => step(CHUNK, 0, ONES)),
  ];
  const bits = bitsOf(
    await wire.words(() => [...TO_SHIFT_IR, ...data, ...BACK], label),
    TO_SHIFT_IR.length,
    data.length,
  );
  const length = bits.indexOf(0, MOST_IR_BITS) - MOST_IR_BITS;
  if (length < 2) throw noChain("the instruction registers do not pass what is shifted in");
  return bits.slice(0, length);
}

async function shift(
  wire: Wire,
  enter: readonly Step[],
  label: string,
  count: number,
): Promise<readonly number[]> {
  const data = Array.from({ length: Math.ceil(count / CHUNK) }, () => step(CHUNK, 0, ONES));
  return bitsOf(await wire.words(() => [...enter, ...data, ...BACK], label), enter.length, data.length);
}

function step(count: number, tms: 0 | 1, tdi = 0x3n): Step {
  return { op: { kind: "jtag", count, tms, tdi } };
}

/** The TDO bits of `chunks` steps after the first `skip`, each of which gave one word. */
function bitsOf(words: Uint32Array, skip: number, chunks: number): readonly number[] {
  const data = [...words.subarray(skip, skip + (chunks * CHUNK) / 32)];
  return data.flatMap((word) => Array.from({ length: 32 }, (_, at) => (word >>> at) & 1));
}

/** Lists all ways to divide the captured bits among the TAPs: each captures 1 in its lowest bit and 0 in the next. */
function splits(
  bits: readonly number[],
  known: readonly (number | undefined)[],
): readonly (readonly number[])[] {
  const starts = (at: number): boolean => bits[at] === 1 && bits[at + 1] === 0;
  const from = (at: number, index: number): readonly (readonly number[])[] => {
    if (index === known.length) return at === bits.length ? [[]] : [];
    if (!starts(at)) return [];
    const own = known[index];
    const lengths =
      own === undefined ? Array.from({ length: bits.length - at - 1 }, (_, more) => more + 2) : [own];
    return lengths
      .flatMap((length) => from(at + length, index + 1).map((rest) => [length, ...rest]))
      .slice(0, 2);
  };
  return from(0, 0);
}

function noChain(reason: string): CoreSightFailure {
  return new CoreSightFailure(
    { kind: "no-chain", reason },
    `no JTAG chain was found: ${reason}; are TDI, TDO, TCK and TMS wired, and does the target speak JTAG?`,
  );
}
