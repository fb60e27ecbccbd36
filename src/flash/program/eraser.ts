/**
 * Erases everything, sectors or ranges. Every sector is then seen to be blank, or the report says what vouches
 * for it. Sectors that are erased already are left alone.
 */
import { agree, plural } from "../../lib/plural.ts";
import { hex32 } from "../../lib/hex.ts";
import { isBlank, isSeen, mustBeBlank } from "./blank.ts";
import { eraseEvidence } from "./evidence.ts";
import type { FlashDriver } from "../driver.ts";
import { spanOf } from "./groups.ts";
import { mustMayErase, mustNotLock } from "./locking.ts";
import { notProved } from "./proof.ts";
import { FlashFailure } from "../faults.ts";
import { contains, sectorAt, sectorsIn, type Sector } from "../region.ts";
import type { FlashProgress, Verification } from "./report.ts";

export interface EraseOptions {
  readonly onProgress?: (progress: FlashProgress) => void;
  /** Also erases what is blank already. */
  readonly force?: boolean;
  /** With "required" it is a failure (`not-proved`) if only the algorithm says that a sector is blank. Default "any". */
  readonly proof?: "any" | "required";
  readonly signal?: AbortSignal | undefined;
}

export interface ErasedSector extends Sector {
  readonly region: string;
  /** "blank" means that it needed no erase. */
  readonly was: "blank" | "erased";
  /** How it is known to be blank; "algorithm" if it cannot be read. */
  readonly verified: Verification;
}

interface Wanted {
  readonly flash: FlashDriver;
  readonly sectors: readonly Sector[];
}

export class Eraser {
  readonly #flashes: readonly FlashDriver[];
  readonly #options: EraseOptions;
  readonly #done: ErasedSector[] = [];

  constructor(flashes: readonly FlashDriver[], options: EraseOptions = {}) {
    this.#flashes = flashes;
    this.#options = options;
  }

  /** What is known to be blank so far, also after a failure. */
  get erased(): readonly ErasedSector[] {
    return this.#done;
  }

  /** Erases every region by its own function for that, or sector by sector if it has none. */
  async eraseChip(): Promise<void> {
    for (const flash of this.#flashes)
      await mustMayEraseThese(flash, [{ address: flash.start, size: flash.size }]);
    for (const flash of this.#flashes)
      await this.#closing(flash, async () => {
        const sectors = sectorsIn(flash, flash.start, flash.size);
        if (!flash.erasesAll) {
          await this.#eraseSectors(flash, sectors);
          return;
        }
        this.#tell(flash, flash.start, 0, flash.size);
        this.#options.signal?.throwIfAborted();
        const seen = await isSeen(flash, sectors);
        await flash.eraseAll();
        for (const sector of sectors)
          this.#tellErased(flash, sector, "erased", await mustBeBlank(flash, sector, seen));
        this.#tell(flash, flash.start, flash.size, flash.size);
      });
  }

  /**
   * Erases ranges of whole sectors; an address without a size means one sector. Throws `no-flash`, or
   * `part-of-sector` if a range does not end with a sector, before anything is erased.
   */
  async erase(
    places: readonly { readonly address: number; readonly size?: number | undefined }[],
  ): Promise<void> {
    const ranges = places.map(({ address, size = 1 }) => ({ address, size }));
    const wanted = this.#sectorsOf(ranges);
    for (const { address, size } of places) if (size !== undefined) this.#mustBeWhole({ address, size });
    for (const { flash, sectors } of wanted) await mustMayEraseThese(flash, sectors);
    await this.#erase(wanted);
  }

