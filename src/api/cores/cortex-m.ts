/** A Cortex-M core as the API shows it: run control, registers, breakpoints, faults, resets. */
import type { CoreState } from "../../coresight/core/cortex-m.ts";
import { FlashPatch } from "../../coresight/core/flash-patch.ts";
import { readFaultReport, type FaultReport } from "../../coresight/core/fault-report.ts";
import { DFSR, field } from "../../coresight/registers.ts";
import { Watchpoints, type Watch, type Watchpoint } from "../../coresight/core/watchpoints.ts";
import { hex32 } from "../../lib/hex.ts";
import { SessionFailure } from "../../project/faults.ts";
import {
  badArgument,
  call,
  count,
  either,
  listOf,
  memoryAddress,
  milliseconds,
  nameOrNumber,
  oneOf,
  optional,
  options,
  unsigned,
  work,
  yesOrNo,
} from "../arguments.ts";
import { Breakpoints, type Breakpoint, type BreakpointKind } from "../../coresight/core/breakpoints.ts";
import { checkedRegister, listRegisters } from "./core-registers.ts";
import { CoreBase, type CortexMParts } from "./core-base.ts";
import { ResetType } from "./reset-type.ts";
import { readVectorCatch, writeVectorCatch, type VectorCatchName } from "./vector-catch.ts";

/** Why a core last halted; several may be true. */
export type HaltReason = "request" | "breakpoint" | "watchpoint" | "vector-catch" | "external";

const REASONS: readonly (readonly [bit: (typeof DFSR)["fields"][number]["name"], reason: HaltReason])[] = [
  ["HALTED", "request"],
  ["BKPT", "breakpoint"],
  ["DWTTRAP", "watchpoint"],
  ["VCATCH", "vector-catch"],
  ["EXTERNAL", "external"],
];

/** DSCSR, which says whether the current domain is Secure (Armv8-M D1.2.55). */
const DSCSR = 0xe000_ee08;
const DSCSR_CDS = 1 << 16;
const WITH_CACHE = /Cortex-M(7|55|85)\b/;
const POLL_US = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;

const TIMEOUT = options({ timeoutMs: optional(milliseconds, DEFAULT_TIMEOUT_MS) });
const WAIT = call({ options: TIMEOUT });
const RUN_UNTIL = call({ goal: either(memoryAddress, work, "an address or a function"), options: TIMEOUT });
const STEP = call({
  options: options({ count: optional(count(0), 1), maskInterrupts: optional(yesOrNo, true) }),
});
const READ_REGISTERS = call({ registers: listOf(nameOrNumber) });
const WRITE_REGISTER = call({ register: nameOrNumber, value: unsigned(32) });
const BREAKPOINT = call({ address: memoryAddress, kind: optional(oneOf(["hardware", "software"])) });
const REMOVE_BREAKPOINT = call({ address: memoryAddress });
const WATCH = call({
  address: memoryAddress,
  options: options({
    size: optional(count(1), 4),
    on: optional(oneOf(["read", "write", "access"]), "access"),
  }),
});

/** What Target does for a core: resets go through the whole chip. */
export interface ResetDoor {
  reset(type: ResetType | boolean | undefined): Promise<void>;
  resetAndHalt(type: ResetType | boolean | undefined): Promise<void>;
}

