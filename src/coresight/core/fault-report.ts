/**
 * Reports the fault that a core is in, as data and as a sentence. Knows the fault status registers (Armv7-M
 * B3.2.15 to B3.2.18, Armv8-M D1.2) and the place of the stacked frame; reads memory and core registers, changes
 * nothing.
 */
import { hex32 } from "../../lib/hex.ts";
import type { Core } from "./cortex-m.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { BFAR, CFSR, field, HFSR, MMFAR } from "../registers.ts";
import { register } from "../register-layout.ts";
import { append } from "../../lib/lists.ts";

export interface FaultReport {
  /** The active exception: `HardFault`, `BusFault`, ... */
  readonly exception: string;
  readonly exceptionNumber: number;
  readonly cfsr: number;
  readonly hfsr: number;
  /** SFSR of v8-M with security; 0 elsewhere. */
  readonly sfsr: number;
  /** The accessed address, if the core kept it. */
  readonly address: number | undefined;
  /** The PC in the frame that was stacked on entry; undefined if that cannot be read. */
  readonly stackedPc: number | undefined;
  readonly stackedLr: number | undefined;
  readonly sentence: string;
}

const SFAR = 0xe000_ede8;
const SFSR = register("SFSR", 0xe000_ede4, "Armv8-M ARM D1.2.218", {
  INVEP: 0,
  INVIS: 1,
  INVER: 2,
  AUVIOL: 3,
  INVTRAN: 4,
  LSPERR: 5,
  SFARVALID: 6,
  LSERR: 7,
});
/** The bit is not in CFSR of v7-M (Armv8-M D1.2.258). */
const STKOF = 1 << 20;

const EXCEPTIONS: ReadonlyMap<number, string> = new Map([
  [3, "HardFault"],
  [4, "MemManage"],
  [5, "BusFault"],
  [6, "UsageFault"],
  [7, "SecureFault"],
]);

type CfsrBit = (typeof CFSR)["fields"][number]["name"];

const CAUSES: readonly (readonly [bit: CfsrBit, what: string])[] = [
  ["IACCVIOL", "an instruction fetch from a region that may not be executed"],
  ["DACCVIOL", "a data access that the memory protection forbids"],
  ["MUNSTKERR", "a protection error while returning from an exception"],
  ["MSTKERR", "a protection error while entering an exception"],
  ["IBUSERR", "a bus error of an instruction fetch"],
  ["PRECISERR", "a bus error of a data access"],
  ["IMPRECISERR", "a bus error of an earlier write, whose instruction is not known"],
  ["UNSTKERR", "a bus error while returning from an exception"],
  ["STKERR", "a bus error while entering an exception"],
  ["UNDEFINSTR", "an undefined instruction"],
  ["INVSTATE", "a branch to an address without bit 0, out of Thumb state"],
  ["INVPC", "an invalid exception return"],
  ["NOCP", "an instruction of a coprocessor that is off or not there, as the FPU"],
  ["UNALIGNED", "an unaligned access"],
  ["DIVBYZERO", "a division by zero"],
];

const SECURE_CAUSES: readonly (readonly [bit: (typeof SFSR)["fields"][number]["name"], what: string])[] = [
  ["INVEP", "a call from Non-secure to Secure code that is not an entry point"],
  ["INVIS", "a broken integrity signature on the stack"],
  ["INVER", "an invalid exception return between Security states"],
  ["AUVIOL", "an access to Secure memory from Non-secure state"],
  ["INVTRAN", "a branch from Secure to Non-secure code without BXNS or BLXNS"],
  ["LSPERR", "a Security error while the FPU's state was saved"],
];

/**
 * Reads the report; undefined if the core is not in a fault. It must be halted. v6-M keeps no status, so only the
 * exception is known there.
 */
export async function readFaultReport(
  core: Core,
  memory: MemAp,
  { hasStatus, hasSecurity }: { readonly hasStatus: boolean; readonly hasSecurity: boolean },
): Promise<FaultReport | undefined> {
  const [xpsr = 0, lr = 0] = await core.readRegisters(["xpsr", "lr"]);
  const exceptionNumber = xpsr & 0x1ff;
  const word = (address: number, wanted: boolean): Promise<number> | number =>
    wanted ? memory.read(address, 32, "read of a fault status register") : 0;
  const cfsr = await word(CFSR.address, hasStatus);
  const hfsr = await word(HFSR.address, hasStatus);
  const sfsr = await word(SFSR.address, hasSecurity);
  const exception = EXCEPTIONS.get(exceptionNumber);
  if (exception === undefined && cfsr === 0 && hfsr === 0 && sfsr === 0) return undefined;
  const address = await faultAddress(memory, cfsr, sfsr);
  const frame = exception === undefined ? undefined : await readFrame(core, memory, lr);
  const facts = {
    exception: exception ?? "no fault handler is active, but the status registers tell of a fault",
    exceptionNumber,
    cfsr,
    hfsr,
    sfsr,
    address,
    stackedPc: frame?.[6],
    stackedLr: frame?.[5],
  };
  return { ...facts, sentence: sentenceOf(facts) };
}

async function faultAddress(memory: MemAp, cfsr: number, sfsr: number): Promise<number | undefined> {
  if (field(CFSR, "BFARVALID", cfsr) === 1) return memory.read(BFAR, 32, "read of BFAR");
  if (field(CFSR, "MMARVALID", cfsr) === 1) return memory.read(MMFAR, 32, "read of MMFAR");
  return field(SFSR, "SFARVALID", sfsr) === 1 ? memory.read(SFAR, 32, "read of SFAR") : undefined;
}

/**
 * Reads r0 to r3, r12, lr, pc and xpsr from the stack that EXC_RETURN names (bit 2: the process stack). A bad
 * stack has no frame.
 */
async function readFrame(core: Core, memory: MemAp, lr: number): Promise<Uint32Array | undefined> {
  if (lr >>> 24 !== 0xff) return undefined;
  const [sp = 0] = await core.readRegisters([(lr & 4) === 0 ? "msp" : "psp"]);
  if (sp % 4 !== 0) return undefined;
  try {
    return await memory.readWords(sp, 8);
  } catch {
    return undefined; // The stack itself may be wrong; the report then has no frame.
  }
}

function sentenceOf(facts: Omit<FaultReport, "sentence">): string {
  const { exception, cfsr, hfsr, sfsr, address, stackedPc, stackedLr } = facts;
  const causes: string[] = CAUSES.filter(([bit]) => field(CFSR, bit, cfsr) === 1).map(([, what]) => what);
  if ((cfsr & STKOF) !== 0) causes.push("a stack pointer below its limit");
  append(
    causes,
    SECURE_CAUSES.filter(([bit]) => field(SFSR, bit, sfsr) === 1).map(([, what]) => what),
  );
  if (field(HFSR, "VECTTBL", hfsr) === 1) causes.push("a vector that could not be read");
  if (field(HFSR, "DEBUGEVT", hfsr) === 1) causes.push("a breakpoint without a debugger");
  const what = causes.length === 0 ? "of a cause that the core does not keep" : `by ${causes.join(" and ")}`;
  const parts = [
    `${exception} ${what}${address === undefined ? "" : ` at ${hex32(address)}`}`,
    ...(field(HFSR, "FORCED", hfsr) === 1 ? ["escalated to HardFault"] : []),
    ...(stackedPc === undefined ? [] : [`the instruction is at ${hex32(stackedPc)}`]),
    ...(stackedLr === undefined ? [] : [`its caller returns to ${hex32(stackedLr)}`]),
  ];
  return parts.join("; ");
}
