/** Lists the guarded writes of NXP Kinetis and S32K1 parts. */
import { BIT_0, type Row } from "./row.ts";

export const KINETIS: readonly Row[] = [
  {
    grant: "erase",
    does: "erases all flash (MDM-AP Control, Flash Mass Erase)",
    at: { apRegister: 0x04 },
    when: BIT_0,
    source: "K64 reference manual, table 9-4",
  },
  {
    grant: "erase",
    does: "orders the flash controller to erase all blocks (FTFx ERSALL, ERSALLU)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xff00_0000, is: [0x4400_0000, 0x4900_0000, 0x4a00_0000] },
    source: "K64 reference manual, 29.4.10; KL27 and S32K1 likewise",
  },
  {
    grant: "erase",
    does: "orders the flash controller to erase a whole block (FTFx ERSBLK)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xff00_0000, is: [0x0800_0000] },
    source: "K64 reference manual, 29.4.10.7",
  },
  {
    grant: "lock=forever",
    does: "orders the flash controller to write one-time programmable memory (FTFx PGMONCE)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xff00_0000, is: [0x4300_0000] },
    source: "K64 reference manual, 29.4.10, Program Once command",
  },
  {
    grant: "lock",
    does: "orders the flash controller to erase or program the sector of the flash configuration field (FTFx, FSEC)",
    at: { address: 0x4002_0004 },
    when: { mask: 0xffff_f000, is: [0x0900_0000, 0x0600_0000, 0x0700_0000, 0x0b00_0000] },
    source: "K64 reference manual, 29.4.10; 30.4.3 and 29.33.2, FTFE_FSEC",
  },
  {
    grant: "lock=forever",
    does: "secures the device and disables its mass erase (FSEC)",
    at: { address: 0x0000_040c },
    when: { mask: 0x33, is: [0x20, 0x21, 0x23] },
    inMemory: true,
    source: "K64 reference manual, 30.4.3 and 29.33.2, FTFE_FSEC",
  },
  {
    grant: "lock",
    does: "secures the device at its next reset (FSEC)",
    at: { address: 0x0000_040c },
    when: { mask: 0x3, unless: [0x2] },
    inMemory: true,
    erased: "locks",
    source: "K64 reference manual, 30.4.3 and 29.33.2, FTFE_FSEC",
  },
];
