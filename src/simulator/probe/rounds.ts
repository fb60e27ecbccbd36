/**
 * Finds rounds of polling that need not be done: the target is as before, and nothing happens on it until a
 * known time, so the same transfers would have the same answers. Knows no packet.
 */
import { microseconds, picoseconds, type VirtualClock } from "../../lib/clock.ts";
import type { Injection } from "../port/injection.ts";
import type { NotedRead } from "../bus/round-notes.ts";
import type { Soc } from "../soc/soc.ts";
import { greatest } from "../../lib/lists.ts";
import { isCurrent } from "../core/onlooker.ts";
import { isSame, type Remembered } from "../bus/remembered.ts";

export interface RoundParts {
  readonly clock: VirtualClock;
  readonly soc: Soc;
  readonly injection: Injection;
  /**
   * Returns the state of everything between the packets and the memories, or undefined while something is on
   * its way.
   */
  readonly remembered: () => Remembered | undefined;
  /** Returns the first later time at which some of it changes by itself, apart from what is on the agenda. */
  readonly dueUs: (afterUs: number) => number;
  /** True if the rounds are within one command: then the surrounding round of packets counts as changed. */
  readonly within?: true;
}

interface Start {
  readonly ps: number;
  readonly delayedUs: number;
  readonly transfers: number;
  readonly packets: number;
  readonly disturbed: number;
  readonly logged: number;
  readonly others: number;
  readonly changes: number;
  readonly planned: number;
  readonly remembered: Remembered | undefined;
}

const MOST_PAUSE = 64;

/** The time and the counts of one round. */
interface Length {
  readonly ps: number;
  readonly delayedUs: number;
  readonly transfers: number;
  readonly packets: number;
  readonly logged: number;
  /** Of what was logged, no accesses. */
  readonly others: number;
}

