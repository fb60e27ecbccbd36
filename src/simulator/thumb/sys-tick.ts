/** The SysTick timer is worked out from the core's cycles when its value is needed, instead of counted. */

const ENABLE = 1;
const TICKINT = 2;
const CLKSOURCE = 4;
const COUNTFLAG = 1 << 16;
const MAX = 0xff_ffff;

export class SysTick {
  #control = CLKSOURCE;
  #reload = 0;
  #value = 0;
  #counted = false;
  /** The cycle at which `#value` was true. */
  #since = 0;
  /** The cycle at which the counter next reaches zero and interrupts; Infinity if it does not. */
  dueAt = Infinity;

  get isEnabled(): boolean {
    return (this.#control & ENABLE) !== 0;
  }

  reset(): void {
    this.#control = CLKSOURCE;
    this.#counted = false;
    this.dueAt = Infinity;
  }

  /** Brings the counter to this cycle; returns true if it reached zero with its interrupt enabled. */
  sync(cycle: number): boolean {
    const elapsed = cycle - this.#since;
    this.#since = cycle;
    if ((this.#control & ENABLE) === 0 || elapsed <= 0) return false;
    const reached = this.#count(elapsed);
    if (reached) this.#counted = true;
    this.#plan();
    return reached && (this.#control & TICKINT) !== 0;
  }

  /** The counter reloads from 0, which takes a cycle of its own. Returns true if it came to 0 from above. */
  #count(elapsed: number): boolean {
    if (this.#value > 0 && elapsed < this.#value) {
      this.#value -= elapsed;
      return false;
    }
    const beyond = elapsed - this.#value;
    const fromAbove = this.#value > 0;
    const period = this.#reload + 1;
    const turn = beyond % period;
    this.#value = turn === 0 ? 0 : period - turn;
    return fromAbove || (this.#reload > 0 && beyond >= period);
  }

  #plan(): void {
    const running = (this.#control & (ENABLE | TICKINT)) === (ENABLE | TICKINT);
    const cycles = this.#value > 0 ? this.#value : this.#reload > 0 ? this.#reload + 1 : Infinity;
    this.dueAt = running ? this.#since + cycles : Infinity;
  }

  /** Offsets count from 0xE000E010: CTRL, LOAD, VAL, CALIB (Armv7-M B3.3). Reading CTRL clears COUNTFLAG. */
  read(offset: number): number {
    switch (offset) {
      case 0: {
        const flag = this.#counted ? COUNTFLAG : 0;
        this.#counted = false;
        return this.#control | flag;
      }
      case 4:
        return this.#reload;
      case 8:
        return this.#value;
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    if (offset === 0) this.#control = CLKSOURCE | (value & (ENABLE | TICKINT));
    else if (offset === 4) this.#reload = value & MAX;
    else if (offset === 8) {
      this.#value = 0;
      this.#counted = false;
    }
    this.#plan();
  }
}
