/** What a part says of its own protection and flash, in registers that may be read without a side effect. */
import { coreName } from "../../coresight/cpuid.ts";
import type { Identity, PortSight, Reading } from "./sight.ts";
import { vendorPort } from "./vendor-ports.ts";

interface Marks {
  /** By the ROM table. */
  readonly identity: Identity | undefined;
  /** By TARGETID. */
  readonly target: Identity | undefined;
  /** BASE of the processor's access port. */
  readonly base: number | undefined;
  readonly cpuid: number | undefined;
  readonly ports: readonly PortSight[];
}

interface KnownPart {
  readonly isOne: (marks: Marks) => boolean;
  readonly reads: Readonly<Record<string, number>>;
  /** More registers, if those say that it is the one. */
  readonly further?: (first: (name: string) => number | undefined) => Readonly<Record<string, number>>;
}

const ST = 0x020;
/** DBGMCU_IDCODE.DEV_ID of parts with the flash interface of RM0090 and its siblings. */
const STM32F4_DEVICES: ReadonlySet<number> = new Set([
  0x413, 0x419, 0x421, 0x423, 0x431, 0x433, 0x434, 0x441, 0x458, 0x463,
]);
/** TARGETID.TPARTNO holds DEV_ID in its upper digits: STM32H742, H743, H745, H747, H750, H753 (RM0399, RM0433). */
const STM32H7_PART = 0x4500;

const PARTS: readonly KnownPart[] = [
  {
    // RM0433 4.9: the status of both banks, and the sectors that are write-protected.
    isOne: ({ target }) => target?.designer === ST && target.part === STM32H7_PART,
    reads: {
      FLASH_SR1: 0x5200_2010,
      FLASH_WPSN_CUR1R: 0x5200_2038,
      FLASH_SR2: 0x5200_2110,
      FLASH_WPSN_CUR2R: 0x5200_2138,
    },
  },
  {
    // RM0090 rev 19, 3.9: FLASH_SR and FLASH_OPTCR; 38.6.1: DBGMCU_IDCODE.
    isOne: ({ identity }) => identity?.designer === ST,
    reads: { DBGMCU_IDCODE: 0xe004_2000 },
    further: (first) =>
      STM32F4_DEVICES.has((first("DBGMCU_IDCODE") ?? 0) & 0xfff)
        ? { FLASH_OPTCR: 0x4002_3c14, FLASH_SR: 0x4002_3c0c }
        : {},
  },
  {
    // DS40001882 13.9: the registers of the DSU once more, where the debugger of a secured part reaches them.
    // On a secured part the table itself does not answer; its address is that of no other part.
    isOne: ({ base }) => base !== undefined && (base & 0xffff_f000) >>> 0 === 0x4100_3000,
    reads: { "DSU STATUS": 0x4100_2100, "DSU DID": 0x4100_2118 },
    // 22.8: parts with a Cortex-M0+ have the same NVMCTRL; 10.3.1: the user row.
    further: (first) =>
      (first("DSU DID") ?? 0) >>> 28 === 1
        ? { INTFLAG: 0x4100_4014, LOCK: 0x4100_4020, "user row": 0x0080_4000 }
        : {},
  },
  {
    // K64P144M120SF5RM rev 4, 29.3.3: each register is a byte; FPROT3 comes first.
    isOne: ({ cpuid, ports }) => isCortexM4(cpuid) && hasPort(ports, "Kinetis"),
    reads: { FSTAT: 0x4002_0000, FPROT: 0x4002_0010 },
  },
  {
    // nRF52840 product specification v1.7, 4.3.9.
    isOne: ({ cpuid, ports }) => isCortexM4(cpuid) && hasPort(ports, "nRF52"),
    reads: { READY: 0x4001_e400, CONFIG: 0x4001_e504 },
  },
];

function isCortexM4(cpuid: number | undefined): boolean {
  return cpuid !== undefined && coreName(cpuid).startsWith("Cortex-M4 ");
}

function hasPort(ports: readonly PortSight[], part: string): boolean {
  return ports.some(({ idr, place }) => idr !== undefined && vendorPort(idr, place)?.part === part);
}

/** `read` yields undefined if the address does not answer. */
export async function readingsOf(
  marks: Marks,
  read: (address: number) => Promise<number | undefined>,
): Promise<readonly Reading[]> {
  const known = PARTS.find(({ isOne }) => isOne(marks));
  const readings: Reading[] = [];
  const readAll = async (registers: Readonly<Record<string, number>> = {}): Promise<void> => {
    for (const [name, address] of Object.entries(registers))
      readings.push({ name, value: await read(address) });
  };
  await readAll(known?.reads);
  await readAll(known?.further?.((name) => readings.find((one) => one.name === name)?.value));
  return readings;
}
