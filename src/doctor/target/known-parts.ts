/** What a part says of its own protection and flash, in registers that may be read without a side effect. */
import type { Identity, Reading } from "./sight.ts";

interface Marks {
  readonly identity: Identity | undefined;
  /** BASE of the processor's access port. */
  readonly base: number | undefined;
}

interface KnownPart {
  readonly name: string;
  readonly isOne: (marks: Marks) => boolean;
  readonly reads: Readonly<Record<string, number>>;
}

const ST = 0x020;

const PARTS: readonly KnownPart[] = [
  {
    // RM0090 rev 19, 3.9: FLASH_SR and FLASH_OPTCR; 38.6.1: DBGMCU_IDCODE.
    name: "STM32F4",
    isOne: ({ identity }) => identity?.designer === ST,
    reads: { DBGMCU_IDCODE: 0xe004_2000 },
  },
  {
    // DS40001882 13.9: the registers of the DSU once more, where the debugger of a secured part reaches them.
    name: "SAM D, L or C",
    // On a secured part the table itself does not answer; its address is that of no other part.
    isOne: ({ base }) => base !== undefined && (base & 0xffff_f000) >>> 0 === 0x4100_3000,
    reads: { "DSU STATUS": 0x4100_2100, "DSU DID": 0x4100_2118 },
  },
];

/** DBGMCU_IDCODE.DEV_ID of parts with the flash interface of RM0090 and its siblings. */
const STM32F4_DEVICES: ReadonlySet<number> = new Set([
  0x413, 0x419, 0x421, 0x423, 0x431, 0x433, 0x434, 0x441, 0x458, 0x463,
]);
const FLASH_SR = 0x4002_3c0c;
const FLASH_OPTCR = 0x4002_3c14;

/** `read` yields undefined if the address does not answer. */
export async function readingsOf(
  marks: Marks,
  read: (address: number) => Promise<number | undefined>,
): Promise<readonly Reading[]> {
  const known = PARTS.find(({ isOne }) => isOne(marks));
  const readings: Reading[] = [];
  for (const [name, address] of Object.entries(known?.reads ?? {}))
    readings.push({ name, value: await read(address) });
  const device = readings.find(({ name }) => name === "DBGMCU_IDCODE")?.value;
  if (device !== undefined && STM32F4_DEVICES.has(device & 0xfff)) {
    readings.push({ name: "FLASH_OPTCR", value: await read(FLASH_OPTCR) });
    readings.push({ name: "FLASH_SR", value: await read(FLASH_SR) });
  }
  return readings;
}
