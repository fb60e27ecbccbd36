/**
 * Lets an instruction give up: there is one record and one thrown object for each core, so that faults
 * allocate nothing.
 */
import type { FaultKind, FaultRecord } from "./port.ts";

class Trap extends Error {
  override readonly name = "Trap";
}

export class FaultTrap {
  readonly record: FaultRecord = { kind: "none", pc: 0, address: 0, opcode: 0 };
  readonly #trap = new Trap("a Thumb instruction did not complete");

  /** Ends the current instruction. The caller that runs the block adds `pc` and `opcode`. */
  raise(kind: FaultKind, address = 0): never {
    this.record.kind = kind;
    this.record.address = address >>> 0;
    throw this.#trap;
  }

  caught(error: unknown): boolean {
    return error === this.#trap;
  }
}
