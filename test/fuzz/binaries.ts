/** Archives and ELF files whose headers lie: fields of their tables at limits, each where the format has it. */
import { zip, type ZipEntry } from "../support/zip.ts";
import { madeElf } from "../flash/made-elf.ts";
import { ALL_FUNCTIONS, madeFlm } from "../flash/made-flm.ts";
import { FIELDS } from "./limits.ts";
import { mutatedBytes } from "./mutate.ts";
import type { Random } from "./random.ts";

function put(bytes: Uint8Array, at: number, size: 1 | 2 | 4, value: number): void {
  if (at < 0 || at + size > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 1) view.setUint8(at, value & 0xff);
  else if (size === 2) view.setUint16(at, value & 0xffff, true);
  else view.setUint32(at, value >>> 0, true);
}

const get = (bytes: Uint8Array, at: number): number =>
  at + 4 <= bytes.length
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
    : 0;

function lie(bytes: Uint8Array, at: number, size: 1 | 2 | 4, random: Random): void {
  const near = get(bytes, at) + random.int(5) - 2;
  put(
    bytes,
    at,
    size,
    random.oneIn(3) ? near : random.oneIn(3) ? random.int(bytes.length + 64) : random.pick(FIELDS),
  );
}

const lieIn = (bytes: Uint8Array, [at, size]: readonly [number, 2 | 4], random: Random): void => {
  lie(bytes, at, size, random);
};

const NAMES = [
  ..."a.pdsc b.FLM ../a.pdsc ../../x /a.pdsc C:/a.pdsc x/../b.FLM ./b.FLM x//b.FLM x/ __proto__ constructor A.PDSC c.pdsc".split(
    " ",
  ),
  "",
  "..\\..\\b.FLM",
  "x/".repeat(200) + "b.FLM",
  "\0",
  "日本/b.FLM",
];

/** Fields of local headers, of the central directory and of its end (APPNOTE.TXT 4.3), as offset and size. */
const ZIP_FIELDS = {
  "PK\x03\x04": [
    [4, 2],
    [6, 2],
    [8, 2],
    [14, 4],
    [18, 4],
    [22, 4],
    [26, 2],
    [28, 2],
  ],
  "PK\x01\x02": [
    [4, 2],
    [8, 2],
    [10, 2],
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 2],
    [30, 2],
    [32, 2],
    [34, 2],
    [42, 4],
  ],
  "PK\x05\x06": [
    [4, 2],
    [6, 2],
    [8, 2],
    [10, 2],
    [12, 4],
    [16, 4],
    [20, 2],
  ],
} as const;

/** The description is `pdsc`. Once in many times there are more entries than any pack has. */
export function lyingArchive(pdsc: string, random: Random): Uint8Array {
  const entries: ZipEntry[] = [
    { name: random.oneIn(4) ? random.pick(NAMES) : "a.pdsc", content: pdsc },
    ...random.times(6, (): ZipEntry => {
      const content = random.oneIn(8) ? "\0".repeat(1 << 18) : "stored";
      return {
        name: random.pick(NAMES),
        content,
        stored: random.oneIn(2),
        ...(random.oneIn(8) ? { encrypted: true } : {}),
        ...(random.oneIn(8) ? { crc: random.pick(FIELDS) } : {}),
        ...(random.oneIn(6) ? { uncompressedSize: random.pick(FIELDS) } : {}),
      };
    }),
  ];
  if (random.oneIn(40))
    entries.push(...Array.from({ length: random.int(2000) }, (_, at) => ({ name: `${at}`, stored: true })));
  const bytes = Buffer.from(zip(entries));
  for (let left = random.int(4); left > 0; left--) {
    const kind = random.pick(Object.keys(ZIP_FIELDS) as (keyof typeof ZIP_FIELDS)[]);
    const places = [...bytes.toString("latin1").matchAll(new RegExp(kind, "g"))].map(({ index }) => index);
    const [offset, size] = random.pick<readonly [number, 2 | 4]>(ZIP_FIELDS[kind]);
    if (places.length > 0) lie(bytes, random.pick(places) + offset, size, random);
  }
  return random.oneIn(4) ? mutatedBytes(bytes, random) : bytes;
}

