/** Decodes 16-bit loads and stores, addresses relative to PC and SP, and multiples. */
import { load, store, type Width } from "./access.ts";
import { alu } from "./alu.ts";
import { encoding, type Encoding, type Make } from "./encoding.ts";
import { loadMultiple, registerList, storeMultiple } from "./multiple.ts";
import { LR, PC, SP, ZERO } from "./state.ts";

const loadRegister =
  (width: Width): Make =>
  (cpu, { t, n, m }, place) =>
    load(cpu, width, t, { n, m, shift: 0, k: 0 }, place);

const storeRegister =
  (width: Width): Make =>
  (cpu, { t, n, m }, place) =>
    store(cpu, width, t, { n, m, shift: 0, k: 0 }, place);

const loadOffset =
  (width: Width, scale: number): Make =>
  (cpu, { t, n, i }, place) =>
    load(cpu, width, t, { n, m: ZERO, shift: 0, k: i * scale }, place);

const storeOffset =
  (width: Width, scale: number): Make =>
  (cpu, { t, n, i }, place) =>
    store(cpu, width, t, { n, m: ZERO, shift: 0, k: i * scale }, place);

const moveSp =
  (sign: number): Make =>
  (cpu, { i }) => {
    const { r } = cpu.state;
    const k = sign * i * 4;
    return () => {
      cpu.setSp((r[SP] + k) | 0);
    };
  };

const push: Make = (cpu, { l, i }, place) => {
  const list = registerList(i | (l << LR));
  return list.length === 0
    ? undefined
    : storeMultiple(cpu, { n: SP, list, down: true, writeback: true }, place);
};

const pop: Make = (cpu, { p, i }, place) => {
  const list = registerList(i | (p << PC));
  return list.length === 0
    ? undefined
    : loadMultiple(cpu, { n: SP, list, down: false, writeback: true }, place);
};

const storeMany: Make = (cpu, { n, i }, place) => {
  const list = registerList(i);
  if (list.length === 0 || (list.includes(n) && list[0] !== n)) return undefined;
  return storeMultiple(cpu, { n, list, down: false, writeback: true }, place);
};

const loadMany: Make = (cpu, { n, i }, place) => {
  const list = registerList(i);
  if (list.length === 0) return undefined;
  return loadMultiple(cpu, { n, list, down: false, writeback: !list.includes(n) }, place);
};

export const MEMORY_16: readonly Encoding[] = [
  encoding("01001 ttt iiiiiiii", "LDR literal", (cpu, { t, i }, place) =>
    load(cpu, "word", t, { n: ZERO, m: ZERO, shift: 0, k: ((place.pc & ~3) + i * 4) | 0 }, place),
  ),
  encoding("0101000 mmm nnn ttt", "STR", storeRegister("word")),
  encoding("0101001 mmm nnn ttt", "STRH", storeRegister("half")),
  encoding("0101010 mmm nnn ttt", "STRB", storeRegister("byte")),
  encoding("0101011 mmm nnn ttt", "LDRSB", loadRegister("signed byte")),
  encoding("0101100 mmm nnn ttt", "LDR", loadRegister("word")),
  encoding("0101101 mmm nnn ttt", "LDRH", loadRegister("half")),
  encoding("0101110 mmm nnn ttt", "LDRB", loadRegister("byte")),
  encoding("0101111 mmm nnn ttt", "LDRSH", loadRegister("signed half")),
  encoding("01100 iiiii nnn ttt", "STR", storeOffset("word", 4)),
  encoding("01101 iiiii nnn ttt", "LDR", loadOffset("word", 4)),
  encoding("01110 iiiii nnn ttt", "STRB", storeOffset("byte", 1)),
  encoding("01111 iiiii nnn ttt", "LDRB", loadOffset("byte", 1)),
  encoding("10000 iiiii nnn ttt", "STRH", storeOffset("half", 2)),
  encoding("10001 iiiii nnn ttt", "LDRH", loadOffset("half", 2)),
  encoding("10010 ttt iiiiiiii", "STR SP", (cpu, { t, i }, place) =>
    store(cpu, "word", t, { n: SP, m: ZERO, shift: 0, k: i * 4 }, place),
  ),
  encoding("10011 ttt iiiiiiii", "LDR SP", (cpu, { t, i }, place) =>
    load(cpu, "word", t, { n: SP, m: ZERO, shift: 0, k: i * 4 }, place),
  ),
  encoding("10100 ddd iiiiiiii", "ADR", ({ state }, { d, i }, { pc }) =>
    alu(state, "ADD", { d, n: ZERO, m: ZERO, k: (pc & ~3) + i * 4, flags: false }),
  ),
  encoding("10101 ddd iiiiiiii", "ADD SP", ({ state }, { d, i }) =>
    alu(state, "ADD", { d, n: SP, m: ZERO, k: i * 4, flags: false }),
  ),
  encoding("10110000 0 iiiiiii", "ADD SP", moveSp(1)),
  encoding("10110000 1 iiiiiii", "SUB SP", moveSp(-1)),
  encoding("1011010 l iiiiiiii", "PUSH", push),
  encoding("1011110 p iiiiiiii", "POP", pop),
  encoding("11000 nnn iiiiiiii", "STM", storeMany),
  encoding("11001 nnn iiiiiiii", "LDM", loadMany),
];
