/**
 * Runs programs: one synchronous loop that goes on until it must wait for an answer, for time or for the event loop. Knows
 * no language; what reaches outside goes through effects.ts.
 */
import type { U64 } from "../../lib/u64.ts";
import { Deadline } from "./deadline.ts";
import { Effects } from "./effects.ts";
import { failureAt, InterpreterFailure, withValues } from "../faults.ts";
import { EqualTurns } from "./equal-turns.ts";
import { chainOf, Ended, Frame, isIn, valuesOf, type Caller, type Loop } from "./frame.ts";
import { programOf } from "../lower/lower.ts";
import {
  FIXED_SLOTS,
  SLOT,
  Trap,
  type BackInstruction,
  type JumpInstruction,
  type Program,
  type SetInstruction,
  type Slots,
} from "../program.ts";
import type { Site } from "../ports.ts";
import type { RunOptions } from "./run.ts";

/** The deepest call chain. Packs go 4 levels deep; sequences that call themselves end here. */
const DEPTH_LIMIT = 64;
/** Small enough for Ctrl-C and timers, and large enough not to be felt. */
export const INSTRUCTIONS_PER_TURN = 20_000;
/** The least virtual time that so many instructions take, so that a run without loops and calls is bounded too. */
const US_PER_TURN = 2_000;

