/**
 * Proves what was programmed by what is seen in the flash: by the target's CRC, else by reading. The algorithm's
 * own Verify is extra: its "no" is looked into, and its "yes" counts alone only if the flash cannot be read.
 * Changes nothing.
 */
import { asFailure } from "../../lib/fault.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import { blankCrc } from "./blank.ts";
import { crc32 } from "../crc32.ts";
import type { FlashDriver } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import { runsOf } from "./groups.ts";
import type { SectorPlan } from "./plan.ts";
import type { Page } from "../driver.ts";
import { isRefused, readOrNothing } from "./refused.ts";
import type { Sector } from "../region.ts";
import type { Verification } from "./report.ts";

/** A sector to prove. The bytes beside its pages must be blank if it was `erased`, else as they were, if that is known. */
export interface ToProve {
  readonly plan: SectorPlan;
  readonly erased: boolean;
}

/** Tells whether reads of the pages certainly show the flash: an unanswered bus shows one value everywhere. */
export function areTelling({ readable }: FlashDriver, pages: readonly Page[]): boolean {
  const [first] = pages;
  return readable || pages.some(({ bytes }) => bytes.some((byte) => byte !== first?.bytes[0]));
}

/**
 * Proves neighbouring sectors and says how; "crc" omits the algorithm's own Verify. Throws `differs` or
 * `not-erased` for the first wrong byte.
 */
export async function prove(
  flash: FlashDriver,
  sectors: readonly ToProve[],
  how: "auto" | "crc" | "read",
): Promise<Verification> {
  const pages = sectors.flatMap(({ plan }) => plan.pages);
  const rests = sectors.flatMap(({ plan, erased }) => (erased ? restOf(plan) : []));
  const kept = sectors.flatMap(({ plan, erased }) => (erased ? [] : keptOf(plan)));
  const wanted = [...pages, ...kept];
  const own = how === "auto" ? await flash.verify(pages) : undefined;
  if (own?.differs !== undefined) await findDifference(flash, pages, own.differs);
  // Some controllers show their memory only once the algorithm has ended.
  await flash.end();
  if (how !== "read" && (await crcsAreRight(flash, wanted, rests))) return "crc";
  try {
    await mustHold(flash, wanted);
  } catch (error) {
    if (own !== undefined && (await cannotBeRead(flash, error))) return "algorithm";
    throw error;
  }
  await mustBeErased(flash, rests);
  return "read";
}

/** Checks the CRCs by one call; false if the target cannot work all of them out, or if one is wrong. */
async function crcsAreRight(
  flash: FlashDriver,
  pages: readonly Page[],
  rests: readonly Sector[],
): Promise<boolean> {
  const runs = runsOf(pages).map(({ address, bytes }) => ({
    range: { address, size: bytes.length },
    crc: crc32(bytes),
  }));
  const blank = rests.map((range) => ({ range, crc: blankCrc(flash, range.size) }));
  const right = async (asked: typeof runs): Promise<boolean | undefined> => {
    const crcs = await flash.crcs(asked.map(({ range }) => range));
    return crcs && asked.every(({ crc }, index) => crcs[index] === crc);
  };
  const all = await right([...runs, ...blank]);
  if (all !== undefined || rests.length === 0) return all === true;
  // Programmed flash can be read even if erased flash cannot.
  if ((await right(runs)) !== true) return false;
  await mustBeErased(flash, rests);
  return true;
}

async function mustHold(flash: FlashDriver, pages: readonly Page[]): Promise<void> {
  for (const { address, bytes } of pages) {
    const found = await flash.read(address, bytes.length);
    const at = found.findIndex((byte, index) => byte !== bytes[index]);
    if (at >= 0) throw differs(address + at, bytes[at] ?? 0, { byte: found[at] ?? 0, erased: flash.erased });
  }
}

/** Finds the difference that was reported; there must be one. */
async function findDifference(flash: FlashDriver, pages: readonly Page[], said: number): Promise<never> {
  await mustHold(flash, pages);
  throw new FlashFailure(
    { kind: "algorithm-failed", fn: "Verify", result: said, address: said },
    `Verify of ${flash.by} says that ${hex32(said)} differs, though it reads as programmed`,
  );
}

/**
 * Checks the rest of erased sectors. A rest of one value is erased, even if the description names another value.
 * If a rest cannot be read, the algorithm's word counts.
 */
async function mustBeErased(flash: FlashDriver, rests: readonly Sector[]): Promise<void> {
  for (const { address, size } of rests) {
    const found = await readOrNothing(flash, { address, size });
    if (found === undefined || found.every((byte) => byte === found[0])) continue;
    const at = found.findIndex((byte) => byte !== flash.erased);
    throw new FlashFailure(
      { kind: "not-erased", address: address + at, found: found[at] ?? 0 },
      `${flash.by} says that the sector was erased, and ${hex32(address + at)} beside the image holds ` +
        `${hex(found[at] ?? 0, 2)} and not ${hex(flash.erased, 2)}`,
    );
  }
}

/** Tells whether this flash by its nature does not read as programmed. */
async function cannotBeRead(flash: FlashDriver, error: unknown): Promise<boolean> {
  if (asFailure(error)?.fault.kind === "differs") return !flash.readable;
  return isRefused(flash, error);
}

export function differs(
  address: number,
  expected: number,
  { byte, erased }: { readonly byte: number; readonly erased: number },
): FlashFailure {
  // Programming only ever moves bits away from their erased state.
  const missing = (expected ^ byte) & ~(byte ^ erased);
  const likely =
    byte === erased
      ? "nothing was programmed there: is the flash locked or write-protected?"
      : missing === 0
        ? "bits that should be erased are not: was it erased before it was programmed?"
        : "";
  return new FlashFailure(
    { kind: "differs", address, expected, found: byte },
    `the flash holds ${hex(byte, 2)} at ${hex32(address)} instead of ${hex(expected, 2)}${likely === "" ? "" : `; ${likely}`}`,
  );
}

/** Says that only the algorithm vouches for it. */
export function notProved(flash: FlashDriver, address: number, what: string): FlashFailure {
  return new FlashFailure(
    { kind: "not-proved", region: flash.name, address },
    `${flash.name} at ${hex32(address)} cannot be read: only ${flash.by} says that it ${what}`,
  );
}

/** The parts of a sector that no page covers. */
function restOf({ address, size, pages }: SectorPlan): readonly Sector[] {
  const rests: Sector[] = [];
  let at = address;
  for (const run of [...runsOf(pages), { address: address + size, bytes: new Uint8Array() }]) {
    if (run.address > at) rests.push({ address: at, size: run.address - at });
    at = run.address + run.bytes.length;
  }
  return rests;
}

/** The old content of what no page covers. */
function keptOf(plan: SectorPlan): readonly Page[] {
  const { address: start, old } = plan;
  if (old === undefined) return [];
  return restOf(plan).map(({ address, size }) => ({
    address,
    bytes: old.subarray(address - start, address - start + size),
  }));
}
