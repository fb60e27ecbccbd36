/** Decodes 16-bit branches, IT, hints, and the instructions that call for attention. */
import { passes } from "./condition.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Make, type Op, type Place } from "./encoding.ts";
import { hint } from "./hint.ts";
import { changeProcessorState } from "./special.ts";
import { PC } from "./state.ts";

/** Extends the sign of a field of so many bits. */
export function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

/** A branch may only be the last of an IT block, and conditional branches may not be in one at all. */
export function branchesHere(place: Place): boolean {
  place.ends = true;
  return !place.inIt || place.lastInIt;
}

/** A conditional branch does not end its block: if taken, it leaves it early. */
export function branchIf(cpu: Cpu, condition: number, target: number): Op {
  const { state } = cpu;
  switch (condition) {
    case 0:
      return () => {
        if (state.z === 0) cpu.leave(target);
      };
    case 1:
      return () => {
        if (state.z !== 0) cpu.leave(target);
      };
    case 2:
      return () => {
        if (state.c !== 0) cpu.leave(target);
      };
    case 3:
      return () => {
        if (state.c === 0) cpu.leave(target);
      };
    default:
      return () => {
        if (passes(state, condition)) cpu.leave(target);
      };
  }
}

const conditional: Make = (cpu, { c, i }, place) => {
  if (place.inIt) return undefined;
  return branchIf(cpu, c, (place.pc + signed(i, 8) * 2) | 0);
};

const unconditional: Make = (cpu, { i }, place) => {
  if (!branchesHere(place)) return undefined;
  const target = place.pc + signed(i, 11) * 2;
  return () => {
    cpu.branch(target);
  };
};

const exchange: Make = (cpu, { m }, place) => {
  if (!branchesHere(place) || m === PC) return undefined;
  const { r } = cpu.state;
  return () => {
    cpu.interwork(r[m]);
  };
};

const linkAndExchange: Make = (cpu, { m }, place) => {
  if (!branchesHere(place) || m === PC) return undefined;
  const { r } = cpu.state;
  return () => {
    const target = r[m];
    cpu.link(place.next);
    // BLX never returns from an exception, for any value.
    r[PC] = target ^ 1;
    cpu.state.cycles++;
  };
};

const compareAndBranch =
  (whenZero: boolean): Make =>
  (cpu, { n, i }, place) => {
    if (place.inIt) return undefined;
    const { r } = cpu.state;
    const target = (place.pc + i * 2) | 0;
    return () => {
      if ((r[n] === 0) === whenZero) cpu.leave(target);
    };
  };

/** An IT block whose conditions would be "always" may only have T; NV does not exist. */
const ifThen: Make = (_cpu, { c, o }, place) => {
  const several = (o & (o - 1)) !== 0;
  if (place.inIt || c === 15 || (c === 14 && several)) return undefined;
  place.it = (c << 4) | o;
  return () => undefined;
};

const supervisorCall: Make = (cpu, _fields, place) => {
  place.ends = true;
  return () => {
    cpu.calling = true;
    cpu.attend();
  };
};

const breakpoint: Make = ({ trap }, _fields, place) => {
  place.ends = true;
  place.unconditional = true;
  return () => {
    trap.raise("breakpoint-instruction");
  };
};

export const undefinedHere: Make = ({ trap }, _fields, place) => {
  place.ends = true;
  return () => {
    trap.raise("undefined");
  };
};

export const CONTROL_16: readonly Encoding[] = [
  encoding("010001110 mmmm 000", "BX", exchange),
  encoding("010001111 mmmm 000", "BLX", linkAndExchange),
  encoding("10110 0 i 1 iiiii nnn", "CBZ", compareAndBranch(true), "wide"),
  encoding("10111 0 i 1 iiiii nnn", "CBNZ", compareAndBranch(false), "wide"),
  encoding("10110110 011 k 0 0 p f", "CPS", changeProcessorState),
  encoding("10111110 iiiiiiii", "BKPT", breakpoint),
  encoding("10111111 oooo 0000", "hint", hint),
  encoding("10111111 cccc oooo", "IT", ifThen, "main"),
  encoding("11011110 iiiiiiii", "UDF", undefinedHere),
  encoding("11011111 iiiiiiii", "SVC", supervisorCall),
  encoding("1101 cccc iiiiiiii", "B", conditional),
  encoding("11100 iiiiiiiiiii", "B", unconditional),
];
