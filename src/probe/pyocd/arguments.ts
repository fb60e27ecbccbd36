/** Reads the arguments of a request. An argument that is not a number of the right size is refused by name. */
import { RequestError, STATUS } from "./protocol.ts";

export class Arguments {
  readonly #request: string;
  readonly #list: readonly unknown[];
  #at = 0;

  constructor(request: string, list: readonly unknown[]) {
    this.#request = request;
    this.#list = list;
  }

  /** Reads an integer from 0 to `most`. */
  integer(name: string, most = 0xffff_ffff): number {
    return Number(this.wide(name, BigInt(most)));
  }

  wide(name: string, most: bigint): bigint {
    return whole(this.#next(name), most) ?? this.#refuse(name, `expected a whole number from 0 to ${most}`);
  }

  /**
   * Reads the low 32 bits of an integer: pyOCD sends the sums of its sequences as they are, and its own
   * server cuts them.
   */
  word(name: string): number {
    return lowWord(this.#next(name)) ?? this.#refuse(name, "expected a whole number");
  }

  /**
   * Reads bits 3:2 of a register's address. The bits above are in SELECT already; pyOCD leaves them on, even
   * those of an AP -1.
   */
  register(name: string): 0x0 | 0x4 | 0x8 | 0xc {
    const value = lowWord(this.#next(name)) ?? this.#refuse(name, "expected the address of a register");
    return (value & 0xc) as 0x0 | 0x4 | 0x8 | 0xc;
  }

  /** Reads a frequency, which may be a floating-point number. */
  frequency(name: string): number {
    const value = this.#next(name);
    if (typeof value === "number" && value >= 1 && value <= 0xffff_ffff) return Math.floor(value);
    return this.#refuse(name, "expected a frequency in Hz");
  }

  boolean(name: string): boolean {
    const value = this.#next(name);
    if (typeof value === "boolean") return value;
    const number = whole(value, 1n);
    return number === undefined ? this.#refuse(name, "expected true or false") : number === 1n;
  }

  text(name: string): string {
    const value = this.#next(name);
    return typeof value === "string" ? value : this.#refuse(name, "expected a string");
  }

  list(name: string): readonly unknown[] {
    const value = this.#next(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#refuse(name, "expected a list");
  }

  words(name: string): Uint32Array {
    const words = this.list(name).map(lowWord);
    if (words.includes(undefined)) this.#refuse(name, "expected whole numbers");
    return Uint32Array.from(words, Number);
  }

  end(): void {
    if (this.#at < this.#list.length)
      throw new RequestError(STATUS.general, `${this.#request} takes ${this.#at} arguments`);
  }

  #next(name: string): unknown {
    if (this.#at >= this.#list.length) this.#refuse(name, "it is missing");
    return this.#list[this.#at++];
  }

  #refuse(name: string, why: string): never {
    throw new RequestError(STATUS.general, `${this.#request}, argument "${name}": ${why}`);
  }
}

function lowWord(value: unknown): number | undefined {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return undefined;
  return Number(BigInt.asUintN(32, BigInt(value as bigint | number)));
}

export function whole(value: unknown, most: bigint): bigint | undefined {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return undefined;
  const wide = BigInt(value as bigint | number);
  return wide >= 0n && wide <= most ? wide : undefined;
}
