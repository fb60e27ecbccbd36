/**
 * Flash algorithms as packs ship them (FLM): an ELF file with code that runs from any address, and a description of the flash
 * (Open-CMSIS-Pack, "Flash Programming": FlashOS.h). Reads and judges the file; runs nothing.
 */
import { plural } from "../../lib/plural.ts";
import {
  isElf,
  readElf,
  SHT_NOBITS,
  type ElfFile,
  type ElfSection,
  type ElfSymbol,
} from "../../lib/formats/elf.ts";
import { Failure } from "../../lib/fault.ts";
import { hex } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";
import { greatest, least } from "../../lib/lists.ts";
import type { FlashRegion } from "../region.ts";

export type AlgorithmFunction =
  "Init" | "UnInit" | "EraseSector" | "EraseChip" | "ProgramPage" | "Verify" | "BlankCheck";

/** Sectors of one size, from `start` to the next entry or the end of the flash. */
export interface SectorGroup {
  /** The address relative to the flash; some files have absolute ones, which are made relative when read. */
  readonly start: number;
  readonly size: number;
}

export interface FlashDevice {
  readonly name: string;
  /** The type by FlashOS.h: 1 is on-chip; 2 to 5 are external, of 8 to 32 bits or SPI. */
  readonly type: number;
  readonly address: number;
  readonly size: number;
  /** The most bytes of one ProgramPage. */
  readonly pageSize: number;
  /** The value of erased bytes. */
  readonly erased: number;
  readonly programTimeoutMs: number;
  readonly eraseTimeoutMs: number;
  readonly sectors: readonly SectorGroup[];
  /** False if the file gives no sizes: then only the whole flash can be erased. */
  readonly erasesSectors: boolean;
}

