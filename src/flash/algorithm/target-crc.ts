/**
 * CRC-32 of memory, worked out by the target: code and tables in RAM that is free now, one call for many ranges.
 * Its answer is a proof, so it is checked: each call ends with the CRC of the code and tables themselves, and the
 * list that comes back must name the ranges that were asked for.
 */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { crc32, CRC_CODE, CRC_TABLE, CRC_TABLES, CRC_US_PER_BYTE } from "../crc32.ts";
import { hex32 } from "../../lib/hex.ts";
import { FlashFailure } from "../faults.ts";
import type { Ram } from "./layout.ts";
import type { Sector } from "../region.ts";
import type { AlgorithmRunner } from "./runner.ts";
import { append } from "../../lib/lists.ts";

const CODE_BYTES = 2 * CRC_CODE.length;
const TABLE_BYTES = 4 * CRC_TABLE.length;
/** An entry is an address, a length, and the CRC once it is there. */
const ENTRY_WORDS = 3;
const ENTRY_BYTES = 4 * ENTRY_WORDS;
/** The most ranges of a call; more would only make the list longer. */
const MOST_ENTRIES = 128;
const LEAST_ENTRIES = 4;
/** The most bytes of a call, so that a target which hangs is found. */
const MOST_BYTES = 0x8_0000;
const START_US = 2_000_000;

export class TargetCrc {
  readonly #runner: AlgorithmRunner;
  readonly #memory: MemAp;
  readonly #tables: readonly Uint32Array[];
  /** The content of the RAM while it is in use. */
  readonly #words: Uint32Array;
  readonly #scratch: Ram;
  #loaded = false;

  private constructor(runner: AlgorithmRunner, memory: MemAp, tables: readonly Uint32Array[]) {
    this.#runner = runner;
    this.#memory = memory;
    this.#tables = tables;
    this.#scratch = runner.layout.scratch;
    const code = Array.from({ length: CRC_CODE.length / 2 }, (_, word) => {
      return ((CRC_CODE[2 * word] ?? 0) | ((CRC_CODE[2 * word + 1] ?? 0) << 16)) >>> 0;
    });
    this.#words = Uint32Array.of(...code, ...tables.flatMap((table) => [...table]));
  }

  /** Undefined if the RAM has no room for it. */
  static of(runner: AlgorithmRunner, memory: MemAp): TargetCrc | undefined {
    const room = runner.layout.scratch.size - CODE_BYTES - LEAST_ENTRIES * ENTRY_BYTES;
    if (room >= CRC_TABLES.length * TABLE_BYTES) return new TargetCrc(runner, memory, CRC_TABLES);
    return room >= TABLE_BYTES ? new TargetCrc(runner, memory, [CRC_TABLE]) : undefined;
  }

  /** Notes that something else was put where the code is. */
  forget(): void {
    this.#loaded = false;
  }

  /** Works out CRCs. Throws `ram-differs` if code, tables or list are no longer what was put into RAM. */
  async of(ranges: readonly Sector[]): Promise<readonly number[]> {
    await this.#load();
    const found: number[] = [];
    for (const batch of batches(ranges, this.#entries - 1)) append(found, await this.#batch(batch));
    return found;
  }

  get #list(): number {
    return this.#scratch.start + CODE_BYTES + this.#tables.length * TABLE_BYTES;
  }

  get #entries(): number {
    const end = this.#scratch.start + this.#scratch.size;
    return Math.min(MOST_ENTRIES, Math.floor((end - this.#list) / ENTRY_BYTES));
  }

  async #load(): Promise<void> {
    if (this.#loaded) return;
    await this.#runner.load();
    await this.#memory.writeWords(this.#scratch.start, this.#words);
    this.#loaded = true;
  }

  async #batch(ranges: readonly Sector[]): Promise<readonly number[]> {
    const itself = { address: this.#scratch.start, size: 4 * this.#words.length };
    const asked = [...ranges, itself];
    const list = Uint32Array.from(asked.flatMap(({ address, size }) => [address, size, 0]));
    await this.#memory.writeWords(this.#list, list);
    const bytes = asked.reduce((sum, { size }) => sum + size, 0);
    const tables = this.#scratch.start + CODE_BYTES;
    const bytewise = this.#tables.length === 1 ? 3 : 0;
    await this.#runner.startAt(
      "CRC-32",
      this.#scratch.start,
      [this.#list, asked.length, tables, bytewise],
      START_US + bytes * CRC_US_PER_BYTE,
    );
    await this.#runner.finish();
    const found = await this.#memory.readWords(this.#list, list.length);
    this.#mustBeOwn(list, found);
    return ranges.map((_, index) => found[ENTRY_WORDS * index + 2] ?? 0);
  }

  /** Throws for an answer about another range or by other code, which proves nothing. */
  #mustBeOwn(list: Uint32Array, found: Uint32Array): void {
    const expected = Uint32Array.from(list, (word, at) => (at % ENTRY_WORDS === 2 ? (found[at] ?? 0) : word));
    expected[list.length - 1] = crc32(new Uint8Array(this.#words.buffer));
    const at = expected.findIndex((word, index) => word !== found[index]);
    if (at < 0) return;
    this.#loaded = false;
    const address = this.#list + 4 * at;
    const [wrote = 0, read = 0] = [expected[at], found[at]];
    throw new FlashFailure(
      { kind: "ram-differs", address, wrote, read },
      `the CRC on the target contradicts itself: ${hex32(address)} holds ${hex32(read)} instead of ${hex32(wrote)}`,
    );
  }
}

function* batches(ranges: readonly Sector[], most: number): Generator<readonly Sector[]> {
  let batch: Sector[] = [];
  let bytes = 0;
  for (const range of ranges) {
    if (batch.length >= most || (batch.length > 0 && bytes + range.size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(range);
    bytes += range.size;
  }
  if (batch.length > 0) yield batch;
}
