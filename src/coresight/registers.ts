/** The registers of DP, MEM-AP and Cortex-M by name, with fields and their source. Does not reach them. */
import { register, type RegisterInfo } from "./register-layout.ts";

export { decode, encode, field, mask, type Field, type RegisterInfo } from "./register-layout.ts";

const ADI = "ADIv5.2";

export const DPIDR = register("DPIDR", 0x0, `${ADI} B2.2.5`, {
  RAO: 0,
  DESIGNER: [1, 11],
  VERSION: [12, 4],
  MIN: 16,
  PARTNO: [20, 8],
  REVISION: [28, 4],
});
export const ABORT = register("ABORT", 0x0, `${ADI} B2.2.1`, {
  DAPABORT: 0,
  STKCMPCLR: 1,
  STKERRCLR: 2,
  WDERRCLR: 3,
  ORUNERRCLR: 4,
});
export const CTRL_STAT = register("CTRL/STAT", 0x4, `${ADI} B2.2.2`, {
  ORUNDETECT: 0,
  STICKYORUN: 1,
  TRNMODE: [2, 2],
  STICKYCMP: 4,
  STICKYERR: 5,
  READOK: 6,
  WDATAERR: 7,
  MASKLANE: [8, 4],
  TRNCNT: [12, 12],
  CDBGRSTREQ: 26,
  CDBGRSTACK: 27,
  CDBGPWRUPREQ: 28,
  CDBGPWRUPACK: 29,
  CSYSPWRUPREQ: 30,
  CSYSPWRUPACK: 31,
});
export const DLCR = register("DLCR", 0x4, `${ADI} B2.2.3 (DPBANKSEL 1)`, { TURNROUND: [8, 2] });
export const TARGETID = register("TARGETID", 0x4, `${ADI} B2.2.10 (DPBANKSEL 2)`, {
  TDESIGNER: [1, 11],
  TPARTNO: [12, 16],
  TREVISION: [28, 4],
});
export const DLPIDR = register("DLPIDR", 0x4, `${ADI} B2.2.4 (DPBANKSEL 3)`, {
  PROTVSN: [0, 4],
  TINSTANCE: [28, 4],
});
/** The DPBANKSEL of TARGETID. */
export const TARGETID_BANK = 2;
export const SELECT = register("SELECT", 0x8, `${ADI} B2.2.9`, {
  DPBANKSEL: [0, 4],
  APBANKSEL: [4, 4],
  APSEL: [24, 8],
});
/** Registers of ADIv6 at the address of DPIDR, in banks 1 and 2. */
export const DPIDR1 = {
  bank: 1,
  ...register("DPIDR1", 0x0, "ADIv6.0 B2.2.6 (DPBANKSEL 1)", { ASIZE: [0, 7], ERRMODE: 7 }),
} as const;
export const BASEPTR0 = {
  bank: 2,
  ...register("BASEPTR0", 0x0, "ADIv6.0 B2.2.2 (DPBANKSEL 2)", { VALID: 0, PTR: [12, 20] }),
} as const;
/** The bank of bits 63:32 of BASEPTR. */
export const BASEPTR1_BANK = 3;
/** The bank of SELECT1, at the address of CTRL/STAT (ADIv6.0 B2.2.12). */
export const SELECT1_BANK = 5;

/** A write-only register at the address of RDBUFF; it is not acknowledged by any DP (wire rule 13). */
export const TARGETSEL = register("TARGETSEL", 0xc, `${ADI} B4.3.4`, {
  TDESIGNER: [1, 11],
  TPARTNO: [12, 16],
  TINSTANCE: [28, 4],
});

export const CSW = register("CSW", 0x00, `${ADI} C2.6.4`, {
  Size: [0, 3],
  AddrInc: [4, 2],
  DeviceEn: 6,
  TrInProg: 7,
  Mode: [8, 4],
  Type: [12, 4],
  SPIDEN: 23,
  Prot: [24, 7],
  DbgSwEnable: 31,
});
export const TAR = register("TAR", 0x04, `${ADI} C2.6.13`, {});
export const DRW = register("DRW", 0x0c, `${ADI} C2.6.6`, {});
/** The banked data registers: the four words at TAR with its lower four bits 0. */
const BD: readonly RegisterInfo[] = [0, 1, 2, 3].map((index) =>
  register(`BD${index}`, 0x10 + 4 * index, `${ADI} C2.6`, {}),
);
export const CFG = register("CFG", 0xf4, `${ADI} C2.6.3`, { BE: 0, LA: 1, LD: 2 });
export const BASE = register("BASE", 0xf8, `${ADI} C2.6.1`, { present: 0, format: 1, BASEADDR: [12, 20] });
export const IDR = register("IDR", 0xfc, `${ADI} C1.3.1`, {
  TYPE: [0, 4],
  VARIANT: [4, 4],
  CLASS: [13, 4],
  DESIGNER: [17, 11],
  REVISION: [28, 4],
});

const V7M = "Armv7-M ARM";

