/** Rows of Silicon Labs EFM32 and EFR32 parts. */
import { BIT_0, UNLESS_ERASED, type Row } from "./row.ts";

export const EFM32: readonly Row[] = [
  {
    grant: "erase",
    does: "erases the whole device (AAP_CMD DEVICEERASE)",
    at: { apRegister: 0x00 },
    when: BIT_0,
    source: "EFM32GG reference manual d0053, 6.4.1",
  },
  ...[0x400c_000c, 0x400e_000c].map((address): Row => ({
    grant: "erase",
    does: "erases all of main flash (MSC ERASEMAIN0)",
    at: { address },
    when: { mask: 0x100, is: [0x100] },
    source: "EFM32GG reference manual d0053, 7.5.4; EFR32xG1, 8.6.4",
  })),
  {
    grant: "lock",
    does: "locks pages, or the device against debuggers (lock bits page)",
    at: { address: 0x0fe0_4000, size: 0x200 },
    when: UNLESS_ERASED,
    source: "EFM32GG reference manual d0053, 7.3.2",
  },
];
