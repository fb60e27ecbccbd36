/** Erases flash at a high level, and checks that it is blank. */
import { session as sessionGiven } from "../given.ts";
import { Eraser, type ErasedSector, type EraseOptions } from "../../flash/program/eraser.ts";
import {
  badArgument,
  call,
  either,
  listOf,
  memoryAddress,
  oneOf,
  optional,
  options,
  unsigned,
  work,
  yesOrNo,
  signal,
} from "../arguments.ts";
import type { Range } from "../memory/open-flash.ts";
import type { Session } from "../session.ts";

export type EraseMode = "chip" | "sector";

const ERASER = call({
  session: sessionGiven,
  mode: oneOf(["chip", "sector"]),
  options: options({
    proof: optional(oneOf(["any", "required"])),
    force: optional(yesOrNo),
    onProgress: optional(work),
    signal,
  }),
});
const RANGE = options({ address: memoryAddress, size: unsigned(32) });
const ERASE = call({ places: listOf(either(memoryAddress, RANGE, "an address or { address, size }")) });

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

  constructor(session: Session, mode: EraseMode, wishes: EraseOptions = {}) {
    ERASER({ session, mode, options: wishes });
    this.#session = session;
    this.#mode = mode;
    this.#options = wishes;
  }

  /**
   * Erases. "chip" erases all default flash of the device and takes no places. "sector" erases the sectors of
   * addresses, and ranges of whole sectors. Throws `no-flash` or `part-of-sector` before anything is erased, else
   * what the flash said. The core is left halted.
   */
  async erase(places: readonly (number | Range)[] = []): Promise<readonly ErasedSector[]> {
    ERASE({ places });
    if ((this.#mode === "chip") === places.length > 0)
      throw badArgument(
        this.#mode === "chip"
          ? "chip erases everything and takes no places"
          : "which sectors? there are no places",
      );
    const wanted = places.map(rangeOf);
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

function rangeOf(place: number | Range): Partial<Range> & { readonly address: number } {
  return typeof place === "number" ? { address: place } : place;
}
