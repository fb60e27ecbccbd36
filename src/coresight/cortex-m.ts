/** A Cortex-M core through its MEM-AP: run control, state, core registers, vector catch. Waits are bounded, on the clock. */
import type { Clock } from "../lib/clock.ts";
import { hex32 } from "../lib/hex.ts";
import { CoreSightFailure } from "./faults.ts";
import type { MemAp } from "./mem-ap.ts";
import { CPUID, DBGKEY, DCRDR, DCRSR, DEMCR, DHCSR, field } from "./registers.ts";

export type CoreState = "running" | "halted" | "sleeping" | "lockup" | "reset";
export type Architecture = "v6-M" | "v7-M" | "v8-M";

/** REGSEL of DCRSR (Armv7-M ARM C1.6.3). */
export const CORE_REGISTERS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`r${index}`, index])),
  sp: 13,
  lr: 14,
  pc: 15,
  xpsr: 16,
  msp: 17,
  psp: 18,
  /** CONTROL, FAULTMASK, BASEPRI and PRIMASK, a byte each. */
  cfbp: 20,
};

const C_DEBUGEN = 1;
const C_HALT = 2;
const C_STEP = 4;
const C_MASKINTS = 8;
const LIMIT_US = 500_000;

const PARTS: Readonly<Record<number, string>> = {
  0xc20: "Cortex-M0",
  0xc60: "Cortex-M0+",
  0xc21: "Cortex-M1",
  0xc23: "Cortex-M3",
  0xc24: "Cortex-M4",
  0xc27: "Cortex-M7",
  0xd20: "Cortex-M23",
  0xd21: "Cortex-M33",
  0xd31: "Cortex-M35P",
  0xd22: "Cortex-M55",
  0xd23: "Cortex-M85",
  0xd24: "Cortex-M52",
};

export class CortexM {
  readonly #memory: MemAp;
  readonly #clock: Clock;

  constructor(memory: MemAp, clock: Clock) {
    this.#memory = memory;
    this.#clock = clock;
  }

  readCpuid(): Promise<number> {
    return this.#memory.read(CPUID.address, 32, "read of CPUID");
  }

  readDhcsr(): Promise<number> {
    return this.#memory.read(DHCSR.address, 32, "read of DHCSR");
  }

  /** S_RESET_ST counts as "reset" only while it does not clear: it is sticky and reads once after a reset. */
  async state(): Promise<CoreState> {
    let dhcsr = await this.readDhcsr();
    if (field(DHCSR, "S_RESET_ST", dhcsr) === 1) dhcsr = await this.readDhcsr();
    if (field(DHCSR, "S_RESET_ST", dhcsr) === 1) return "reset";
    if (field(DHCSR, "S_LOCKUP", dhcsr) === 1) return "lockup";
    if (field(DHCSR, "S_HALT", dhcsr) === 1) return "halted";
    return field(DHCSR, "S_SLEEP", dhcsr) === 1 ? "sleeping" : "running";
  }

  async halt(): Promise<void> {
    await this.#writeDhcsr(C_DEBUGEN | C_HALT);
    await this.#until("halted", (dhcsr) => field(DHCSR, "S_HALT", dhcsr) === 1);
  }

  async resume(): Promise<void> {
    await this.#writeDhcsr(C_DEBUGEN);
    await this.#until("running", (dhcsr) => field(DHCSR, "S_HALT", dhcsr) === 0);
  }

  /** One instruction; interrupts stay pending when masked. C_MASKINTS may change only while halted (C1.6.2). */
  async step({ maskInterrupts = true }: { readonly maskInterrupts?: boolean } = {}): Promise<void> {
    const mask = maskInterrupts ? C_MASKINTS : 0;
    if (maskInterrupts) await this.#writeDhcsr(C_DEBUGEN | C_HALT | C_MASKINTS);
    await this.#writeDhcsr(C_DEBUGEN | C_STEP | mask);
    await this.#until("halted after a step", (dhcsr) => field(DHCSR, "S_HALT", dhcsr) === 1);
    if (maskInterrupts) await this.#writeDhcsr(C_DEBUGEN | C_HALT);
  }

