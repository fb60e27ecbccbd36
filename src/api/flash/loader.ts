/** Erases, programs and proves raw data in flash, at a high level. file-programmer.ts has the files. */
import { session as sessionGiven } from "../given.ts";
import { FlashImage } from "../../flash/file/image.ts";
import { Loader, type LoadOptions } from "../../flash/program/loader.ts";
import { writeRam, type RamReport } from "../../flash/program/ram-loader.ts";
import type { FlashReport } from "../../flash/program/report.ts";
import { divideForFlash, ramOf } from "../../session/flash/program-image.ts";
import {
  badArgument,
  bytes,
  call,
  memoryAddress,
  oneOf,
  optional,
  options,
  text,
  work,
  yesOrNo,
  signal,
} from "../arguments.ts";
import type { Session } from "../session.ts";

/** The options of `dbgseq flash`. `beforeVerify` is the session's. */
export type FlashLoaderOptions = Omit<LoadOptions, "beforeVerify"> & {
  /** Data for RAM is written there after flashing, and read back; by default such data is refused. */
  readonly ramParts?: boolean;
};

/** Checks what a loader is made with. */
export const LOADER = call({
  session: sessionGiven,
  options: options({
    erase: optional(oneOf(["sector", "chip", "none"])),
    verify: optional(oneOf(["auto", "read", "none"])),
    proof: optional(oneOf(["any", "required"])),
    keep: optional(yesOrNo),
    force: optional(yesOrNo),
    mayLock: optional(yesOrNo),
    ramParts: optional(yesOrNo),
    onProgress: optional(work),
    signal,
  } satisfies Record<keyof FlashLoaderOptions, unknown>),
});
const ADD_DATA = call({ address: memoryAddress, data: bytes, from: text });

/**
 * Collects data for any regions, then programs all of it. Erases by sector by default, skips sectors that hold
 * their content, and verifies. The core is left halted.
 *
 * ```ts
 * const loader = new FlashLoader(session);
 * loader.addData(0x1000, firmware);
 * const { complete } = await loader.commit();
 * ```
 */
export class FlashLoader {
  readonly #session: Session;
  readonly #options: FlashLoaderOptions;
  readonly #image = new FlashImage();
  #last: Loader | undefined;
  #ram: readonly RamReport[] = [];

  constructor(session: Session, wishes: FlashLoaderOptions = {}) {
    LOADER({ session, options: wishes });
    if (wishes.proof === "required" && wishes.verify === "none")
      throw badArgument("a proof is required, and nothing is to be verified");
    this.#session = session;
    this.#options = wishes;
  }

  /** Programs one piece at once. */
  static async programBinaryData(
    session: Session,
    address: number,
    data: Uint8Array | readonly number[],
    wishes: FlashLoaderOptions = {},
  ): Promise<FlashReport> {
    const loader = new FlashLoader(session, wishes);
    loader.addData(address, data);
    return loader.commit();
  }

  /** Adds data. Throws `overlap` if something was added for these addresses already. */
  addData(address: number, data: Uint8Array | readonly number[], from = "data"): this {
    this.#image.add(address, ADD_DATA({ address, data, from }).data, from);
    return this;
  }

  /**
   * Programs everything. Throws `no-flash`, `no-algorithm` or `ram-part` before anything is erased, else
   * `algorithm-failed`, `differs` or another FlashFault. Returns what is known of every sector.
   */
  async commit(): Promise<FlashReport> {
    if (this.#image.parts.length === 0) throw badArgument("nothing to program: call addData first");
    const { target } = this.#session;
    const { connection } = target.openFlash;
    const { ramParts = false, ...wishes } = this.#options;
    const { flash, ram } = divideForFlash(this.#image, ramOf(connection.context), ramParts);
    const ranges = flash.parts.map(({ address, bytes }) => ({ address, size: bytes.length }));
    const drivers = await target.openFlash.driversFor(ranges);
    const all = { ...wishes, beforeVerify: () => connection.remapCodeMemory() };
    this.#ram = [];
    this.#last = new Loader(drivers, flash, all);
    await this.#last.commit();
    this.#ram = await writeRam(connection.rig.target.memory, ram, wishes);
    return this.#reported(this.#last);
  }

  /** Returns what is certain of the last commit, also after a failure; undefined before it has opened the flash. */
  async report(): Promise<FlashReport | undefined> {
    return this.#last && this.#reported(this.#last);
  }

  async #reported(loader: Loader): Promise<FlashReport> {
    return { ...(await loader.report()), ...(this.#ram.length === 0 ? {} : { ram: this.#ram }) };
  }
}
