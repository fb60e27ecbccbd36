/** Where Unicorn 2.1 (QEMU 5.0) does not do what the Arm manuals say, with the place that says so. */
import { Decoder } from "../../src/simulator/thumb/decoder.ts";
import { PROFILES } from "../../src/simulator/thumb/profile.ts";
import type { Instruction } from "./thumb-cases.ts";
import type { Came } from "./thumb-machine.ts";

export type Difference = readonly [kind: string, ours: number | string, theirs: number | string];

export interface Disagreement {
  /** Armv6-M or Armv8-M baseline. */
  readonly small: boolean;
  readonly instructions: readonly Instruction[];
  readonly came: Came;
  readonly differences: readonly Difference[];
}

interface Excuse {
  readonly why: string;
  readonly holds: (disagreement: Disagreement) => boolean;
}

const withDsp = new Decoder(PROFILES["Cortex-M4"]);

/** The instruction that ours calls undefined is the last of those it ran. */
function refused({ instructions, came }: Disagreement, mask: number, value: number): boolean {
  const last = instructions.at(-1);
  if (came.fault !== "undefined" || last?.wide !== true) return false;
  return (last.opcode & mask) >>> 0 === value;
}

function isDsp({ instructions, came }: Disagreement): boolean {
  const last = instructions.at(-1);
  if (came.fault !== "undefined" || last === undefined) return false;
  return withDsp.find(last.opcode | 0, last.wide)?.set === "dsp";
}

/** 16-bit multiples, all of 1110100, and LDR to PC. */
const mustAlign = ({ opcode, wide }: Instruction): boolean =>
  wide ? opcode >>> 25 === 0x74 || (opcode & 0xff70_f000) >>> 0 === 0xf850_f000 : opcode >>> 12 === 0xc;

/** R13, MSP and PSP. */
const STACK_POINTERS = ["r13", "special 0", "special 1"];

const isIt = ({ opcode, wide }: Instruction): boolean =>
  !wide && opcode >>> 8 === 0xbf && (opcode & 15) !== 0;

const EXCUSES: readonly Excuse[] = [
  {
    why: "no alignment fault of multiples, doublewords, exclusives, ordered accesses and LDR to PC, nor of any load or store on Armv6-M and Armv8-M baseline (DDI 0403 A3.2.1, DDI 0419 A3.2.1, DDI 0553 B3.10)",
    holds: ({ came, small, instructions }) =>
      came.fault === "unaligned" && (small || instructions.some(mustAlign)),
  },
  {
    why: "BLX to a constant, which would change to Arm state, runs (DDI 0403 A5.3.4: undefined)",
    holds: (one) => refused(one, 0xf800_d000, 0xf000_c000),
  },
  {
    why: "loads and stores of Advanced SIMD run (DDI 0403 A5.3: 11111001 xxx0 is undefined)",
    holds: (one) => refused(one, 0xff10_0000, 0xf900_0000),
  },
  {
    why: "stores to addresses relative to PC run (DDI 0403 A5.3.10, A7.7.161: undefined)",
    holds: (one) => refused(one, 0xff1f_0000, 0xf80f_0000),
  },
  {
    why: "exclusive doublewords of the A-profile run (DDI 0403 A5.3.6: undefined)",
    holds: (one) => refused(one, 0xffe0_0070, 0xe8c0_0070),
  },
  {
    why: "ordered accesses of Armv8-M run on Cortex-M4 (DDI 0403 A5.3.6: undefined)",
    holds: (one) => refused(one, 0xffe0_0080, 0xe8c0_0080),
  },
  {
    why: "SETEND runs (DDI 0403 A5.2.5: undefined)",
    holds: ({ instructions, came }) =>
      came.fault === "undefined" && (instructions.at(-1)?.opcode ?? 0) >>> 4 === 0xb65,
  },
  {
    why: "ISB in an IT block ends the block (DDI 0403 A7.7.38: only branches must be last)",
    holds: ({ instructions }) =>
      instructions.some(({ opcode, wide }) => wide && opcode >>> 4 === 0xf3bf8f6) && instructions.some(isIt),
  },
  {
    why: "Cortex-M3 runs instructions of the DSP extension (DDI 0403 A5.3: Armv7E-M)",
    holds: isDsp,
  },
  {
    why: "bits 1:0 of SP are kept (DDI 0403 B1.4.1, DDI 0553 B3.8: they read as zero)",
    holds: ({ differences }) =>
      differences.some(
        ([kind, ours, theirs]) => STACK_POINTERS.includes(kind) && ours === (Number(theirs) & ~3) >>> 0,
      ),
  },
  {
    why: "Q exists on Armv6-M and Armv8-M baseline (DDI 0419 B1.4.2, DDI 0553 D1.2.3: reserved)",
    holds: ({ small, differences }) =>
      small &&
      differences.every(
        ([kind, ours, theirs]) => kind === "xPSR" && (Number(theirs) ^ Number(ours)) === 0x0800_0000,
      ),
  },
  {
    why: "after a store in an IT block that fails it goes on (DDI 0403 B1.5.14: a precise fault)",
    holds: ({ instructions, came }) => came.fault === "bus-write" && instructions.some(isIt),
  },
];

export function unicornIsWrong(disagreement: Disagreement): string | undefined {
  return EXCUSES.find(({ holds }) => holds(disagreement))?.why;
}
