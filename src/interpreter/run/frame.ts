/** One activation of a sequence: where it stands and what its slots hold. */
import { findPredefinedSequence } from "../../language/predefined.ts";
import type { Span } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import type { Buffers } from "../buffers.ts";
import type { NamedValue } from "../faults.ts";
import { SLOT, type Program, type Slots } from "../program.ts";
import type { Site } from "../ports.ts";

export interface Loop {
  /** The start on the run's clock, without the time spent in queries. */
  readonly startUs: number;
  turns: number;
  expired: boolean;
}

export interface Caller {
  readonly frame: Frame;
  readonly site: Site;
}

export class Frame {
  readonly program: Program;
  readonly slots: Slots;
  readonly loops: Loop[] = [];
  readonly caller: Caller | undefined;
  /** The sequence as a whole. */
  readonly entry: Site;
  readonly depth: number;
  /** True if a read of DPIDR may fail in this sequence or in one that called it. */
  readonly forgivesDpidr: boolean;
  pc = 0;
  /** Slots whose value comes from a failed and tolerated read; absent if there are none. */
  failed: Map<number, Error> | undefined;
  /** The buffers of this activation alone. */
  buffers: Buffers | undefined;
  readonly #sites: Site[] = [];

  constructor(program: Program, slots: Slots, caller: Caller | undefined) {
    this.program = program;
    this.slots = slots;
    this.caller = caller;
    this.entry = this.#place(program.span);
    this.depth = caller === undefined ? 0 : caller.frame.depth + 1;
    this.forgivesDpidr =
      findPredefinedSequence(program.name)?.forgivesDpidr === true || caller?.frame.forgivesDpidr === true;
  }

  /** The place of the instruction at `pc`; the same object for all turns of a loop. */
  site(pc: number): Site {
    return (this.#sites[pc] ??= this.#place(this.program.instructions[pc]?.span ?? this.program.span));
  }

  #place(span: Span): Site {
    const sequence = this.program.name;
    return this.caller === undefined ? { span, sequence } : { span, sequence, caller: this.caller.site };
  }

  /** True if the activation waits for the answer of the access at this place, and has not gone on. */
  waitsAt(site: Site): boolean {
    const last = this.program.instructions[this.pc - 1];
    const isAsking = last?.kind === "call" && last.call.to === "target" && last.call.into !== undefined;
    return isAsking && site === this.site(this.pc - 1);
  }

  /** Remembers, or forgets, that what a slot holds comes from a failed read. */
  mark(slot: number, failed: Error | undefined): void {
    if (failed !== undefined) (this.failed ??= new Map()).set(slot, failed);
    else if (this.failed?.delete(slot) === true && this.failed.size === 0) this.failed = undefined;
  }

  /** Takes over the `__Result` of a callee. */
  receive(result: U64, failed: Error | undefined): void {
    this.slots[SLOT.__Result] = result;
    this.mark(SLOT.__Result, failed);
  }

  failureIn(reads: readonly number[]): Error | undefined {
    if (this.failed === undefined) return undefined;
    for (const slot of reads) {
      const failed = this.failed.get(slot);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }
}

/** True if a place belongs to this activation, or to another one of the same call. */
export function isIn(frame: Frame, site: Site): boolean {
  return frame.entry.sequence === site.sequence && frame.entry.caller === site.caller;
}

/** The last activations that have ended: an access that one of them posted may turn out to have failed. */
export class Ended {
  readonly #frames: Frame[] = [];
  #count = 0;

  add(frame: Frame): void {
    this.#frames[this.#count++ % MOST_ENDED] = frame;
  }

  /** Returns the newest one that a place belongs to. */
  find(site: Site): Frame | undefined {
    for (let back = 1; back <= this.#frames.length; back++) {
      const frame = this.#frames[(this.#count - back) % MOST_ENDED];
      if (frame !== undefined && isIn(frame, site)) return frame;
    }
    return undefined;
  }
}

const MOST_ENDED = 8;

/** The variables that an activation has set or was given, each with its value. */
export function valuesOf({ program, slots }: Frame): readonly NamedValue[] {
  const names = new Map(program.outer.map(({ name, slot }) => [name, slot]));
  for (const instruction of program.instructions)
    if (instruction.kind === "set" && instruction.name !== undefined && slots[instruction.slot] !== undefined)
      names.set(instruction.name, instruction.slot);
  return [...names].flatMap(([name, slot]) => {
    const value = slots[slot];
    return value === undefined ? [] : [{ name, value }];
  });
}

/** The names of the sequences of a call chain, outermost first. */
export function chainOf(frame: Frame): readonly string[] {
  const names: string[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.caller?.frame)
    names.unshift(at.program.name);
  return names;
}
