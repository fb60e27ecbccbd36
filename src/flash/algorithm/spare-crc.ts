/**
 * CRC-32 on a target that has no algorithm loaded: borrows a piece of RAM and the halted core, and gives the RAM
 * back as it was. Knows nothing of flash; if it cannot be done, the caller reads instead.
 */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { Failure } from "../../lib/fault.ts";
import { FlashFailure } from "../faults.ts";
import type { FlashAlgorithm } from "./flm.ts";
import type { Ram } from "./layout.ts";
import type { Sector } from "../region.ts";
import { AlgorithmRunner, type RunnerParts } from "./runner.ts";
import { TargetCrc } from "./target-crc.ts";

/** Room for code, four tables, a list, and an unused stack. */
const MOST_RAM = 0x1c00;

/** An algorithm without image and functions, for the only code is the CRC's own. */
const NOTHING: FlashAlgorithm = {
  file: "the CRC of dbgseq",
  device: {
    name: "",
    type: 0,
    address: 0,
    size: 0,
    pageSize: 8,
    erased: 0xff,
    programTimeoutMs: 0,
    eraseTimeoutMs: 0,
    sectors: [],
    erasesSectors: false,
  },
  image: new Uint8Array(),
  staticBase: 0,
  functions: new Map(),
  symbols: [],
};

/**
 * RAM that does not exist or may not run code, and memory that the core may not read. In these cases the
 * debugger's own reads tell more.
 */
const UNUSABLE: readonly string[] = ["target-fault", "ram-differs", "algorithm-crashed"];

export class SpareCrc {
  readonly #runner: AlgorithmRunner;
  readonly #crc: TargetCrc;
  readonly #memory: MemAp;
  readonly #ram: Ram;
  #usable = true;

  private constructor(runner: AlgorithmRunner, crc: TargetCrc, memory: MemAp, ram: Ram) {
    this.#runner = runner;
    this.#crc = crc;
    this.#memory = memory;
    this.#ram = ram;
  }

  /** Undefined if the RAM is too small. */
  static in(ram: Ram, parts: RunnerParts): SpareCrc | undefined {
    const start = (ram.start + 7) & ~7;
    const size = Math.min(ram.start + ram.size - start, MOST_RAM) & ~7;
    const piece = { start: start >>> 0, size };
    try {
      const runner = new AlgorithmRunner(NOTHING, piece, parts);
      const crc = TargetCrc.of(runner, parts.memory);
      return crc === undefined ? undefined : new SpareCrc(runner, crc, parts.memory, piece);
    } catch (error) {
      if (error instanceof FlashFailure && error.fault.kind === "no-room") return undefined;
      throw error;
    }
  }

  /** Works out CRCs. Undefined if the target cannot; throws if it hangs or does not answer. */
  async of(ranges: readonly Sector[]): Promise<readonly number[] | undefined> {
    const { start, size } = this.#ram;
    const saved = await this.#try(() => this.#memory.readWords(start, size / 4));
    if (saved === undefined) return undefined;
    const found = await this.#try(() => this.#crc.of(ranges));
    this.#crc.forget();
    await this.#runner.unload();
    await this.#memory.writeWords(start, saved);
    return found;
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (!this.#usable) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure) || !UNUSABLE.includes((error as Failure<{ kind: string }>).fault.kind))
        throw error;
      this.#usable = false;
      return undefined;
    }
  }
}
