/**
 * One region of flash through its algorithm, function by function: the low-level interface of FlashOS.h. Knows
 * what each function's result means; the loader decides what is erased and programmed, and in which order.
 */
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { FlashDriver, Phase } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import type { AlgorithmFunction, FlashAlgorithm } from "./flm.ts";
import type { FlashConsent } from "../driver.ts";
import type { Page } from "../driver.ts";
import { type FlashRegion, type Sector } from "../region.ts";
import { regionOf } from "./flm.ts";
import { TargetCrc } from "./target-crc.ts";
import { PHASE, wordsOf, type AlgorithmRunner } from "./runner.ts";

export interface FlashOptions {
  /** The part of the algorithm's flash that the device has; all of it by default. */
  readonly part?: { readonly start: number; readonly size: number };
  /** Whether the description has readable memory there; true by default. */
  readonly readable?: boolean;
  /** The core's clock, for Init; 0 lets the algorithm decide. */
  readonly clockHz?: number;
  readonly consent?: FlashConsent;
}

/** A disturbance that spoiled the CRC once may be over. */
const TURNS = 2;
/** The limit for Verify and BlankCheck, which have no time of their own in the file. */
const INIT_LIMIT_US = 2_000_000;

export class AlgorithmFlash implements FlashDriver {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly pageSize: number;
  readonly erased: number;
  readonly erasesSectors: boolean;
  readonly readable: boolean;
  readonly programLimitUs: number;
  readonly eraseLimitUs: number;
  readonly groups: FlashRegion["groups"];
  readonly algorithm: FlashAlgorithm;
  readonly consent: FlashConsent | undefined;
  readonly #runner: AlgorithmRunner;
  readonly #memory: MemAp;
  readonly #clockHz: number;
  readonly #crc: TargetCrc | undefined;
  #phase: Phase | undefined;

  constructor(
    runner: AlgorithmRunner,
    memory: MemAp,
    { part, readable, clockHz = 0, consent }: FlashOptions = {},
  ) {
    const region = regionOf(runner.algorithm, part, readable);
    this.name = region.name;
    this.start = region.start;
    this.size = region.size;
    this.pageSize = region.pageSize;
    this.erased = region.erased;
    this.erasesSectors = region.erasesSectors;
    this.readable = region.readable;
    this.programLimitUs = region.programLimitUs;
    this.eraseLimitUs = region.eraseLimitUs;
    this.groups = region.groups;
    this.algorithm = runner.algorithm;
    this.consent = consent;
    this.#runner = runner;
    this.#memory = memory;
    this.#clockHz = clockHz;
    this.#crc = TargetCrc.of(runner, memory);
  }

  get by(): string {
    return this.algorithm.file;
  }

  get erasesAll(): boolean {
    return this.has("EraseChip");
  }

  has(fn: AlgorithmFunction): boolean {
    return this.#runner.has(fn);
  }

