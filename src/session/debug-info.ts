/**
 * Holds what LoadDebugInfo loaded: the functions, variables and source lines of executables, for sentences
 * about addresses.
 */
import { readLines, type LineRange } from "../lib/formats/dwarf-lines.ts";
import { readElf } from "../lib/formats/elf.ts";
import { hex32 } from "../lib/hex.ts";
import { SessionFailure } from "../project/faults.ts";

interface Named {
  readonly start: number;
  /** The end is exclusive. For a symbol without a size it is the next one's start. */
  readonly end: number;
  readonly name: string;
}

const STT_OBJECT = 1;
const STT_FUNC = 2;

export class DebugInfo {
  #symbols: readonly Named[] = [];
  #lines: readonly LineRange[] = [];

  get isEmpty(): boolean {
    return this.#symbols.length === 0 && this.#lines.length === 0;
  }

  /**
   * Adds an executable and says what was found. Throws `bad-elf`, and `no-debug-info` for one that names
   * nothing.
   */
  load(file: string, bytes: Uint8Array): string {
    const elf = readElf(bytes);
    const found = elf.symbols
      .filter(
        ({ name, type, section }) =>
          name !== "" && section !== 0 && (type === STT_FUNC || type === STT_OBJECT),
      )
      // Bit 0 of a function's address means Thumb.
      .map(({ name, value, size, type }) => ({
        name,
        start: type === STT_FUNC ? (value & ~1) >>> 0 : value,
        size,
      }))
      .sort((a, b) => a.start - b.start);
    const lines = readLines(elf);
    if (found.length === 0 && lines.length === 0)
      throw new SessionFailure(
        { kind: "no-debug-info", file },
        `${file} has neither symbols nor source lines`,
      );
    const symbols = found.map(({ name, start, size }, at): Named => ({
      name,
      start,
      end: size > 0 ? start + size : (found[at + 1]?.start ?? start + 1),
    }));
    this.#symbols = [...this.#symbols, ...symbols].sort((a, b) => a.start - b.start);
    this.#lines = [...this.#lines, ...lines].sort((a, b) => a.start - b.start);
    return `${symbols.length} symbols, ${lines.length} ranges of source lines`;
  }

  /** Returns `main+0x12 (main.c:34)`, as far as it is known, or undefined if nothing is. */
  describe(address: number): string | undefined {
    const symbol = lastCovering(this.#symbols, address);
    const line = lastCovering(this.#lines, address);
    const place = line === undefined ? undefined : `${line.file.split(/[\\/]/).at(-1) ?? ""}:${line.line}`;
    if (symbol === undefined) return place === undefined ? undefined : `${hex32(address)} (${place})`;
    const offset = address - symbol.start;
    const name = offset === 0 ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
    return place === undefined ? name : `${name} (${place})`;
  }
}

/** Returns the covering range that starts last; ranges are sorted by their start. */
function lastCovering<T extends { readonly start: number; readonly end: number }>(
  sorted: readonly T[],
  address: number,
): T | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? Infinity) <= address) low = middle + 1;
    else high = middle;
  }
  // Aliases and nested ranges start near each other; a range much further back does not cover the address.
  for (let at = low - 1; at >= Math.max(0, low - 16); at--) {
    const found = sorted[at];
    if (found !== undefined && address < found.end) return found;
  }
  return undefined;
}
