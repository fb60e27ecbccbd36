/** A Cortex-M core as the API shows it: run control, registers, breakpoints, faults, resets. */
import type { CoreState } from "../coresight/cortex-m.ts";
import { FlashPatch } from "../coresight/flash-patch.ts";
import { readFaultReport, type FaultReport } from "../coresight/fault-report.ts";
import { DFSR, field } from "../coresight/registers.ts";
import { Watchpoints, type Watch, type Watchpoint } from "../coresight/watchpoints.ts";
import { hex32 } from "../lib/hex.ts";
import { SessionFailure } from "../session/faults.ts";
import { badArgument, memoryAddress, unsigned } from "./arguments.ts";
import { Breakpoints, type Breakpoint, type BreakpointKind } from "./breakpoints.ts";
import { checkedRegister, listRegisters } from "./core-registers.ts";
import { CoreBase, type CortexMParts } from "./core-base.ts";
import { ResetType } from "./reset-type.ts";
import { readVectorCatch, writeVectorCatch, type VectorCatchName } from "./vector-catch.ts";

/** Why a core halted last; several may be true. */
export type HaltReason = "request" | "breakpoint" | "watchpoint" | "vector-catch" | "external";

const REASONS: readonly (readonly [bit: (typeof DFSR)["fields"][number]["name"], reason: HaltReason])[] = [
  ["HALTED", "request"],
  ["BKPT", "breakpoint"],
  ["DWTTRAP", "watchpoint"],
  ["VCATCH", "vector-catch"],
  ["EXTERNAL", "external"],
];

/** Current domain Secure (Armv8-M D1.2.55). */
const DSCSR = 0xe000_ee08;
const DSCSR_CDS = 1 << 16;
const WITH_CACHE = /Cortex-M(7|55|85)\b/;
const POLL_US = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;

/** What Target does for a core: resets go through the whole chip. */
export interface ResetDoor {
  reset(type: ResetType | false | undefined): Promise<void>;
  resetAndHalt(type: ResetType | false | undefined): Promise<void>;
}

/** Its memory goes through the access port in front of this core. Waits are bounded; what does not come is an error. */
export class CortexM extends CoreBase {
  /** The reset that `ResetType.DEFAULT` stands for; DEFAULT leaves it to the pack. */
  defaultResetType: ResetType = ResetType.DEFAULT;
  readonly #breakpoints: Breakpoints;
  #watchpoints: Watchpoints | undefined;
  #resets: ResetDoor | undefined;

  constructor(parts: CortexMParts) {
    super(parts);
    const raw = parts.access.ports.memory(parts.ap, parts.dp);
    const hasCache = (): boolean => WITH_CACHE.test(this.identity.name);
    this.#breakpoints = new Breakpoints(new FlashPatch(raw), raw, hasCache);
  }

  /** Set by the target that the core belongs to. */
  set resets(door: ResetDoor) {
    this.#resets = door;
  }

  async getState(): Promise<CoreState> {
    return (await this.through()).state();
  }

  async isHalted(): Promise<boolean> {
    return (await this.getState()) === "halted";
  }

  /** `secure` or `non-secure`: the state that the halted core is in; undefined without the Security Extension. */
  async getSecurityState(): Promise<"secure" | "non-secure" | undefined> {
    if (!(await this.features()).security) return undefined;
    const dscsr = await (await this.throughMemory()).read(DSCSR, 32, "read of DSCSR");
    return (dscsr & DSCSR_CDS) === 0 ? "non-secure" : "secure";
  }

  /** Empty while the core runs. */
  async getHaltReasons(): Promise<readonly HaltReason[]> {
    if (!(await this.isHalted())) return [];
    const dfsr = await (await this.throughMemory()).read(DFSR.address, 32, "read of DFSR");
    return REASONS.filter(([bit]) => field(DFSR, bit, dfsr) === 1).map(([, reason]) => reason);
  }

  /** Throws `core-timeout`. */
  async halt(): Promise<void> {
    await (await this.through()).halt();
  }