  /** Prepares the flash for one kind of work, after ending the work that was begun before. */
  async begin(phase: Phase): Promise<void> {
    if (this.#phase === phase) return;
    await this.end();
    await this.#succeed("Init", [this.algorithm.device.address, this.#clockHz, PHASE[phase]], INIT_LIMIT_US);
    this.#phase = phase;
  }

  async end(): Promise<void> {
    const phase = this.#phase;
    if (phase === undefined) return;
    this.#phase = undefined;
    await this.#succeed("UnInit", [PHASE[phase]], INIT_LIMIT_US);
  }

  async eraseSector(address: number): Promise<void> {
    await this.begin("erase");
    await this.#succeed("EraseSector", [address], this.eraseLimitUs, address);
  }

  /** Erases everything that the algorithm knows as its flash, by one function. */
  async eraseAll(): Promise<void> {
    await this.begin("erase");
    const sectors = this.groups.length;
    await this.#succeed("EraseChip", [], this.eraseLimitUs * Math.max(16, sectors));
  }

  /**
   * Programs pages; the next one is sent while the flash is busy with the one before. `done` is called for each
   * page that the algorithm reported as programmed.
   */
  async program(pages: Iterable<Page>, done: (page: Page) => void = () => undefined): Promise<void> {
    await this.begin("program");
    this.#crc?.forget();
    const { buffers } = this.#runner.layout;
    let running: Page | undefined;
    let turn = 0;
    const finish = async (): Promise<void> => {
      const page = running;
      if (page === undefined) return;
      running = undefined;
      this.#judge("ProgramPage", await this.#runner.finish(), page.address);
      done(page);
    };
    for (const page of pages) {
      const buffer = buffers[turn % buffers.length] ?? 0;
      turn += 1;
      if (buffers.length === 1) await finish();
      await this.#fill(buffer, page.bytes);
      await finish();
      await this.#runner.start("ProgramPage", [page.address, page.bytes.length, buffer], this.programLimitUs);
      running = page;
    }
    await finish();
  }

  /** Compares pages with the flash by the algorithm's own Verify; undefined if it has none. Yields the first difference. */
  async verify(pages: Iterable<Page>): Promise<{ readonly differs: number | undefined } | undefined> {
    if (!this.has("Verify")) return undefined;
    await this.begin("verify");
    this.#crc?.forget();
    const buffer = this.#runner.layout.buffers[0] ?? 0;
    for (const { address, bytes } of pages) {
      await this.#fill(buffer, bytes);
      const result = await this.#runner.call("Verify", [address, bytes.length, buffer], this.programLimitUs);
      // Only the address after the page means that all is the same; 0 is not success.
      if (result !== (address + bytes.length) >>> 0)
        return { differs: result >= address && result < address + bytes.length ? result : address };
    }
    return { differs: undefined };
  }

  /** Asks the algorithm's own BlankCheck whether a sector is erased; undefined if it has none. */
  async isBlank({ address, size }: Sector): Promise<boolean | undefined> {
    if (!this.has("BlankCheck")) return undefined;
    await this.begin("erase");
    return (await this.#runner.call("BlankCheck", [address, size, this.erased], this.eraseLimitUs)) === 0;
  }

  /**
   * Works out CRCs. Undefined also if the core may not read the flash: some controllers refuse what was never
   * programmed.
   */
  async crcs(ranges: readonly Sector[]): Promise<readonly number[] | undefined> {
    for (let turn = 1; ; turn++)
      try {
        return await this.#crc?.of(ranges);
      } catch (error) {
        const kind = error instanceof FlashFailure ? error.fault.kind : undefined;
        this.#crc?.forget();
        if (kind === "algorithm-crashed" || (kind === "ram-differs" && turn === TURNS)) return undefined;
        if (kind !== "ram-differs") throw error;
      }
  }

  read(address: number, size: number): Promise<Uint8Array> {
    return this.#memory.readBytes(address, size);
  }

  /** Ends the phase and takes the algorithm's settings back; the core stays halted. */
  async close(): Promise<void> {
    await this.end();
    await this.#runner.unload();
  }

  async #fill(buffer: number, bytes: Uint8Array): Promise<void> {
    const whole = bytes.length & ~3;
    if (whole > 0) await this.#memory.writeWords(buffer, wordsOf(bytes.subarray(0, whole)));
    if (whole < bytes.length) await this.#memory.writeBytes(buffer + whole, bytes.subarray(whole));
  }

  async #succeed(
    fn: AlgorithmFunction,
    args: readonly number[],
    limitUs: number,
    address?: number,
  ): Promise<void> {
    this.#judge(fn, await this.#runner.call(fn, args, limitUs), address);
  }

  #judge(fn: AlgorithmFunction, result: number, address?: number): void {
    if (result === 0) return;
    const where = address === undefined ? "" : ` at ${hex32(address)}`;
    throw new FlashFailure(
      { kind: "algorithm-failed", fn, result, ...(address === undefined ? {} : { address }) },
      `${fn}${where} failed: ${this.algorithm.file} returned ${hex(result)}, and only 0 is success`,
    );
  }
}
