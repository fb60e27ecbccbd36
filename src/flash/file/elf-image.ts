/** The parts of an ELF file that belong into memory: its segments, without the headers of the file itself. */
import { readElf, SHT_NOBITS, type ElfFile, type ElfSegment } from "../../lib/formats/elf.ts";
import { hex32 } from "../../lib/hex.ts";
import { FormatError, type Chunk, type Content } from "./chunk.ts";
import { DESCRIPTION } from "../algorithm/flm.ts";
import { least } from "../../lib/lists.ts";

/** e_machine of 32-bit Arm (AAELF32). */
const EM_ARM = 40;
/** SHF_ALLOC: the section is in memory while the program runs. */
const SHF_ALLOC = 2;

/**
 * Returns each segment at its load address, not at its run address: that is what belongs into flash. Throws
 * `bad-elf`, FormatError.
 */
export function readElfImage(bytes: Uint8Array): Content {
  const elf = readElf(bytes);
  const { machine, segments, sections } = elf;
  if (machine !== EM_ARM)
    throw new FormatError(`it is a program for another machine than Arm (e_machine ${machine})`);
  if (sections.some((section) => section.name.startsWith(DESCRIPTION)))
    throw new FormatError("it is a flash algorithm, not a program", undefined, "algorithm");
  const notes: string[] = [];
  const chunks = segments.map((segment, number): Chunk => {
    const where = ` (segment ${number})`;
    const skipped = hasFileHeader(segment) ? headerBytes(segment, elf) : 0;
    if (skipped > 0) notes.push(noteOf(segment, skipped, where));
    return {
      address: segment.physicalAddress + skipped,
      bytes: segment.bytes.subarray(skipped),
      where,
    };
  });
  return { chunks, notes };
}

/**
 * True if a segment holds the file's own headers: a linker whose first section begins in the file's first page
 * makes that page one segment (`-z max-page-size` of GNU ld). The sections say where the program begins; without
 * them it is after those headers.
 */
function hasFileHeader({ offset, bytes }: ElfSegment): boolean {
  return offset === 0 && bytes.length > 0;
}

/** The bytes of the segment before its first section; all of them if it holds no section. */
function headerBytes({ bytes }: ElfSegment, { sections, headerSize }: ElfFile): number {
  const loaded = sections.filter(
    ({ flags, type, size }) => (flags & SHF_ALLOC) !== 0 && type !== SHT_NOBITS && size > 0,
  );
  if (loaded.length === 0) return Math.min(bytes.length, headerSize);
  return Math.min(bytes.length, least(loaded.map(({ offset }) => offset)));
}

function noteOf({ physicalAddress, bytes }: ElfSegment, skipped: number, where: string): string {
  const what =
    skipped === bytes.length
      ? `${skipped} bytes at ${hex32(physicalAddress)}${where} are left out: they are the ELF file's own headers, and no section is in them`
      : `the first ${skipped} bytes at ${hex32(physicalAddress)}${where} are left out: they are the ELF file's own headers, before the program`;
  return what;
}
