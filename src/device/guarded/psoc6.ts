/** Lists the guarded writes of PSoC 6 parts. */
import { atEach, type Row } from "./row.ts";

const CALLS = "PSoC 6 architecture TRM 002-18176, non-volatile memory, system calls";
/**
 * The system ROM takes calls in DATA of these structures: of the two processors and of a debugger, on both
 * kinds of parts.
 */
const MAILBOXES = [0x4022_0000, 0x4023_0000].flatMap((ipc) => [0x0c, 0x2c, 0x4c].map((at) => ipc + at));

export const PSOC6: readonly Row[] = [
  ...atEach(MAILBOXES, {
    grant: "erase",
    does: "orders the system ROM to erase all flash (EraseAll)",
    when: { mask: 0xff00_0001, is: [0x0a00_0001] },
    source: CALLS,
  }),
  ...atEach(MAILBOXES, {
    grant: "lock=forever",
    does: "orders the system ROM to blow a fuse or to change the life cycle",
    when: { mask: 0xff00_0001, is: [0x0100_0001, 0x2800_0001, 0x2f00_0001] },
    source: CALLS,
  }),
  {
    grant: "lock=forever",
    does: "restricts what debuggers may reach (supervisory flash, normal access restrictions)",
    at: { address: 0x1600_1a00, size: 0x200 },
    inMemory: true,
    source: "PSoC 6 architecture TRM 002-18176, supervisory flash, access restrictions",
  },
  {
    grant: "lock=forever",
    does: "blows fuses (eFuse)",
    at: { address: 0x9070_0000, size: 0x400 },
    when: { mask: 0xffff_ffff, unless: [0] },
    inMemory: true,
    source: "PSoC 6 programming specifications 002-15554, eFuse in hex files",
  },
];
