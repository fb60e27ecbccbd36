/**
 * Turns of a loop that only waits: the variables are as they were a turn ago, and nothing but the target was asked. Where the
 * target knows that it would answer the same again, the turns until something happens are passed over.
 */
import type { Repeats } from "../../lib/repeats.ts";
import type { Frame } from "./frame.ts";

export interface TurnEnd {
  /** Asked for so far. */
  readonly accesses: number;
  /** Calls of something else so far. */
  readonly others: number;
  /** Since the event loop had a turn, and how many there may be. */
  readonly instructions: number;
  readonly mostInstructions: number;
  /** When it had its last one. */
  readonly turnUs: number;
  readonly nowUs: number;
  /** Until the loop or the run is over. */
  readonly leftUs: number;
}

interface Mark extends TurnEnd {
  readonly frame: Frame;
  readonly loop: number;
  readonly slots: Frame["slots"];
}

/** How many turns were passed over, and what each of them would have done. */
export interface PassedOver {
  readonly passed: number;
  readonly accesses: number;
  readonly instructions: number;
}

const NONE: PassedOver = { passed: 0, accesses: 0, instructions: 0 };

export class EqualTurns {
  readonly #repeats: Repeats;
  #mark: Mark | undefined;

  constructor(repeats: Repeats) {
    this.#repeats = repeats;
  }

  forget(): void {
    this.#mark = undefined;
  }

  /** A turn has ended. */
  next(frame: Frame, loop: number, end: TurnEnd): PassedOver {
    const mark = this.#mark;
    this.#mark = { ...end, frame, loop, slots: frame.slots.slice() };
    if (mark === undefined || !isLike(mark, this.#mark)) {
      this.#repeats.begin();
      return NONE;
    }
    // Instructions that the event loop's turn cut through cannot be counted.
    if (mark.turnUs !== end.turnUs) {
      this.#repeats.again(0);
      return NONE;
    }
    const accesses = end.accesses - mark.accesses;
    const instructions = end.instructions - mark.instructions;
    const most = Math.min(
      Math.floor((end.mostInstructions - end.instructions) / instructions),
      // The last turns before the end decide, and are made.
      Math.floor(end.leftUs / (end.nowUs - mark.nowUs)) - 1,
    );
    const passed = this.#repeats.again(Math.max(0, most));
    this.#mark = {
      ...this.#mark,
      accesses: end.accesses + accesses * passed,
      instructions: end.instructions + instructions * passed,
      nowUs: end.nowUs + (end.nowUs - mark.nowUs) * passed,
    };
    return { passed, accesses, instructions };
  }
}

function isLike(one: Mark, other: Mark): boolean {
  const { frame, loop, slots, accesses, others } = other;
  return (
    one.frame === frame &&
    one.loop === loop &&
    one.others === others &&
    one.accesses < accesses &&
    frame.failed === undefined &&
    one.slots.length === slots.length &&
    one.slots.every((value, at) => value === slots[at])
  );
}
