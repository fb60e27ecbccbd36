/** The buffers of one activation of a sequence (specification 1.7.60, "Buffer handling"): they only grow, filled with zeros. */
import type { U64 } from "../lib/u64.ts";
import type { Fact } from "./faults.ts";

/** All buffers of the sequences that are under way may hold so much together. */
export const BUFFER_LIMIT = 64 * 1024 * 1024;
/** Of one sequence. */
export const BUFFER_COUNT_LIMIT = 256;

/** What is left for all of them together. */
export interface BufferBudget {
  left: number;
}

/** Thrown where a buffer cannot be used as asked; a caller that knows the place makes a failure of it. */
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

  /** The bytes from `offset` on, `length` of them; the buffer is made, or grows, where it must. */
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

  /** What the buffer holds from `offset` on, `length` bytes at most; it must exist and hold something. */
  part(id: U64, offset: U64, length: U64): Uint8Array {
    const found = this.#buffers.get(id);
    if (found === undefined || found.length === 0) throw new BufferProblem({ kind: "no-buffer", id });
    if (offset > BigInt(found.length)) return found.subarray(found.length);
    const end = offset + length;
    return found.subarray(Number(offset), end > BigInt(found.length) ? found.length : Number(end));
  }

  /** The sequence has returned. */
  release(): void {
    for (const { length } of this.#buffers.values()) this.#budget.left += length;
    this.#buffers.clear();
  }
}
