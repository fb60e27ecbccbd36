/**
 * The flash buffer that a debugger fills before FlashProgramPage. FlashWriteBuffer puts it into target
 * memory.
 */
import { agree, plural } from "../../lib/plural.ts";
import type { Step } from "../../coresight/wire/access.ts";
import type { MemAp, Size } from "../../coresight/adi/mem-ap.ts";
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import { SessionFailure } from "../../project/faults.ts";

export interface FlashBuffer {
  /** There are as many bytes as `__FlashLen` says. */
  readonly bytes: Uint8Array;
  /**
   * The region's filler stands after the buffer's end; an access takes as many of its lowest bytes as it
   * needs.
   */
  readonly filler: bigint;
}

/** In bit 0 of `mode`: the address moves on with each access. Bits 0 to 8 without it are the size. */
const INCREMENT = 1;
const SIZE = 0x1fe;
const SIZES: readonly Size[] = [8, 16, 32];

/** Returns four accesses that a sequence sees as one, with the words they write. Throws `bad-flash-buffer`. */
export function flashWrite(
  args: readonly U64[],
  buffer: FlashBuffer | undefined,
): { readonly length: number; readonly steps: (memory: MemAp) => readonly Step[] } {
  const [to = 0n, from = 0n, count = 0n, mode = 0n] = args;
  if (buffer === undefined)
    throw refuse("there is a flash buffer only while FlashProgramPage is run to program a page");
  const size = Number(mode & BigInt(SIZE));
  const known = SIZES.find((one) => one === size);
  if (known === undefined || mode >= 0x200n)
    throw refuse(`mode ${hex(mode)} is not an access of 8, 16 or 32 bits, with or without increment (bit 0)`);
  const bytes = known / 8;
  const [address, offset, length] = [Number(to), Number(from), Number(count)];
  for (const [name, value] of Object.entries({ addr: address, offs: offset, len: length }))
    if (value % bytes !== 0)
      throw refuse(`${name} ${hex(value)} is not a multiple of ${bytes}, the bytes of an access`);
  if (address + length > 0x1_0000_0000 || length > 0x10_0000)
    throw refuse(
      `${plural(length, "byte")} at ${hex(address)} ${agree(length, "is", "are")} not in the 32-bit address space of this access port`,
    );
  const step = (Number(mode) & INCREMENT) === 0 ? 0 : bytes;
  return {
    length,
    steps: (memory) =>
      Array.from({ length: length / bytes }, (_, index) =>
        memory.writeSteps(address + index * step, known, valueAt(buffer, offset + index * bytes, bytes)),
      ).flat(),
  };
}

function valueAt({ bytes, filler }: FlashBuffer, offset: number, size: number): number {
  let value = 0;
  for (let at = size - 1; at >= 0; at--)
    value = value * 256 + (bytes[offset + at] ?? Number((filler >> BigInt(8 * at)) & 0xffn));
  return value;
}

function refuse(what: string): SessionFailure {
  return new SessionFailure({ kind: "bad-flash-buffer", what }, `FlashWriteBuffer: ${what}`);
}
