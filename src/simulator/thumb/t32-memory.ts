/** Decodes wide single loads and stores, preloads, doublewords. */
import { load, loadNow, store, storeNow, type Width } from "./access.ts";
import type { Cpu } from "./cpu.ts";
import { encoding, type Encoding, type Fields, type Make, type Op, type Place } from "./encoding.ts";
import { doNothing } from "./hint.ts";
import { badRegister } from "./operand.ts";
import { PC, SP, ZERO, type Slot } from "./state.ts";
import { undefinedHere } from "./t16-control.ts";

/** SP may be loaded and stored as a word only. PC, if it is not a hint, may only be loaded, as a word. */
function targetAllowed(t: Slot, width: Width, loads: boolean): boolean {
  return width === "word" ? loads || t !== PC : !badRegister(t);
}

const loadOffset =
  (width: Width): Make =>
  (cpu, { t, n, i }, place) =>
    targetAllowed(t, width, true) ? load(cpu, width, t, { n, m: ZERO, shift: 0, k: i }, place) : undefined;

const loadLiteral =
  (width: Width): Make =>
  (cpu, { t, s: up, i }, place) => {
    if (!targetAllowed(t, width, true)) return undefined;
    const k = ((place.pc & ~3) + (up === 1 ? i : -i)) | 0;
    return load(cpu, width, t, { n: ZERO, m: ZERO, shift: 0, k }, place);
  };

const loadRegister =
  (width: Width): Make =>
  (cpu, { t, n, m, i }, place) =>
    targetAllowed(t, width, true) && !badRegister(m)
      ? load(cpu, width, t, { n, m, shift: i, k: 0 }, place)
      : undefined;

const storeOffset =
  (width: Width): Make =>
  (cpu, { t, n, i }, place) =>
    targetAllowed(t, width, false) && n !== PC
      ? store(cpu, width, t, { n, m: ZERO, shift: 0, k: i }, place)
      : undefined;

const storeRegister =
  (width: Width): Make =>
  (cpu, { t, n, m, i }, place) =>
    targetAllowed(t, width, false) && n !== PC && !badRegister(m)
      ? store(cpu, width, t, { n, m, shift: i, k: 0 }, place)
      : undefined;

/**
 * The letters are p for indexed, u for up, w for writing the address back. Neither indexed nor written back
 * is undefined, next to the unprivileged form.
 */
const loadIndexed =
  (width: Width): Make =>
  (cpu, { t, n, i, p, q: up, w }, place) => {
    const k = up === 1 ? i : -i;
    if (!targetAllowed(t, width, true)) return undefined;
    if (w === 0) return load(cpu, width, t, { n, m: ZERO, shift: 0, k }, place);
    if (n === t) return undefined;
    if (t === PC && place.inIt && !place.lastInIt) return undefined;
    place.cycles = 2;
    place.ends = t === PC;
    const { r } = cpu.state;
    const ahead = p === 1 ? k : 0;
    return () => {
      const base = r[n];
      const after = (base + k) | 0;
      if (n === SP) cpu.checkSp(after);
      const address = (base + ahead) | 0;
      if (t === PC) cpu.memory.align(address, 4);
      const value = loadNow(cpu, width, address);
      r[n] = n === SP ? after & ~3 : after;
      deliver(cpu, t, value);
    };
  };

function deliver(cpu: Cpu, t: Slot, value: number): void {
  if (t === PC) cpu.interwork(value);
  else if (t === SP) cpu.setSp(value);
  else cpu.state.r[t] = value;
}

const storeIndexed =
  (width: Width): Make =>
  (cpu, { t, n, i, p, q: up, w }, place) => {
    const k = up === 1 ? i : -i;
    if (!targetAllowed(t, width, false) || n === PC) return undefined;
    if (w === 0) return store(cpu, width, t, { n, m: ZERO, shift: 0, k }, place);
    if (n === t) return undefined;
    place.cycles = 2;
    const { r } = cpu.state;
    const ahead = p === 1 ? k : 0;
    return () => {
      const base = r[n];
      const after = (base + k) | 0;
      if (n === SP) cpu.checkSp(after);
      storeNow(cpu, width, (base + ahead) | 0, r[t]);
      r[n] = n === SP ? after & ~3 : after;
    };
  };

/** Does LDRT and its kin: without an MPU they differ from plain loads only in refusing SP and PC. */
const loadUnprivileged =
  (width: Width): Make =>
  (cpu, { t, n, i }, place) =>
    badRegister(t) ? undefined : load(cpu, width, t, { n, m: ZERO, shift: 0, k: i }, place);

const storeUnprivileged =
  (width: Width): Make =>
  (cpu, { t, n, i }, place) =>
    badRegister(t) || n === PC ? undefined : store(cpu, width, t, { n, m: ZERO, shift: 0, k: i }, place);

/** These are the two bits of size, the sign bit, and the width they mean. */
const SIZES: readonly (readonly [string, string, Width, string])[] = [
  ["10", "0", "word", ""],
  ["01", "0", "half", "H"],
  ["00", "0", "byte", "B"],
  ["01", "1", "signed half", "SH"],
  ["00", "1", "signed byte", "SB"],
];

