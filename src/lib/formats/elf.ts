/**
 * Reads ELF files: segments, sections and symbols as they stand, with every offset checked (System V ABI,
 * gABI 4.1). Knows no machine.
 */
import { plural } from "../plural.ts";
import { Failure } from "../fault.ts";

export interface ElfSegment {
  readonly virtualAddress: number;
  /** The address to load it at. For a segment that is copied at start-up this is the place in flash. */
  readonly physicalAddress: number;
  /** The bytes in the file; the rest up to `memorySize` is zero. */
  readonly bytes: Uint8Array;
  readonly memorySize: number;
  readonly flags: number;
  /** The offset of its first byte in the file. */
  readonly offset: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly size: number;
  /** They are empty if the file has no content for the section (NOBITS). */
  readonly bytes: Uint8Array;
  readonly offset: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** STT_*: 1 object, 2 function. */
  readonly type: number;
  /** STB_*: 0 local, 1 global, 2 weak. */
  readonly binding: number;
  readonly section: number;
}

export interface ElfFile {
  readonly machine: number;
  readonly type: number;
  readonly entry: number;
  /** The bytes at its start that belong to ELF itself: the header, and the table of segments if it follows. */
  readonly headerSize: number;
  /** These are PT_LOAD segments only, in the file's order. */
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export interface ElfFault {
  readonly kind: "bad-elf";
  readonly reason: string;
  /** The offset in the file. */
  readonly offset: number;
}

const MAGIC = 0x7f45_4c46;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const HEADER_BYTES = 52;
const SEGMENT_BYTES = 32;
const SECTION_BYTES = 40;
const SYMBOL_BYTES = 16;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
export const SHT_NOBITS = 8;
/** A file with more entries than any real one would only cost memory. */
const MOST_ENTRIES = 65_535;
/** Names of C++ come to a few hundred bytes; the rest of a longer one is left out. */
export const LONGEST_NAME = 1 << 12;
/** The names of all symbols of a large program come to some millions of letters. */
const MOST_LETTERS = 1 << 26;

/** Looks at the first bytes alone; the rest may still be damaged. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && view(bytes).getUint32(0) === MAGIC;
}

/** Reads a 32-bit little-endian file. Throws `bad-elf`. */
export function readElf(bytes: Uint8Array): ElfFile {
  return new Reader(bytes).file();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = view(bytes);
  }

