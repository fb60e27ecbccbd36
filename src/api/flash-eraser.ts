/** High level: erases flash, and sees that it is blank. */
import { Eraser, type ErasedSector, type EraseOptions } from "../flash/program/eraser.ts";
import { badArgument, memoryAddress, oneOf, unsigned } from "./arguments.ts";
import type { Range } from "./open-flash.ts";
import type { Session } from "./session.ts";

export type EraseMode = "chip" | "sector";

/**
 * ```ts
 * await new FlashEraser(session, "sector").erase([0x1000, { address: 0x4000, size: 0x2000 }]);
 * await new FlashEraser(session, "chip").erase();
 * ```
 */
export class FlashEraser {
  readonly #session: Session;
  readonly #mode: EraseMode;
  readonly #options: EraseOptions;

  constructor(session: Session, mode: EraseMode, options: EraseOptions = {}) {
    oneOf(mode, ["chip", "sector"], "mode of an eraser");
    if (options.proof !== undefined) oneOf(options.proof, ["any", "required"], "proof");
    this.#session = session;
    this.#mode = mode;
    this.#options = options;
  }

  /**
   * "chip": all default flash of the device, without places. "sector": the sectors of addresses, and ranges of whole sectors.
   * Throws `no-flash` or `part-of-sector` before anything is erased, else what the flash said. The core is left halted.
   */
  async erase(places: readonly (number | Range)[] = []): Promise<readonly ErasedSector[]> {
    if (!Array.isArray(places)) throw badArgument("the places are an array of addresses and ranges");
    if ((this.#mode === "chip") === places.length > 0)
      throw badArgument(
        this.#mode === "chip"
          ? "chip erases everything and takes no places"
          : "which sectors? there are no places",
      );
    const wanted = places.map(checkedPlace);
    const ranges = wanted.map((place) => ({ size: 1, ...place }));
    const drivers = await this.#session.target.openFlash.driversFor(
      this.#mode === "chip" ? undefined : ranges,
    );
    const eraser = new Eraser(drivers, this.#options);
    if (this.#mode === "chip") await eraser.eraseChip();
    else await eraser.erase(wanted);
    return eraser.erased;
  }
}

function checkedPlace(place: number | Range): Partial<Range> & { readonly address: number } {
  if (typeof place === "number") return { address: memoryAddress(place) };
  const { address, size } = place;
  return { address: memoryAddress(address), size: unsigned(size, 32, "size of a range") };
}
