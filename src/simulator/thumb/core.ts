/**
 * Runs a Thumb core: it runs cached blocks, takes exceptions between them, and tells why it stopped. Knows no
 * debug port.
 */
import type { Block } from "./block.ts";
import { BlockCache, slotOf } from "./block-cache.ts";
import { CoreBus } from "./core-bus.ts";
import { Cpu } from "./cpu.ts";
import { ExceptionEntry } from "./exception-entry.ts";
import { Exceptions, HARD_FAULT, SV_CALL, SYS_TICK } from "./exceptions.ts";
import { FaultStatus } from "./fault-status.ts";
import type { FaultRecord, PlainMemory, StopReason, ThumbBus, ThumbProfile } from "./port.ts";
import { Reach, type Asked } from "./reach.ts";
import { PC, SP, type Slot, type State } from "./state.ts";
import { SysTick } from "./sys-tick.ts";
import {
  growthOf,
  likeTurns,
  turnFrom,
  type Growth,
  type Start,
  type Turn,
  type TurnMemory,
} from "./turns.ts";
import { SystemControl } from "./system-control.ts";

/** What an exception stacks, and what it may skip for alignment. */
const FRAME_BYTES = 0x24;
/** Instructions until loops are looked for, at first and at most. */
const FIRST_PORTION = 1000;
const MOST_PORTION = 100_000;
const LEAST_TURNS = 4;
const SETTLE_CYCLES = 1 << 28;

export class ThumbCore {
  readonly profile: ThumbProfile;
  readonly state: State;
  readonly exceptions: Exceptions;
  readonly faultStatus = new FaultStatus();
  /** The registers of the System Control Space, for the core and for debuggers. */
  readonly system: SystemControl;
  /** BKPT stops the core (DHCSR.C_DEBUGEN); otherwise it is a fault. */
  debugging = true;
  /** Faults stop the core before they are taken, for callers that want to see them. */
  stopsAtFaults = false;
  /** What a read beyond plain memory yields without doing anything, as long as the step lasts. */
  steady: (address: number, size: 1 | 2 | 4) => number | undefined = () => undefined;
  /** The numbers of the exceptions that stop the core when they are taken; the caller fills it from DEMCR. */
  readonly caught = new Set<number>();
  readonly #cpu: Cpu;
  readonly #cache: BlockCache;
  readonly #entry: ExceptionEntry;
  readonly #settings = { vtor: 0, aligns: true };
  readonly #sysTick = new SysTick();
  #cycles = 0;
  #budget = 0;
  #left = 0;
  /** Instructions of a step behind those of its portion. */
  #rest = 0;
  readonly #turnMemory: TurnMemory;
  #watched = false;
  /** Bytes are looked at. */
  #isAlone = false;
  #instructions = 0;

