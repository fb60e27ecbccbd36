/** Flash algorithm files for tests, also wrong ones: an ELF file with sections, symbols and a FlashDevice as asked for. */

export interface MadeFlm {
  readonly code?: Uint8Array;
  /** Of the code; 0 as nearly everywhere. */
  readonly loadAddress?: number;
  /** Initialized data; it follows the code. */
  readonly data?: Uint8Array;
  /** Bytes of a second PrgData without content. */
  readonly zeroed?: number;
  /** Offset of each function in the code. */
  readonly functions?: Readonly<Record<string, number>>;
  /** Functions of the same names that stand before them and are seen in their own file only. */
  readonly locals?: Readonly<Record<string, number>>;
  /** The global functions are weak. */
  readonly weak?: boolean;
  readonly version?: number;
  readonly name?: string;
  /** 1 on-chip, 5 behind SPI (FlashOS.h). */
  readonly type?: number;
  readonly address?: number;
  readonly size?: number;
  readonly pageSize?: number;
  readonly erased?: number;
  readonly eraseTimeoutMs?: number;
  /** Size and address of each entry, the end mark excluded. */
  readonly sectors?: readonly (readonly [number, number])[];
  readonly endless?: boolean;
  readonly machine?: number;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly link?: number;
}

const PROGBITS = 1;
const SYMTAB = 2;
const STRTAB = 3;
const NOBITS = 8;
const ALLOC = 2;
/** Global functions and objects. */
const FUNCTION = 0x12;
const LOCAL_FUNCTION = 0x02;
const WEAK_FUNCTION = 0x22;
const OBJECT = 0x11;
export const ALL_FUNCTIONS = { Init: 0, UnInit: 4, EraseSector: 8, ProgramPage: 12 } as const;

export function madeFlm(made: MadeFlm = {}): Uint8Array {
  const { code = new Uint8Array(16), loadAddress = 0, data = new Uint8Array(), zeroed = 0 } = made;
  const dataAt = loadAddress + code.length;
  const description = describe(made);
  const descriptionAt = dataAt + data.length + zeroed;
  const names = Object.entries(made.functions ?? ALL_FUNCTIONS);
  const locals = Object.entries(made.locals ?? {});
  const { bytes: strings, at } = stringTable(["FlashDevice", ...[...names, ...locals].map(([name]) => name)]);
  const symbols = [
    symbol(at("FlashDevice"), descriptionAt, OBJECT, zeroed > 0 ? 4 : 3),
    ...locals.map(([name, offset]) => symbol(at(name), (loadAddress + offset) | 1, LOCAL_FUNCTION, 1)),
    ...names.map(([name, offset]) =>
      symbol(at(name), (loadAddress + offset) | 1, made.weak === true ? WEAK_FUNCTION : FUNCTION, 1),
    ),
  ];
  return elfOf(made.machine ?? 40, [
    { name: "PrgCode", type: PROGBITS, flags: 6, address: loadAddress, bytes: code, size: code.length },
    { name: "PrgData", type: PROGBITS, flags: 3, address: dataAt, bytes: data, size: data.length },
    ...(zeroed > 0 ? [section("PrgData", NOBITS, 3, dataAt + data.length, new Uint8Array(), zeroed)] : []),
    section("DevDscr", PROGBITS, ALLOC, descriptionAt, description, description.length),
    {
      ...section(
        ".symtab",
        SYMTAB,
        0,
        0,
        concat([new Uint8Array(16), ...symbols]),
        16 * (symbols.length + 1),
      ),
      link: zeroed > 0 ? 6 : 5,
    },
    section(".strtab", STRTAB, 0, 0, strings, strings.length),
  ]);
}

function describe({
  version = 0x0101,
  name = "made",
  type = 1,
  address = 0,
  size = 0x1_0000,
  ...made
}: MadeFlm): Uint8Array {
  const { eraseTimeoutMs = 1000 } = made;
  const { pageSize = 256, erased = 0xff, sectors = [[0x1000, 0]], endless = false } = made;
  const bytes = new Uint8Array(160 + 8 * (sectors.length + (endless ? 0 : 1)));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, version, true);
  bytes.set(new TextEncoder().encode(name), 2);
  view.setUint16(130, type, true);
  view.setUint32(132, address, true);
  view.setUint32(136, size, true);
  view.setUint32(140, pageSize, true);
  view.setUint8(148, erased);
  view.setUint32(152, 100, true);
  view.setUint32(156, eraseTimeoutMs, true);
  const entries = endless ? sectors : [...sectors, [0xffff_ffff, 0xffff_ffff] as const];
  for (const [index, [bytesOf, at]] of entries.entries()) {
    view.setUint32(160 + 8 * index, bytesOf, true);
    view.setUint32(164 + 8 * index, at, true);
  }
  return bytes;
}

/** An ELF file of these sections, and one of their names. */
export function elfOf(machine: number, sections: readonly Section[]): Uint8Array {
  const { bytes: names, at } = stringTable([...sections.map(({ name }) => name), ".shstrtab"]);
  const all: readonly Section[] = [
    section("", 0, 0, 0, new Uint8Array(), 0),
    ...sections,
    section(".shstrtab", STRTAB, 0, 0, names, names.length),
  ];
  let offset = 52;
  const headers = all.map((one) => {
    const header = new Uint8Array(40);
    const view = new DataView(header.buffer);
    const words = [at(one.name), one.type, one.flags, one.address, offset, one.size, one.link ?? 0, 0, 4, 16];
    for (const [index, word] of words.entries()) view.setUint32(4 * index, word, true);
    offset += one.bytes.length;
    return header;
  });
  const file = new Uint8Array(52);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const view = new DataView(file.buffer);
  for (const [place, half] of [
    [16, 2],
    [18, machine],
    [40, 52],
    [46, 40],
    [48, all.length],
    [50, all.length - 1],
  ] as const)
    view.setUint16(place, half, true);
  view.setUint32(20, 1, true);
  view.setUint32(32, offset, true);
  return concat([file, ...all.map(({ bytes }) => bytes), ...headers]);
}

function section(
  name: string,
  type: number,
  flags: number,
  address: number,
  bytes: Uint8Array,
  size: number,
): Section {
  return { name, type, flags, address, bytes, size };
}

function symbol(name: number, value: number, info: number, index: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, name, true);
  view.setUint32(4, value, true);
  view.setUint8(12, info);
  view.setUint16(14, index, true);
  return bytes;
}

function stringTable(names: readonly string[]): {
  readonly bytes: Uint8Array;
  readonly at: (name: string) => number;
} {
  const text = `\0${names.map((name) => `${name}\0`).join("")}`;
  return {
    bytes: new TextEncoder().encode(text),
    at: (name) => (name === "" ? 0 : text.indexOf(`\0${name}\0`) + 1),
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