  async #erase(wanted: readonly Wanted[]): Promise<void> {
    for (const { flash, sectors } of wanted)
      await this.#closing(flash, () => this.#eraseSectors(flash, sectors));
  }

  async #eraseSectors(flash: FlashDriver, sectors: readonly Sector[]): Promise<void> {
    if (!flash.erasesSectors)
      throw new FlashFailure(
        { kind: "whole-only", region: flash.name },
        `${flash.by} can erase ${flash.name} only as a whole`,
      );
    const total = sectors.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    this.#tell(flash, flash.start, 0, total);
    const seen = await isSeen(flash, sectors);
    for (const sector of sectors) {
      this.#options.signal?.throwIfAborted();
      const blank = this.#options.force !== true && seen && (await isBlank(flash, sector));
      if (blank) this.#tellErased(flash, sector, "blank", "crc");
      else {
        await flash.begin("erase", spanOf(sectors));
        try {
          await flash.eraseSector(sector.address);
        } catch (error) {
          throw await eraseEvidence(error, flash, sector);
        }
        this.#tellErased(flash, sector, "erased", await mustBeBlank(flash, sector, seen));
      }
      done += sector.size;
      this.#tell(flash, sector.address, done, total);
    }
  }

  #tellErased(flash: FlashDriver, sector: Sector, was: ErasedSector["was"], verified: Verification): void {
    this.#done.push({ region: flash.name, ...sector, was, verified });
    if (verified === "algorithm" && this.#options.proof === "required")
      throw notProved(flash, sector.address, "is blank");
  }

  /** Lists each sector once, by region. */
  #sectorsOf(ranges: readonly Sector[]): readonly Wanted[] {
    for (const { address, size } of ranges)
      for (let at = address; at < address + size;) {
        const flash = this.#flashes.find((one) => contains(one, at));
        if (flash === undefined) throw this.#noFlash(at, address + size - at);
        at = flash.start + flash.size;
      }
    return this.#flashes.flatMap((flash) => {
      const sectors = new Map<number, Sector>();
      for (const { address, size } of ranges)
        for (const sector of sectorsIn(flash, address, size)) sectors.set(sector.address, sector);
      const sorted = [...sectors.values()].sort((one, other) => one.address - other.address);
      return sorted.length === 0 ? [] : [{ flash, sectors: sorted }];
    });
  }

  #mustBeWhole({ address, size }: Sector): void {
    for (const at of [address, address + size - 1]) {
      const flash = this.#flashes.find((one) => contains(one, at));
      if (flash === undefined) continue;
      const sector = sectorAt(flash, at);
      const inside = sector.address >= address && sector.address + sector.size <= address + size;
      if (inside) continue;
      throw new FlashFailure(
        { kind: "part-of-sector", address: sector.address, size: sector.size },
        `${plural(size, "byte")} at ${hex32(address)} ${agree(size, "is", "are")} not whole sectors: ${hex32(at)} is in the sector of ${sector.size} bytes ` +
          `at ${hex32(sector.address)}, which can only be erased as a whole`,
      );
    }
  }

  #noFlash(address: number, size: number): FlashFailure {
    const known = this.#flashes
      .map(({ name, start, size: bytes }) => `${name} ${hex32(start)} to ${hex32(start + bytes - 1)}`)
      .join(", ");
    return new FlashFailure(
      { kind: "no-flash", address, size },
      `${hex32(address)} is outside of the flash, which is ${known === "" ? "not described" : known}`,
    );
  }

  async #closing(flash: FlashDriver, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // An error while ending is only a consequence.
      await flash.close().catch(() => undefined);
      throw error;
    }
    await flash.close();
  }

  #tell({ name }: FlashDriver, address: number, done: number, total: number): void {
    this.#options.onProgress?.({ step: "erase", region: name, address, done, total });
  }
}

/** Asks for consent. All sectors of a region count as everything, and what is left erased may lock. */
async function mustMayEraseThese(flash: FlashDriver, sectors: readonly Sector[]): Promise<void> {
  const bytes = sectors.reduce((sum, { size }) => sum + size, 0);
  if (bytes >= flash.size) await mustMayErase(flash.consent, flash.name);
  for (const { address, size } of sectors)
    await mustNotLock(flash, { address, size, pages: [], whole: true }, { erases: true, mayLock: false });
}
