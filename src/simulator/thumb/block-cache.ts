/** Keeps decoded blocks by address, with breakpoints between them, and follows changes of the code. */
import { buildBlock, LONGEST, type Block } from "./block.ts";
import type { Cpu } from "./cpu.ts";
import { Decoder } from "./decoder.ts";

/** The number of slots, indexed by the low bits of an address; a power of two. */
const SIZE = 1 << 14;
/** A block that starts this many bytes earlier may reach here; IT blocks may make it a little longer than LONGEST. */
const REACH = 4 * (LONGEST + 5);

export class BlockCache {
  /** It is indexed by `slotOf` and may hold a block that starts elsewhere. */
  readonly blocks: (Block | undefined)[] = new Array<Block | undefined>(SIZE).fill(undefined);
  readonly #cpu: Cpu;
  readonly #decoder: Decoder;
  readonly #breakpoints = new Set<number>();
  /** Where instructions stand that make accesses beyond plain memory; each begins a block. */
  readonly #reaching = new Set<number>();
  readonly #reaches = (address: number): boolean => this.#reaching.has(address);

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#decoder = new Decoder(cpu.profile);
    cpu.memory.changed = (address, length) => {
      this.invalidate(address, length);
    };
  }

  isBreakpoint(address: number): boolean {
    return this.#breakpoints.has(address);
  }

  setBreakpoint(address: number, present: boolean): void {
    if (present) this.#breakpoints.add(address | 0);
    else this.#breakpoints.delete(address | 0);
    this.clear();
  }

  /**
   * Builds a block that the cache does not have. Returns undefined at a breakpoint; code that is not plain
   * memory is decoded each time.
   */
  build(pc: number, it: number): Block | undefined {
    if (this.#breakpoints.size > 0 && this.#breakpoints.has(pc)) return undefined;
    const { memory } = this.#cpu;
    const limits = {
      it,
      isBreakpoint: (address: number) => this.#breakpoints.has(address),
      reaches: this.#reaches,
    };
    const block = buildBlock(this.#cpu, this.#decoder, pc, limits);
    // An odd address means that EPSR.T is clear; it shares its slot with real code.
    if (it === 0 && (pc & 1) === 0 && memory.watch(block.start, block.end - block.start))
      this.blocks[slotOf(pc)] = block;
    return block;
  }

  /** The instruction there makes accesses beyond plain memory. */
  reaching(address: number): void {
    this.#reaching.add(address);
    this.invalidate(address, 2);
  }

  clear(): void {
    this.blocks.fill(undefined);
    this.#cpu.state.limit = 0;
  }

  /** Forgets what was decoded from these bytes, and ends the running block after its current instruction. */
  invalidate(address: number, length: number): void {
    const first = address >>> 0;
    if (length > SIZE) {
      this.clear();
      return;
    }
    for (let start = (first & ~1) - REACH; start < first + length; start += 2) {
      const block = this.blocks[slotOf(start)];
      if (block === undefined) continue;
      if (block.start >>> 0 < first + length && block.end >>> 0 > first)
        this.blocks[slotOf(start)] = undefined;
    }
    this.#cpu.memory.unwatch(address, length);
    this.#cpu.state.limit = 0;
  }
}

export function slotOf(pc: number): number {
  return (pc >>> 1) & (SIZE - 1);
}
