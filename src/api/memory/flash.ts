/** The flash of one memory region, operation by operation: the low-level way. The caller decides on the order. */
import { agree, plural } from "../../lib/plural.ts";
import type { FlashDriver, Phase } from "../../flash/driver.ts";
import { mustMayErase, mustNotLock } from "../../flash/program/locking.ts";
import type { SectorPlan } from "../../flash/program/plan.ts";
import { sectorAt, type Sector } from "../../flash/region.ts";
import { hex32 } from "../../lib/hex.ts";
import { badArgument, bytes, call, memoryAddress, oneOf, unsigned, madeBy } from "../arguments.ts";
import type { MemoryRegion } from "./memory-map.ts";
import type { OpenFlash } from "./open-flash.ts";

export type FlashOperation = Phase;

const FLASH_MADE = madeBy("a session", "start");

const INIT = call({ operation: oneOf(["erase", "program", "verify"]) });
const PLACE = call({ address: memoryAddress });
const RANGE = call({ address: memoryAddress, size: unsigned(32) });
const PROGRAM_PAGE = call({ address: memoryAddress, bytes });

/** What the algorithm's file, or the pack's `flashinfo`, says. */
export interface FlashInfo {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** The most bytes that are programmed at once. */
  readonly pageSize: number;
  /** The value of erased bytes. */
  readonly erasedByte: number;
}

/**
 * The flash of a region: `region.flash`. The first operation loads the algorithm; the core is reset and halted
 * for it and stays halted. Only one flash of a session is in use at a time: using another one ends the work of
 * this one.
 *
 * ```ts
 * const { flash } = session.target.memoryMap.getBootMemory() ?? fail();
 * await flash.init("erase");
 * await flash.eraseSector(0x1000);
 * await flash.init("program");
 * await flash.programPage(0x1000, Uint8Array.of(1, 2, 3, 4));
 * await flash.cleanup();
 * ```
 */
export class Flash {
  readonly region: MemoryRegion;
  readonly #open: OpenFlash;

  constructor(region: MemoryRegion, open: OpenFlash) {
    FLASH_MADE("Flash", region);
    this.region = region;
    this.#open = open;
  }

  /** Describes the flash. Throws `bad-algorithm`, `no-room` if the algorithm cannot be used. */
  async info(): Promise<FlashInfo> {
    const { name, start, size, pageSize, erased } = await this.#driver();
    return { name, start, size, pageSize, erasedByte: erased };
  }

  /** Prepares for one kind of operation; the others call it by themselves if needed. */
  async init(operation: FlashOperation): Promise<void> {
    const { operation: phase } = INIT({ operation });
    await (await this.#driver()).begin(phase);
  }

  /** Ends what `init` began; the algorithm stays loaded. */
  async uninit(): Promise<void> {
    await (await this.#driver()).end();
  }

  /** Ends everything. The core stays halted. */
  async cleanup(): Promise<void> {
    await this.#open.close(this);
  }

  /**
   * Erases everything that the algorithm knows as its flash. Throws `no-consent` without `mayErase`,
   * `algorithm-failed`.
   */
  async eraseAll(): Promise<void> {
    const driver = await this.#driver();
    if (!driver.erasesAll)
      throw badArgument(`${driver.by} has no function that erases everything; erase its sectors`);
    await mustMayErase(driver.consent, driver.name);
    await this.#mustNotLock(driver, { address: driver.start, size: driver.size, pages: [], whole: true });
    await driver.eraseAll();
  }

  /** Erases the sector that contains an address. Throws `algorithm-failed` with the algorithm's result. */
  async eraseSector(address: number): Promise<void> {
    this.#inside(PLACE({ address }).address, 1);
    const driver = await this.#driver();
    const sector = sectorAt(driver, address);
    await this.#mustNotLock(driver, { ...sector, pages: [], whole: true });
    await driver.eraseSector(sector.address);
  }

  /** Programs up to a page, from its start; the rest of the page stays as it is. Returns when it is programmed. */
  async programPage(address: number, data: Uint8Array | readonly number[]): Promise<void> {
    const { bytes: page } = PROGRAM_PAGE({ address, bytes: data });
    this.#inside(address, page.length);
    const driver = await this.#driver();
    const offset = this.#inside(address, page.length) - driver.start;
    if (page.length === 0 || page.length > driver.pageSize)
      throw badArgument(`a page of ${driver.name} is 1 to ${driver.pageSize} bytes, not ${page.length}`);
    if (offset % driver.pageSize !== 0)
      throw badArgument(
        `address must be the start of a page of ${driver.pageSize} bytes, not ${hex32(address)}`,
      );
    const pages = [{ address, bytes: page }];
    await this.#mustNotLock(driver, { address, size: page.length, pages, whole: true });
    await driver.program(pages);
  }

  /** Checks whether a sector is blank by the algorithm's own function; undefined if it has none. */
  async isBlank(address: number): Promise<boolean | undefined> {
    this.#inside(PLACE({ address }).address, 1);
    const driver = await this.#driver();
    return driver.isBlank(sectorAt(driver, address));
  }

  /** Lets the target work out CRC-32 (IEEE 802.3); undefined if its RAM has no room for that. */
  async computeCrc(address: number, size: number): Promise<number | undefined> {
    RANGE({ address, size });
    const crcs = await (await this.#driver()).crcs([{ address: this.#inside(address, size), size }]);
    return crcs?.[0];
  }

  /** Returns the sector that contains an address. Throws `bad-argument` outside of the region. */
  async getSector(address: number): Promise<Sector> {
    this.#inside(PLACE({ address }).address, 1);
    return sectorAt(await this.#driver(), address);
  }

  /** Checks each operation by itself: its result must not lock. */
  #mustNotLock(driver: FlashDriver, plan: SectorPlan): Promise<void> {
    return mustNotLock(driver, plan, { erases: plan.pages.length === 0, mayLock: false });
  }

  #driver(): Promise<FlashDriver> {
    return this.#open.driverFor(this, { address: this.region.start, size: this.region.size });
  }

  #inside(address: number, size: number): number {
    if (this.region.contains(address) && address + size - 1 <= this.region.end) return address;
    throw badArgument(
      `${plural(size, "byte")} at ${hex32(address)} ${agree(size, "is", "are")} not in ${this.region.name} (${hex32(this.region.start)} to ${hex32(this.region.end)})`,
    );
  }
}
