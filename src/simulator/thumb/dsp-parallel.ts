/**
 * Does parallel addition and subtraction of bytes and halfwords, saturating addition, SEL and PKH, all of the
 * DSP extension.
 */
import { encoding, type Encoding, type Make } from "./encoding.ts";
import { badRegister } from "./operand.ts";
import { immediateShift, shifted } from "./shift.ts";
import { saturate } from "./t32-immediate.ts";
import type { Slot } from "./state.ts";

const bad = (...slots: readonly Slot[]): boolean => slots.some(badRegister);

type Treatment = "plain" | "saturating" | "halving";

interface Lanes {
  readonly bits: 8 | 16;
  readonly isSigned: boolean;
  readonly treatment: Treatment;
  /** Each lane, lowest first, says which lane of the second operand it takes, and whether that is subtracted. */
  readonly plan: readonly { readonly other: number; readonly subtract: boolean }[];
}

function laneOf(word: number, lane: number, { bits, isSigned }: Lanes): number {
  const shift = 32 - bits * (lane + 1);
  const aligned = word << shift;
  return isSigned ? aligned >> (32 - bits) : aligned >>> (32 - bits);
}

function treated(value: number, { bits, isSigned, treatment }: Lanes): number {
  if (treatment === "plain") return value;
  if (treatment === "halving") return value >> 1;
  const high = isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const low = isSigned ? -(2 ** (bits - 1)) : 0;
  return Math.min(high, Math.max(low, value));
}

/** GE of a lane means no borrow, a carry out, or for signed lanes a result that is not negative. */
function greaterOrEqual(value: number, subtract: boolean, { bits, isSigned }: Lanes): boolean {
  return isSigned || subtract ? value >= 0 : value >= 2 ** bits;
}

const parallel =
  (lanes: Lanes): Make =>
  ({ state }, { d, n, m }) => {
    if (bad(d, n, m)) return undefined;
    const { r } = state;
    const { bits, plan, treatment } = lanes;
    const mask = 2 ** bits - 1;
    const geOfLane = bits === 8 ? 1 : 3;
    return () => {
      let result = 0;
      let ge = 0;
      for (let lane = 0; lane < plan.length; lane++) {
        const step = plan[lane];
        if (step === undefined) continue;
        const a = laneOf(r[n], lane, lanes);
        const b = laneOf(r[m], step.other, lanes);
        const value = step.subtract ? a - b : a + b;
        result |= (treated(value, lanes) & mask) << (bits * lane);
        if (greaterOrEqual(value, step.subtract, lanes)) ge |= geOfLane << ((bits / 8) * lane);
      }
      r[d] = result;
      if (treatment === "plain") state.ge = ge;
    };
  };

const add = (other: number): Lanes["plan"][number] => ({ other, subtract: false });
const sub = (other: number): Lanes["plan"][number] => ({ other, subtract: true });

/** The lowest lane comes first; ASX and SAX cross the halves. */
const PLANS: readonly (readonly [string, string, 8 | 16, Lanes["plan"]])[] = [
  ["000", "ADD8", 8, [add(0), add(1), add(2), add(3)]],
  ["001", "ADD16", 16, [add(0), add(1)]],
  ["010", "ASX", 16, [sub(1), add(0)]],
  ["100", "SUB8", 8, [sub(0), sub(1), sub(2), sub(3)]],
  ["101", "SUB16", 16, [sub(0), sub(1)]],
  ["110", "SAX", 16, [add(1), sub(0)]],
];

const TREATMENTS: readonly (readonly [string, boolean, Treatment, string])[] = [
  ["000", true, "plain", "S"],
  ["001", true, "saturating", "Q"],
  ["010", true, "halving", "SH"],
  ["100", false, "plain", "U"],
  ["101", false, "saturating", "UQ"],
  ["110", false, "halving", "UH"],
];

const PARALLEL: readonly Encoding[] = PLANS.flatMap(([code, name, bits, plan]) =>
  TREATMENTS.map(([kind, isSigned, treatment, prefix]) =>
    encoding(
      `11111010 1 ${code} nnnn 1111 dddd 0 ${kind} mmmm`,
      prefix + name,
      parallel({ bits, isSigned, treatment, plan }),
      "dsp",
    ),
  ),
);

const LOW = -0x8000_0000;
const HIGH = 0x7fff_ffff;

const saturating =
  (sign: 1 | -1, doubles: boolean): Make =>
  ({ state }, { d, n, m }) => {
    if (bad(d, n, m)) return undefined;
    const { r } = state;
    return () => {
      const second = doubles ? saturate(state, 2 * r[n], LOW, HIGH) : r[n];
      r[d] = saturate(state, r[m] + sign * second, LOW, HIGH);
    };
  };

const select: Make = ({ state }, { d, n, m }) => {
  if (bad(d, n, m)) return undefined;
  const { r } = state;
  return () => {
    let mask = 0;
    for (let lane = 0; lane < 4; lane++) if (((state.ge >>> lane) & 1) !== 0) mask |= 0xff << (8 * lane);
    r[d] = (r[n] & mask) | (r[m] & ~mask);
  };
};

/** PKHBT takes the second operand's top half, PKHTB its bottom half. */
const pack: Make = ({ state }, { d, n, m, i, b }) => {
  if (bad(d, n, m)) return undefined;
  const { r } = state;
  const { type, amount } = immediateShift(b === 1 ? 2 : 0, i);
  const mask = b === 1 ? 0xffff : ~0xffff;
  return () => void (r[d] = (shifted(state, type, r[m], amount) & mask) | (r[n] & ~mask));
};

export const DSP_PARALLEL_32: readonly Encoding[] = [
  ...PARALLEL,
  encoding("11111010 1000 nnnn 1111 dddd 1000 mmmm", "QADD", saturating(1, false), "dsp"),
  encoding("11111010 1000 nnnn 1111 dddd 1001 mmmm", "QDADD", saturating(1, true), "dsp"),
  encoding("11111010 1000 nnnn 1111 dddd 1010 mmmm", "QSUB", saturating(-1, false), "dsp"),
  encoding("11111010 1000 nnnn 1111 dddd 1011 mmmm", "QDSUB", saturating(-1, true), "dsp"),
  encoding("11111010 1010 nnnn 1111 dddd 1000 mmmm", "SEL", select, "dsp"),
  encoding("1110101 0110 0 nnnn 0 iii dddd ii b 0 mmmm", "PKHBT, PKHTB", pack, "dsp"),
];
