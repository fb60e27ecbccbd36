/** Tells the files of simulated devices in code, and whose mistake an error of theirs is. Loads nothing. */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { Repeats } from "../../lib/repeats.ts";
import type { CodeModel } from "../assemble.ts";

/** The endings of files whose code may be a model. */
export const CODE_ENDINGS: readonly string[] = [".mjs", ".js", ".mts", ".ts"];

/** A pipe to a device in code: an error that the code throws while it is simulated has the file's name. */
export class CodePipe implements PacketPipe {
  readonly #pipe: PacketPipe;
  readonly #blame: CodeModel["blame"];

  constructor(pipe: PacketPipe, blame: CodeModel["blame"]) {
    this.#pipe = pipe;
    this.#blame = blame;
  }

  get repeats(): Repeats | undefined {
    return this.#pipe.repeats;
  }

  send(packet: Uint8Array): Promise<void> {
    return this.#watch(() => this.#pipe.send(packet));
  }

  receive(limitUs: number): Promise<Uint8Array> {
    return this.#watch(() => this.#pipe.receive(limitUs));
  }

  resync(): Promise<void> {
    return this.#watch(() => this.#pipe.resync());
  }

  close(): Promise<void> {
    return this.#watch(() => this.#pipe.close());
  }

  async #watch<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#blame(error, "while it was simulated");
    }
  }
}
