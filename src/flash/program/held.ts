/** Finds out what sectors hold before they are programmed, so that unneeded work is skipped. Changes nothing. */
import { blankCrc } from "./blank.ts";
import { crc32 } from "../crc32.ts";
import type { FlashDriver } from "../driver.ts";
import { runsOf, spanOf } from "./groups.ts";
import type { SectorPlan } from "./plan.ts";
import type { Page } from "../driver.ts";
import { areTelling } from "./proof.ts";
import type { Sector } from "../region.ts";

/**
 * "wanted": its pages hold the new content; "blank": it is erased; "other": it holds something else, or it cannot
 * be known.
 */
export type Held = "wanted" | "blank" | "other";

/**
 * Looks at neighbouring sectors, in order. `blank` says whether it matters that one is erased. `proved` says
 * whether a proof follows, so that the algorithm's own check may be believed for what is then programmed.
 */
export async function whatIsHeld(
  flash: FlashDriver,
  plans: readonly SectorPlan[],
  { blank, proved }: { readonly blank: boolean; readonly proved: boolean },
): Promise<readonly Held[]> {
  const own = blank && proved ? await flash.isBlank(spanOf(plans)) : undefined;
  // Skipping the work needs a proof of its own.
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
    const isThere = runs.every(({ bytes }, index) => found[index] === crc32(bytes));
    if (isThere && areTelling(flash, plan.pages)) return "wanted";
    return flash.readable && blank && whole === blankCrc(flash, plan.size) ? "blank" : "other";
  });
}

/** Looks at sectors one by one with the algorithm's own check, if there is no CRC. */
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

function isWhole(runs: readonly Page[], { address, size }: Sector): boolean {
  const [only] = runs;
  return runs.length === 1 && only?.address === address && only.bytes.length === size;
}

function areErased({ erased }: FlashDriver, pages: readonly Page[]): boolean {
  return pages.every(({ bytes }) => bytes.every((byte) => byte === erased));
}
