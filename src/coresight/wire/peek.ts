/**
 * Reads registers and memory past every cache, and leaves CSW and TAR as they were. Knows no queue: the caller
 * owns the wire.
 */
import type { Peek, Step } from "./access.ts";
import { offsetIn, type ApPlace } from "../ap-place.ts";
import { CSW, DRW, mask, TAR } from "../registers.ts";

export interface PeekParts {
  /** Makes the steps by the access port's own offset; none if such an access port cannot exist. */
  readonly readSteps: (ap: ApPlace, offset: number) => readonly Step[];
  readonly writeSteps: (ap: ApPlace, offset: number, value: number) => readonly Step[];
  /** Returns what each operation read; undefined if they met an error. */
  readonly send: (steps: readonly Step[]) => Promise<readonly Uint32Array[] | undefined>;
}

/** Words, each at the address that TAR is given. */
const WORDS = 2;
const MODE = mask(CSW, "Size", "AddrInc");

export function peekOver({ readSteps, writeSteps, send }: PeekParts): Peek {
  const isNested = (ap: ApPlace): boolean => typeof ap !== "number" && ap.parent !== undefined;
  const own = async (ap: ApPlace, offset: number): Promise<number | undefined> => {
    const steps = readSteps(ap, offsetIn(ap, offset));
    return steps.length === 0 ? undefined : (await send(steps))?.at(-1)?.[0];
  };
  const memory: Peek["memory"] = async (ap, addresses) => {
    if (isNested(ap)) return undefined;
    const [csw, tar] = [await own(ap, CSW.address), await own(ap, TAR.address)];
    if (csw === undefined || tar === undefined) return undefined;
    const write = (offset: number, value: number): readonly Step[] =>
      writeSteps(ap, offsetIn(ap, offset), value >>> 0);
    const reads = addresses.map((address) => [
      ...write(TAR.address, address),
      ...readSteps(ap, offsetIn(ap, DRW.address)),
    ]);
    const values = await send([...write(CSW.address, (csw & ~MODE) | WORDS), ...reads.flat()]);
    await send([...write(CSW.address, csw), ...write(TAR.address, tar)]);
    // Only the operations of DRW read anything.
    const words = values?.flatMap((read) => [...read]);
    return words?.length === addresses.length ? words : undefined;
  };
  return {
    memory,
    register: async (ap, offset) => {
      if (typeof ap === "number" || ap.parent === undefined) return own(ap, offset);
      return (await memory(ap.parent, [ap.address + offsetIn(ap, offset)]))?.[0];
    },
  };
}
