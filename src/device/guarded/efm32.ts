/** Lists the guarded writes of Silicon Labs EFM32 and EFR32 parts. */
import { atEach, BIT_0, UNLESS_ERASED, type Row } from "./row.ts";

const SERIES_1 = "EFM32GG reference manual d0053, 7.3.2 and 7.5; EFR32xG1, MSC";
const SERIES_2 = "EFR32xG21 reference manual, MSC";
const ELEMENT =
  "Silicon Labs AN1190, series 2 secure debug; AN1303, programming series 2 devices by DCI and SWD";

/** These are MSC of series 0 and of series 1. */
const MSC = [0x400c_0000, 0x400e_0000] as const;
/** These are MSC of series 2, secure and not. */
const MSC_2 = [0x4003_0000, 0x5003_0000] as const;
/**
 * The secure element takes commands in its mailbox, and on its debug challenge interface, behind an access
 * port of its own.
 */
const ELEMENT_DOORS = [0x4c00_0000, 0x5280_0000, 0x5c00_0000, 0x0000_1000] as const;

const at = (bases: readonly number[], offset: number): readonly number[] =>
  bases.map((base) => base + offset);
const whole = (...values: readonly number[]): { mask: number; is: readonly number[] } => ({
  mask: 0xffff_0000,
  is: values,
});

export const EFM32: readonly Row[] = [
  {
    grant: "erase",
    does: "erases the whole device (AAP_CMD DEVICEERASE)",
    at: { apRegister: 0x00 },
    when: BIT_0,
    source: "EFM32GG reference manual d0053, 6.4.1",
  },
  ...atEach(at(MSC, 0x0c), {
    grant: "erase",
    does: "erases all of main flash, or half of it (MSC ERASEMAIN0, ERASEMAIN1)",
    when: { mask: 0x300, is: [0x100, 0x200, 0x300] },
    source: SERIES_1,
  }),
  ...atEach(at(MSC_2, 0x10), {
    grant: "erase",
    does: "erases all of main flash (MSC ERASEMAIN0)",
    when: { mask: 0x100, is: [0x100] },
    source: SERIES_2,
  }),
  {
    grant: "lock",
    does: "locks pages, or the device against debuggers (lock bits page)",
    at: { address: 0x0fe0_4000, size: 0x200 },
    when: UNLESS_ERASED,
    source: SERIES_1,
  },
  // The controller writes to the address that it was told, and on from there.
  ...atEach(at(MSC, 0x10), {
    grant: "lock",
    does: "points the flash controller at the lock bits page (MSC ADDRB)",
    when: { mask: 0xffff_f000, is: [0x0fe0_3000, 0x0fe0_4000] },
    source: SERIES_1,
  }),
  ...atEach(ELEMENT_DOORS, {
    grant: "erase",
    does: "orders the secure element to erase the device (DEVICE_ERASE)",
    when: whole(0x430f_0000),
    source: ELEMENT,
    inMemory: true,
  }),
  ...atEach(ELEMENT_DOORS, {
    grant: "lock",
    does: "orders the secure element to lock the device against debuggers (DBG_LOCK_APPLY)",
    when: whole(0x430c_0000),
    source: ELEMENT,
    inMemory: true,
  }),
  ...atEach(ELEMENT_DOORS, {
    grant: "lock=forever",
    does: "orders the secure element to write what nothing takes back (secure debug, no more device erase, keys)",
    when: whole(0x430d_0000, 0x4310_0000, 0xff07_0000, 0xff00_0000, 0xff09_0000, 0xff0b_0000),
    source: ELEMENT,
    inMemory: true,
  }),
];
