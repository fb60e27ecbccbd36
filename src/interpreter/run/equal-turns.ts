/**
 * Turns of a loop that only waits: the variables are as they were a turn ago, and only the target was asked. If
 * the target knows that it would answer the same again, the turns until something happens are passed over.
 */
import type { Repeats } from "../../lib/repeats.ts";
import type { Frame } from "./frame.ts";

export interface TurnEnd {
  /** The number of accesses so far. */
  readonly accesses: number;
  /** The number of other calls so far. */
  readonly others: number;
  /** The instructions since the event loop had its last turn, and the most there may be. */
  readonly instructions: number;
  readonly mostInstructions: number;
  /** The time of the event loop's last turn. */
  readonly turnUs: number;
  /** The least time between two such turns, however few instructions there were. */
  readonly leastUs: number;
  readonly sinceTurnUs: number;
  readonly nowUs: number;
  /** The time until the loop or the run is over. */
  readonly leftUs: number;
}

interface Mark extends TurnEnd {
  readonly frame: Frame;
  readonly loop: number;
  readonly slots: Frame["slots"];
}

export interface PassedOver {
  /** How many turns were passed over. */
  readonly passed: number;
  /** The number of accesses in each of them. */
  readonly accesses: number;
  /** The count of instructions after them. */
  readonly instructions: number;
}

/** How many turns in a row are compared although each differed from the one before. */
const UNLIKE_AT_ONCE = 4;
const MOST_PAUSE = 64;

export class EqualTurns {
  readonly #repeats: Repeats;
  #mark: Mark | undefined;
  /** How often the way to the end was blocked. The first time there was no turn to compare with. */
  #refusals = 0;
  /** Turns in a row that differed from the one before, and how many must pass before two are compared again. */
  #unlike = 0;
  #pause = 0;

  constructor(repeats: Repeats) {
    this.#repeats = repeats;
  }

  forget(): void {
    this.#mark = undefined;
  }

  /** Notes the end of a turn. */
  next(frame: Frame, loop: number, end: TurnEnd): PassedOver {
    const none = { passed: 0, accesses: 0, instructions: end.instructions };
    if (this.#pause > 0) {
      this.#pause -= 1;
      this.#mark = undefined;
      return none;
    }
    const mark = this.#mark;
    this.#mark = { ...end, frame, loop, slots: frame.slots.slice() };
    if (mark !== undefined) this.#compared(isLike(mark, this.#mark));
    if (mark === undefined || this.#unlike > 0) {
      this.#repeats.begin();
      this.#refusals = 0;
      return none;
    }
    // Instructions cannot be counted across a turn of the event loop.
    if (mark.turnUs !== end.turnUs) {
      this.#repeats.again(0);
      return none;
    }
    const accesses = end.accesses - mark.accesses;
    const instructions = end.instructions - mark.instructions;
    const turn = { us: end.nowUs - mark.nowUs, instructions };
    // The last turns before the end decide, so they are made.
    const most = Math.max(0, Math.floor(end.leftUs / turn.us) - 1);
    const near = Math.floor((end.mostInstructions - end.instructions) / instructions);
    const far = this.#refusals > 1 ? 0 : beforeLast(end, turn, most);
    const passed = far > near ? this.#repeats.again(far, far) : this.#repeats.again(Math.min(most, near));
    if (far > near && passed === 0) this.#refusals += 1;
    this.#mark = {
      ...this.#mark,
      accesses: end.accesses + accesses * passed,
      instructions: countAfter(end, instructions * passed),
      nowUs: end.nowUs + turn.us * passed,
    };
    return { passed, accesses, instructions: this.#mark.instructions };
  }

  #compared(isLike: boolean): void {
    this.#unlike = isLike ? 0 : this.#unlike + 1;
    this.#pause = pauseAfter(this.#unlike);
  }
}

/**
 * How many turns to skip between comparisons. A loop that works then costs little, and one that waits after
 * working is still found.
 */
function pauseAfter(unlike: number): number {
  return unlike < UNLIKE_AT_ONCE ? 0 : Math.min(2 ** (unlike - UNLIKE_AT_ONCE), MOST_PAUSE);
}

/** Counts instructions; after a turn of the event loop the count begins at 1 with the next one. */
function countAfter({ instructions, mostInstructions }: TurnEnd, more: number): number {
  return ((instructions + more - 1) % mostInstructions) + 1;
}

/**
 * How many turns of the loop end before the last turn that the event loop has in it. That one is made, for its
 * time counts later. Returns 0 if an earlier turn would have an effect, as it has if time passes between them.
 */
function beforeLast(
  { instructions, mostInstructions, leastUs, sinceTurnUs }: TurnEnd,
  turn: { readonly us: number; readonly instructions: number },
  most: number,
): number {
  const turnsTo = (count: number): number => Math.floor(count / turn.instructions);
  const firstUs = sinceTurnUs + turnsTo(mostInstructions - instructions) * turn.us;
  const betweenUs = (turnsTo(mostInstructions) - 2) * turn.us;
  if (Math.min(firstUs, betweenUs) < leastUs) return 0;
  const last = Math.floor((instructions + most * turn.instructions - 1) / mostInstructions);
  return turnsTo(last * mostInstructions - instructions);
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
