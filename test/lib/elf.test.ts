/** Names in ELF files that come to far more than the file: many entries may point into one long string. */
import { expect, test } from "vitest";
import { readLines } from "../../src/lib/formats/dwarf-lines.ts";
import { readElf } from "../../src/lib/formats/elf.ts";
import { elfOf, type Section } from "../flash/made-flm.ts";

const LONG = new TextEncoder().encode(`${"a".repeat(4096)}\0`);
/** With as many letters each they come to more than 2^26. */
const MANY = (1 << 14) + 1;

const section = (name: string, type: number, bytes: Uint8Array, link = 0): Section => ({
  name,
  type,
  flags: 0,
  address: 0,
  bytes,
  size: bytes.length,
  link,
});

function withSymbols(count: number): Uint8Array {
  return elfOf(40, [section(".symtab", 2, new Uint8Array(16 * count), 2), section(".strtab", 3, LONG)]);
}

test("symbols that all have one long name are read up to a stated limit", () => {
  expect(readElf(withSymbols(100)).symbols.at(-1)?.name).toHaveLength(4096);
  expect(() => readElf(withSymbols(MANY))).toThrow(
    "the names of its symbols have more than 67108864 letters",
  );
});

const little = (value: number): readonly number[] => [0, 8, 16, 24].map((bits) => (value >>> bits) & 0xff);

/** A unit of DWARF 5 with so many files, all named by one string, and one row at 0 for the last of them. */
function withFiles(count: number): Uint8Array {
  const leb = [(count & 0x7f) | 0x80, ((count >> 7) & 0x7f) | 0x80, count >> 14];
  const header = Uint8Array.of(
    ...[1, 1, 1, 0xfb, 14, 1], // instructions of 1 byte; line base -5, range 14; no standard opcodes
    ...[0, 0], // no directories
    ...[1, 1, 0x1f], // of each file its path, in .debug_line_str
    ...leb,
    ...Array.from({ length: count }, () => little(0)).flat(),
  );
  const program = [0, 5, 2, ...little(0), 1 + 5 + 14 * 0, 1 + 5 + 14 * 2, 0, 1, 1];
  const rest = [5, 0, 4, 0, ...little(header.length), ...header, ...program];
  const lines = Uint8Array.from([...little(rest.length), ...rest]);
  return elfOf(40, [section(".debug_line", 1, lines), section(".debug_line_str", 1, LONG)]);
}

test("files that all have one long name are read up to a stated limit", () => {
  expect(readLines(readElf(withFiles(100)))).toMatchObject([{ start: 0, end: 2, line: 1 }]);
  expect(readLines(readElf(withFiles(MANY)))).toEqual([]);
});
