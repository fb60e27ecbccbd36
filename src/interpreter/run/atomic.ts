/**
 * An atomic block under way. It is run twice: once to collect its accesses, with the values of their answers unknown,
 * and once, when all answers are there, to do everything else.
 */
import type { Fact } from "../faults.ts";
import type { Frame } from "./frame.ts";
import { SLOT, type CallInstruction, type Slots } from "../program.ts";
import type { Access, FailedAccess, Site } from "../ports.ts";
import type { U64 } from "../../lib/u64.ts";

/** What an access runs under besides its arguments. */
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

  /** While collecting: a slot now holds something known, or something that only an answer tells. */
  learn(slot: number, unknown: boolean): void {
    if (unknown) this.#unknown.add(slot);
    else this.#unknown.delete(slot);
  }

  /** Why an access with these arguments cannot be sent together with the others; nothing where it can. */
  obstacle(fn: string, reads: readonly number[]): Fact | undefined {
    if (!this.depends(reads) && !this.depends(STATE)) return undefined;
    return {
      kind: "atomic-dependency",
      what: this.depends(reads) ? `an argument of ${fn}` : `the port of ${fn}`,
    };
  }

  /** All answers are there: back to the begin of the block, with the values of then. */
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

/** What a call instruction would need of the host inside an atomic block, in words; nothing where it needs nothing. */
export function needsHost(call: CallInstruction["call"]): string | undefined {
  if (call.to === "query") return "Query";
  if (call.to === "queryValue") return "QueryValue";
  if (call.to === "flashLoad") return "FlashLoadAlgorithm";
  if (call.to === "outside") return call.fn;
  return call.to === "sleep" ? "a wait" : undefined;
}
