/** Notes what goes over a pipe in a round, and skips rounds if two in a row were the same, packet by packet. */
import type { Rounds } from "./rounds.ts";

/** A round with more packets is not compared. */
const MOST_NOTES = 64;

interface Note {
  readonly packet: Uint8Array;
  /** The time since the begin of the round. */
  readonly ps: number;
}

interface Round {
  readonly notes: Note[];
  readonly startPs: number;
  /** The time of the pipe's last answer before the round; the next one may have to wait for that. */
  readonly lastReplyPs: number;
  isBroken: boolean;
}

export class PolledPackets {
  readonly #rounds: Rounds;
  readonly #nowPs: () => number;
  #round: Round | undefined;
  #before: (Round & { readonly lengthPs: number }) | undefined;

  constructor(rounds: Rounds, nowPs: () => number) {
    this.#rounds = rounds;
    this.#nowPs = nowPs;
  }

  begin(lastReplyPs: number): void {
    this.#before = undefined;
    this.#start(lastReplyPs);
    this.#rounds.begin();
  }

  /** Notes a request or a response, in their order. */
  note(packet: Uint8Array): void {
    const round = this.#round;
    if (round === undefined || round.isBroken) return;
    if (round.notes.length === MOST_NOTES) this.broken();
    else round.notes.push({ packet: packet.slice(), ps: this.#nowPs() - round.startPs });
  }

  /** The result of this round says nothing about another one. */
  broken(): void {
    if (this.#round !== undefined) this.#round.isBroken = true;
  }

  again(
    [most, least]: readonly [number, (number | undefined)?],
    lastReplyPs: number,
  ): { readonly times: number; readonly ps: number } {
    const round = this.#round;
    const before = this.#before;
    if (round === undefined) {
      this.begin(lastReplyPs);
      return { times: 0, ps: 0 };
    }
    const lengthPs = this.#nowPs() - round.startPs;
    const isLikeBefore =
      before !== undefined &&
      before.lengthPs === lengthPs &&
      lastReplyPs - round.lastReplyPs === lengthPs &&
      areSame(before, round);
    const times = isLikeBefore ? this.#rounds.again(most, least) : 0;
    if (!isLikeBefore) this.#rounds.begin();
    const ps = times * lengthPs;
    this.#before = { ...round, lengthPs };
    this.#start(lastReplyPs + ps);
    return { times, ps };
  }

  #start(lastReplyPs: number): void {
    this.#round = { notes: [], startPs: this.#nowPs(), lastReplyPs, isBroken: false };
  }
}

function areSame(one: Round, other: Round): boolean {
  if (one.isBroken || other.isBroken || one.notes.length !== other.notes.length) return false;
  return one.notes.every(({ packet, ps }, at) => {
    const note = other.notes[at];
    return note?.ps === ps && isEqual(packet, note.packet);
  });
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
