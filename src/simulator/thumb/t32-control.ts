/**
 * Decodes wide branches, special registers, barriers, hints, missing coprocessors, and Security without its
 * extension.
 */
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make } from "./encoding.ts";
import { barrier, doNothing, hint } from "./hint.ts";
import { badRegister } from "./operand.ts";
import { moveFromSpecial, moveToSpecial } from "./special.ts";
import { PC } from "./state.ts";
import { branchesHere, branchIf, signed, undefinedHere } from "./t16-control.ts";

/** The field order is S:J2:J1:imm6:imm11:0. */
const nearTarget = ({ s, j, k, i }: Fields, pc: number): number =>
  (pc + signed((s << 19) | (k << 18) | (j << 17) | i, 20) * 2) | 0;

/** The field order is S:I1:I2:imm10:imm11:0, with I = NOT(J EOR S). */
const farTarget = ({ s, j, k, i }: Fields, pc: number): number =>
  (pc + signed((s << 23) | ((j ^ s ^ 1) << 22) | ((k ^ s ^ 1) << 21) | i, 24) * 2) | 0;

const branchConditional: Make = (cpu, fields, place) => {
  // The space of the conditions "always" and "never" belongs to the instructions above.
  if (fields.c >= 14) return undefinedHere(cpu, fields, place);
  if (place.inIt) return undefined;
  return branchIf(cpu, fields.c, nearTarget(fields, place.pc));
};

const branchFar: Make = (cpu, fields, place) => {
  if (!branchesHere(place)) return undefined;
  const target = farTarget(fields, place.pc);
  return () => {
    cpu.branch(target);
  };
};

const branchWithLink: Make = (cpu, fields, place) => {
  if (!branchesHere(place)) return undefined;
  const target = farTarget(fields, place.pc);
  const { next } = place;
  return () => {
    cpu.link(next);
    cpu.branch(target);
  };
};

const clearExclusive: Make = (cpu) => () => {
  cpu.state.exclusive = -1;
};

const coprocessor: Make = ({ trap }: Cpu, _fields, place) => {
  place.ends = true;
  return () => {
    trap.raise("coprocessor");
  };
};

/**
 * Does TT without MPU and SAU: readable and writable, nothing matched (TT_RESP, Armv8-M manual: R bit 18, RW
 * bit 19).
 */
const testTarget: Make = ({ state: { r } }, { d, n }) =>
  badRegister(d) || n === PC ? undefined : () => void (r[d] = 0x000c_0000);

export const CONTROL_32: readonly Encoding[] = [
  encoding("1110100101111111 1110100101111111", "SG", doNothing, "v8"),
  encoding("111010000100 nnnn 1111 dddd 0 b 000000", "TT, TTT", testTarget, "v8"),
  encoding("111100111000 nnnn 1000 kk 00 ssssssss", "MSR", moveToSpecial),
  encoding("1111001111101111 1000 dddd ssssssss", "MRS", moveFromSpecial),
  encoding("1111001110101111 10000000 oooooooo", "hint", hint, "main"),
  encoding("1111001110111111 100011110010 1111", "CLREX", clearExclusive, "wide"),
  encoding("1111001110111111 100011110100 iiii", "DSB", barrier),
  encoding("1111001110111111 100011110101 iiii", "DMB", barrier),
  encoding("1111001110111111 100011110110 iiii", "ISB", barrier),
  encoding("111101111111 iiii 1010 iiiiiiiiiiii", "UDF", undefinedHere),
  encoding("11110 s cccc iiiiii 10 j 0 k iiiiiiiiiii", "B conditional", branchConditional, "main"),
  encoding("11110 s iiiiiiiiii 10 j 1 k iiiiiiiiiii", "B", branchFar, "wide"),
  encoding("11110 s iiiiiiiiii 11 j 1 k iiiiiiiiiii", "BL", branchWithLink),
  encoding("111 i 11 iiiiiiiiii iiiiiiiiiiiiiiii", "coprocessor", coprocessor, "main"),
];
