/** A stretch of a core's time, in whole picoseconds: which of its instructions is done when. Knows no instruction. */

/** Picoseconds in a microsecond, and parts of an instruction in an instruction. */
const MILLION = 1_000_000;

export class Slice {
  readonly startPs: number;
  readonly endPs: number;
  /** Instructions in a microsecond. */
  readonly perUs: number;
  /** Millionths of an instruction that were done before it. */
  readonly #owed: number;
  /** Instructions that are done when it ends. */
  readonly whole: number;

  constructor(span: { readonly startPs: number; readonly endPs: number }, perUs: number, owed: number) {
    this.startPs = span.startPs;
    this.endPs = span.endPs;
    this.perUs = perUs;
    this.#owed = owed;
    this.whole = this.doneBy(span.endPs);
  }

  /** How many instructions are done at a time. */
  doneBy(ps: number): number {
    return Math.floor((this.#owed + (ps - this.startPs) * this.perUs) / MILLION);
  }

  /** The first time at which so many instructions are done. */
  psOf(done: number): number {
    return this.startPs + Math.max(0, Math.ceil((done * MILLION - this.#owed) / this.perUs));
  }

  /** Millionths of an instruction that are done at a time, beyond whole ones. */
  owedAt(ps: number, done: number): number {
    return this.#owed + (ps - this.startPs) * this.perUs - done * MILLION;
  }
}
