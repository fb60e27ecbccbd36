/** What the registers of known flash controllers mean: busy, idle, and which addresses are write-protected. */
import { hex } from "../../lib/hex.ts";
import type { Sight } from "../target/sight.ts";
import { byHand, type Try } from "../try.ts";
import { reading } from "./lock.ts";

export interface Protection {
  readonly says: string;
  readonly evidence: string;
  readonly tries: readonly Try[];
}

export interface Controller {
  readonly isBusy: boolean;
  /** The register and bit that say so, as `FLASH_SR.BSY = 1`. */
  readonly status: string;
  /** Of an address; without one, of everything. */
  readonly protection: (address: number | undefined) => Protection | undefined;
}

/** Undefined if nothing is known of the part's controller. */
export function controllerOf(sight: Sight): Controller | undefined {
  const read = (name: string): number | undefined => reading(sight, name);
  for (const make of CONTROLLERS) {
    const found = make(read);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Read = (name: string) => number | undefined;

function bit(value: number, at: number): 0 | 1 {
  return ((value >>> at) & 1) as 0 | 1;
}

/** RM0090 3.3: four sectors of 16 KiB, one of 64 KiB, then 128 KiB. 3.9.10: a 0 in nWRP protects its sector. */
const STM32F4_FLASH = 0x0800_0000;
function stm32f4(read: Read): Controller | undefined {
  const status = read("FLASH_SR");
  const options = read("FLASH_OPTCR");
  if (status === undefined || options === undefined) return undefined;
  const open = (options >>> 16) & 0xfff;
  return {
    isBusy: bit(status, 16) === 1,
    status: `FLASH_SR.BSY = ${bit(status, 16)}`,
    protection: (address) => {
      const closed = address === undefined ? open !== 0xfff : bit(open, sectorOfF4(address)) === 0;
      if (!closed) return undefined;
      return {
        says: `the option bytes write-protect flash${sectorText(address && sectorOfF4(address), open === 0)}`,
        evidence: `FLASH_OPTCR.nWRP = ${hex(open, 3)}: a 0 protects its sector`,
        tries: byHand("set nWRP in the option bytes (FLASH_OPTCR) again, then program"),
      };
    },
  };
}

function sectorOfF4(address: number): number {
  const offset = (address >= STM32F4_FLASH ? address - STM32F4_FLASH : address) & 0xf_ffff;
  if (offset < 0x1_0000) return Math.floor(offset / 0x4000);
  return offset < 0x2_0000 ? 4 : 4 + Math.floor(offset / 0x2_0000);
}

function sectorText(sector: number | undefined, all: boolean): string {
  if (all) return ": every sector";
  return sector === undefined ? "" : `: sector ${sector}`;
}

/** RM0433 4.3.9 and 4.9.16: eight sectors of 128 KiB a bank; a 0 in WRPSn protects its sector. */
const STM32H7_BANK = 0x10_0000;
const STM32H7_SECTOR = 0x2_0000;
function stm32h7(read: Read): Controller | undefined {
  const status = read("FLASH_SR1");
  const open = read("FLASH_WPSN_CUR1R");
  if (status === undefined || open === undefined) return undefined;
  const banks = [open & 0xff, (read("FLASH_WPSN_CUR2R") ?? 0xff) & 0xff];
  const busy = bit(status | (read("FLASH_SR2") ?? 0), 0);
  return {
    isBusy: busy === 1,
    status: `FLASH_SR.BSY = ${busy}`,
    protection: (address = 0) => {
      const bank = (address & STM32H7_BANK) === 0 ? 0 : 1;
      const sector = Math.floor((address & (STM32H7_BANK - 1)) / STM32H7_SECTOR);
      const sectors = banks[bank] ?? 0xff;
      if (bit(sectors, sector) === 1) return undefined;
      return {
        says: `the option bytes write-protect flash${sectors === 0 ? `: every sector of bank ${bank + 1}` : `: sector ${sector} of bank ${bank + 1}`}`,
        evidence: `FLASH_WPSN_CUR${bank + 1}R = ${hex(sectors, 2)}: a 0 protects its sector`,
        tries: byHand(`set FLASH_WPSN_PRG${bank + 1}R to 0xFF and start an option byte change (FLASH_OPTCR)`),
      };
    },
  };
}

/** K64P144M120SF5RM rev 4, 29.3.3: each of 32 bits of FPROT is for one region; a 0 protects it. FSTAT.CCIF is 0 during a command. */
function ftfe(read: Read): Controller | undefined {
  const status = read("FSTAT");
  const open = read("FPROT");
  if (status === undefined || open === undefined) return undefined;
  return {
    isBusy: bit(status, 7) === 0,
    status: `FSTAT.CCIF = ${bit(status, 7)}`,
    // How large a region is depends on the size of the flash, so only what protects all of it is told by address.
    protection: (address) => {
      const isClosed = address === 0 ? bit(open, 0) === 0 : open === 0;
      if (!isClosed) return undefined;
      return {
        says: `FPROT write-protects flash${open === 0 ? ": every region" : ": region 0"}`,
        evidence: `FPROT3 to FPROT0 read ${hex(open, 8)}: a 0 protects its region`,
        tries: [
          { kind: "shipped", file: "nxp/kinetis", sequence: "Recover", allow: ["erase"] },
          ...byHand("program 0xFF to FPROT in the flash configuration field (0x408 to 0x40B)"),
        ],
      };
    },
  };
}

/** DS40001882 22.8: LOCK has one bit for each of 16 regions, a 0 locks; 10.3.1: BOOTPROT, the rows at the start that never change. */
const NO_BOOTPROT = 7;
function nvmctrl(read: Read): Controller | undefined {
  const flags = read("INTFLAG");
  const lock = read("LOCK");
  const row = read("user row");
  if (flags === undefined || lock === undefined) return undefined;
  const boot = (row ?? NO_BOOTPROT) & 7;
  const bootSize = boot === NO_BOOTPROT ? 0 : 0x8000 >> boot;
  return {
    isBusy: bit(flags, 0) === 0,
    status: `NVMCTRL INTFLAG.READY = ${bit(flags, 0)}`,
    protection: (address) => {
      if (bootSize > 0 && (address === undefined || address < bootSize))
        return {
          says: `BOOTPROT write-protects the first ${bootSize} bytes of flash`,
          evidence: `BOOTPROT = ${boot} (NVM user row at 0x00804000)`,
          tries: byHand(
            "set BOOTPROT to 7 in the NVM user row (0x00804000), reset, then program",
            `program above ${hex(bootSize, 8)}, behind the boot loader`,
          ),
        };
      if ((lock & 0xffff) !== 0) return undefined;
      return {
        says: "every region of flash is locked (NVMCTRL LOCK)",
        evidence: `NVMCTRL LOCK = ${hex(lock & 0xffff, 4)}: a 0 locks its region`,
        tries: byHand("unlock the regions: LOCK in the NVM user row (0x00804000), or NVMCTRL's command UR"),
      };
    },
  };
}

/** nRF52840 product specification v1.7, 4.3.9. What ACL protects can only be read through ACL itself. */
function nvmc(read: Read): Controller | undefined {
  const ready = read("READY");
  if (ready === undefined) return undefined;
  return {
    isBusy: bit(ready, 0) === 0,
    status: `NVMC READY = ${bit(ready, 0)}`,
    protection: () => undefined,
  };
}

const CONTROLLERS = [stm32h7, stm32f4, ftfe, nvmctrl, nvmc];
