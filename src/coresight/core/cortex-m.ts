/**
 * A Cortex-M core through its MEM-AP: run control, state, core registers, vector catch, reset. Waits are bounded,
 * on the clock.
 */
import type { Clock } from "../../lib/clock.ts";
import { hex32 } from "../../lib/hex.ts";
import type { Step } from "../wire/access.ts";
import { apName } from "../ap-place.ts";
import { coreRegister, putPart, takePart, type CoreRegister } from "./core-registers.ts";
import { CoreSightFailure } from "../wire/faults.ts";
import { mustBe } from "../adi/identity.ts";
import type { MemAp } from "../adi/mem-ap.ts";
import { AIRCR, CPUID, DBGKEY, DCRDR, DCRSR, DEMCR, DFSR, DHCSR, encode, field, mask } from "../registers.ts";

export { architectureOf, coreName, type Architecture } from "../cpuid.ts";

export type CoreState = "running" | "halted" | "sleeping" | "lockup" | "reset";

/** Events that can stop the core before a handler's first instruction; `VC_SFERR` on v8-M only. */
export type VectorCatch = Extract<(typeof DEMCR)["fields"][number]["name"], `VC_${string}`>;

const LIMIT_US = 500_000;
const POLL_US = 100;
/** The key without which writes of AIRCR are ignored (Armv7-M ARM B3.2.6). */
const VECTKEY = 0x05fa;
const ALL_CAUSES = mask(DFSR, "HALTED", "BKPT", "DWTTRAP", "VCATCH", "EXTERNAL");

type Control = Partial<Record<"C_HALT" | "C_STEP" | "C_MASKINTS", 1>>;

export class Core {
  readonly #memory: MemAp;
  readonly #clock: Clock;

