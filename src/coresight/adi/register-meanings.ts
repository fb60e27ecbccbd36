/**
 * What the values of registers mean, field by field: for people who have a value and want to know what it says. The layouts
 * are in registers.ts; it reaches nothing.
 */
import { hex } from "../../lib/hex.ts";
import { designerName } from "./jep106.ts";
import { coreName } from "../cpuid.ts";
import {
  ABORT,
  AIRCR,
  BASE,
  BASEPTR0,
  CFG,
  CFSR,
  CPUID,
  CSW,
  CTRL_STAT,
  DAUTHSTATUS,
  DCRSR,
  DEMCR,
  DFSR,
  DHCSR,
  DLCR,
  DLPIDR,
  DPIDR,
  DPIDR1,
  DSCSR,
  HFSR,
  IDR,
  SELECT,
  TARGETID,
  TARGETSEL,
  type RegisterInfo,
} from "../registers.ts";

export type Owner = "the core" | "the debug port" | "an access port";

/** The sentence for any value but 0, one for each value, or a sentence made of the value. */
type Meaning = string | readonly string[] | ((value: number) => string | undefined);

export interface MeantRegister {
  readonly info: RegisterInfo;
  readonly of: Owner;
  readonly says: string;
  readonly fields: Readonly<Record<string, Meaning>>;
  /** What the value as a whole says. */
  readonly whole?: (value: number) => string | undefined;
}

function meant<Name extends string>(
  info: RegisterInfo<Name>,
  of: Owner,
  says: string,
  fields: Readonly<Partial<Record<Name, Meaning>>>,
  whole?: (value: number) => string | undefined,
): MeantRegister {
  return {
    info,
    of,
    says,
    fields: fields as Readonly<Record<string, Meaning>>,
    ...(whole === undefined ? {} : { whole }),
  };
}

/** Two bits: the debug that exists, and whether it is allowed. */
const ALLOWED: readonly string[] = ["does not exist", "reserved", "exists and is not allowed", "allowed"];

const AP_TYPES: readonly string[] = [
  "JTAG, or an access port of the vendor",
  "a bus of type AHB3",
  "a bus of type APB2 or APB3",
  "",
  "a bus of type AXI3 or AXI4",
  "a bus of type AHB5",
  "a bus of type APB4 or APB5",
  "a bus of type AXI5",
  "a bus of type AHB5 with enhanced HPROT",
];