  /** Goes on, past a breakpoint that stands where the core is. */
  async resume(): Promise<void> {
    const core = await this.through();
    if (this.#breakpoints.all.length > 0 && (await core.state()) === "halted")
      await this.#breakpoints.without(await core.readRegister("pc"), () => core.step());
    await this.running(() => core.resume());
  }

  /** Instructions one by one; interrupts stay pending unless `maskInterrupts` is false. The core must be halted. */
  async step({
    count = 1,
    maskInterrupts = true,
  }: { readonly count?: number; readonly maskInterrupts?: boolean } = {}): Promise<void> {
    const core = await this.through();
    const step = (): Promise<void> => core.step({ maskInterrupts });
    await this.running(async () => {
      for (let done = 0; done < count; done++) {
        if (this.#breakpoints.all.length === 0) await step();
        else await this.#breakpoints.without(await core.readRegister("pc"), step);
      }
    }, true);
  }

  /**
   * Waits until the core is halted. Throws `not-in-time` after `timeoutMs` (10 s), with the state that it is in; it goes on
   * running then.
   */
  async waitForHalt({ timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    await this.#wait("halt", timeoutMs, async () => (await this.getState()) === "halted");
  }

  /**
   * Runs until an address is reached, or until a question is answered with true (asked while the core runs); then the core is
   * halted. Throws `not-in-time` after `timeoutMs` (10 s), with the core halted where it was, and says so where it halted
   * elsewhere.
   */
  async runUntil(
    goal: number | (() => Promise<boolean> | boolean),
    { timeoutMs = DEFAULT_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    try {
      if (typeof goal === "number") await this.#runTo(codeAddress(goal), timeoutMs);
      else {
        await this.resume();
        await this.#wait("the condition", timeoutMs, async () => goal());
      }
    } finally {
      await this.halt();
    }
  }

  async #runTo(address: number, timeoutMs: number): Promise<void> {
    const isOurs = !this.#breakpoints.has(address);
    if (isOurs) await this.setBreakpoint(address);
    try {
      await this.resume();
      await this.#wait(hex32(address), timeoutMs, () => this.isHalted());
      const pc = await this.readCoreRegister("pc");
      if (pc === address) return;
      const reasons = (await this.getHaltReasons()).join(", ");
      throw this.#late(`${hex32(address)}, it halted at ${hex32(pc)} (${reasons})`, timeoutMs, "halted");
    } finally {
      if (isOurs) {
        await this.halt();
        await this.removeBreakpoint(address);
      }
    }
  }

  /**
   * A core register: r0 to r12, sp, lr, pc, xpsr, msp, psp, primask, basepri, faultmask, control, fpscr, s0 to s31, and on
   * v8-M msp_s, psplim_ns, control_ns, ...; or its number in DCRSR. Throws `unknown-register`, `no-such-register` for one that
   * this core does not have, `core-running` unless it is halted.
   */
  async readCoreRegister(register: string | number): Promise<number> {
    const [value = 0] = await this.readCoreRegisters([register]);
    return value;
  }

  /** Several at once, in the order of the names. */
  async readCoreRegisters(registers: readonly (string | number)[]): Promise<readonly number[]> {
    const names = await this.#checked(registers);
    return (await this.through()).readRegisters(names);
  }

  /** The names that this core has. */
  async coreRegisterNames(): Promise<readonly string[]> {
    return listRegisters(await this.features());
  }

  async writeCoreRegister(register: string | number, value: number): Promise<void> {
    const [name = ""] = await this.#checked([register]);
    await (await this.through()).writeRegister(name, unsigned(value, 32, `value for ${name}`));
  }

  /** Throws `no-comparator` where neither a comparator is left nor the address is RAM. Yields the kind that it got. */
  async setBreakpoint(address: number, kind?: BreakpointKind): Promise<BreakpointKind> {
    await this.through();
    return this.#breakpoints.set(codeAddress(address), kind);
  }

  async removeBreakpoint(address: number): Promise<void> {
    await this.through();
    await this.#breakpoints.remove(codeAddress(address));
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints.all;
  }

  /** Halts the core behind an access of data. `size` in bytes is a power of two that the address is a multiple of. */
  async setWatchpoint(
    address: number,
    { size = 4, on = "access" }: { readonly size?: number; readonly on?: Watch } = {},
  ): Promise<void> {
    const isPower = Number.isInteger(size) && size > 0 && (size & (size - 1)) === 0;
    if (!isPower || memoryAddress(address) % size !== 0)
      throw badArgument(
        `a watchpoint's size is a power of two and divides its address, not ${size} at ${hex32(address)}`,
      );
    await (await this.#watch()).set({ address, size, on });
  }

  async removeWatchpoint(
    address: number,
    { size = 4, on = "access" }: { readonly size?: number; readonly on?: Watch } = {},
  ): Promise<void> {
    await (await this.#watch()).clear({ address, size, on });
  }

  get watchpoints(): readonly Watchpoint[] {
    return this.#watchpoints?.all ?? [];
  }

  /** Those that have matched since this was asked last. */
  async matchedWatchpoints(): Promise<readonly Watchpoint[]> {
    return (await this.#watch()).matched();
  }

  /** Exactly these exceptions halt the core before their handler; `CORE_RESET` halts it at every reset. */
  async setVectorCatch(names: readonly VectorCatchName[]): Promise<void> {
    await writeVectorCatch(await this.throughMemory(), names);
  }

  async getVectorCatch(): Promise<readonly VectorCatchName[]> {
    return readVectorCatch(await this.throughMemory());
  }

  /** What the halted core says about the fault that it is in, with a sentence for people; undefined without a fault. */
  async readFault(): Promise<FaultReport | undefined> {
    const { mainExtension, security } = await this.features();
    return readFaultReport(await this.through(), await this.throughMemory(), {
      hasStatus: mainExtension,
      hasSecurity: security && mainExtension,
    });
  }

  /** Resets by this core; false stands for HARDWARE. See ResetType. */
  async reset(type?: ResetType | false): Promise<void> {
    await this.#door().reset(type);
  }

  /** Resets and halts before the first instruction. */
  async resetAndHalt(type?: ResetType | false): Promise<void> {
    await this.#door().resetAndHalt(type);
  }

  /** Comparators may have lost what they held. */
  async afterReset(): Promise<void> {
    await this.#breakpoints.restore();
  }

  /** Takes back what must not stay when the session ends. */
  async release(): Promise<void> {
    if (this.#breakpoints.all.length > 0) await this.through();
    await this.#breakpoints.removeAll();
    await this.#watchpoints?.clearAll();
  }

  async #watch(): Promise<Watchpoints> {
    const memory = await this.throughMemory();
    this.#watchpoints ??= new Watchpoints(memory, this.identity.architecture);
    return this.#watchpoints;
  }

  async #checked(registers: readonly (string | number)[]): Promise<readonly string[]> {
    const features = await this.features();
    return registers.map((register) => checkedRegister(register, features, this.identity.name));
  }

  #door(): ResetDoor {
    if (this.#resets === undefined) throw badArgument(`core ${this.name} belongs to no target`);
    return this.#resets;
  }

  async #wait(wanted: string, limitMs: number, isThere: () => Promise<boolean>): Promise<void> {
    const { clock } = this;
    const endUs = clock.nowUs() + limitMs * 1000;
    while (!(await isThere())) {
      if (clock.nowUs() >= endUs) throw this.#late(wanted, limitMs, await this.getState());
      await clock.sleep(POLL_US);
    }
  }

  #late(wanted: string, limitMs: number, state: string): SessionFailure {
    return new SessionFailure(
      { kind: "not-in-time", wanted, limitMs, state },
      `core ${this.name} did not reach ${wanted} within ${limitMs} ms; it is ${state}`,
    );
  }
}

/** Bit 0 of a function's address says Thumb and is no part of it. */
function codeAddress(address: number): number {
  return (memoryAddress(address) & ~1) >>> 0;
}
