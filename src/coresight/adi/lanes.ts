/** Byte lanes and alignment of MEM-AP accesses: which accesses make up a range, and where a value is in a word. Pure. */

export type Size = 8 | 16 | 32;

/** One access whose address is a multiple of its size. */
export interface Part {
  readonly address: number;
  readonly size: Size;
}

/** Extracts the value of 8 or 16 bits from the word that DRW gave: it is in the lanes of its address (ADIv5.2 C2.2.6). */
export function lane(word: number, address: number, size: Size): number {
  if (size === 32) return word >>> 0;
  return (word >>> ((address & 3) * 8)) & (size === 16 ? 0xffff : 0xff);
}

export function intoLane(value: number, address: number, size: Size): number {
  return size === 32 ? value >>> 0 : (value << ((address & 3) * 8)) >>> 0;
}

/** Divides a range of bytes into the fewest aligned accesses, in order of address. */
export function partsOf(address: number, bytes: number): readonly Part[] {
  const parts: Part[] = [];
  for (let at = address, left = bytes; left > 0;) {
    const size = at % 4 === 0 && left >= 4 ? 32 : at % 2 === 0 && left >= 2 ? 16 : 8;
    parts.push({ address: at, size });
    at += size / 8;
    left -= size / 8;
  }
  return parts;
}

/** Joins parts, which were read as `words` through DRW, into a little-endian value of up to 32 bits. */
export function joinParts(parts: readonly Part[], words: Uint32Array): number {
  const [first] = parts;
  if (first === undefined) return 0;
  return parts.reduce(
    (value, { address, size }, index) =>
      (value | (lane(words[index] ?? 0, address, size) << ((address - first.address) * 8))) >>> 0,
    0,
  );
}