export const MEANT_REGISTERS: readonly MeantRegister[] = [
  meant(DPIDR, "the debug port", "identifies the debug port", {
    DESIGNER: maker,
    VERSION: (value) => `version ${value} of the debug port architecture`,
    MIN: "a minimal debug port: no pushed operations, no transaction counter",
  }),
  meant(ABORT, "the debug port", "clears sticky errors and ends a transfer that hangs (write only)", {
    DAPABORT: "gives up the present access",
    STKCMPCLR: "clears STICKYCMP",
    STKERRCLR: "clears STICKYERR",
    WDERRCLR: "clears WDATAERR",
    ORUNERRCLR: "clears STICKYORUN",
  }),
  meant(CTRL_STAT, "the debug port", "requests power, and tells of errors", {
    ORUNDETECT: "overruns are detected",
    STICKYORUN: "an overrun occurred",
    TRNMODE: ["normal transfers", "pushed verify", "pushed compare", "reserved"],
    STICKYCMP: "a pushed compare or verify met its value",
    STICKYERR: "an access through an access port failed: until ABORT clears it, all others are refused",
    READOK: "the last read was answered",
    WDATAERR: "data of a write was lost or had wrong parity",
    MASKLANE: "byte lanes of pushed compares; means nothing in normal transfers",
    CDBGRSTREQ: "a reset of the debug logic is requested",
    CDBGRSTACK: "the debug logic is reset",
    CDBGPWRUPREQ: ["debug power is not requested", "debug power is requested"],
    CDBGPWRUPACK: ["there is no debug power", "debug power is on"],
    CSYSPWRUPREQ: ["system power is not requested", "system power is requested"],
    CSYSPWRUPACK: ["there is no system power", "system power is on"],
  }),
  meant(DLCR, "the debug port", "sets the data link", {
    TURNROUND: (value) => `turnaround of ${value + 1} cycles`,
  }),
  meant(DLPIDR, "the debug port", "identifies the data link", {
    PROTVSN: (value) => (value === 1 ? "SWD version 2, with multidrop" : undefined),
    TINSTANCE: (value) => `instance ${value} among equal devices on the wires`,
  }),
  meant(TARGETID, "the debug port", "identifies the device", { TDESIGNER: maker }),
  meant(SELECT, "the debug port", "selects an access port and banks of registers", {
    DPBANKSEL: (value) => `bank ${value} of the debug port`,
    APBANKSEL: (value) => `registers ${hex(value * 16)} to ${hex(value * 16 + 12)} of the access port`,
    APSEL: (value) => `AP ${value}`,
  }),
  meant(TARGETSEL, "the debug port", "selects one of several debug ports on the wires (write only)", {
    TDESIGNER: maker,
    TINSTANCE: (value) => `instance ${value}`,
  }),
  meant(DPIDR1, "the debug port", "tells the width of addresses (ADIv6)", {
    ASIZE: (value) => `addresses of ${value} bits`,
    ERRMODE: "errors of access ports can be left out of STICKYERR",
  }),
  meant(BASEPTR0, "the debug port", "points to the first component (ADIv6)", {
    VALID: ["there is no component", "the address is valid"],
    PTR: (value) => `the component is at ${hex(value * 4096)}`,
  }),
  meant(CSW, "an access port", "says how memory is accessed", {
    Size: ["8 bits", "16 bits", "32 bits", "64 bits", "128 bits", "256 bits"],
    AddrInc: ["the address stays", "the address counts up", "packed transfers", "reserved"],
    DeviceEn: ["the device keeps this access port closed", "the access port is open"],
    TrInProg: "a transfer is under way",
    SPIDEN: ["secure accesses are not allowed", "secure accesses are allowed"],
    Prot: "attributes of the bus access",
    DbgSwEnable: "software may use the debug registers",
  }),
  meant(CFG, "an access port", "tells what it can do", {
    BE: "big-endian",
    LA: "addresses of more than 32 bits",
    LD: "data of more than 32 bits",
  }),
  meant(BASE, "an access port", "points to the first ROM table or component", {
    present: ["there is no component", "there is a component"],
    format: ["the old format", "the format of ADIv5"],
    BASEADDR: (value) => `the component is at ${hex(value * 4096)}`,
  }),
  meant(
    IDR,
    "an access port",
    "identifies the access port",
    {
      TYPE: AP_TYPES,
      CLASS: (value) =>
        value === 8
          ? "a MEM-AP: leads to memory"
          : value === 0
            ? "no class: of the vendor, or JTAG"
            : undefined,
      DESIGNER: maker,
    },
    (value) => (value === 0 ? "there is no access port" : undefined),
  ),
  meant(
    CPUID,
    "the core",
    "identifies the core",
    { Implementer: (value) => (value === 0x41 ? "Arm" : value === 0x63 ? "Arm China" : undefined) },
    (value) => (value === 0 || value === 0xffff_ffff ? "no core answered" : coreName(value)),
  ),
  meant(AIRCR, "the core", "resets the system, and sets priorities of exceptions", {
    VECTRESET: "resets the core alone",
    VECTCLRACTIVE: "clears the state of all exceptions",
    SYSRESETREQ: "requests a reset of the system",
    ENDIANNESS: ["little-endian", "big-endian"],
    VECTKEY: (value) =>
      value === 0x05fa
        ? "the key of a write"
        : value === 0xfa05
          ? "as it always reads"
          : "a write with it is ignored",
  }),
  meant(CFSR, "the core", "tells why a MemManage, bus or usage fault occurred", {
    IACCVIOL: "an instruction was fetched where that is forbidden",
    DACCVIOL: "data was accessed where that is forbidden",
    MUNSTKERR: "a MemManage fault while returning from an exception",
    MSTKERR: "a MemManage fault while entering an exception: the stack is where no access is allowed",
    MMARVALID: "MMFAR has the address",
    IBUSERR: "the bus refused the fetch of an instruction",
    PRECISERR: "the bus refused an access of the instruction at the stacked PC",
    IMPRECISERR: "the bus refused an earlier write; the stacked PC is not its place",
    UNSTKERR: "a bus fault while returning from an exception",
    STKERR: "a bus fault while entering an exception: the stack does not point to memory",
    BFARVALID: "BFAR has the address",
    UNDEFINSTR: "the core does not have this instruction",
    INVSTATE: "a jump to an even address, or another state that is not Thumb",
    INVPC: "an exception returned with a wrong EXC_RETURN",
    NOCP: "a coprocessor was used that is off, often the FPU",
    UNALIGNED: "an access was not aligned",
    DIVBYZERO: "a division by zero",
  }),
  meant(HFSR, "the core", "tells why a HardFault occurred", {
    VECTTBL: "the vector table could not be read",
    FORCED: "another fault could not be handled: CFSR says which",
    DEBUGEVT: "a debug event, such as BKPT without a debugger",
  }),
  meant(DFSR, "the core", "tells why the core halted; each bit stays until 1 is written to it", {
    HALTED: "by request of the debugger, or after a step",
    BKPT: "by a breakpoint",
    DWTTRAP: "by a watchpoint",
    VCATCH: "by vector catch",
    EXTERNAL: "by a signal from outside",
  }),
  meant(DHCSR, "the core", "halts and steps the core, and tells its state", {
    C_DEBUGEN: ["halting debug is off", "halting debug is on"],
    C_HALT: "the debugger asks for a halt",
    C_STEP: "the core runs one instruction at a time",
    C_MASKINTS: "interrupts are masked",
    C_SNAPSTALL: "a stalled access may be given up",
    S_REGRDY: ["a transfer of a core register is under way", "core registers can be accessed"],
    S_HALT: ["the core runs", "the core is halted"],
    S_SLEEP: "the core sleeps",
    S_LOCKUP: "the core is in lockup",
    S_SDE: "secure halting debug is allowed",
    S_RETIRE_ST: "an instruction was completed since the last read",
    S_RESET_ST: "the core was reset since the last read, or is in reset",
  }),
  meant(DCRSR, "the core", "selects a core register for a transfer (write only)", {
    REGSEL: (value) => CORE_REGISTERS[value] ?? undefined,
    REGWnR: ["reads the register", "writes the register"],
  }),
  meant(DEMCR, "the core", "chooses exceptions that halt the core, and switches trace on", {
    VC_CORERESET: "halts after a reset",
    VC_MMERR: "halts at a MemManage fault",
    VC_NOCPERR: "halts at the use of a coprocessor that is off",
    VC_CHKERR: "halts at unaligned accesses and divisions by zero that are checked",
    VC_STATERR: "halts at a usage fault of state",
    VC_BUSERR: "halts at a bus fault",
    VC_INTERR: "halts at a fault while an exception is entered or left",
    VC_HARDERR: "halts at a HardFault",
    MON_EN: "the debug monitor exception is on",
    TRCENA: ["DWT and ITM are off", "DWT and ITM are on"],
  }),
  meant(DAUTHSTATUS, "the core", "tells which debug the device allows", {
    NSID: ALLOWED,
    NSNID: ALLOWED,
    SID: ALLOWED,
    SNID: ALLOWED,
  }),
  meant(DSCSR, "the core", "tells the security state of the core", {
    SBRSELEN: ["the present state selects banked registers", "SBRSEL selects banked registers"],
    SBRSEL: ["non-secure", "secure"],
    CDS: ["the core is non-secure", "the core is secure"],
  }),
];

const CORE_REGISTERS: readonly string[] = [
  ...Array.from({ length: 13 }, (_, at) => `R${at}`),
  "SP",
  "LR",
  "the address of return (PC)",
  "xPSR",
  "MSP",
  "PSP",
];

function maker(code: number): string | undefined {
  return designerName(code);
}

/** What the value of a field means; undefined if nothing is known, or 0 needs no words. */
export function meaningOf(register: MeantRegister, field: string, value: number): string | undefined {
  const meaning = Object.hasOwn(register.fields, field) ? register.fields[field] : undefined;
  if (meaning === undefined) return undefined;
  if (typeof meaning === "string") return value === 0 ? undefined : meaning;
  if (typeof meaning === "function") return meaning(value);
  return meaning[value] === "" ? undefined : meaning[value];
}
