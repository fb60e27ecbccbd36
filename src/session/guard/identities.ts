/** Finds who made a part, by the ROM table that an access port names. */
import type { Peek } from "../../coresight/wire/access.ts";
import type { ApPlace } from "../../coresight/ap-place.ts";
import { IDENTIFICATION, identityOf } from "../../coresight/adi/component.ts";
import { BASE, field } from "../../coresight/registers.ts";

const PAGE_MASK = 0xffff_f000;
/** The value of BASE of an ADIv5 access port without a ROM table. */
const NO_TABLE = 0xffff_ffff;

/** Returns the JEP106 code of the first ROM table, or undefined if there is none or it does not answer. */
export async function designerIn(ap: ApPlace, peek: Peek): Promise<number | undefined> {
  const base = await peek.register(ap, BASE.address);
  if (base === undefined || base === NO_TABLE) return undefined;
  // Without the format bit the present bit means nothing.
  if (field(BASE, "format", base) === 1 && field(BASE, "present", base) === 0) return undefined;
  const table = (base & PAGE_MASK) >>> 0;
  const words = await peek.memory(
    ap,
    IDENTIFICATION.map((offset) => table + offset),
  );
  return words && identityOf(words)?.designer;
}