/** Loads of bytes and halfwords to PC are preload hints, or reserved ones that do nothing. */
const PRELOADS: readonly Encoding[] = [
  encoding("1111100 o s 0 b 1 1111 1111 iiiiiiiiiiii", "PLD, PLI literal", doNothing, "main"),
  encoding("1111100 o 1 0 b 1 nnnn 1111 iiiiiiiiiiii", "PLD, PLI", doNothing, "main"),
  encoding("1111100 o 0 0 b 1 nnnn 1111 1100 iiiiiiii", "PLD, PLI", doNothing, "main"),
  encoding("1111100 o 0 0 b 1 nnnn 1111 000000 ii mmmm", "PLD, PLI", (_cpu, { m }) => badRegister(m) ? undefined : () => undefined, "main"),
]; // prettier-ignore

const LOADS: readonly Encoding[] = SIZES.flatMap(([size, sign, width, suffix]) => [
  encoding(`1111100 ${sign} s ${size} 1 1111 tttt iiiiiiiiiiii`, `LDR${suffix} literal`, loadLiteral(width), "main"),
  encoding(`1111100 ${sign} 1 ${size} 1 nnnn tttt iiiiiiiiiiii`, `LDR${suffix}`, loadOffset(width), "main"),
  encoding(`1111100 ${sign} 0 ${size} 1 nnnn tttt 1110 iiiiiiii`, `LDR${suffix}T`, loadUnprivileged(width), "main"),
  encoding(`1111100 ${sign} 0 ${size} 1 nnnn tttt 1 p q 1 iiiiiiii`, `LDR${suffix} indexed`, (cpu, f, place) => loadIndexed(width)(cpu, { ...f, w: 1 }, place), "main"),
  encoding(`1111100 ${sign} 0 ${size} 1 nnnn tttt 1100 iiiiiiii`, `LDR${suffix} below`, (cpu, f, place) => loadIndexed(width)(cpu, { ...f, p: 1 }, place), "main"),
  encoding(`1111100 ${sign} 0 ${size} 1 nnnn tttt 000000 ii mmmm`, `LDR${suffix} register`, loadRegister(width), "main"),
]); // prettier-ignore

/** Stores to addresses relative to PC do not exist. */
const NO_STORE = encoding("11111000 i jj 0 1111 tttt iiiiiiiiiiii", "store to PC", undefinedHere, "main");

const STORES: readonly Encoding[] = SIZES.slice(0, 3).flatMap(([size, , width, suffix]) => [
  encoding(`111110001 ${size} 0 nnnn tttt iiiiiiiiiiii`, `STR${suffix}`, storeOffset(width), "main"),
  encoding(`111110000 ${size} 0 nnnn tttt 1110 iiiiiiii`, `STR${suffix}T`, storeUnprivileged(width), "main"),
  encoding(`111110000 ${size} 0 nnnn tttt 1 p q 1 iiiiiiii`, `STR${suffix} indexed`, (cpu, f, place) => storeIndexed(width)(cpu, { ...f, w: 1 }, place), "main"),
  encoding(`111110000 ${size} 0 nnnn tttt 1100 iiiiiiii`, `STR${suffix} below`, (cpu, f, place) => storeIndexed(width)(cpu, { ...f, p: 1 }, place), "main"),
  encoding(`111110000 ${size} 0 nnnn tttt 000000 ii mmmm`, `STR${suffix} register`, storeRegister(width), "main"),
]); // prettier-ignore

/**
 * LDRD and STRD are always word aligned. The letters p, q (up) and w are as above; p and w both 0 belong to
 * the exclusives.
 */
function doubleword(
  cpu: Cpu,
  { t, h, n, i, p, q: up, w }: Fields,
  place: Place,
  loads: boolean,
): Op | undefined {
  if ((p | w) === 0 || badRegister(t) || badRegister(h)) return undefined;
  if (w === 1 && (n === t || n === h || n === PC)) return undefined;
  if (loads ? t === h : n === PC) return undefined;
  const { memory, state } = cpu;
  const { r } = state;
  const k = (up === 1 ? i : -i) * 4;
  const ahead = p === 1 ? k : 0;
  const literal = n === PC ? place.pc & ~3 : 0;
  const from = n === PC ? ZERO : n;
  place.cycles = 3;
  return () => {
    const base = r[from] + literal;
    const address = (base + ahead) | 0;
    memory.align(address, 4);
    if (w === 1 && n === SP) cpu.checkSp((base + k) | 0);
    if (loads) {
      const first = memory.load32(address);
      r[h] = memory.load32((address + 4) | 0);
      r[t] = first;
    } else {
      memory.store32(address, r[t]);
      memory.store32((address + 4) | 0, r[h]);
    }
    if (w === 1) r[from] = base + k;
  };
}

export const MEMORY_32: readonly Encoding[] = [
  ...PRELOADS,
  ...LOADS,
  NO_STORE,
  ...STORES,
  encoding("1110100 p q 1 w 0 nnnn tttt hhhh iiiiiiii", "STRD", (cpu, f, place) => doubleword(cpu, f, place, false), "main"),
  encoding("1110100 p q 1 w 1 nnnn tttt hhhh iiiiiiii", "LDRD", (cpu, f, place) => doubleword(cpu, f, place, true), "main"),
]; // prettier-ignore
