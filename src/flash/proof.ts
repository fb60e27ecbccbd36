/** What sectors hold: before programming, to find what need not be done; after it, to prove every byte. Changes nothing. */
import { hex, hex32 } from "../lib/hex.ts";
import { blankCrc } from "./blank.ts";
import { crc32 } from "./crc32.ts";
import type { FlashDriver } from "./driver.ts";
import { FlashFailure } from "./faults.ts";
import type { Page, SectorPlan } from "./plan.ts";
import type { Sector } from "./region.ts";
import type { Verification } from "./report.ts";

/** "wanted": its pages hold what they shall; "blank": it is erased; "other": something else, or nobody can tell. */
export type Held = "wanted" | "blank" | "other";

/** So much is asked for at once: some algorithms count larger ranges wrongly. */
const MOST_AT_ONCE = 0x1_0000;

/** Neighbouring sectors, as many as are asked for at once; each has its plan. */
export function* groupsOf<T extends { readonly plan: SectorPlan }>(
  work: readonly T[],
): Generator<readonly T[]> {
  let group: T[] = [];
  for (const one of work) {
    const [first] = group;
    const last = group.at(-1);
    if (first !== undefined && last !== undefined) {
      const follows = last.plan.address + last.plan.size === one.plan.address;
      const size = one.plan.address + one.plan.size - first.plan.address;
      if (!follows || size > MOST_AT_ONCE) {
        yield group;
        group = [];
      }
    }
    group.push(one);
  }
  if (group.length > 0) yield group;
}

/** Of neighbouring sectors, in order. `blank`: whether it matters that one is erased. */
export async function whatIsHeld(
  flash: FlashDriver,
  plans: readonly SectorPlan[],
  { blank }: { readonly blank: boolean },
): Promise<readonly Held[]> {
  const own = blank ? await flash.isBlank(spanOf(plans)) : undefined;
  // Believed for what is programmed and proved afterwards; that nothing need be done wants a proof of its own.
  if (own === true && !plans.some(({ pages }) => areErased(flash, pages))) return plans.map(() => "blank");
  const asked = plans.map((plan) => ({ plan, runs: runsOf(plan.pages) }));
  const crcs = await flash.crcs(
    asked.flatMap(({ plan: { address, size }, runs }) => [
      ...runs.map((run) => ({ address: run.address, size: run.bytes.length })),
      ...(blank && !isWhole(runs, { address, size }) ? [{ address, size }] : []),
    ]),
  );
  if (crcs === undefined) return eachAlone(flash, plans, blank && own !== undefined);
  const left = [...crcs];
  return asked.map(({ plan, runs }): Held => {
    const found = runs.map(() => left.shift());
    const whole = !blank ? undefined : isWhole(runs, plan) ? found[0] : left.shift();
    if (runs.every(({ bytes }, index) => found[index] === crc32(bytes))) return "wanted";
    return blank && whole === blankCrc(flash, plan.size) ? "blank" : "other";
  });
}

/** Proves the pages of neighbouring sectors, and says how. Throws `differs` for the first byte that is wrong. */
export async function prove(
  flash: FlashDriver,
  plans: readonly SectorPlan[],
  how: "auto" | "read",
): Promise<Verification> {
  const pages = plans.flatMap((plan) => plan.pages);
  if (how === "auto") {
    const own = await flash.verify(pages);
    if (own?.differs !== undefined) await mustHold(flash, pages, own.differs);
    if (own !== undefined) return "algorithm";
    const runs = runsOf(pages);
    const crcs = await flash.crcs(runs.map(({ address, bytes }) => ({ address, size: bytes.length })));
    if (crcs !== undefined) {
      if (runs.some(({ bytes }, index) => crcs[index] !== crc32(bytes)))
        await mustHold(flash, pages, undefined);
      return "crc";
    }
  }
  await mustHold(flash, pages, undefined);
  return "read";
}

/** Without a CRC: by the algorithm's own check, one by one. */
async function eachAlone(
  flash: FlashDriver,
  plans: readonly SectorPlan[],
  hasCheck: boolean,
): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const plan of plans)
    held.push(hasCheck && plans.length > 1 && (await flash.isBlank(plan)) === true ? "blank" : "other");
  return held;
}

/** Reads back. Where it was said that something differs, something must. */
async function mustHold(flash: FlashDriver, pages: readonly Page[], said: number | undefined): Promise<void> {
  for (const { address, bytes } of pages) {
    const found = await flash.read(address, bytes.length);
    const at = found.findIndex((byte, index) => byte !== bytes[index]);
    if (at >= 0) throw differs(address + at, bytes[at] ?? 0, { byte: found[at] ?? 0, erased: flash.erased });
  }
  if (said !== undefined)
    throw new FlashFailure(
      { kind: "algorithm-failed", fn: "Verify", result: said, address: said },
      `Verify of ${flash.by} says that ${hex32(said)} differs, though it reads as programmed`,
    );
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

/** From the first sector to the end of the last. */
export function spanOf(sectors: readonly Sector[]): Sector {
  const start = Math.min(...sectors.map(({ address }) => address));
  const end = Math.max(...sectors.map(({ address, size }) => address + size));
  return { address: start, size: end - start };
}

function isWhole(runs: readonly Page[], { address, size }: Sector): boolean {
  const [only] = runs;
  return runs.length === 1 && only?.address === address && only.bytes.length === size;
}

function areErased({ erased }: FlashDriver, pages: readonly Page[]): boolean {
  return pages.every(({ bytes }) => bytes.every((byte) => byte === erased));
}

/** Neighbouring pages as one range. */
function runsOf(pages: readonly Page[]): readonly Page[] {
  const runs: { address: number; parts: Uint8Array[]; size: number }[] = [];
  for (const { address, bytes } of pages) {
    const last = runs.at(-1);
    if (last !== undefined && last.address + last.size === address) {
      last.parts.push(bytes);
      last.size += bytes.length;
    } else runs.push({ address, parts: [bytes], size: bytes.length });
  }
  return runs.map(({ address, parts, size }) => {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { address, bytes };
  });
}
