/** Holds what came of a piece of code in our interpreter against Unicorn's answer. Knows how that answer is written. */
import type { FaultKind } from "../../src/simulator/thumb/port.ts";
import { CODE, CODE_SIZE, RAM, RAM_SIZE, type Instruction } from "./thumb-cases.ts";
import type { Came } from "./thumb-machine.ts";
import type { Difference } from "./unicorn-errors.ts";

/** Words of an answer: error, r0-r14, PC, xPSR, CRC of the memory, six special registers. */
export const ANSWER_WORDS = 25;

const EXCEPTION = 21;
/** Unicorn's error numbers for each of our faults. */
const ERRORS: Readonly<Partial<Record<FaultKind, readonly number[]>>> = {
  none: [0],
  undefined: [10],
  "bus-read": [6],
  "bus-write": [7, 12],
  unaligned: [EXCEPTION, 6, 7, 12],
  "invalid-state": [10, EXCEPTION],
  "breakpoint-instruction": [EXCEPTION],
  "divide-by-zero": [EXCEPTION],
};

/** What Unicorn says of the target of a branch, where nothing is or which is no Thumb code. */
const FETCH_ERRORS = [8, 10, EXCEPTION];

/** Its place among the special registers. */
const CONTROL = 2;

/** MSR, CPS, and exclusive accesses change what is no general register. */
export function lasts({ opcode, wide }: Instruction): boolean {
  if (!wide) return opcode >>> 8 === 0xb6;
  return opcode >>> 21 === 0xf380_0000 >>> 21 || opcode >>> 24 === 0xe8 || opcode >>> 20 === 0xf3b;
}

/** Loads and stores of several words may leave some of them done when one fails. */
function several({ opcode, wide }: Instruction): boolean {
  return wide ? opcode >>> 25 === 0xe8 >>> 1 : opcode >>> 12 === 0xc || (opcode & 0xf600) === 0xb400;
}

export function differences(
  came: Came,
  theirs: Uint32Array,
  instructions: readonly Instruction[],
): readonly Difference[] {
  const list: Difference[] = [];
  const same = (kind: string, ours: number, other: number): void => {
    if (ours >>> 0 !== other) list.push([kind, ours >>> 0, other]);
  };
  const [error = 0] = theirs;
  const gone = came.fault === "none" && !mapped(came);
  if (ERRORS[came.fault]?.includes(error) !== true && !(gone && FETCH_ERRORS.includes(error)))
    list.push(["error", came.fault, error]);
  same("pc", came.pc, theirs[16] ?? 0);
  if (came.fault !== "none" && instructions.some(several)) return list;
  came.registers.forEach((value, number) => {
    same(`r${number}`, value, theirs[1 + number] ?? 0);
  });
  same("xPSR", came.xpsr, theirs[17] ?? 0);
  if (came.fault === "none") same("memory", came.memory, theirs[18] ?? 0);
  if (!instructions.some(lasts)) return list;
  // Unicorn shows unprivileged code's view: MSP, PSP and the masks read as zero.
  const [, , control = 0] = came.special;
  came.special.forEach((value, index) => {
    if ((control & 1) === 0 || index === CONTROL) same(`special ${index}`, value, theirs[19 + index] ?? 0);
  });
  return list;
}

/** Where a branch may go to without a fault there. */
function mapped({ pc, xpsr }: Came): boolean {
  if ((xpsr & 0x0100_0000) === 0) return false;
  return (pc >= CODE && pc < CODE + CODE_SIZE) || (pc >= RAM && pc < RAM + RAM_SIZE);
}