/** In the header of the file; then offsets in an entry of the table of segments, and in one of sections (gABI). */
const ELF_HEADER = [
  [16, 2],
  [18, 2],
  [24, 4],
  [28, 4],
  [32, 4],
  [40, 2],
  [42, 2],
  [44, 2],
  [46, 2],
  [48, 2],
  [50, 2],
] as const;
const SEGMENT = [0, 4, 8, 12, 16, 20, 24] as const;
const SECTION = [0, 4, 8, 12, 16, 20, 24] as const;
/** In struct FlashDevice. */
const DEVICE = [0, 130, 132, 136, 140, 148, 152, 156, 160, 164, 168, 172] as const;

/** `given` are files with tables of lines. */
export function lyingElf(given: readonly Uint8Array[], random: Random): Uint8Array {
  const { bytes, device } = random.oneIn(3)
    ? { bytes: Uint8Array.from(random.pick(given)), device: undefined }
    : random.oneIn(2)
      ? { bytes: someProgram(random), device: undefined }
      : someAlgorithm(random);
  for (let left = random.int(6); left > 0; left--) {
    const [segments, sections] = [get(bytes, 28), get(bytes, 32)];
    switch (random.int(6)) {
      case 0:
        lieIn(bytes, random.pick<readonly [number, 2 | 4]>(ELF_HEADER), random);
        break;
      case 1:
        lie(bytes, segments + 32 * random.int(3) + random.pick(SEGMENT), 4, random);
        break;
      case 2:
      case 3:
        lie(
          bytes,
          sections + 40 * random.int((get(bytes, 48) & 0xffff) + 1) + random.pick(SECTION),
          4,
          random,
        );
        break;
      case 4:
        if (device !== undefined) lie(bytes, device + random.pick(DEVICE), 4, random);
        break;
      default:
        inSection(bytes, sections, random);
    }
  }
  return random.oneIn(5) ? mutatedBytes(bytes, random) : bytes;
}

/** A byte or a word in the content of a section: names, symbols, lines. */
function inSection(bytes: Uint8Array, sections: number, random: Random): void {
  const header = sections + 40 * random.int((get(bytes, 48) & 0xffff) + 1);
  const [start, size] = [get(bytes, header + 16), get(bytes, header + 20)];
  for (let left = 1 + random.int(8); left > 0; left--)
    lie(bytes, start + random.int(size), random.pick([1, 4] as const), random);
}

function someProgram(random: Random): Uint8Array {
  const content = (): Uint8Array => new Uint8Array(random.pick([0, 1, 16, 300])).fill(random.int(256));
  return madeElf(
    random.times(4, () => ({ address: random.pick(FIELDS), bytes: content() })),
    random.times(4, () => ({
      offset: random.int(400),
      address: random.pick(FIELDS),
      size: random.int(64),
      type: random.pick([0, 1, 2, 3, 8]),
    })),
  );
}

const NAME = "made device";

function someAlgorithm(random: Random): { readonly bytes: Uint8Array; readonly device: number } {
  const functions = Object.fromEntries(
    Object.entries({ ...ALL_FUNCTIONS, EraseChip: 14, Verify: 15 }).filter(() => !random.oneIn(12)),
  );
  const bytes = Uint8Array.from(
    madeFlm({
      name: NAME,
      functions,
      loadAddress: random.oneIn(3) ? random.pick(FIELDS) : 0,
      data: new Uint8Array(random.int(40)),
      zeroed: random.oneIn(3) ? random.pick([4, 100, 0x1000]) : 0,
      weak: random.oneIn(8),
      endless: random.oneIn(8),
      size: random.oneIn(4) ? random.pick(FIELDS) : 0x1_0000,
      address: random.oneIn(4) ? random.pick(FIELDS) : 0,
      sectors: random.times(5, () => [random.pick(FIELDS), random.pick(FIELDS)] as const),
    }),
  );
  return { bytes, device: Buffer.from(bytes).indexOf(NAME) - 2 };
}