export const CPUID = register("CPUID", 0xe000_ed00, `${V7M} B3.2.3`, {
  Revision: [0, 4],
  PartNo: [4, 12],
  Architecture: [16, 4],
  Variant: [20, 4],
  Implementer: [24, 8],
});
export const AIRCR = register("AIRCR", 0xe000_ed0c, `${V7M} B3.2.6`, {
  VECTRESET: 0,
  VECTCLRACTIVE: 1,
  SYSRESETREQ: 2,
  PRIGROUP: [8, 3],
  ENDIANNESS: 15,
  VECTKEY: [16, 16],
});
export const CFSR = register("CFSR", 0xe000_ed28, `${V7M} B3.2.15`, {
  IACCVIOL: 0,
  DACCVIOL: 1,
  MUNSTKERR: 3,
  MSTKERR: 4,
  MMARVALID: 7,
  IBUSERR: 8,
  PRECISERR: 9,
  IMPRECISERR: 10,
  UNSTKERR: 11,
  STKERR: 12,
  BFARVALID: 15,
  UNDEFINSTR: 16,
  INVSTATE: 17,
  INVPC: 18,
  NOCP: 19,
  UNALIGNED: 24,
  DIVBYZERO: 25,
});
/** Holds the address that a MemManage fault accessed, if CFSR says so. */
export const MMFAR = 0xe000_ed34;
/** Holds the address that a bus fault accessed, if CFSR says so. */
export const BFAR = 0xe000_ed38;
export const HFSR = register("HFSR", 0xe000_ed2c, `${V7M} B3.2.16`, { VECTTBL: 1, FORCED: 30, DEBUGEVT: 31 });
export const DFSR = register("DFSR", 0xe000_ed30, `${V7M} C1.6.1`, {
  HALTED: 0,
  BKPT: 1,
  DWTTRAP: 2,
  VCATCH: 3,
  EXTERNAL: 4,
});
export const DHCSR = register("DHCSR", 0xe000_edf0, `${V7M} C1.6.2`, {
  C_DEBUGEN: 0,
  C_HALT: 1,
  C_STEP: 2,
  C_MASKINTS: 3,
  C_SNAPSTALL: 5,
  S_REGRDY: 16,
  S_HALT: 17,
  S_SLEEP: 18,
  S_LOCKUP: 19,
  S_SDE: 20,
  S_RETIRE_ST: 24,
  S_RESET_ST: 25,
});
export const DCRSR = register("DCRSR", 0xe000_edf4, `${V7M} C1.6.3`, { REGSEL: [0, 7], REGWnR: 16 });
export const DCRDR = register("DCRDR", 0xe000_edf8, `${V7M} C1.6.4`, {});
export const DEMCR = register("DEMCR", 0xe000_edfc, `${V7M} C1.6.5`, {
  VC_CORERESET: 0,
  VC_MMERR: 4,
  VC_NOCPERR: 5,
  VC_CHKERR: 6,
  VC_STATERR: 7,
  VC_BUSERR: 8,
  VC_INTERR: 9,
  VC_HARDERR: 10,
  MON_EN: 16,
  TRCENA: 24,
});

export const DAUTHSTATUS = register("DAUTHSTATUS", 0xe000_efb8, "Armv8-M ARM D1.2.46", {
  NSID: [0, 2],
  NSNID: [2, 2],
  SID: [4, 2],
  SNID: [6, 2],
});
export const DSCSR = register("DSCSR", 0xe000_ee08, "Armv8-M ARM D1.2.71", {
  SBRSELEN: 0,
  SBRSEL: 1,
  CDS: 16,
  CDSKEY: 17,
});

/** The key in the upper half of DHCSR writes; without it they are ignored (C1.6.2). */
export const DBGKEY = 0xa05f_0000;

const SYSTEM_REGISTERS: readonly RegisterInfo[] = [
  CPUID,
  AIRCR,
  CFSR,
  HFSR,
  DFSR,
  DHCSR,
  DCRSR,
  DCRDR,
  DEMCR,
  DAUTHSTATUS,
  DSCSR,
];

/** Returns the name of an architected register at a memory address, for messages. */
export function registerAt(address: number): string | undefined {
  return registerInfoAt(address)?.name;
}

export function registerInfoAt(address: number): RegisterInfo | undefined {
  return SYSTEM_REGISTERS.find((info) => info.address === address);
}

const AP_REGISTERS: readonly RegisterInfo[] = [CSW, TAR, DRW, ...BD, CFG, BASE, IDR];
const DP_REGISTERS: Readonly<Record<number, string>> = {
  0x0: "DPIDR/ABORT",
  0x4: "CTRL/STAT",
  0x8: "SELECT",
  0xc: "RDBUFF",
};

/** Returns the MEM-AP name of an AP offset. Other APs use the offsets differently, so the name is only for MEM-APs. */
export function apRegisterName(offset: number): string | undefined {
  return AP_REGISTERS.find((info) => info.address === offset)?.name;
}

export function dpRegisterName(address: number): string | undefined {
  return DP_REGISTERS[address];
}
