/** Finds the first of some rows that a write matches. Knows no consent. */
import { isMeant, mayBeView, viewsOf, type Guarded, type WrittenWord } from "../../device/guarded/index.ts";
import { wordsAt, type Data, type Told } from "./data.ts";

const WORD = 4;
/**
 * TAR counts on at most this far before it wraps (ADIv5.2 C2.2.2; an access port may count further than 1
 * KiB).
 */
const REACH = 0x1000;

export function inMemory(
  rows: readonly Guarded[],
  { address, bytes, step }: Data,
  words: ArrayLike<number>,
): Guarded | undefined {
  const end = address + Math.max(bytes, step * words.length);
  const shown = mayBeView(address, end);
  const near = shown ? rows : rows.filter((row) => startOf(row) < end && endOf(row) > address);
  return near.find((row) => {
    const isOf = (word: WrittenWord): boolean =>
      means(row, word) || (shown && viewsOf(row.family, word).some((view) => means(row, view)));
    for (let at = 0; at < words.length; at++)
      if (wordsAt(address + step * at, words[at] ?? 0, bytes).some(isOf)) return true;
    return false;
  });
}

/** TAR has moved on from where it was put, by an unknown amount. */
export function around(rows: readonly Guarded[], told: Told, value: number): Guarded | undefined {
  const { near } = told;
  if (told.anywhere === true) return rows.find((row) => "address" in row.at && isMeant(row, value));
  if (near === undefined) return undefined;
  return rows.find((row) => startOf(row) < near + REACH && endOf(row) > near - REACH && isMeant(row, value));
}

export function inAccessPort(rows: readonly Guarded[], offset: number, value: number): Guarded | undefined {
  return rows.find((row) => "apRegister" in row.at && row.at.apRegister === offset && isMeant(row, value));
}

/** Converts to what `check` takes: a word of memory, with the bits of it that are written. */
export function isWrite(row: Guarded, word: WrittenWord): boolean {
  return means(row, word) || viewsOf(row.family, word).some((view) => means(row, view));
}

function means(row: Guarded, { address, value, written }: WrittenWord): boolean {
  return address + WORD > startOf(row) && address < endOf(row) && isMeant(row, value, written);
}

/** Nothing is near a row that is not in memory. */
function startOf({ at }: Guarded): number {
  return "address" in at ? at.address : Infinity;
}

function endOf({ at }: Guarded): number {
  return "address" in at ? at.address + (at.size ?? WORD) : -Infinity;
}
