/** One activation of a sequence: where it stands and what its slots hold. */
import { findPredefinedSequence } from "../../language/predefined.ts";
import type { Span } from "../../lib/source.ts";
import type { U64 } from "../../lib/u64.ts";
import type { Buffers } from "../buffers.ts";
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

/** The names of the sequences of a call chain, outermost first. */
export function chainOf(frame: Frame): readonly string[] {
  const names: string[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.caller?.frame)
    names.unshift(at.program.name);
  return names;
}
