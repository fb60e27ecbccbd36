/**
 * Access ports that vendors have made to say whether a part is locked, and to open it: how each is recognised, which of its
 * registers may be read without a side effect, and which shipped sequence uses it.
 */
import type { ApPlace } from "../../coresight/ap-place.ts";

export interface VendorPort {
  readonly name: string;
  readonly part: string;
  /** Bits of IDR that identify it. */
  readonly idr: { readonly mask: number; readonly value: number };
  /** Where it stands, if that tells parts with the same IDR apart. */
  readonly at?: readonly number[];
  /** Registers by their offset. Reading them changes nothing. */
  readonly reads: Readonly<Record<string, number>>;
  /** What its registers mean; undefined if it says that the part is open. */
  readonly locked: (read: (name: string) => number | undefined) => Lock | undefined;
  /** The file of shipped sequences that belongs to it, and the one that opens the part. */
  readonly shipped: { readonly file: string; readonly opens: string; readonly erases: boolean };
}

export interface Lock {
  /** What is set, as a sentence goes on after "because". */
  readonly because: string;
  /** Nothing opens it any more. */
  readonly forEver?: true;
}

const ANY_REVISION = 0x0fff_ffff;

/** APPROTECTSTATUS bit 0 is 1 on an open part (nRF52840 product specification v1.7, 4.8.2). */
function ctrlApLock(read: (name: string) => number | undefined): Lock | undefined {
  const status = read("APPROTECTSTATUS");
  if (status === undefined || (status & 1) === 1) return undefined;
  const erase = read("ERASEPROTECTSTATUS");
  if (erase !== undefined && (erase & 1) === 0)
    return { because: "APPROTECT is set, and ERASEPROTECT forbids the erase that opens it", forEver: true };
  return { because: "APPROTECT is set (CTRL-AP APPROTECTSTATUS = 0)" };
}

const VENDOR_PORTS: readonly VendorPort[] = [
  {
    name: "CTRL-AP",
    part: "nRF52",
    idr: { mask: ANY_REVISION, value: 0x0288_0000 },
    at: [1],
    reads: { APPROTECTSTATUS: 0x0c },
    locked: ctrlApLock,
    shipped: { file: "nordic/nrf52", opens: "Recover", erases: true },
  },
  {
    name: "CTRL-AP",
    part: "nRF53",
    idr: { mask: 0xffff_ffff, value: 0x1288_0000 },
    at: [2, 3],
    reads: { APPROTECTSTATUS: 0x0c, ERASEPROTECTSTATUS: 0x18 },
    locked: ctrlApLock,
    shipped: { file: "nordic/nrf53", opens: "Recover", erases: true },
  },
  {
    name: "CTRL-AP",
    part: "nRF91",
    idr: { mask: 0xffff_ffff, value: 0x1288_0000 },
    at: [4],
    reads: { APPROTECTSTATUS: 0x0c, ERASEPROTECTSTATUS: 0x18 },
    locked: ctrlApLock,
    shipped: { file: "nordic/nrf91", opens: "Recover", erases: true },
  },
  {
    // K64 reference manual rev 2, 9.3: bit 1 flash ready, 2 system security, 5 mass erase enabled.
    name: "MDM-AP",
    part: "Kinetis",
    idr: { mask: ANY_REVISION, value: 0x001c_0000 },
    reads: { Status: 0x00 },
    locked: (read) => {
      const status = read("Status");
      if (status === undefined || (status & 0x2) === 0 || (status & 0x4) === 0) return undefined;
      return (status & 0x20) === 0
        ? { because: "FSEC.SEC is set, and FSEC.MEEN forbids the mass erase that opens it", forEver: true }
        : { because: "FSEC.SEC is set (MDM-AP Status bit 2)" };
    },
    shipped: { file: "nxp/kinetis", opens: "Recover", erases: true },
  },
  {
    // EFM32 reference manuals, "Authentication Access Port": it stands at AP 0 of a locked part alone.
    name: "AAP",
    part: "EFM32",
    idr: { mask: ANY_REVISION, value: 0x06e6_0001 },
    reads: { STATUS: 0x08 },
    locked: () => ({ because: "the debug lock word is cleared: AP 0 is the AAP, not a MEM-AP" }),
    shipped: { file: "silabs/efm32", opens: "Recover", erases: true },
  },
  {
    // LPC55S3x user manual, "Debug mailbox": AP 0 opens after Start Debug Session.
    name: "debug mailbox",
    part: "LPC55",
    idr: { mask: ANY_REVISION, value: 0x002a_0000 },
    reads: { CSW: 0x00 },
    locked: () => ({ because: "the boot ROM opens AP 0 only after a request through the debug mailbox" }),
    shipped: { file: "nxp/lpc55", opens: "Unlock", erases: false },
  },
];

export function vendorPort(idr: number, place: ApPlace): VendorPort | undefined {
  return VENDOR_PORTS.find(
    ({ idr: { mask, value }, at }) =>
      (idr & mask) >>> 0 === value && (at === undefined || (typeof place === "number" && at.includes(place))),
  );
}