  constructor(profile: ThumbProfile, bus: ThumbBus, memories: readonly PlainMemory[] = []) {
    this.profile = profile;
    const reach = new Reach();
    const coreBus = new CoreBus(bus, reach);
    this.#cpu = new Cpu(profile, coreBus, reach);
    this.state = this.#cpu.state;
    this.exceptions = new Exceptions(profile, this.state);
    this.#entry = new ExceptionEntry(this.#cpu, this.exceptions, this.faultStatus, this.#settings);
    this.system = new SystemControl({
      cpu: this.#cpu,
      exceptions: this.exceptions,
      status: this.faultStatus,
      settings: this.#settings,
      sysTick: this.#sysTick,
      syncTime: () => {
        this.#settle();
      },
    });
    coreBus.system = this.system;
    coreBus.privileged = () => this.state.privileged();
    this.#cache = new BlockCache(this.#cpu);
    this.#cpu.memory.seen = () => {
      reach.refuse();
    };
    const { memory } = this.#cpu;
    this.#turnMemory = {
      fetch: (address) => (this.#cache.isBreakpoint(address) ? undefined : memory.peek(address, 2)),
      load: (address, size) => memory.peek(address, size) ?? this.#steady(address, size),
      canStore: (address, value) => memory.isPlainStore(address, value),
    };
    this.map(memories);
  }

  #steady(address: number, size: 1 | 2 | 4): number | undefined {
    return this.system.holds(address) ? undefined : this.steady(address >>> 0, size);
  }

  /** Returns the latest fault; `kind` is "none" until there is one. */
  get fault(): FaultRecord {
    return this.#cpu.trap.record;
  }

  get cycles(): number {
    return this.#cycles + this.state.cycles;
  }

  /** Counts instructions executed since construction, including faulting ones. */
  get instructions(): number {
    return this.#instructions;
  }

  /** Counts the same in the middle of a step, up to the last block. */
  get executed(): number {
    return this.#instructions + this.#budget - this.#left;
  }

  /** True if SysTick runs and will interrupt. */
  get countsDown(): boolean {
    return this.#sysTick.dueAt !== Infinity;
  }

  /** True if SysTick counts, with or without an interrupt. */
  get ticks(): boolean {
    return this.#sysTick.isEnabled;
  }

  /** Returns the cycles until SysTick is due. */
  get dueIn(): number {
    return this.#sysTick.dueAt - this.cycles;
  }

  get lockedUp(): boolean {
    return this.#entry.lockedUp;
  }

  /** A debugger took over: a lockup is over, and so is a wait, because WFI and WFE complete. */
  recover(): void {
    this.#entry.lockedUp = false;
    this.#cpu.waiting = "nothing";
  }

  get sleeping(): boolean {
    return this.#cpu.waiting !== "nothing";
  }

  /** Returns r0-r12, SP, LR, PC as unsigned numbers. */
  register(number: number): number {
    return (this.state.r[number as Slot] & (number === PC ? ~1 : ~0)) >>> 0;
  }

  setRegister(number: number, value: number): void {
    if (number === PC) this.state.r[PC] = (value & ~1) | (this.state.r[PC] & 1);
    else this.state.r[number as Slot] = number === 13 ? value & ~3 : value;
  }

  get xpsr(): number {
    return this.state.xpsr() >>> 0;
  }

  set xpsr(value: number) {
    this.state.setXpsr(value);
  }

  /** Replaces the plain memories, for remapping. */
  map(memories: readonly PlainMemory[]): void {
    this.#cpu.memory.map(memories);
    this.#cache.clear();
  }

  /**
   * Resets as the architecture says: SP and PC come from the vector table at `vtor`. Returns false if it
   * cannot be read.
   */
  reset(vtor = 0): boolean {
    const { state } = this;
    this.#cpu.reach.of = "exception";
    for (let slot = 0; slot < 16; slot++) state.r[slot as Slot] = 0;
    state.select(0, 0);
    Object.assign(state, { otherSp: 0, msplim: 0, psplim: 0, primask: 0, faultmask: 0, basepri: 0, it: 0, exclusive: -1, event: false }); // prettier-ignore
    this.exceptions.reset();
    this.faultStatus.reset();
    this.system.reset();
    this.#sysTick.reset();
    this.#settings.vtor = vtor;
    this.#cpu.waiting = "nothing";
    this.#cpu.returning = 0;
    this.#cpu.calling = false;
    this.#entry.lockedUp = false;
    const { memory, trap } = this.#cpu;
    try {
      state.msp = memory.load32(vtor | 0);
      state.r[PC] = memory.load32((vtor + 4) | 0) ^ 1;
      return true;
    } catch (error) {
      if (!trap.caught(error)) throw error;
      this.#entry.lockedUp = true;
      return false;
    }
  }

  setBreakpoint(address: number, present: boolean): void {
    this.#cache.setBreakpoint(address, present);
  }

  /** Takes interrupts by number, from 0; also wakes the core. */
  pendInterrupt(number: number): void {
    this.exceptions.pend(16 + number);
  }

  /** Reports an access that is watched: the core stops after the instruction that makes it. */
  watchpointMet(): void {
    this.#watched = true;
    this.#cpu.attend();
  }

  /** Lets time pass without instructions, as while the core sleeps. */
  idle(cycles: number): void {
    this.#cycles += cycles;
    this.state.attention = true;
  }

  /**
   * Must be told of every change to code that the core did not make itself: by a debugger, DMA or a flash
   * controller.
   */
  invalidate(address: number, length: number): void {
    this.#cache.invalidate(address, length);
  }

  /** Shortens a step while it runs: at most so many more instructions, to the end of the current block. */
  shorten(left: number): void {
    const cut = this.#left - left;
    this.#rest = Math.min(this.#rest, Math.max(0, -cut));
    if (cut <= 0) return;
    this.#left -= cut;
    this.#budget -= cut;
    this.state.limit = 0;
  }

  /**
   * As `step`, but stops before accesses beyond plain memory and its own registers that are not allowed, and before a store that
   * changes bytes that are looked at.
   */
  stepAlone(
    budget: number,
    { allows, looked }: { readonly allows: Asked; readonly looked: readonly Uint8Array[] },
  ): StopReason {
    const { memory, reach } = this.#cpu;
    reach.allows = allows;
    this.#isAlone = looked.length > 0;
    for (const bytes of looked) memory.look(bytes, true);
    try {
      return this.step(budget);
    } finally {
      for (const bytes of looked) memory.look(bytes, false);
      reach.allows = undefined;
      this.#isAlone = false;
    }
  }

  /** Runs at most so many instructions. If a loop only counts, its turns are added up. */
  step(budget: number): StopReason {
    this.state.attention = true;
    this.#rest = budget;
    for (let portion = FIRST_PORTION; ; portion = Math.min(portion * 2, MOST_PORTION)) {
      const reason = this.#portion(portion);
      if (reason !== "budget" || this.#rest <= 0) return reason;
      const before = this.#instructions;
      const stopped = this.#leap();
      if (stopped !== undefined) return stopped;
      if (this.#instructions - before > MOST_PORTION) portion = FIRST_PORTION;
    }
  }

  #portion(most: number): StopReason {
    const count = Math.min(most, this.#rest);
    this.#rest -= count;
    this.#budget = count;
    this.#left = count;
    for (;;) {
      const reason = this.#run();
      if (reason === undefined) continue;
      this.#instructions += this.#budget - this.#left;
      this.#budget = this.#left;
      this.#settle();
      return reason;
    }
  }

  /** If the core is in a loop whose turns differ only in numbers that grow, many of them are made at once. */
  #leap(): StopReason | undefined {
    const before = this.#start;
    if (before === undefined) return undefined;
    const turn = turnFrom(before, this.#turnMemory);
    if (turn === undefined || turn.path.length * LEAST_TURNS > this.#rest) return undefined;
    const { cycles } = this;
    const reason = this.#portion(turn.path.length);
    const start = this.#start;
    if (reason !== "budget") return reason;
    if (start === undefined || start.registers[PC] !== before.registers[PC]) return undefined;
    if (!turn.registers.every(({ v }, at) => v === start.registers[at])) return undefined;
    const growth = growthOf(turn, before, start);
    const next = turnFrom(start, this.#turnMemory, growth);
    if (next === undefined || !next.path.every((address, at) => address === turn.path[at])) return undefined;
    this.#repeat(next, likeTurns(next, { start, growth }), { growth, cycles: this.cycles - cycles });
    return undefined;
  }

  #repeat(
    { path, words }: Turn,
    most: number,
    { growth, cycles }: { readonly growth: Growth; readonly cycles: number },
  ): void {
    const { state } = this;
    const beforeDue = Math.floor((state.due - state.cycles - 1) / cycles);
    const times = Math.max(0, Math.min(most, Math.floor(this.#rest / path.length), beforeDue));
    for (const [at, by] of growth.registers.entries())
      state.r[at as Slot] = (state.r[at as Slot] + Math.imul(by, times)) | 0;
    for (const [address, { before }] of words)
      this.#cpu.memory.store32(address, (before + Math.imul(growth.words.get(address) ?? 0, times)) | 0);
    state.cycles += cycles * times;
    this.#instructions += path.length * times;
    this.#rest -= path.length * times;
    this.#settle();
  }

  /** Undefined if something else comes first. */
  get #start(): Start | undefined {
    const { state } = this;
    if (state.it !== 0 || state.attention || (state.r[PC] & 1) !== 0) return undefined;
    const registers = Array.from({ length: 16 }, (_, at) => state.r[at as Slot]);
    return {
      registers,
      flags: { n: state.n < 0, z: state.z === 0, c: state.c !== 0, v: state.v !== 0 },
    };
  }

  /** Returns undefined after a fault that was taken: the caller goes on. */
  #run(): StopReason | undefined {
    const { state } = this;
    const { r } = state;
    const { blocks } = this.#cache;
    let block: Block | undefined;
    let index = 0;
    try {
      for (;;) {
        if (state.attention) {
          block = undefined;
          const reason = this.#attendTo();
          if (reason !== undefined) return reason;
        }
        if (this.#left <= 0) return "budget";
        const pc = r[PC];
        block = blocks[slotOf(pc)];
        if (block?.start !== pc || state.it !== 0) {
          block = this.#cache.build(pc, state.it);
          if (block === undefined) return "breakpoint";
          state.it = 0;
        }
        const { ops, count } = block;
        r[PC] = block.end;
        // SysTick interrupts at the first instruction that finds it due, in how many pieces the core may be run.
        if (state.cycles + block.total < state.due) state.limit = count < this.#left ? count : this.#left;
        else state.limit = 1;
        for (index = 0; index < state.limit; index++) ops[index]?.();
        this.#left -= index;
        // A taken branch may be the last of its block; then nothing was left out of it.
        if (index === count) {
          state.cycles += block.total;
          state.left = false;
        } else this.#cut(block, index);
        if (state.cycles >= state.due) state.attention = true;
      }
    } catch (error) {
      if (block === undefined) throw error;
      if (this.#cpu.reach.caught(error)) return this.#begunAnew(block, index);
      if (!this.#cpu.trap.caught(error)) throw error;
      return this.#faulted(block, index);
    }
  }

  /** The block was left before its end. */
  #cut(block: Block, executed: number): void {
    const { state } = this;
    state.cycles += block.cycles[executed] ?? 0;
    if (state.left) {
      state.left = false;
      return;
    }
    state.r[PC] = block.addresses[executed] ?? block.end;
    state.it = block.its[executed] ?? 0;
  }

  /** Adds up the cycles, and sets when that must be done next: SysTick is due, or the count would grow large. */
  #settle(): void {
    const { state } = this;
    this.#cycles += state.cycles;
    state.cycles = 0;
    if (this.#sysTick.sync(this.#cycles)) this.exceptions.pend(SYS_TICK);
    state.due = Math.min(this.#sysTick.dueAt - this.#cycles, SETTLE_CYCLES);
  }

  /** The block was left before an instruction, which is done again or stopped at. */
  #before(block: Block, index: number): void {
    const { state } = this;
    state.cycles += block.cycles[index] ?? 0;
    state.left = false;
    this.#left -= index;
    state.r[PC] = (block.addresses[index] ?? block.start) | (block.start & 1);
    state.it = block.its[index] ?? 0;
  }

  /** An instruction that is to begin a block, or that may not be done. */
  #begunAnew(block: Block, index: number): StopReason | undefined {
    const { reach } = this.#cpu;
    this.#before(block, index);
    reach.of = "block";
    if (!reach.isRefused) {
      this.#cache.reaching(block.addresses[index] ?? block.start);
      return undefined;
    }
    reach.isRefused = false;
    return "refused";
  }

  #faulted(block: Block, index: number): StopReason | undefined {
    const { record } = this.#cpu.trap;
    this.#cpu.reach.of = "exception";
    this.#before(block, index);
    if (this.#stacksWhereLooked) return "refused";
    this.#left -= 1;
    record.pc = (block.addresses[index] ?? block.start) >>> 0;
    record.opcode = block.opcodes[index] ?? 0;
    if (record.kind === "breakpoint-instruction" && this.debugging) return "bkpt";
    if (this.stopsAtFaults) return "fault";
    return this.#taken(this.#entry.fault());
  }

  /** Decides after an exception was taken if it is one to stop at, or if the core locked up. */
  #taken(number: number): StopReason | undefined {
    this.state.attention = true;
    this.#cpu.limitsIgnored =
      this.system.ignoresLimits && (this.state.ipsr === 2 || this.state.ipsr === HARD_FAULT);
    if (this.#entry.lockedUp) return "lockup";
    return this.caught.has(number) ? "vector-catch" : undefined;
  }

  /** The frame of an exception would change what is looked at, perhaps. */
  get #stacksWhereLooked(): boolean {
    return this.#isAlone && this.#cpu.memory.isLooked(this.state.r[SP] - FRAME_BYTES, FRAME_BYTES);
  }

  /** Stops before an exception. */
  #later(): StopReason {
    this.state.attention = true;
    return "refused";
  }

  /** Everything that is not straight execution, in the order of its urgency. */
  #attendTo(): StopReason | undefined {
    const cpu = this.#cpu;
    const { state } = this;
    state.attention = false;
    cpu.reach.of = "exception";
    if (this.#entry.lockedUp) return "lockup";
    if (cpu.calling) {
      if (this.#stacksWhereLooked) return this.#later();
      cpu.calling = false;
      const reason = this.#taken(this.#entry.synchronous(SV_CALL));
      if (reason !== undefined) return reason;
    }
    if (cpu.returning !== 0) {
      const reason = this.#return();
      if (reason !== undefined) return reason;
    }
    if (this.#watched) {
      this.#watched = false;
      return "watchpoint";
    }
    if (this.system.resetRequested) {
      this.system.resetRequested = false;
      return "reset-request";
    }
    this.#settle();
    const next = this.exceptions.next();
    if (cpu.waiting !== "nothing" && !this.#wakes(next)) {
      state.attention = true;
      return "sleep";
    }
    cpu.waiting = "nothing";
    if (next !== 0 && this.exceptions.preempts(next)) {
      if (this.#stacksWhereLooked) return this.#later();
      const reason = this.#taken(this.#entry.enter(next));
      if (reason !== undefined) return reason;
    }
    cpu.reach.of = "block";
    return undefined;
  }

  #return(): StopReason | undefined {
    const cpu = this.#cpu;
    const value = cpu.returning;
    cpu.returning = 0;
    const reason = this.#taken(this.#entry.return(value));
    if (this.state.ipsr === 0 && this.system.sleepsOnExit) cpu.waiting = "interrupt";
    return reason;
  }

  /** WFI wakes for exceptions that only PRIMASK holds back; WFE also wakes for events. */
  #wakes(next: number): boolean {
    const cpu = this.#cpu;
    if (next !== 0 && this.exceptions.preempts(next, cpu.waiting === "interrupt")) return true;
    if (cpu.waiting !== "event") return false;
    if (!this.state.event && !(this.system.wakesOnPending && next !== 0)) return false;
    this.state.event = false;
    return true;
  }
}
