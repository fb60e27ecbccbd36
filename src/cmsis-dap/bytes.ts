/** Writes and reads packet bytes, little-endian, in order. Knows numbers only; commands know what they mean. */
import { Failure } from "../lib/fault.ts";
import type { CmsisDapFault } from "./faults.ts";

export class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  u16(value: number): void {
    this.u8(value);
    this.u8(value >>> 8);
  }

  u32(value: number): void {
    this.u16(value);
    this.u16(value >>> 16);
  }

  words(values: Uint32Array): void {
    this.#room(values.length * 4);
    for (const value of values) this.u32(value);
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** Returns a copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Throws a `truncated-packet` fault instead of reading past the end. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw this.#short(1);
    this.#at += 1;
    return value;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  words(count: number): Uint32Array {
    if (this.remaining < count * 4) throw this.#short(count * 4);
    return Uint32Array.from({ length: count }, () => this.u32());
  }

  bytes(count: number): Uint8Array {
    if (this.remaining < count) throw this.#short(count);
    const values = this.#bytes.slice(this.#at, this.#at + count);
    this.#at += count;
    return values;
  }

  #short(needed: number): Failure<CmsisDapFault> {
    return new Failure(
      { kind: "truncated-packet", length: this.#bytes.length, needed: this.#at + needed },
      `the packet ends after ${this.#bytes.length} bytes, ${this.#at + needed} were needed`,
    );
  }
}