/** A function or object of the algorithm, by its offset in the image. */
export interface AlgorithmSymbol {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

export interface FlashAlgorithm {
  readonly file: string;
  readonly device: FlashDevice;
  /** Code and data as they stand in RAM, zero-initialized data included. */
  readonly image: Uint8Array;
  /** The offset of the read-write data in the image, to which r9 points. */
  readonly staticBase: number;
  /** Their offsets in the image. */
  readonly functions: ReadonlyMap<AlgorithmFunction, number>;
  /** Sorted by offset. */
  readonly symbols: readonly AlgorithmSymbol[];
}

const EM_ARM = 40;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STB_LOCAL = 0;
const STB_GLOBAL = 1;
const SHF_ALLOC = 2;
/** The section that distinguishes a flash algorithm from a program. */
export const DESCRIPTION = "DevDscr";
const DATA = "PrgData";
/** The limit of an image; a larger one does not fit into any microcontroller's RAM. */
const MOST_IMAGE_BYTES = 0x10_0000;

const MANDATORY = ["Init", "UnInit", "EraseSector", "ProgramPage"] as const;
const OPTIONAL = ["EraseChip", "Verify", "BlankCheck"] as const;

/** Offsets in struct FlashDevice. */
const VERSION = 0;
const NAME = 2;
const NAME_BYTES = 128;
const TYPE = 130;
const ADDRESS = 132;
const SIZE = 136;
const PAGE = 140;
const ERASED = 148;
const PROGRAM_TIMEOUT = 152;
const ERASE_TIMEOUT = 156;
const SECTORS = 160;
const MOST_SECTORS = 512;
/** The driver interface that this reader knows, as FLASH_DRV_VERS has it. */
const KNOWN_VERSION = 0x0101;

/** Reads an algorithm. Throws `bad-algorithm` with what is missing or damaged. */
export function readFlm(file: string, bytes: Uint8Array): FlashAlgorithm {
  const refuse = (reason: string): FlashFailure =>
    new FlashFailure(
      { kind: "bad-algorithm", file, reason },
      `${file} is not a usable flash algorithm: ${reason}`,
    );
  const elf = parse(bytes, refuse);
  if (elf.machine !== EM_ARM) throw refuse(`it is for another machine than Arm (e_machine ${elf.machine})`);
  const { origin, image, staticBase } = imageOf(elf, refuse);
  const functions = functionsOf(elf, { origin, size: image.length });
  const missing = MANDATORY.filter((name) => !functions.has(name));
  if (missing.length > 0) throw refuse(`it has no function ${missing.join(", ")}`);
  return {
    file,
    device: deviceOf(elf, refuse),
    image,
    staticBase,
    functions,
    symbols: symbolsOf(elf, { origin, size: image.length }),
  };
}

type Refuse = (reason: string) => FlashFailure;

function parse(bytes: Uint8Array, refuse: Refuse): ElfFile {
  if (!isElf(bytes)) throw refuse("it is not an ELF file");
  try {
    return readElf(bytes);
  } catch (error) {
    if (error instanceof Failure) throw refuse(error.message);
    throw error;
  }
}

interface Loaded {
  readonly origin: number;
  readonly image: Uint8Array;
  /** The offset of the data in the image. */
  readonly staticBase: number;
}

/** Collects all that is put into memory, without the description, which only the programmer reads. */
function imageOf(elf: ElfFile, refuse: Refuse): Loaded {
  const parts = elf.sections.filter(
    ({ name, flags, size }) => (flags & SHF_ALLOC) !== 0 && size > 0 && !name.startsWith(DESCRIPTION),
  );
  const data = parts.filter(({ name }) => name === DATA);
  const code = parts.filter(({ name }) => name !== DATA);
  if (code.length === 0) throw refuse("it has no code");
  // Bit operations would not do: the end of a 32-bit address space needs one bit more.
  const origin = Math.floor(least(code.map(({ address }) => address)) / 8) * 8;
  const codeEnd = endOf(code);
  const dataStart = data.length === 0 ? codeEnd : least(data.map(({ address }) => address));
  // Data that was linked elsewhere may stand anywhere: code finds it by r9 alone.
  const near = dataStart >= codeEnd && dataStart - codeEnd < 0x1_0000;
  const staticBase = (near ? dataStart : Math.ceil(codeEnd / 8) * 8) - origin;
  const end = Math.max(codeEnd - origin, staticBase + (data.length === 0 ? 0 : endOf(data) - dataStart));
  if (end > MOST_IMAGE_BYTES) throw refuse(`its code and data span ${plural(end, "byte")}`);
  const image = new Uint8Array((end + 7) & ~7);
  for (const part of code) if (part.type !== SHT_NOBITS) image.set(part.bytes, part.address - origin);
  for (const part of data)
    if (part.type !== SHT_NOBITS) image.set(part.bytes, staticBase + part.address - dataStart);
  return { origin, image, staticBase };
}

function endOf(sections: readonly ElfSection[]): number {
  return greatest(sections.map(({ address, size }) => address + size));
}

interface Place {
  readonly origin: number;
  readonly size: number;
}

function functionsOf(elf: ElfFile, { origin, size }: Place): ReadonlyMap<AlgorithmFunction, number> {
  const found = new Map<AlgorithmFunction, number>();
  for (const name of [...MANDATORY, ...OPTIONAL]) {
    const symbol = symbolOf(elf, name, STT_FUNC);
    const offset = symbol === undefined ? -1 : ((symbol.value & ~1) >>> 0) - origin;
    if (offset >= 0 && offset < size) found.set(name, offset);
  }
  return found;
}

/**
 * Finds the symbol that a linker would take: a global one, else a weak one. Local symbols are the author's own
 * functions; they count as entries only in a file without any other entries.
 */
function symbolOf({ symbols }: ElfFile, name: string, type?: number): ElfSymbol | undefined {
  const defined = symbols.filter(
    (one) => one.section !== 0 && one.name !== "" && (type === undefined || one.type === type),
  );
  const shared = defined.filter(({ binding }) => binding !== STB_LOCAL);
  const named = (shared.length > 0 ? shared : defined).filter((one) => one.name === name);
  return named.find(({ binding }) => binding === STB_GLOBAL) ?? named[0];
}

function symbolsOf(elf: ElfFile, { origin, size }: Place): readonly AlgorithmSymbol[] {
  return elf.symbols
    .filter(({ type, section }) => (type === STT_FUNC || type === STT_OBJECT) && section !== 0)
    .map((symbol) => ({ name: symbol.name, offset: ((symbol.value & ~1) >>> 0) - origin, size: symbol.size }))
    .filter(({ name, offset }) => name !== "" && offset >= 0 && offset < size)
    .sort((one, other) => one.offset - other.offset);
}

function deviceOf(elf: ElfFile, refuse: Refuse): FlashDevice {
  const bytes = descriptionOf(elf);
  if (bytes === undefined) throw refuse("it has no FlashDevice description");
  if (bytes.length < SECTORS + 8)
    throw refuse(`its FlashDevice description has only ${plural(bytes.length, "byte")}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(VERSION, true);
  if (version !== KNOWN_VERSION)
    throw refuse(`its driver version is ${hex(version)}, not ${hex(KNOWN_VERSION)}`);
  const name = bytes.subarray(NAME, NAME + NAME_BYTES);
  const end = name.indexOf(0);
  const address = view.getUint32(ADDRESS, true);
  const size = view.getUint32(SIZE, true);
  const pageSize = view.getUint32(PAGE, true);
  if (size === 0 || address + size > 0x1_0000_0000)
    throw refuse(`its flash is ${plural(size, "byte")} at ${hex(address)}`);
  if (pageSize === 0 || pageSize > size) throw refuse(`its page size is ${plural(pageSize, "byte")}`);
  return {
    name: new TextDecoder("latin1").decode(name.subarray(0, end < 0 ? NAME_BYTES : end)).trim(),
    type: view.getUint16(TYPE, true),
    address,
    size,
    pageSize,
    erased: view.getUint8(ERASED),
    programTimeoutMs: view.getUint32(PROGRAM_TIMEOUT, true),
    eraseTimeoutMs: view.getUint32(ERASE_TIMEOUT, true),
    ...sectorsOf(view, { address, size }, refuse),
  };
}

/** Finds the description by its symbol, else by its section, whose name some linkers lengthen. */
function descriptionOf(elf: ElfFile): Uint8Array | undefined {
  const symbol = symbolOf(elf, "FlashDevice");
  const own: ElfSection | undefined = symbol === undefined ? undefined : elf.sections[symbol.section];
  if (own !== undefined && symbol !== undefined && own.bytes.length > 0) return at(own, symbol);
  const section = elf.sections.find(({ name, bytes }) => name.startsWith(DESCRIPTION) && bytes.length > 0);
  return section?.bytes;
}

function at(section: ElfSection, symbol: ElfSymbol): Uint8Array | undefined {
  const offset = symbol.value - section.address;
  return offset < 0 || offset >= section.bytes.length ? undefined : section.bytes.subarray(offset);
}

function sectorsOf(
  view: DataView,
  flash: { readonly address: number; readonly size: number },
  refuse: Refuse,
): Pick<FlashDevice, "sectors" | "erasesSectors"> {
  if (view.getUint32(SECTORS, true) === 0)
    return { sectors: [{ start: 0, size: flash.size }], erasesSectors: false };
  const groups: SectorGroup[] = [];
  for (let index = 0; index < MOST_SECTORS; index++) {
    const offset = SECTORS + 8 * index;
    if (offset + 8 > view.byteLength) throw refuse("its list of sectors has no end");
    const size = view.getUint32(offset, true);
    const start = view.getUint32(offset + 4, true);
    if (size === 0xffff_ffff && start === 0xffff_ffff) break;
    const absolute = start >= flash.address && start >= flash.size;
    const group = { size, start: absolute ? start - flash.address : start };
    const before = groups.at(-1);
    if (size === 0 || group.start >= flash.size || (before !== undefined && group.start <= before.start))
      throw refuse(`sector entry ${index} (${plural(size, "byte")} at ${hex(start)}) does not fit the flash`);
    groups.push(group);
  }
  if (groups[0]?.start !== 0)
    throw refuse(groups.length === 0 ? "it has no sectors" : "its first sector is not at its start");
  return { sectors: groups, erasesSectors: true };
}

/** The least timeout; some files have timeouts of 0, which mean nothing. */
const LEAST_LIMIT_US = 100_000;

/** Flash behind an external bus of 8, 16 or 32 bits, or SPI (FlashOS.h). 1 is on the chip, 0 is unknown. */
const EXTERNAL: readonly number[] = [2, 3, 4, 5];

/**
 * Returns the part of an algorithm's flash that a device has. `readable`: whether the description has readable
 * memory there.
 */
export function regionOf(
  algorithm: FlashAlgorithm,
  part?: { readonly start: number; readonly size: number },
  readable = true,
): FlashRegion {
  const { device } = algorithm;
  const { start, size } = part ?? { start: device.address, size: device.size };
  // A pack may put the same flash elsewhere than the algorithm's author did.
  const inside = start >= device.address && start < device.address + device.size;
  const origin = inside ? device.address : start;
  return {
    name: device.name,
    start,
    size,
    pageSize: device.pageSize,
    erased: device.erased,
    erasesSectors: device.erasesSectors,
    readable: readable && !EXTERNAL.includes(device.type),
    programLimitUs: Math.max(LEAST_LIMIT_US, device.programTimeoutMs * 1000),
    eraseLimitUs: Math.max(LEAST_LIMIT_US, device.eraseTimeoutMs * 1000),
    groups: device.sectors.map((group) => ({ start: origin + group.start, size: group.size })),
  };
}
