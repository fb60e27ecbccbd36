/**
 * Decodes exclusive accesses, load-acquire and store-release, table branches, wide multiples. Must be matched
 * before doublewords.
 */
import { loadNow, storeNow, type Width } from "./access.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op } from "./encoding.ts";
import { listAllowed, loadMultiple, registerList, storeMultiple } from "./multiple.ts";
import { badRegister } from "./operand.ts";
import { branchesHere, undefinedHere } from "./t16-control.ts";
import { PC, SP } from "./state.ts";

const BYTES: Readonly<Record<Width, number>> = {
  word: 4,
  half: 2,
  byte: 1,
  "signed half": 2,
  "signed byte": 1,
};

/** LDREX and LDA are aligned; an exclusive one opens the local monitor for exactly this address. */
function loadOrdered(cpu: Cpu, { t, n, i }: Fields, width: Width, exclusive: boolean): Op | undefined {
  if (badRegister(t) || n === PC) return undefined;
  const { state, memory } = cpu;
  const { r } = state;
  const size = BYTES[width];
  return () => {
    const address = (r[n] + i * 4) | 0;
    memory.align(address, size);
    const value = loadNow(cpu, width, address);
    if (exclusive) state.exclusive = address >>> 0;
    r[t] = value;
  };
}

function storeExclusive(cpu: Cpu, { d, t, n, i }: Fields, width: Width): Op | undefined {
  if (badRegister(d) || badRegister(t) || n === PC || d === n || d === t) return undefined;
  const { state, memory } = cpu;
  const { r } = state;
  const size = BYTES[width];
  return () => {
    const address = (r[n] + i * 4) | 0;
    memory.align(address, size);
    const open = state.exclusive === address >>> 0;
    if (open) storeNow(cpu, width, address, r[t]);
    state.exclusive = -1;
    r[d] = open ? 0 : 1;
  };
}

function storeRelease(cpu: Cpu, { t, n }: Fields, width: Width): Op | undefined {
  if (badRegister(t) || n === PC) return undefined;
  const { state, memory } = cpu;
  const { r } = state;
  const size = BYTES[width];
  return () => {
    memory.align(r[n], size);
    storeNow(cpu, width, r[n], r[t]);
  };
}

/** In TBB and TBH the table holds distances in halfwords. */
const tableBranch: Make = (cpu, { n, m, b: halves }, place) => {
  if (!branchesHere(place) || n === SP || badRegister(m)) return undefined;
  const { state, memory } = cpu;
  const { r } = state;
  const { pc } = place;
  place.cycles = 3;
  return () => {
    const base = n === PC ? pc : r[n];
    const distance = halves === 1 ? memory.load16((base + r[m] * 2) | 0) : memory.load8((base + r[m]) | 0);
    cpu.branch((pc + 2 * distance) | 0);
  };
};

const storeMany =
  (down: boolean): Make =>
  (cpu, { n, i, w }, place) => {
    const list = registerList(i);
    if (n === PC || !listAllowed(list, false) || (w === 1 && list.includes(n))) return undefined;
    return storeMultiple(cpu, { n, list, down, writeback: w === 1 }, place);
  };

const loadMany =
  (down: boolean): Make =>
  (cpu, { n, i, w }, place) => {
    const list = registerList(i);
    if (n === PC || !listAllowed(list, true) || (w === 1 && list.includes(n))) return undefined;
    return loadMultiple(cpu, { n, list, down, writeback: w === 1 }, place);
  };

const SIZES: readonly (readonly [string, string, Width])[] = [
  ["00", "B", "byte"],
  ["01", "H", "half"],
  ["10", "", "word"],
];

const ORDERED: readonly Encoding[] = SIZES.flatMap(([code, suffix, width]) => [
  encoding(`111010001101 nnnn tttt 1111 10 ${code} 1111`, `LDA${suffix}`, (cpu, f) => loadOrdered(cpu, f, width, false), "v8"),
  encoding(`111010001101 nnnn tttt 1111 11 ${code} 1111`, `LDAEX${suffix}`, (cpu, f) => loadOrdered(cpu, f, width, true), "v8"),
  encoding(`111010001100 nnnn tttt 1111 10 ${code} 1111`, `STL${suffix}`, (cpu, f) => storeRelease(cpu, f, width), "v8"),
  encoding(`111010001100 nnnn tttt 1111 11 ${code} dddd`, `STLEX${suffix}`, (cpu, f) => storeExclusive(cpu, f, width), "v8"),
]); // prettier-ignore

const EXCLUSIVE: readonly Encoding[] = SIZES.slice(0, 2).flatMap(([code, suffix, width]) => [
  encoding(`111010001101 nnnn tttt 1111 01 ${code} 1111`, `LDREX${suffix}`, (cpu, f) => loadOrdered(cpu, f, width, true), "wide"),
  encoding(`111010001100 nnnn tttt 1111 01 ${code} dddd`, `STREX${suffix}`, (cpu, f) => storeExclusive(cpu, f, width), "wide"),
]); // prettier-ignore

export const EXCLUSIVE_32: readonly Encoding[] = [
  encoding("111010000101 nnnn tttt 1111 iiiiiiii", "LDREX", (cpu, f) => loadOrdered(cpu, f, "word", true), "wide"),
  encoding("111010000100 nnnn tttt dddd iiiiiiii", "STREX", (cpu, f) => storeExclusive(cpu, f, "word"), "wide"),
  ...EXCLUSIVE,
  ...ORDERED,
  encoding("111010001101 nnnn 11110000 000 b mmmm", "TBB, TBH", tableBranch, "main"),
  encoding("11101000110 l nnnn tttt cccc iiiiiiii", "not an exclusive access", undefinedHere, "main"),
  encoding("1110100010 w 0 nnnn iiiiiiiiiiiiiiii", "STM", storeMany(false), "main"),
  encoding("1110100010 w 1 nnnn iiiiiiiiiiiiiiii", "LDM", loadMany(false), "main"),
  encoding("1110100100 w 0 nnnn iiiiiiiiiiiiiiii", "STMDB", storeMany(true), "main"),
  encoding("1110100100 w 1 nnnn iiiiiiiiiiiiiiii", "LDMDB", loadMany(true), "main"),
]; // prettier-ignore
