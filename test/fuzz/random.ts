/** Numbers that look like chance and are the same for one seed on every machine. Knows nothing of what they decide. */

export class Random {
  #state: number;

  /** A seed and the number of a case; each pair begins somewhere else. */
  constructor(seed: number, index: number) {
    this.#state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b)) >>> 0;
    this.#next();
    this.#next();
  }

  /** mulberry32, by Tommy Ettinger (public domain). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to `below` - 1. */
  int(below: number): number {
    return below <= 1 ? 0 : this.#next() % below;
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.int(times) === 0;
  }

  pick<Value>(list: readonly Value[]): Value {
    const picked = list[this.int(list.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }

  /** Small, near a power of two, or anything. */
  u64(): bigint {
    const any = (BigInt(this.#next()) << 32n) | BigInt(this.#next());
    switch (this.int(4)) {
      case 0:
        return any & 0x7fn;
      case 1:
        return BigInt.asUintN(64, (1n << BigInt(this.int(65))) + BigInt(this.int(3)) - 1n);
      case 2:
        return any & 0xffff_ffffn;
      default:
        return any;
    }
  }

  times<Value>(most: number, make: () => Value): Value[] {
    return Array.from({ length: this.int(most + 1) }, make);
  }
}
