/** The buffers of one activation of a sequence (specification 1.7.60, "Buffer handling"): they only grow, filled with zeros. */
import type { U64 } from "../lib/u64.ts";
import type { Fact } from "./faults.ts";

/** The most bytes that all buffers of the sequences under way may hold together. */
export const BUFFER_LIMIT = 64 * 1024 * 1024;
/** The most buffers that one sequence may have. */
export const BUFFER_COUNT_LIMIT = 256;

/** The bytes that all buffers together may still take. */
export interface BufferBudget {
  left: number;
}

/** Thrown if a buffer cannot be used as asked; a caller that knows the place turns it into a failure. */
export class BufferProblem extends Error {
  readonly fact: Fact;

  constructor(fact: Fact) {
    super(fact.kind);
    this.fact = fact;
  }
}

export class Buffers {
  readonly #budget: BufferBudget;
  readonly #buffers = new Map<U64, Uint8Array>();

  constructor(budget: BufferBudget) {
    this.#budget = budget;
  }

  size(id: U64): number {
    return this.#buffers.get(id)?.length ?? 0;
  }

  /** Returns `length` bytes from `offset` on. The buffer is created or grows if it must. */
  room(id: U64, offset: U64, length: U64): Uint8Array {
    const end = offset + length;
    const old = this.#buffers.get(id);
    const before = old?.length ?? 0;
    if (end <= BigInt(before) && old !== undefined) return old.subarray(Number(offset), Number(end));
    if (end - BigInt(before) > BigInt(this.#budget.left))
      throw new BufferProblem({ kind: "buffer-limit", limit: BUFFER_LIMIT, what: "bytes" });
    if (old === undefined && this.#buffers.size >= BUFFER_COUNT_LIMIT)
      throw new BufferProblem({ kind: "buffer-limit", limit: BUFFER_COUNT_LIMIT, what: "buffers" });
    const grown = new Uint8Array(Number(end));
    if (old !== undefined) grown.set(old);
    this.#budget.left -= grown.length - before;
    this.#buffers.set(id, grown);
    return grown.subarray(Number(offset), Number(end));
  }

  /** Returns what the buffer holds from `offset` on, at most `length` bytes. It must exist and hold something. */
  part(id: U64, offset: U64, length: U64): Uint8Array {
    const found = this.#buffers.get(id);
    if (found === undefined || found.length === 0) throw new BufferProblem({ kind: "no-buffer", id });
    if (offset > BigInt(found.length)) return found.subarray(found.length);
    const end = offset + length;
    return found.subarray(Number(offset), end > BigInt(found.length) ? found.length : Number(end));
  }

  /** Gives the bytes back when the sequence has returned. */
  release(): void {
    for (const { length } of this.#buffers.values()) this.#budget.left += length;
    this.#buffers.clear();
  }
}
