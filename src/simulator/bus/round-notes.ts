/**
 * Notes what the target did in the watched round, as far as it decides if the round would repeat in the same
 * way.
 */
import type { Mapping } from "./bus.ts";
import type { Size } from "./device.ts";

/** A debugger's read of memory that changed nothing. */
export interface NotedRead {
  readonly ap: number;
  readonly mapping: Mapping;
  readonly address: number;
  readonly size: Size;
  readonly value: number;
  readonly atUs: number;
}

/** A round with more reads is not watched to its end. */
const MOST_READS = 64;

export class RoundNotes {
  /** The count grows with each change that no `remembered` tells, and with each access that may have made one. */
  changes = 0;
  /** True if the level of a line was looked at. */
  sawLines = false;
  /** The earliest requested time that has not come. */
  dueUs = Infinity;
  reads: NotedRead[] = [];
  #isOn = false;

  begin(): void {
    this.#isOn = true;
    this.sawLines = false;
    this.dueUs = Infinity;
    this.reads = [];
  }

  changed(): void {
    this.changes += 1;
  }

  asked(atUs: number): void {
    this.dueUs = Math.min(this.dueUs, atUs);
  }

  /** Returns what the work yields, unless it asks for a time that has not come, or for the time that it is. */
  unlessAsked<T>(work: () => T): T | undefined {
    const { dueUs, changes } = this;
    this.dueUs = Infinity;
    const result = work();
    const asked = this.dueUs;
    this.dueUs = Math.min(dueUs, asked);
    return asked === Infinity && changes === this.changes ? result : undefined;
  }

  read(read: NotedRead): void {
    if (!this.#isOn) return;
    this.reads.push(read);
    if (this.reads.length <= MOST_READS) return;
    this.#isOn = false;
    this.changed();
  }
}
