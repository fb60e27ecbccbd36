/** Keeps DPBANKSEL as each running sequence last wrote it (wire rule 14). Knows call chains; knows no wire. */
import type { Site } from "../../interpreter/ports.ts";

export class SequenceBanks {
  /** Keys are the place of the call, which all sites of one activation share. */
  #byCall = new WeakMap<Site, number>();
  #outermost = 0;

  /** Returns the bank that accesses to DP address 4 mean here: the sequence's own, or else its caller's. */
  of(site: Site): number {
    for (let caller = site.caller; caller !== undefined; caller = caller.caller) {
      const bank = this.#byCall.get(caller);
      if (bank !== undefined) return bank;
    }
    return this.#outermost;
  }

  note(site: Site, bank: number): void {
    if (site.caller === undefined) this.#outermost = bank;
    else this.#byCall.set(site.caller, bank);
  }

  /** The next sequence that the debugger starts finds bank 0. */
  startOver(): void {
    this.#byCall = new WeakMap();
    this.#outermost = 0;
  }
}
