/**
 * Plans runs of items in memory, as the buffer functions ask for them: the steps, and bytes to words and
 * back.
 */
import type { Plan, Step } from "../../coresight/wire/access.ts";
import { joinParts, lane, partsOf } from "../../coresight/adi/lanes.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import type { BlockAccess } from "../../interpreter/ports.ts";
import { addressOf } from "./access-plans.ts";

/** Accesses of 64 bits stay whole if the access port has them. */
function isWide(memory: MemAp, { size }: BlockAccess): boolean {
  return size === 64 && memory.isWide === true;
}

/** Returns the addresses of the single accesses; an access of 64 bits is two of 32, low half first. */
function itemsOf({ address, length, size, increments }: BlockAccess) {
  const first = addressOf(address);
  const bytes = size / 8;
  const part = Math.min(bytes, 4);
  const items: { readonly address: number; readonly at: number }[] = [];
  for (let at = 0; at < length; at += part) {
    const within = at % bytes;
    items.push({ address: first + (increments ? at : within), at });
  }
  return { items, part, partBits: (part * 8) as 8 | 16 | 32 };
}

export function readPlan(
  memory: MemAp,
  access: BlockAccess,
): { readonly plan: Plan; readonly bytes: (words: Uint32Array) => Uint8Array } {
  const { items, part, partBits } = itemsOf(access);
  const whole = partBits === 32 && access.increments && !isWide(memory, access);
  return {
    plan: whole
      ? () => memory.blockReadSteps(addressOf(access.address), access.length / 4)
      : isWide(memory, access)
        ? (): readonly Step[] =>
            items.flatMap(({ address, at }) => (at % 8 === 0 ? memory.wideReadSteps(address) : []))
        : (): readonly Step[] => items.flatMap(({ address }) => memory.readSteps(address, partBits)),
    bytes: (words) => {
      const bytes = new Uint8Array(access.length);
      items.forEach(({ address, at }, index) => {
        const word = words[index] ?? 0;
        const value = whole ? word : joinParts(partsOf(address, part), Uint32Array.of(word));
        for (let byte = 0; byte < part; byte++) bytes[at + byte] = (value >>> (8 * byte)) & 0xff;
      });
      return bytes;
    },
  };
}

export function writePlan(memory: MemAp, access: BlockAccess, data: Uint8Array): Plan {
  const { items, part, partBits } = itemsOf(access);
  const valueAt = (at: number): number =>
    Array.from({ length: part }, (_, byte) => byte).reduce(
      (value, byte) => (value | ((data[at + byte] ?? 0) << (8 * byte))) >>> 0,
      0,
    );
  if (isWide(memory, access))
    return () =>
      items.flatMap(({ address, at }) =>
        at % 8 === 0 ? memory.wideWriteSteps(address, Uint32Array.of(valueAt(at), valueAt(at + 4))) : [],
      );
  if (partBits === 32 && access.increments) {
    const words = Uint32Array.from(items, ({ at }) => valueAt(at));
    return () => memory.blockWriteSteps(addressOf(access.address), words);
  }
  return () =>
    items.flatMap(({ address, at }) => memory.writeSteps(address, partBits, lane(valueAt(at), 0, partBits)));
}