export class Machine {
  readonly #options: RunOptions;
  readonly #effects: Effects;
  readonly #deadline: Deadline;
  #frame: Frame | undefined;
  readonly #ended = new Ended();
  /** The instructions since the event loop had a turn. */
  #instructions = 0;
  #turnUs: number;
  /** True while a loop without a timeout decides whether it goes on; the reads of its condition are waited for. */
  #isLooking = false;
  #result: U64 = 0n;
  readonly #turns: EqualTurns | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#deadline = options.deadline ?? new Deadline(options.clock, options.deadlineUs);
    this.#effects = new Effects(options, this.#deadline);
    this.#turnUs = options.clock.nowUs();
    const { repeats } = options.access;
    const hearsAll = options.onEvent !== undefined && options.leavesOutRepeats !== true;
    if (repeats !== undefined && !hearsAll) this.#turns = new EqualTurns(repeats);
  }

  /** The value of `__Result` at the end. */
  get result(): U64 {
    return this.#result;
  }

  /** Enters the outermost sequence on behalf of `from`; yields its place. */
  start(name: string, from: Site): Site {
    this.#enter(name, from, undefined);
    const site = this.#frame?.entry ?? from;
    this.#heedEnd(site);
    return site;
  }

  /** Runs on to the next wait. Returns undefined when the outermost sequence has returned and everything is judged. */
  advance(): Promise<void> | undefined {
    const frame = this.#frame;
    if (frame === undefined) return undefined;
    this.#effects.arrived();
    this.#heedEnd(frame.site(frame.pc));
    try {
      return this.#run(frame);
    } catch (error) {
      throw this.#placed(error);
    }
  }

  /** Turns what was thrown, or rejected a wait, into the failure of the run, once all accesses before it are judged. */
  async ended(error: unknown): Promise<unknown> {
    try {
      return this.#valued(await this.#effects.ended(this.#effects.failure(error)));
    } catch (defect) {
      return defect;
    }
  }

  #valued(failure: InterpreterFailure): InterpreterFailure {
    const { site, kind } = failure.fault;
    let frame = this.#frame;
    while (frame !== undefined && !isIn(frame, site)) frame = frame.caller?.frame;
    if (frame !== undefined)
      return withValues(failure, valuesOf(frame), kind === "access-failed" && !frame.waitsAt(site));
    const ended = this.#ended.find(site);
    return ended === undefined ? failure : withValues(failure, valuesOf(ended), true);
  }

  #run(entered: Frame): Promise<void> | undefined {
    let frame = entered;
    let { slots, pc } = frame;
    let { instructions } = frame.program;
    const effects = this.#effects;
    for (;;) {
      const instruction = instructions[pc];
      if (instruction === undefined) {
        const wait = this.#leave(frame);
        if (wait !== undefined || this.#frame === undefined) return wait;
        frame = this.#frame;
        ({ slots, pc } = frame);
        ({ instructions } = frame.program);
        continue;
      }
      // A trap or a wait finds the counter here; an instruction that waits is not done again.
      frame.pc = pc;
      this.#instructions += 1;
      if (this.#instructions > INSTRUCTIONS_PER_TURN) {
        const turn = this.#turn(frame.site(pc));
        if (turn !== undefined) return turn;
      }
      switch (instruction.kind) {
        case "set": {
          pc += 1;
          if (effects.plain && frame.failed === undefined && instruction.slot !== SLOT.__errorcontrol) {
            slots[instruction.slot] = instruction.value(slots);
            break;
          }
          const wait = this.#set(frame, instruction);
          if (wait === undefined) break;
          frame.pc = pc;
          return wait;
        }
        case "jump":
          pc = this.#takes(frame, instruction, slots) ? instruction.target : pc + 1;
          break;
        case "back": {
          pc = instruction.target;
          const turn = this.#back(frame, instruction);
          if (turn === undefined) break;
          frame.pc = pc;
          return turn;
        }
        case "call": {
          const site = frame.site(pc);
          frame.pc = pc + 1;
          const wait = effects.call(frame, site, instruction.call);
          if (wait !== undefined) return wait;
          // The end of an atomic block goes back to its start.
          pc = frame.pc;
          break;
        }
        case "sequence": {
          const site = frame.site(pc);
          if (effects.collecting) throw failureAt(site, { kind: "not-atomic", what: "Sequence" });
          frame.pc = pc + 1;
          this.#options.clock.tick();
          this.#heedDeadline(site);
          this.#enter(instruction.name, site, { frame, site });
          frame = this.#frame ?? frame;
          ({ slots, pc } = frame);
          ({ instructions } = frame.program);
          break;
        }
      }
    }
  }

  /** Gives a trap its place. The trap knows its span; the frame knows its sequence and its callers. */
  #placed(error: unknown): unknown {
    if (error instanceof InterpreterFailure) return error;
    const { entry } = this.#frame ?? {};
    if (error instanceof Trap && entry !== undefined) {
      return failureAt({ ...entry, span: error.span }, error.fact);
    }
    return this.#effects.failure(error);
  }

  #heedEnd(site: Site): void {
    const { signal } = this.#options;
    if (signal?.aborted === true) throw failureAt(site, { kind: "interrupted" }, signal.reason);
    this.#heedDeadline(site);
  }

  #heedDeadline(site: Site): void {
    if (!this.#deadline.isOver || this.#isLooking) return;
    throw failureAt(site, { kind: "run-deadline", limitUs: this.#deadline.limitUs });
  }

  #turn(site: Site): Promise<void> | undefined {
    const { clock } = this.#options;
    const shortUs = this.#turnUs + US_PER_TURN - clock.nowUs();
    if (shortUs > 0) clock.tick(shortUs);
    this.#turnUs = clock.nowUs();
    this.#instructions = 0;
    return this.#effects.turn(site);
  }

  #enter(name: string, from: Site, caller: Caller | undefined): void {
    const found = this.#options.sequences.find(name);
    if (found === undefined) throw failureAt(from, { kind: "unknown-sequence", name });
    const { sequence, origin } = found;
    const depth = caller === undefined ? 0 : caller.frame.depth + 1;
    if (sequence.disabled) {
      this.#effects.emit(from, { kind: "skip", name, origin, depth });
      return;
    }
    if (depth >= DEPTH_LIMIT) {
      const chain = [...(caller === undefined ? [] : chainOf(caller.frame)), name];
      throw failureAt(from, { kind: "call-depth", limit: DEPTH_LIMIT, chain });
    }
    if (this.#options.mayErase !== true && sequence.requires.some(({ text }) => text === "erase"))
      throw failureAt(from, { kind: "no-consent", effect: "erase", name });
    const program = programOf(sequence);
    const frame = new Frame(program, this.#slotsFor(program, caller?.frame.slots), caller);
    this.#frame = frame;
    this.#effects.emit(frame.entry, { kind: "enter", name, origin, depth });
  }

  /** Makes the slots of a callee, which starts with its caller's values; the outermost sequence starts with the flow's. */
  #slotsFor(program: Program, caller: Slots | undefined): Slots {
    const { environment, debugVars } = this.#options;
    const { __dp, __ap, __apid, ...readOnly } = environment;
    const slots: Slots = caller?.slice(0, FIXED_SLOTS) ?? [__dp, __ap, __apid, 0n, 0n];
    while (slots.length < program.slotCount) slots.push(undefined);
    const predefined: Readonly<Record<string, U64>> = readOnly;
    for (const { name, slot } of program.outer) {
      slots[slot] = Object.hasOwn(predefined, name) ? predefined[name] : debugVars.get(name);
    }
    return slots;
  }

  /**
   * Returns from a sequence. `__Result` goes back to the caller; the other four are dropped, so that the caller's
   * values hold again.
   */
  #leave(frame: Frame): Promise<void> | undefined {
    const { caller, slots, program, depth, entry } = frame;
    const result = slots[SLOT.__Result] as U64;
    const done = (): void => {
      frame.buffers?.release();
      this.#ended.add(frame);
      this.#effects.emit(entry, { kind: "leave", name: program.name, result, depth });
      this.#frame = caller?.frame;
      if (caller === undefined) this.#result = result;
      else caller.frame.receive(result, frame.failureIn([SLOT.__Result]));
    };
    if (caller === undefined) return this.#effects.settle("end of sequence", entry, done);
    const restores = differs(slots[SLOT.__errorcontrol], caller.frame.slots[SLOT.__errorcontrol]);
    if (restores) return this.#effects.settle("error control", caller.site, done);
    done();
    return undefined;
  }

  /**
   * Does a `set` the careful way: if it is watched, inside an atomic block, of __errorcontrol, or if failed reads
   * matter.
   */
  #set(frame: Frame, instruction: SetInstruction): Promise<void> | undefined {
    const { slots, pc } = frame;
    const { atomic } = this.#effects;
    if (atomic?.collecting === true) {
      const unknown = atomic.depends(instruction.reads);
      atomic.learn(instruction.slot, unknown);
      if (!unknown) slots[instruction.slot] = instruction.value(slots);
      return undefined;
    }
    const value = instruction.value(slots);
    const store = (): void => {
      frame.mark(instruction.slot, frame.failureIn(instruction.reads));
      slots[instruction.slot] = value;
      if (instruction.name !== undefined && this.#effects.observed) {
        this.#effects.emit(frame.site(pc), { kind: "assign", name: instruction.name, value });
      }
    };
    if (instruction.slot === SLOT.__errorcontrol && differs(slots[instruction.slot], value)) {
      return this.#effects.settle("error control", frame.site(pc), store);
    }
    store();
    return undefined;
  }

  #takes(frame: Frame, instruction: JumpInstruction, slots: Slots): boolean {
    if (instruction.when === "always") return true;
    const { atomic, observed } = this.#effects;
    if (atomic?.collecting === true && atomic.depends(instruction.test.reads)) {
      throw failureAt(frame.site(frame.pc), { kind: "atomic-dependency", what: "a decision" });
    }
    const value = instruction.test.value(slots);
    if (instruction.of !== undefined) {
      this.#isLooking = false;
      if (observed) this.#decided(frame, instruction.of, instruction, value);
      if (value !== 0n && this.#expired(frame, instruction, value)) return true;
    }
    return (value === 0n) === (instruction.when === "zero");
  }

  #decided(frame: Frame, of: "if" | "while", instruction: JumpInstruction, value: U64): void {
    const site = frame.site(frame.pc);
    this.#effects.emit(site, { kind: "condition", of, value });
    const failed = frame.failureIn(instruction.test.reads);
    if (failed !== undefined) this.#effects.emit(site, { kind: "doubtful-condition", of, value, failed });
  }

  /** True if this was the last evaluation of a loop whose time is over. */
  #expired(frame: Frame, { loop: head }: JumpInstruction, value: U64): boolean {
    const loop = head === undefined ? undefined : frame.loops[head.index];
    if (head === undefined || loop?.expired !== true) return false;
    const site = frame.site(frame.pc);
    const { turns } = loop;
    const { loopLimitUs = Infinity, strictTimeouts } = this.#options;
    if (head.limitUs === undefined) {
      const limitUs = Math.min(loopLimitUs, this.#deadline.limitUs);
      throw failureAt(site, { kind: "deadline", limitUs, turns, value });
    }
    const { limitUs, constant } = head;
    this.#effects.emit(site, { kind: "timeout", limitUs, turns, value, sleep: constant });
    if (strictTimeouts === true && !constant) {
      throw failureAt(site, { kind: "loop-timeout", limitUs, turns, value });
    }
    return true;
  }

  /** Ends a turn. When time is over, the condition is evaluated once more and then decides. */
  #back(frame: Frame, instruction: BackInstruction): Promise<void> | undefined {
    this.#options.clock.tick();
    const loop = frame.loops[instruction.loop];
    if (loop === undefined) return undefined;
    loop.turns += 1;
    this.#expire(frame, instruction, loop);
    if (loop.expired) return undefined;
    const nowUs = this.#effects.nowUs();
    const endUs = Math.min(loop.startUs + this.#limitOf(instruction), nowUs + this.#deadline.leftUs);
    const polled =
      instruction.poll && this.#effects.poll(frame, frame.site(frame.pc), instruction.poll, endUs);
    if (polled === undefined) this.#passOver(frame, instruction, { loop, leftUs: endUs - nowUs });
    return polled?.then(() => {
      // The read that follows is the last one if time is over.
      this.#expire(frame, instruction, loop);
    });
  }

  /** Passes over turns that would be like the last one. */
  #passOver(
    frame: Frame,
    { loop: index }: BackInstruction,
    { loop, leftUs }: { readonly loop: Loop; readonly leftUs: number },
  ): void {
    if (this.#turns === undefined) return;
    const effects = this.#effects;
    if (!effects.canPassOver) {
      this.#turns.forget();
      return;
    }
    const { passed, accesses, instructions } = this.#turns.next(frame, index, {
      ...effects.done,
      instructions: this.#instructions,
      mostInstructions: INSTRUCTIONS_PER_TURN,
      turnUs: this.#turnUs,
      leastUs: US_PER_TURN,
      sinceTurnUs: this.#options.clock.nowUs() - this.#turnUs,
      nowUs: effects.nowUs(),
      leftUs,
    });
    loop.turns += passed;
    this.#instructions = instructions;
    effects.passOver(accesses * passed);
  }

  /** Ends the time of a loop. A loop without a timeout looks once more at the run's end; other loops do not wait for it. */
  #expire(frame: Frame, instruction: BackInstruction, loop: Loop): void {
    const isOver = this.#deadline.isOver;
    const isOwn = instruction.limitUs === undefined;
    if (isOver && !isOwn) this.#heedDeadline(frame.site(frame.pc));
    loop.expired = this.#effects.nowUs() - loop.startUs >= this.#limitOf(instruction) || (isOver && isOwn);
    this.#isLooking = isOwn;
  }

  #limitOf({ limitUs }: BackInstruction): number {
    return limitUs ?? this.#options.loopLimitUs ?? Infinity;
  }
}

/** True if bit 0 of `__errorcontrol` changed; only that bit means something. */
function differs(before: U64 | undefined, after: U64 | undefined): boolean {
  return (((before ?? 0n) ^ (after ?? 0n)) & 1n) === 1n;
}
