/**
 * Finds the flash regions of a connected target: which algorithm is for which part, and the RAM that it may
 * use.
 */
import type { Algorithm, DeviceDescription, Memory } from "../../device/description.ts";
import { FlashFailure } from "../../flash/faults.ts";
import { readFlm, type FlashAlgorithm } from "../../flash/algorithm/flm.ts";
import type { Ram } from "../../flash/algorithm/layout.ts";
import type { SequenceRegion } from "../../flash/algorithm/sequence-flash.ts";
import { hex32 } from "../../lib/hex.ts";
import { where } from "../../lib/source.ts";
import { memoryKinds } from "../../project/memory-kinds.ts";
import { sequenceRegions } from "./sequence-places.ts";
import type { ReadPackFile } from "../../pack/files/pack-files.ts";

/** A place erases and programs a part of the address space. */
export type FlashPlace = AlgorithmPlace | SequencePlace;

/** A region that the device's own debug sequences program. */
export interface SequencePlace {
  readonly kind: "sequences";
  readonly region: SequenceRegion;
  /** The RAM that the pack describes; undefined if it has none. */
  readonly ram: Ram | undefined;
}

/** An algorithm, the part of the address space that it is for, and its RAM. */
export interface AlgorithmPlace {
  readonly kind: "algorithm";
  readonly algorithm: FlashAlgorithm;
  readonly part?: { readonly start: number; readonly size: number };
  /** The processor that the algorithm runs on, if it is not the session's. */
  readonly pname?: string;
  /** False if the pack describes no readable memory there. */
  readonly readable?: boolean;
  readonly ram: Ram;
}

/** Sizes and addresses are in bytes. */
export interface WantedRange {
  readonly address: number;
  readonly size: number;
}

/** uVision and similar tools load these; `IAR` is a format of another tool. */
const STYLES: readonly string[] = ["Keil", "CMSIS", ""];

/**
 * Returns the algorithms that a processor may use for these addresses, default ones first; if two are for the
 * same flash, the first wins. If only another processor's algorithm is for a part of an image, returns that
 * one. Throws `no-algorithm` or the failure of a file.
 */
export async function findPlaces(
  description: DeviceDescription,
  {
    pname,
    read,
    wanted,
  }: {
    readonly pname: string | undefined;
    readonly read: ReadPackFile;
    /** The ranges that are going to be touched; all flash without them. */
    readonly wanted?: readonly WantedRange[];
  },
): Promise<readonly FlashPlace[]> {
  const candidates = description.algorithms
    .filter((one) => STYLES.includes(one.style) && (one.pname === undefined || one.pname === pname))
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
  const places: FlashPlace[] = [];
  const takenBy = (part: { readonly start: number; readonly size: number }): boolean =>
    places.some((place) => {
      const { start, size } = partOf(place);
      return overlaps(part, { address: start, size });
    });
  const take = async (candidate: Algorithm, whose: string | undefined): Promise<void> => {
    const part = { start: Number(candidate.start), size: Number(candidate.size) };
    const needed = wanted === undefined ? candidate.isDefault : wanted.some((range) => overlaps(part, range));
    if (!needed || takenBy(part)) return;
    if (candidate.file.trim() === "") throw nameless(candidate);
    const algorithm = readFlm(candidate.file, await read(candidate.file, candidate.from));
    places.push({
      kind: "algorithm",
      algorithm,
      part,
      ...(whose === pname || whose === undefined ? {} : { pname: whose }),
      readable: isReadable(description, part),
      ram: ramFor(description, candidate, whose ?? pname),
    });
  };
  for (const candidate of candidates) await take(candidate, pname);
  // An algorithm is faster than sequences, and a pack that has one for a range means it to be used.
  for (const info of description.flashInfos.filter((one) => one.pname === undefined || one.pname === pname))
    for (const region of sequenceRegions(info)) {
      const needed = wanted === undefined || wanted.some((range) => overlaps(region, range));
      if (needed && !takenBy(region)) {
        const [ram] = ramsOf(description, pname);
        places.push({ kind: "sequences", region, ram });
      }
    }
  // An image for several processors is programmed core by core, after this one has its part of it.
  if (wanted !== undefined && places.length > 0)
    for (const candidate of description.algorithms)
      if (STYLES.includes(candidate.style) && candidate.pname !== undefined)
        await take(candidate, candidate.pname);
  const left = wanted?.find(
    ({ address, size }) =>
      !takenBy({ start: address, size }) && unusable(description, pname, { address, size }).length > 0,
  );
  if (left !== undefined) throw thereIsOneBut(description, pname, left);
  if (places.length > 0) return places;
  const address = wanted?.[0]?.address ?? 0;
  throw new FlashFailure(
    { kind: "no-algorithm", address },
    candidates.length === 0
      ? `the pack has no flash algorithm and no flashinfo for ${description.device}`
      : `no flash algorithm of ${description.device} is for ${hex32(address)}; there are ` +
          candidates.map(({ file, start, size }) => `${file} (${hex32(start)}, ${size} bytes)`).join(", "),
  );
}

