/** Where an algorithm, its stack and its page buffers are placed in the target's RAM. Pure. */
import { hex32 } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";

export interface Ram {
  readonly start: number;
  readonly size: number;
}

export interface Layout {
  /** The address of a BKPT instruction, to which every call returns. */
  readonly breakpoint: number;
  readonly code: number;
  readonly stackLimit: number;
  readonly stackTop: number;
  /** Two buffers, so that one is filled while the other is programmed; one if two do not fit. */
  readonly buffers: readonly number[];
  /** The RAM from the first buffer to the end, for work that is done while nothing is programmed. */
  readonly scratch: Ram;
}

/** The bytes of two BKPT halfwords, so that what follows keeps its alignment. */
const HEADER_BYTES = 8;
/** Stack sizes to try. No algorithm was seen to use more than the largest, nor to work with less than the smallest. */
const STACKS = [0x800, 0x400, 0x200] as const;

/** True for peripherals, external devices and the system's own registers (Armv7-M B3.1). */
function isExecuteNever(address: number): boolean {
  return (address >= 0x4000_0000 && address < 0x6000_0000) || address >= 0xa000_0000;
}

/** Places the parts. Throws `no-room` with the numbers, or if code cannot be executed there. */
export function layOut(ram: Ram, imageBytes: number, pageBytes: number): Layout {
  if (isExecuteNever(ram.start) || isExecuteNever(ram.start + ram.size - 1))
    throw new FlashFailure(
      { kind: "no-room", needed: imageBytes, available: 0 },
      `no flash algorithm can run from ${hex32(ram.start)}: it is not memory that a Cortex-M executes from`,
    );
  const page = (pageBytes + 7) & ~7;
  const fixed = HEADER_BYTES + imageBytes;
  const start = ((ram.start + 7) & ~7) >>> 0;
  const available = (((ram.start + ram.size) & ~7) >>> 0) - start;
  for (const buffers of [2, 1])
    for (const stack of STACKS) {
      if (fixed + stack + buffers * page > available) continue;
      const code = start + HEADER_BYTES;
      const stackLimit = code + imageBytes;
      const stackTop = stackLimit + stack;
      return {
        breakpoint: start,
        code,
        stackLimit,
        stackTop,
        scratch: { start: stackTop, size: start + available - stackTop },
        buffers: Array.from({ length: buffers }, (_, index) => stackTop + index * page),
      };
    }
  const [, , least] = STACKS;
  const needed = fixed + least + page;
  throw new FlashFailure(
    { kind: "no-room", needed, available },
    `the flash algorithm needs ${needed} bytes of RAM (code and data ${imageBytes}, stack ${least}, one page ${page}); ` +
      `the ${ram.size} bytes at ${hex32(ram.start)} are too few`,
  );
}
