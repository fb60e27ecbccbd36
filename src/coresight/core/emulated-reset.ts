/**
 * Resets the core alone, by hand: it writes the registers as a reset leaves them (Armv7-M B1.5.5, Armv8-M B3.12),
 * for cores without VECTRESET. The rest of the device does not notice.
 */
import type { Core } from "./cortex-m.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { CFSR, HFSR } from "../registers.ts";

const SYST_CSR = 0xe000_e010;
const NVIC_ICER0 = 0xe000_e180;
const NVIC_ICPR0 = 0xe000_e280;
const ICTR = 0xe000_e004;
const ICSR = 0xe000_ed04;
const VTOR = 0xe000_ed08;
const SHCSR = 0xe000_ed24;
const PENDSVCLR_PENDSTCLR = 0x0a00_0000;
const ALL_ONES = 0xffff_ffff;
/** xPSR with the Thumb bit alone. */
const THUMB = 0x0100_0000;

/**
 * Resets the core, which is then halted before its first instruction. `vectors` is the address of the vectors
 * after a reset, if it is known.
 */
export async function emulateReset(
  core: Core,
  memory: MemAp,
  given: { readonly vectors: number | undefined; readonly mainExtension: boolean },
): Promise<void> {
  const { mainExtension } = given;
  await core.halt();
  const vectors = given.vectors ?? (await findVectors(memory, mainExtension));
  await memory.write(SYST_CSR, 32, 0, "write of SYST_CSR");
  const groups = mainExtension ? ((await memory.read(ICTR, 32, "read of ICTR")) & 0xf) + 1 : 1;
  for (let group = 0; group < groups; group++) {
    await memory.write(NVIC_ICER0 + 4 * group, 32, ALL_ONES, "write of NVIC_ICER");
    await memory.write(NVIC_ICPR0 + 4 * group, 32, ALL_ONES, "write of NVIC_ICPR");
  }
  await memory.write(ICSR, 32, PENDSVCLR_PENDSTCLR, "write of ICSR");
  await memory.write(VTOR, 32, vectors, "write of VTOR");
  if (mainExtension) {
    await memory.write(SHCSR, 32, 0, "write of SHCSR");
    await memory.write(CFSR.address, 32, ALL_ONES, "write of CFSR");
    await memory.write(HFSR.address, 32, ALL_ONES, "write of HFSR");
  }
  const [stack = 0, entry = 0] = await memory.readWords(vectors, 2);
  // The special registers share a word. xPSR comes before them, for the stack that CONTROL selects is that of
  // thread mode.
  await core.writeRegister("xpsr", THUMB);
  for (const name of mainExtension ? ["primask", "basepri", "faultmask", "control"] : ["primask", "control"])
    await core.writeRegister(name, 0);
  await core.writeRegisters([
    ...Array.from({ length: 13 }, (_, index): [string, number] => [`r${index}`, 0]),
    ["lr", ALL_ONES],
    ["msp", (stack & ~3) >>> 0],
    ["psp", 0],
    ["sp", (stack & ~3) >>> 0],
    ["pc", (entry & ~1) >>> 0],
    ["xpsr", (entry & 1) === 1 ? THUMB : 0],
  ]);
}

/**
 * Finds the vector table. VTOR's reset value is the implementation's choice (Armv7-M B3.2.5) and 0 on nearly all.
 * If there is no table at 0, VTOR's present value counts.
 */
async function findVectors(memory: MemAp, mainExtension: boolean): Promise<number> {
  const [stack = 0, entry = 0] = await memory.readWords(0, 2);
  const isTable = stack !== 0 && stack % 4 === 0 && (entry & 1) === 1 && entry !== ALL_ONES;
  return isTable || !mainExtension ? 0 : memory.read(VTOR, 32, "read of VTOR");
}