function nameless({ file, span, start }: Algorithm): FlashFailure {
  const reason = "it names no file";
  return new FlashFailure(
    { kind: "bad-algorithm", file, reason },
    `${where(span)}: the flash algorithm for ${hex32(Number(start))} names no file`,
  );
}

/** Returns the algorithms for a range that this processor, or this program, cannot use. */
function unusable(
  { algorithms }: DeviceDescription,
  pname: string | undefined,
  range: WantedRange,
): readonly Algorithm[] {
  return algorithms.filter(
    (one) =>
      overlaps({ start: Number(one.start), size: Number(one.size) }, range) &&
      (!STYLES.includes(one.style) || (one.pname !== undefined && one.pname !== pname)),
  );
}

function thereIsOneBut(
  description: DeviceDescription,
  pname: string | undefined,
  range: WantedRange,
): FlashFailure {
  const found = unusable(description, pname, range);
  const pnames = [
    ...new Set(found.filter(({ style }) => STYLES.includes(style)).flatMap((one) => one.pname ?? [])),
  ];
  const reasons = found.map(({ file, style, pname: whose }) =>
    STYLES.includes(style)
      ? `${file} is for the processor "${String(whose)}"${pname === undefined ? "" : `, not "${pname}"`}`
      : `${file} is in the format of ${style}, which only that tool loads`,
  );
  return new FlashFailure(
    { kind: "no-algorithm", address: range.address, ...(pnames.length === 0 ? {} : { pnames }) },
    `no flash algorithm of ${description.device} can be used for ${hex32(range.address)}: there is one, but ${reasons.join("; ")}`,
  );
}

function partOf(place: FlashPlace): { readonly start: number; readonly size: number } {
  return place.kind === "sequences" ? place.region : (place.part ?? { start: 0, size: 0 });
}

/** Returns false for option bytes and memory behind a controller, which packs do not describe as memory. */
export function isReadable(
  { memories }: DeviceDescription,
  part: { readonly start: number; readonly size: number },
): boolean {
  const range = { address: part.start, size: part.size };
  return memories.some(
    ({ start, size, access }) =>
      access.includes("r") && overlaps({ start: Number(start), size: Number(size) }, range),
  );
}

/**
 * Returns the RAM that the algorithm names; else the default memory that can be written and executed, else
 * any.
 */
function ramFor(
  description: DeviceDescription,
  { ramStart, ramSize, file }: Algorithm,
  pname: string | undefined,
): Ram {
  if (ramStart !== undefined && ramSize !== undefined)
    return { start: Number(ramStart), size: Number(ramSize) };
  const [best] = ramsOf(description, pname);
  if (best !== undefined)
    return { start: Number(ramStart ?? best.start), size: Number(ramSize ?? best.size) };
  throw new FlashFailure(
    { kind: "no-room", needed: 0, available: 0 },
    `${file} names no RAM, and the pack describes none for ${description.device}`,
  );
}

/**
 * Returns RAM for an algorithm from outside the pack, besides the flash that it is for; undefined if no pack
 * describes any.
 */
export function ramOfDevice(
  {
    description,
    pname,
  }: {
    readonly description: DeviceDescription | undefined;
    readonly pname: string | undefined;
  },
  { address, size }: WantedRange,
): Ram | undefined {
  if (description === undefined) return undefined;
  return ramsOf(description, pname).find((ram) => !overlaps(ram, { address, size }));
}

/** Puts the default memory that can be written and executed first. */
function ramsOf(description: DeviceDescription, pname: string | undefined): readonly Ram[] {
  // Some packs call flash writable, because its algorithms can write it.
  const memories = memoryKinds(description, pname)
    .filter(({ kind, memory: { alias } }) => kind === "ram" && alias === undefined)
    .map(({ memory }) => memory);
  const rank = (memory: Memory): number => Number(memory.isDefault) * 2 + Number(memory.access.includes("x"));
  return memories
    .sort((one, other) => rank(other) - rank(one) || Number(other.size - one.size))
    .map(({ start, size }) => ({ start: Number(start), size: Number(size) }));
}

function overlaps(part: { readonly start: number; readonly size: number }, range: WantedRange): boolean {
  return part.start < range.address + range.size && range.address < part.start + part.size;
}
