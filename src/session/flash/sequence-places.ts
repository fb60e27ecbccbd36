/**
 * Makes regions without gaps out of the flash that a pack describes by `flashinfo` for its debug sequences,
 * each with its blocks.
 */
import { plural } from "../../lib/plural.ts";
import type { FlashInfo } from "../../device/description.ts";
import { FlashFailure } from "../../flash/faults.ts";
import type { SequenceRegion } from "../../flash/algorithm/sequence-flash.ts";
import { hex } from "../../lib/hex.ts";

/** A `gap` splits one description into several regions. Throws `bad-flashinfo`. */
export function sequenceRegions(info: FlashInfo): readonly SequenceRegion[] {
  const regions: { start: number; end: number; groups: SequenceRegion["groups"] }[] = [];
  let at = Number(info.start);
  let open = false;
  for (const { kind, count, size, argument } of info.blocks) {
    const end = at + count * Number(size);
    if (kind === "gap") open = false;
    else {
      if (size === 0n || end > 0x1_0000_0000)
        throw bad(info, `a block of ${count} times ${plural(Number(size), "byte")} at ${hex(at)}`);
      const group = { start: at, size: Number(size), argument };
      const last = regions.at(-1);
      if (open && last !== undefined) {
        last.groups = [...last.groups, group];
        last.end = end;
      } else regions.push({ start: at, end, groups: [group] });
      open = true;
    }
    at = end;
  }
  if (info.pageSize <= 0) throw bad(info, `a page of ${info.pageSize} bytes`);
  const erased = Number(info.blankValue & 0xffn);
  if (info.blankValue !== BigInt(erased) * 0x0101_0101_0101_0101n)
    throw bad(info, `blankval ${hex(info.blankValue)}: bytes that differ`);
  return regions.map(({ start, end, groups }) => ({
    name: info.name,
    start,
    size: end - start,
    pageSize: info.pageSize,
    erased,
    filler: info.filler,
    erasesSectors: true,
    readable: true,
    programLimitUs: info.programTimeoutMs * 1000,
    eraseLimitUs: info.eraseTimeoutMs * 1000,
    groups,
  }));
}

function bad({ name, span }: FlashInfo, what: string): FlashFailure {
  return new FlashFailure(
    { kind: "bad-flashinfo", name, what },
    `${span.source.path}: flashinfo "${name}" has ${what}, which cannot be used`,
  );
}