export class Rounds {
  readonly #parts: RoundParts;
  #start: Start | undefined;
  /** How often in a row a core was noticed at once, and how many rounds are to go by before it is let live ahead again. */
  #vain = 0;
  #pause = 0;

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { clock, injection, soc, remembered, within } = this.#parts;
    soc.notes.begin();
    if (within === true) soc.notes.changed();
    this.#start = {
      ps: clock.nowPs(),
      delayedUs: clock.delayedUs,
      transfers: injection.transfers,
      packets: injection.packets,
      disturbed: injection.disturbed,
      logged: soc.log.count,
      others: soc.log.others,
      changes: soc.notes.changes,
      planned: soc.agenda.changes,
      remembered: remembered(),
    };
  }

  /** Passes up to `most` rounds like the one since `begin`, and begins another one. Yields how many passed. */
  again(most: number, least = 1): number {
    const length = this.#length();
    const passed = length === undefined ? 0 : this.#pass(length, Math.min(most, this.#room(length)), least);
    this.begin();
    return passed;
  }

  /** Returns undefined if the round may have changed something. */
  #length(): Length | undefined {
    const start = this.#start;
    const { clock, injection, soc, remembered } = this.#parts;
    const { notes, agenda, log } = soc;
    if (start === undefined || log.onEvent !== undefined) return undefined;
    if (start.disturbed !== injection.disturbed) return undefined;
    if (start.changes !== notes.changes || start.planned !== agenda.changes) return undefined;
    const ps = clock.nowPs() - start.ps;
    const now = remembered();
    if (ps <= 0 || now === undefined || start.remembered === undefined) return undefined;
    if (!isSame(start.remembered, now) || !notes.reads.every(isCurrent)) return undefined;
    return {
      ps,
      delayedUs: clock.delayedUs - start.delayedUs,
      transfers: injection.transfers - start.transfers,
      packets: injection.packets - start.packets,
      logged: log.count - start.logged,
      others: log.others - start.others,
    };
  }

  /**
   * Returns how many rounds end before something happens, less one, because something may be due within a
   * round.
   */
  #room({ ps, transfers, packets }: Length): number {
    const { clock, dueUs, injection, soc } = this.#parts;
    const due = dueUs(microseconds(this.#start?.ps ?? 0));
    const leftUs = Math.min(due, soc.notes.dueUs, soc.agenda.nextUs) - clock.nowUs();
    const rounds = leftUs === Infinity ? Infinity : Math.floor(picoseconds(leftUs) / ps) - 1;
    return Math.min(rounds, injection.room(transfers, packets));
  }

  #pass(length: Length, most: number, least: number): number {
    if (!(most >= Math.max(1, least))) return 0;
    const { soc } = this.#parts;
    // Cores live up to a read of memory; in a round without one they do not live.
    if (soc.isQuiet || soc.notes.reads.length === 0) {
      this.#moveAll(length, most);
      return most;
    }
    return this.#passAlive(length, most, least);
  }

  #moveAll(length: Length, times: number): void {
    this.#move(length, times);
    this.#parts.soc.log.again(length.logged, times, length.ps);
  }

  #move({ ps, delayedUs, transfers, packets }: Length, times: number): void {
    const { clock, injection } = this.#parts;
    clock.advancePs(ps * times);
    clock.delayedUs += delayedUs * times;
    injection.skip(transfers * times, packets * times);
  }

  /**
   * A core runs and may change what is read. It lives ahead, which passes the rounds before it does what may be noticed. The round
   * in which it does that is passed by itself if its read yields the same.
   */
  #passAlive(length: Length, most: number, least: number): number {
    const { clock, soc } = this.#parts;
    if (length.others > 0 || soc.isPaced) return 0;
    // From the end of a round to the last read in the next one.
    const readPs = greatest(soc.notes.reads.map(({ atUs }) => picoseconds(atUs)));
    const toReadPs = length.ps - (clock.nowPs() - readPs);
    let passed = 0;
    while (passed < most) {
      const left = Math.min(most - passed, this.#room(length));
      const quiet = this.#quietRounds(length, { most: left, toReadPs });
      if (quiet < least && least > 1) return 0;
      if (quiet > 0) this.#moveAll(length, quiet);
      passed += quiet;
      if (quiet >= left || !this.#passOne(length, toReadPs)) break;
      passed += 1;
    }
    return passed;
  }

  /** How many of so many rounds a core lives through without being noticed; it has lived through them then, or less far. */
  #quietRounds(
    { ps }: Length,
    { most, toReadPs }: { readonly most: number; readonly toReadPs: number },
  ): number {
    if (most < 1) return 0;
    if (this.#pause > 0) {
      this.#pause -= 1;
      return 0;
    }
    const { clock, soc } = this.#parts;
    const firstPs = clock.nowPs() + toReadPs;
    const lastPs = firstPs + (most - 1) * ps;
    const noticedPs = soc.ahead(lastPs, soc.notes.reads);
    const rounds = noticedPs > lastPs ? most : Math.max(0, Math.floor((noticedPs - 1 - firstPs) / ps) + 1);
    this.#vain = rounds === 0 ? this.#vain + 1 : 0;
    this.#pause = Math.min(2 ** this.#vain - 1, MOST_PAUSE);
    return rounds;
  }

  /** Without the wire; false if it must do the round. */
  #passOne(length: Length, toReadPs: number): boolean {
    const { clock, soc } = this.#parts;
    const { notes, agenda } = soc;
    const [read, ...others] = notes.reads;
    if (read === undefined || others.length > 0 || notes.sawLines) return false;
    const { changes } = notes;
    const planned = agenda.changes;
    clock.advancePs(toReadPs);
    soc.live();
    const isAsBefore = changes === notes.changes && planned === agenda.changes && isCurrent(read);
    if (isAsBefore) {
      makeAgain(read);
      if (length.logged > 0) soc.log.memory(eventOf(read));
    }
    clock.advancePs(-toReadPs);
    if (isAsBefore) this.#move(length, 1);
    return isAsBefore;
  }
}

/** Repeats what a read does besides yielding a value. */
function makeAgain({ mapping: { device, start }, address, size }: NotedRead): void {
  if (device.peek !== undefined) device.read(address - start, size);
}

function eventOf({ ap, address, size, value }: NotedRead): Parameters<Soc["log"]["memory"]>[0] {
  return { ap, address, size, access: "read", value, failed: false };
}
