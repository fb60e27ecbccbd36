/**
 * An atomic block under way. It is run twice: first to collect its accesses, while the values of their answers
 * are unknown, and then to do everything else, when all answers are there.
 */
import type { Fact } from "../faults.ts";
import type { Frame } from "./frame.ts";
import { SLOT, type CallInstruction, type Slots } from "../program.ts";
import type { Access, FailedAccess, Site } from "../ports.ts";
import type { U64 } from "../../lib/u64.ts";

/** The slots with the state that an access runs under. */
const STATE = [SLOT.__dp, SLOT.__ap, SLOT.__apid, SLOT.__errorcontrol];

export class AtomicBlock {
  readonly list: { readonly access: Access; readonly site: Site }[] = [];
  collecting = true;
  readonly #frame: Frame;
  readonly #begin: number;
  readonly #before: Slots;
  readonly #unknown = new Set<number>();
  #answers: readonly (U64 | FailedAccess)[] = [];
  #next = 0;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#begin = frame.pc;
    this.#before = [...frame.slots];
  }

  depends(reads: readonly number[]): boolean {
    return this.#unknown.size > 0 && reads.some((slot) => this.#unknown.has(slot));
  }

  /** Notes, while collecting, whether a slot now holds something known or something that only an answer tells. */
  learn(slot: number, unknown: boolean): void {
    if (unknown) this.#unknown.add(slot);
    else this.#unknown.delete(slot);
  }

  /** Says why an access with these arguments cannot be sent together with the others; undefined if it can. */
  obstacle(fn: string, reads: readonly number[]): Fact | undefined {
    if (!this.depends(reads) && !this.depends(STATE)) return undefined;
    return {
      kind: "atomic-dependency",
      what: this.depends(reads) ? `an argument of ${fn}` : `the port of ${fn}`,
    };
  }

  /** Goes back to the start of the block when all answers are there, with the values that held then. */
  replay(answers: readonly (U64 | FailedAccess)[]): void {
    this.collecting = false;
    this.#answers = answers;
    this.#frame.slots.splice(0, this.#before.length, ...this.#before);
    this.#frame.pc = this.#begin;
  }

  nextAnswer(): U64 | FailedAccess {
    const answer = this.#answers[this.#next++];
    if (answer === undefined)
      throw new RangeError(`an atomic block of ${this.list.length} accesses got too few answers`);
    return answer;
  }
}

/** Says what a call instruction would need of the host inside an atomic block; undefined if it needs nothing. */
export function needsHost(call: CallInstruction["call"]): string | undefined {
  if (call.to === "query") return "Query";
  if (call.to === "queryValue") return "QueryValue";
  if (call.to === "flashLoad") return "FlashLoadAlgorithm";
  if (call.to === "outside") return call.fn;
  return call.to === "sleep" ? "a wait" : undefined;
}
