/** Buses for Thumb cores in tests: one where nothing answers, one that records what device registers see. */
import type { ThumbBus } from "../../src/simulator/thumb/port.ts";

/** Every access fails, as where nothing is mapped. */
export class SilentBus implements ThumbBus {
  failed = false;

  read8(): number {
    return this.#fail();
  }
  read16(): number {
    return this.#fail();
  }
  fetch16(): number {
    return this.#fail();
  }
  read32(): number {
    return this.#fail();
  }
  write8(): void {
    this.#fail();
  }
  write16(): void {
    this.#fail();
  }
  write32(): void {
    this.#fail();
  }

  #fail(): number {
    this.failed = true;
    return 0;
  }
}