  constructor(memory: MemAp, clock: Clock) {
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Reads CPUID. `core` is the name in a pack. Throws `wrong-identity` if there is no core or another one. */
  async readCpuid(core?: string): Promise<number> {
    const value = await this.#memory.read(CPUID.address, 32, "read of CPUID");
    mustBe("CPUID", { value, place: this.place, expected: core });
    return value;
  }

  /** Reads DHCSR. Throws `wrong-identity` if no core answers, or its access port has gone. */
  async readDhcsr(): Promise<number> {
    const value = await this.#memory.read(DHCSR.address, 32, "read of DHCSR");
    mustBe("DHCSR", { value, place: this.place });
    // A core that sleeps may read 0, and so does an access port that has gone since it was judged.
    if (value === 0) await this.#memory.mustStillBeMemory();
    return value;
  }

  /** The name of the place for messages. */
  get place(): string {
    return `the core behind ${apName(this.#memory.ap)}`;
  }

  /** Returns the state. S_RESET_ST means "reset" only if it does not clear: it is sticky and reads 1 once after a reset. */
  async state(): Promise<CoreState> {
    let dhcsr = await this.readDhcsr();
    if (field(DHCSR, "S_RESET_ST", dhcsr) === 1) dhcsr = await this.readDhcsr();
    if (field(DHCSR, "S_RESET_ST", dhcsr) === 1) return "reset";
    if (field(DHCSR, "S_LOCKUP", dhcsr) === 1) return "lockup";
    if (isHalted(dhcsr)) return "halted";
    return field(DHCSR, "S_SLEEP", dhcsr) === 1 ? "sleeping" : "running";
  }

  async halt(): Promise<void> {
    await this.#control({ C_HALT: 1 });
    await this.#until("halted", async (dhcsr) => {
      if (isHalted(dhcsr)) return true;
      // A reset that was still going on has cleared the request.
      if (field(DHCSR, "C_HALT", dhcsr) === 0) await this.#control({ C_HALT: 1 });
      return false;
    });
  }

  /** Resumes the core. If it meets a breakpoint at once it counts as resumed: DFSR then says why it stopped. */
  async resume(): Promise<void> {
    await this.#clearCauses();
    await this.#control({});
    await this.#until("running", async (dhcsr) => !isHalted(dhcsr) || (await this.#stopped()));
  }

  /** Steps over one instruction; interrupts stay pending when masked. C_MASKINTS may change only while halted (C1.6.2). */
  async step({ maskInterrupts = true }: { readonly maskInterrupts?: boolean } = {}): Promise<void> {
    await this.#mustBeHalted("a step");
    await this.#clearCauses();
    const masked: Control = maskInterrupts ? { C_MASKINTS: 1 } : {};
    if (maskInterrupts) await this.#control({ C_HALT: 1, C_MASKINTS: 1 });
    await this.#control({ C_STEP: 1, ...masked });
    await this.#until("halted after a step", async (dhcsr) => isHalted(dhcsr) && (await this.#stopped()));
    if (maskInterrupts) await this.#control({ C_HALT: 1 });
  }

  /** Reads a core register by its name: r0-r12, sp, lr, pc, xpsr, msp, psp, control, ... (see core-registers.ts). */
  async readRegister(name: string): Promise<number> {
    const [value = 0] = await this.readRegisters([name]);
    return value;
  }

  /** Reads several at once: the core needs less time for each than the wire. */
  async readRegisters(names: readonly string[]): Promise<readonly number[]> {
    // An unknown name is reported first.
    names.forEach(coreRegister);
    await this.#mustBeHalted(`core register ${names.join(", ")}`);
    return this.readHaltedRegisters(names);
  }

  /** Does the same as readRegisters for a core that was just seen halted. */
  async readHaltedRegisters(names: readonly string[]): Promise<readonly number[]> {
    const registers = names.map(coreRegister);
    const label = `read of core register ${names.join(", ")}`;
    return this.#taken(registers, await this.#memory.words(() => this.#readSteps(registers), label));
  }

  /** Lets the probe wait for a halt and then read; false if there was none, undefined if it cannot wait. */
  async registersAtHalt(
    names: readonly string[],
    limitUs: number,
  ): Promise<readonly number[] | false | undefined> {
    const registers = names.map(coreRegister);
    const halt = { mask: mask(DHCSR, "S_HALT"), limitUs };
    const words = await this.#memory.waitThen(DHCSR.address, halt, () => this.#readSteps(registers));
    return words === undefined || words === false ? words : this.#taken(registers, words);
  }

  #readSteps(registers: readonly CoreRegister[]): readonly Step[] {
    const memory = this.#memory;
    return registers.flatMap(({ select }) => [
      ...memory.writeSteps(DCRSR.address, 32, select),
      ...memory.readSteps(DHCSR.address, 32),
      ...memory.readSteps(DCRDR.address, 32),
    ]);
  }

  async #taken(registers: readonly CoreRegister[], words: Uint32Array): Promise<readonly number[]> {
    const values: number[] = [];
    for (const [index, register] of registers.entries()) {
      const ready = field(DHCSR, "S_REGRDY", words[2 * index] ?? 0) === 1;
      values.push(
        takePart(register, ready ? (words[2 * index + 1] ?? 0) : await this.#readSlowly(register.select)),
      );
    }
    return values;
  }

  async writeRegister(name: string, value: number): Promise<void> {
    const register = coreRegister(name);
    await this.#mustBeHalted(`core register ${name}`);
    const before = register.part === undefined ? 0 : await this.#readSlowly(register.select);
    const label = `write of core register ${name}`;
    await this.#memory.write(DCRDR.address, 32, putPart(register, before, value), label);
    const order = encode(DCRSR, { REGSEL: register.select, REGWnR: 1 });
    await this.#memory.write(DCRSR.address, 32, order, label);
    await this.#until(`register ${name} written`, (dhcsr) => field(DHCSR, "S_REGRDY", dhcsr) === 1);
  }

  /** Writes several at once, each of which has a word of its own; the core must be halted. */
  async writeRegisters(values: readonly (readonly [name: string, value: number])[]): Promise<void> {
    const memory = this.#memory;
    const names = values.map(([name]) => name).join(", ");
    await memory.words(() => this.registerSteps(values), `write of core registers ${names}`);
    await this.#until(`registers ${names} written`, (dhcsr) => field(DHCSR, "S_REGRDY", dhcsr) === 1);
  }

  /** Makes the steps of writeRegisters: the core takes a register in less time than the wire needs for the next one. */
  registerSteps(values: readonly (readonly [name: string, value: number])[]): readonly Step[] {
    return this.#memory.bankedSteps(
      values.flatMap(([name, value]) => [
        { address: DCRDR.address, value: value >>> 0 },
        { address: DCRSR.address, value: encode(DCRSR, { REGSEL: coreRegister(name).select, REGWnR: 1 }) },
      ]),
    );
  }

  /**
   * Writes registers and then runs, in as few exchanges as possible: for code that is called again and again. The
   * core must be halted.
   */
  async launch(values: readonly (readonly [name: string, value: number])[]): Promise<void> {
    const memory = this.#memory;
    const control = (bits: Control): number => (DBGKEY | encode(DHCSR, { C_DEBUGEN: 1, ...bits })) >>> 0;
    const [dhcsr = 0] = await memory.words(
      () => [
        ...memory.writeSteps(DFSR.address, 32, ALL_CAUSES),
        ...this.registerSteps(values),
        ...memory.readSteps(DHCSR.address, 32),
        ...memory.writeSteps(DHCSR.address, 32, control({ C_HALT: 1, C_MASKINTS: 1 })),
        ...memory.writeSteps(DHCSR.address, 32, control({ C_MASKINTS: 1 })),
      ],
      `start of the core with core registers ${values.map(([name]) => name).join(", ")}`,
    );
    if (field(DHCSR, "S_REGRDY", dhcsr) === 1) return;
    // It started before it had taken all of them, so all are written once more, slowly.
    await this.halt();
    for (const [name, value] of values) await this.writeRegister(name, value);
    await this.go({ maskInterrupts: true });
  }

  /** Lets the core run from where it is, without interrupts, and does not check whether it does. */
  async go({ maskInterrupts = false }: { readonly maskInterrupts?: boolean } = {}): Promise<void> {
    await this.#clearCauses();
    if (maskInterrupts) await this.#control({ C_HALT: 1, C_MASKINTS: 1 });
    await this.#control(maskInterrupts ? { C_MASKINTS: 1 } : {});
  }

  /** Halts the core before its first instruction after a reset; a catch counts only if debug is enabled (C1.6.5). */
  async setResetCatch(on: boolean): Promise<void> {
    if (on && field(DHCSR, "C_DEBUGEN", await this.readDhcsr()) === 0) await this.#control({});
    await this.setVectorCatch(["VC_CORERESET"], on);
  }

  async setVectorCatch(catches: readonly VectorCatch[], on: boolean): Promise<void> {
    const demcr = await this.#memory.read(DEMCR.address, 32, "read of DEMCR");
    const bits = mask(DEMCR, ...catches);
    await this.#memory.write(DEMCR.address, 32, (on ? demcr | bits : demcr & ~bits) >>> 0, "write of DEMCR");
  }

  /**
   * Asks for a reset of the system, or (v7-M) of the core alone, by AIRCR. The target may be too deep in reset to
   * acknowledge, which is not a failure. The values of SELECT, CSW and TAR are forgotten.
   */
  async requestReset(kind: "SYSRESETREQ" | "VECTRESET"): Promise<void> {
    await this.#memory.ready();
    const value = encode(AIRCR, { VECTKEY, [kind]: 1 });
    const by = { label: `write of ${hex32(value)} to AIRCR`, tolerate: true };
    await this.#memory.wire.ask(() => this.#memory.writeSteps(AIRCR.address, 32, value), by, "reset");
    this.#memory.wire.forget();
  }

  async #readSlowly(select: number): Promise<number> {
    await this.#memory.write(DCRSR.address, 32, select, "selection of a core register");
    await this.#until("ready with a register", (dhcsr) => field(DHCSR, "S_REGRDY", dhcsr) === 1);
    return this.#memory.read(DCRDR.address, 32, "read of DCRDR");
  }

  #control(bits: Control): Promise<void> {
    const value = (DBGKEY | encode(DHCSR, { C_DEBUGEN: 1, ...bits })) >>> 0;
    return this.#memory.write(DHCSR.address, 32, value, "write of DHCSR");
  }

  /** Clears DFSR, by writing 1s (C1.6.1). */
  #clearCauses(): Promise<void> {
    return this.#memory.write(DFSR.address, 32, ALL_CAUSES, "write of DFSR");
  }

  async #stopped(): Promise<boolean> {
    return ((await this.#memory.read(DFSR.address, 32, "read of DFSR")) & ALL_CAUSES) !== 0;
  }

  async #mustBeHalted(wanted: string): Promise<void> {
    if (isHalted(await this.readDhcsr())) return;
    throw new CoreSightFailure(
      { kind: "core-running", wanted },
      `${wanted} needs the core to be halted, and it is running`,
    );
  }

  async #until(wanted: string, fits: (dhcsr: number) => boolean | Promise<boolean>): Promise<void> {
    const endUs = this.#clock.nowUs() + LIMIT_US;
    for (;;) {
      const dhcsr = await this.readDhcsr();
      if (await fits(dhcsr)) return;
      if (this.#clock.nowUs() >= endUs) {
        throw new CoreSightFailure(
          { kind: "core-timeout", wanted, limitUs: LIMIT_US, dhcsr },
          `the core was not ${wanted} within ${LIMIT_US / 1000} ms (DHCSR ${hex32(dhcsr)})`,
        );
      }
      await this.#clock.sleep(POLL_US);
    }
  }
}

function isHalted(dhcsr: number): boolean {
  return field(DHCSR, "S_HALT", dhcsr) === 1;
}
