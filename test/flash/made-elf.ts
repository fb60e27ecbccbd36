/** Programs as ELF files for tests: segments where a linker puts them, sections only if asked for. */

export interface MadeSegment {
  /** In the file; 0 covers the file's own header. Behind the headers by default. */
  readonly offset?: number;
  readonly address: number;
  /** Of a segment that covers the header as much of the file as this says. */
  readonly bytes: Uint8Array;
}

export interface MadeSection {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  /** PROGBITS by default; 8 is NOBITS. */
  readonly type?: number;
  readonly flags?: number;
}

const HEADER = 52;
const SEGMENT = 32;
const SECTION = 40;

/** `bytes` of each segment lie one behind the other from here, unless they say their offset. */
export function madeElf(
  segments: readonly MadeSegment[],
  sections: readonly MadeSection[] = [],
): Uint8Array<ArrayBuffer> {
  let next = HEADER + SEGMENT * segments.length;
  const placed = segments.map((segment) => {
    const offset = segment.offset ?? next;
    next = Math.max(next, offset + segment.bytes.length);
    return { ...segment, offset };
  });
  const table = (next + 3) & ~3;
  const file = new Uint8Array(table + (sections.length === 0 ? 0 : SECTION * (sections.length + 1)));
  const view = new DataView(file.buffer);
  for (const { offset, bytes } of placed) file.set(bytes, offset);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const halves = { 16: 2, 18: 40, 20: 1, 40: HEADER, 42: SEGMENT, 44: segments.length, 46: SECTION };
  for (const [at, half] of Object.entries(halves)) view.setUint16(Number(at), half, true);
  view.setUint32(28, HEADER, true);
  for (const [index, { offset, address, bytes }] of placed.entries())
    for (const [word, value] of [1, offset, address, address, bytes.length, bytes.length, 5, 4].entries())
      view.setUint32(HEADER + SEGMENT * index + 4 * word, value, true);
  if (sections.length === 0) return file;
  view.setUint32(32, table, true);
  view.setUint16(48, sections.length + 1, true);
  for (const [index, { type = 1, flags = 2, address, offset, size }] of sections.entries())
    for (const [word, value] of [0, type, flags, address, offset, size].entries())
      view.setUint32(table + SECTION * (index + 1) + 4 * word, value, true);
  return file;
}