  /** A core register by its name, lower or upper case: r0-r12, sp, lr, pc, xpsr, msp, psp, cfbp. */
  async readRegister(name: string): Promise<number> {
    const select = regsel(name);
    await this.#mustBeHalted(name);
    await this.#memory.write(DCRSR.address, 32, select, `select core register ${name}`);
    await this.#until(`register ${name} ready`, (dhcsr) => field(DHCSR, "S_REGRDY", dhcsr) === 1);
    return this.#memory.read(DCRDR.address, 32, `read of core register ${name}`);
  }

  async writeRegister(name: string, value: number): Promise<void> {
    const select = regsel(name);
    await this.#mustBeHalted(name);
    await this.#memory.write(DCRDR.address, 32, value >>> 0, `write of core register ${name}`);
    await this.#memory.write(DCRSR.address, 32, (select | 0x1_0000) >>> 0, `select core register ${name}`);
    await this.#until(`register ${name} written`, (dhcsr) => field(DHCSR, "S_REGRDY", dhcsr) === 1);
  }

  /** DEMCR.VC_CORERESET: the core halts before its first instruction after a reset. */
  async setResetCatch(on: boolean): Promise<void> {
    const demcr = await this.#memory.read(DEMCR.address, 32, "read of DEMCR");
    await this.#memory.write(DEMCR.address, 32, (on ? demcr | 1 : demcr & ~1) >>> 0, "write of DEMCR");
  }

  #writeDhcsr(bits: number): Promise<void> {
    return this.#memory.write(DHCSR.address, 32, (DBGKEY | bits) >>> 0, "write of DHCSR");
  }

  async #mustBeHalted(register: string): Promise<void> {
    if (field(DHCSR, "S_HALT", await this.readDhcsr()) === 1) return;
    throw new CoreSightFailure(
      { kind: "core-running", register },
      `core register ${register} can be reached only while the core is halted, and it is running`,
    );
  }

  async #until(wanted: string, fits: (dhcsr: number) => boolean): Promise<void> {
    const end = this.#clock.nowUs() + LIMIT_US;
    for (;;) {
      const dhcsr = await this.readDhcsr();
      if (fits(dhcsr)) return;
      if (this.#clock.nowUs() >= end) {
        throw new CoreSightFailure(
          { kind: "core-timeout", wanted, limitUs: LIMIT_US, dhcsr },
          `the core was not ${wanted} within ${LIMIT_US / 1000} ms (DHCSR ${hex32(dhcsr)})`,
        );
      }
      await this.#clock.sleep(100);
    }
  }
}

function regsel(name: string): number {
  const select = CORE_REGISTERS[name.toLowerCase()];
  if (select !== undefined) return select;
  throw new CoreSightFailure(
    { kind: "unknown-register", name, known: Object.keys(CORE_REGISTERS) },
    `"${name}" is no core register; there are ${Object.keys(CORE_REGISTERS).join(", ")}`,
  );
}

/** `Cortex-M7 r0p1`, or the raw number of a part nobody listed. */
export function coreName(cpuid: number): string {
  const part = field(CPUID, "PartNo", cpuid);
  const revision = `r${field(CPUID, "Variant", cpuid)}p${field(CPUID, "Revision", cpuid)}`;
  return `${PARTS[part] ?? `part ${hex32(part)}`} ${revision}`;
}

/** CPUID.Architecture is 0xC for v6-M (and v8-M baseline) and 0xF for those with the main extension. */
export function architectureOf(cpuid: number): Architecture {
  const part = field(CPUID, "PartNo", cpuid);
  if (part >= 0xd00) return "v8-M";
  return field(CPUID, "Architecture", cpuid) === 0xc ? "v6-M" : "v7-M";
}
