/** Rows of PSoC 6 parts. */
import { type Row } from "./row.ts";

export const PSOC6: readonly Row[] = [
  {
    grant: "erase",
    does: "orders the system ROM to erase all flash (EraseAll)",
    at: { address: 0x4023_004c },
    when: { mask: 0xff00_0001, is: [0x0a00_0001] },
    source: "PSoC 6 architecture TRM 002-18176, non-volatile memory, system calls",
  },
  {
    grant: "lock=forever",
    does: "orders the system ROM to blow a fuse or to change the life cycle",
    at: { address: 0x4023_004c },
    when: { mask: 0xff00_0001, is: [0x0100_0001, 0x2800_0001, 0x2f00_0001] },
    source: "PSoC 6 architecture TRM 002-18176, non-volatile memory, system calls",
  },
];