  file(): ElfFile {
    if (!isElf(this.#bytes)) throw bad("it does not begin as an ELF file does", 0);
    if (this.#bytes.length < HEADER_BYTES) throw bad("its header is cut off", this.#bytes.length);
    if (this.#bytes[4] !== CLASS_32) throw bad("it is not a 32-bit file", 4);
    if (this.#bytes[5] !== LITTLE_ENDIAN) throw bad("it is not little-endian", 5);
    const sections = this.#sections();
    return {
      type: this.#half(16),
      machine: this.#half(18),
      entry: this.#word(24),
      headerSize: this.#headerSize(),
      segments: this.#segments(),
      sections,
      symbols: this.#symbols(sections),
    };
  }

  #headerSize(): number {
    const own = Math.max(HEADER_BYTES, this.#half(40));
    const table = this.#word(28);
    return table > 0 && table <= own ? Math.max(own, table + this.#half(44) * this.#half(42)) : own;
  }

  #segments(): readonly ElfSegment[] {
    const size = this.#half(42);
    return this.#table("segment", {
      start: this.#word(28),
      count: this.#half(44),
      size,
      least: SEGMENT_BYTES,
    }).flatMap((at) => {
      if (this.#word(at) !== PT_LOAD) return [];
      const bytes = this.#slice("segment", this.#word(at + 4), this.#word(at + 16), at);
      const memorySize = this.#word(at + 20);
      if (memorySize < bytes.length) throw bad("a segment has more bytes in the file than in memory", at);
      return [
        {
          virtualAddress: this.#word(at + 8),
          physicalAddress: this.#word(at + 12),
          bytes,
          memorySize,
          flags: this.#word(at + 24),
          offset: this.#word(at + 4),
        },
      ];
    });
  }

  #sections(): readonly ElfSection[] {
    const size = this.#half(46);
    const entries = this.#table("section", {
      start: this.#word(32),
      count: this.#half(48),
      size,
      least: SECTION_BYTES,
    });
    const namesAt = entries[this.#half(50)];
    const names = namesAt === undefined ? undefined : this.#content(namesAt);
    return entries.map((at) => ({
      name: names === undefined ? "" : this.#text(names, this.#word(at), at),
      type: this.#word(at + 4),
      flags: this.#word(at + 8),
      address: this.#word(at + 12),
      offset: this.#word(at + 16),
      size: this.#word(at + 20),
      bytes: this.#content(at),
    }));
  }

  #content(at: number): Uint8Array {
    if (this.#word(at + 4) === SHT_NOBITS) return new Uint8Array(0);
    return this.#slice("section", this.#word(at + 16), this.#word(at + 20), at);
  }

  #symbols(sections: readonly ElfSection[]): readonly ElfSymbol[] {
    const index = sections.findIndex(({ type }) => type === SHT_SYMTAB);
    const table = sections[index];
    if (table === undefined) return [];
    // sh_link of a symbol table is the section of its names.
    const link = this.#word(this.#word(32) + index * this.#half(46) + 24);
    const names = sections[link]?.bytes ?? new Uint8Array(0);
    const symbols = view(table.bytes);
    let letters = 0;
    return Array.from({ length: Math.floor(table.bytes.length / SYMBOL_BYTES) }, (_, number) => {
      const at = number * SYMBOL_BYTES;
      const info = symbols.getUint8(at + 12);
      const name = this.#text(names, symbols.getUint32(at, true), table.offset + at);
      letters += name.length;
      if (letters > MOST_LETTERS)
        throw bad(`the names of its symbols have more than ${MOST_LETTERS} letters`, table.offset + at);
      return {
        name,
        value: symbols.getUint32(at + 4, true),
        size: symbols.getUint32(at + 8, true),
        type: info & 0xf,
        binding: info >> 4,
        section: symbols.getUint16(at + 14, true),
      };
    });
  }

  /** Returns the offsets of the entries of a table. */
  #table(
    what: string,
    place: { readonly start: number; readonly count: number; readonly size: number; readonly least: number },
  ): readonly number[] {
    const { start, count, size, least } = place;
    if (count === 0 || start === 0) return [];
    if (size < least) throw bad(`its ${what} entries are ${size} bytes long, not ${least}`, start);
    if (count > MOST_ENTRIES || start + count * size > this.#bytes.length)
      throw bad(`its ${what} table of ${count} entries does not fit the file`, start);
    return Array.from({ length: count }, (_, index) => start + index * size);
  }

  #slice(what: string, start: number, length: number, at: number): Uint8Array {
    if (start + length > this.#bytes.length)
      throw bad(
        `a ${what} of ${plural(length, "byte")} at offset ${start} ends beyond the file's ${this.#bytes.length} bytes`,
        at,
      );
    return this.#bytes.subarray(start, start + length);
  }

  #text(names: Uint8Array, start: number, at: number): string {
    if (start >= names.length && start > 0) throw bad("a name stands outside of the table of names", at);
    // Many symbols may begin in one name that is as long as the table.
    const own = names.subarray(start, start + LONGEST_NAME);
    const end = own.indexOf(0);
    return new TextDecoder().decode(end < 0 ? own : own.subarray(0, end));
  }

  #half(at: number): number {
    return this.#view.getUint16(at, true);
  }

  #word(at: number): number {
    return this.#view.getUint32(at, true);
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(reason: string, offset: number): Failure<ElfFault> {
  return new Failure({ kind: "bad-elf", reason, offset }, `offset ${offset}: ${reason}`);
}