/**
 * Its memory goes through the access port in front of this core. Waits are bounded, and a wait that runs out is
 * an error.
 */
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
    return this.inTurn((core) => core.state());
  }

  async isHalted(): Promise<boolean> {
    return (await this.getState()) === "halted";
  }

  /** Returns `secure` or `non-secure`, the state of the halted core; undefined without the Security Extension. */
  async getSecurityState(): Promise<"secure" | "non-secure" | undefined> {
    if (!(await this.features()).security) return undefined;
    const dscsr = await this.inMemory((memory) => memory.read(DSCSR, 32, "read of DSCSR"));
    return (dscsr & DSCSR_CDS) === 0 ? "non-secure" : "secure";
  }

  /** Returns why the core halted; empty while it runs. */
  async getHaltReasons(): Promise<readonly HaltReason[]> {
    if (!(await this.isHalted())) return [];
    const dfsr = await this.inMemory((memory) => memory.read(DFSR.address, 32, "read of DFSR"));
    return REASONS.filter(([bit]) => field(DFSR, bit, dfsr) === 1).map(([, reason]) => reason);
  }

  /** Halts the core. Throws `core-timeout`. */
  async halt(): Promise<void> {
    await this.inTurn((core) => core.halt());
  }

  /** Resumes the core, past a breakpoint at its current address. */
  async resume(): Promise<void> {
    await this.inTurn(async (core) => {
      if (this.#breakpoints.all.length > 0 && (await core.state()) === "halted")
        await this.#breakpoints.without(await core.readRegister("pc"), () => core.step());
      await this.running(() => core.resume());
    });
  }

  /**
   * Steps over instructions one by one; interrupts stay pending unless `maskInterrupts` is false. The core must
   * be halted.
   */
  async step(request: { readonly count?: number; readonly maskInterrupts?: boolean } = {}): Promise<void> {
    const { count: steps, maskInterrupts } = STEP({ options: request }).options;
    await this.inTurn((core) => {
      const step = (): Promise<void> => core.step({ maskInterrupts });
      return this.running(async () => {
        for (let done = 0; done < steps; done++) {
          if (this.#breakpoints.all.length === 0) await step();
          else await this.#breakpoints.without(await core.readRegister("pc"), step);
        }
      }, true);
    });
  }

  /**
   * Waits until the core is halted. Throws `not-in-time` after `timeoutMs` (10 s) with the state of the core,
   * which then goes on running.
   */
  async waitForHalt(request: { readonly timeoutMs?: number } = {}): Promise<void> {
    const { timeoutMs } = WAIT({ options: request }).options;
    await this.#wait("halt", timeoutMs, async () => (await this.getState()) === "halted");
  }

  /**
   * Runs until an address is reached, or until a question is answered with true (asked while the core runs); then
   * the core is halted. Throws `not-in-time` after `timeoutMs` (10 s), with the core halted. Also throws it, with
   * the place, if the core halted elsewhere.
   */
  async runUntil(
    goal: number | (() => Promise<boolean> | boolean),
    request: { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    const { timeoutMs } = RUN_UNTIL({ goal, options: request }).options;
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
      throw new SessionFailure(
        { kind: "not-in-time", wanted: hex32(address), limitMs: timeoutMs, state: "halted" },
        `${this.#label} halted at ${hex32(pc)} (${reasons}) before it reached ${hex32(address)}`,
      );
    } finally {
      if (isOurs) {
        await this.halt();
        await this.removeBreakpoint(address);
      }
    }
  }

  /**
   * Reads a core register: r0 to r12, sp, lr, pc, xpsr, msp, psp, primask, basepri, faultmask, control, fpscr, s0
   * to s31, and on v8-M msp_s, psplim_ns, control_ns, ...; or its number in DCRSR. Throws `unknown-register`,
   * `no-such-register` if this core does not have it, `core-running` unless it is halted.
   */
  async readCoreRegister(register: string | number): Promise<number> {
    const [value = 0] = await this.readCoreRegisters([register]);
    return value;
  }

  /** Reads several registers at once, in the order of the names. */
  async readCoreRegisters(registers: readonly (string | number)[]): Promise<readonly number[]> {
    const names = await this.#checked(READ_REGISTERS({ registers }).registers);
    return this.inTurn((core) => core.readRegisters(names));
  }

  /** Lists the names of the registers that this core has. */
  async coreRegisterNames(): Promise<readonly string[]> {
    return listRegisters(await this.features());
  }

  async writeCoreRegister(register: string | number, value: number): Promise<void> {
    const { value: checked } = WRITE_REGISTER({ register, value });
    const [name = ""] = await this.#checked([register]);
    await this.inTurn((core) => core.writeRegister(name, checked));
  }

  /**
   * Sets a breakpoint and returns the kind that it got. Throws `no-comparator` if no comparator is left and the
   * address is not RAM.
   */
  async setBreakpoint(address: number, kind?: BreakpointKind): Promise<BreakpointKind> {
    BREAKPOINT({ address, kind });
    const at = codeAddress(address);
    return this.inTurn(() => this.#breakpoints.set(at, kind));
  }

  async removeBreakpoint(address: number): Promise<void> {
    const at = codeAddress(REMOVE_BREAKPOINT({ address }).address);
    await this.inTurn(() => this.#breakpoints.remove(at));
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints.all;
  }

  /** Halts the core after an access of data. `size` in bytes is a power of two, of which the address is a multiple. */
  async setWatchpoint(
    address: number,
    request: { readonly size?: number; readonly on?: Watch } = {},
  ): Promise<void> {
    const watch = watchOf(address, request);
    await this.#watching((watchpoints) => watchpoints.set(watch));
  }

  async removeWatchpoint(
    address: number,
    request: { readonly size?: number; readonly on?: Watch } = {},
  ): Promise<void> {
    const watch = watchOf(address, request);
    await this.#watching((watchpoints) => watchpoints.clear(watch));
  }

  get watchpoints(): readonly Watchpoint[] {
    return this.#watchpoints?.all ?? [];
  }

  /** Returns the watchpoints that have matched since the last call. */
  async matchedWatchpoints(): Promise<readonly Watchpoint[]> {
    return this.#watching((watchpoints) => watchpoints.matched());
  }

  /** Lets exactly these exceptions halt the core before their handler; `CORE_RESET` halts it at every reset. */
  async setVectorCatch(names: readonly VectorCatchName[]): Promise<void> {
    await this.inMemory((memory) => writeVectorCatch(memory, names));
  }

  async getVectorCatch(): Promise<readonly VectorCatchName[]> {
    return this.inMemory(readVectorCatch);
  }

  /** Returns what the halted core says about its fault, with a sentence for people; undefined without a fault. */
  async readFault(): Promise<FaultReport | undefined> {
    const { mainExtension, security } = await this.features();
    const has = { hasStatus: mainExtension, hasSecurity: security && mainExtension };
    return this.inTurn((core, memory) => readFaultReport(core, memory, has));
  }

  /** Resets by this core; false stands for HARDWARE. See ResetType. */
  async reset(type?: ResetType | boolean): Promise<void> {
    await this.#door().reset(type);
  }

  /** Resets and halts before the first instruction. */
  async resetAndHalt(type?: ResetType | boolean): Promise<void> {
    await this.#door().resetAndHalt(type);
  }

  /** Writes the comparators again, which a reset may have cleared. */
  async afterReset(): Promise<void> {
    await this.inTurn(() => this.#breakpoints.restore());
  }

  /** Undoes what must not stay when the session ends. */
  async release(): Promise<void> {
    if (this.#breakpoints.all.length + this.watchpoints.length === 0) return;
    await this.inTurn(async () => {
      await this.#breakpoints.removeAll();
      await this.#watchpoints?.clearAll();
    });
  }

  #watching<T>(work: (watchpoints: Watchpoints) => Promise<T>): Promise<T> {
    return this.inTurn((_core, memory) => {
      this.#watchpoints ??= new Watchpoints(memory, this.identity.architecture);
      return work(this.#watchpoints);
    });
  }

  async #checked(registers: readonly (string | number)[]): Promise<readonly string[]> {
    const features = await this.features();
    return registers.map((register) => checkedRegister(register, features, this.identity.name));
  }

  /** The software breakpoints: they are not visible in memory through this core, and are not overwritten. */
  override get overlay(): Breakpoints {
    return this.#breakpoints;
  }

  get #label(): string {
    return this.name.startsWith("core ") ? this.name : `core ${this.name}`;
  }

  #door(): ResetDoor {
    if (this.#resets === undefined) throw badArgument(`${this.#label} does not belong to a target`);
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
      `${this.#label} did not reach ${wanted} within ${limitMs} ms; it is ${state}`,
    );
  }
}

/** Clears bit 0 of a function's address, which means Thumb and is not part of it. */
function codeAddress(address: number): number {
  return (address & ~1) >>> 0;
}

function watchOf(address: number, request: unknown): Watchpoint {
  const { size, on } = WATCH({ address, options: request }).options;
  if ((size & (size - 1)) === 0 && address % size === 0) return { address, size, on };
  throw badArgument(`size must be a power of two that divides the address ${hex32(address)}, not ${size}`);
}
