/**
 * Accesses beyond plain memory. Each is made by the first instruction of a block, so that the instructions before it are counted
 * exactly, however many pieces the core is run in.
 */

class Signal extends Error {
  override readonly name = "Signal";
}

export type Asked = (address: number, size: 1 | 2 | 4, access: "reads" | "writes") => boolean;

export class Reach {
  /** Whose accesses come: of some instruction of a block, of the one that is known to make them, or of an exception. */
  of: "block" | "instruction" | "exception" = "exception";
  /** Of what is not the core's own: if it says no, the core stops before the instruction. */
  allows: Asked | undefined;
  isRefused = false;
  readonly #signal = new Signal("a Thumb instruction is to be begun anew");

  /** Before an access, of the core's own registers or beyond; may end the instruction, of which nothing has been done that doing it again would change. */
  ask(address: number, size: 1 | 2 | 4, access: "reads" | "writes", isOwn: boolean): void {
    if (this.of === "exception") return;
    if (this.of === "block") throw this.#signal;
    if (!isOwn && this.allows?.(address, size, access) === false) this.refuse();
  }

  /** Stops the core before the instruction, unless that cannot be. */
  refuse(): void {
    if (this.of === "exception") return;
    if (this.of === "instruction") this.isRefused = true;
    throw this.#signal;
  }

  caught(error: unknown): boolean {
    return error === this.#signal;
  }
}
