/**
 * Runs the flash sequences of a device for flash/algorithm/sequence-flash.ts: variables, the flash buffer,
 * the bound of loops, setups.
 */
import { LONGEST_CALL_US, type FlashDriver } from "../../flash/driver.ts";
import { FlashFailure } from "../../flash/faults.ts";
import type { Ram } from "../../flash/algorithm/layout.ts";
import type { FlashVariables, SequenceRunner } from "../../flash/algorithm/sequence-flash.ts";
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import { expand } from "../../project/placeholders.ts";
import type { Crew } from "../flow/crew.ts";
import { runNamed, type SequenceOptions } from "../flow/run-sequence.ts";

/** Opens the algorithm of a file of the pack. */
export type OpenAlgorithm = (file: string, ram: Ram) => Promise<FlashDriver>;

export class FlashSequences implements SequenceRunner {
  readonly #crew: Crew;
  readonly #filler: bigint;
  readonly #openAlgorithm: OpenAlgorithm;

  constructor(crew: Crew, filler: bigint, openAlgorithm: OpenAlgorithm) {
    this.#crew = crew;
    this.#filler = filler;
    this.#openAlgorithm = openAlgorithm;
  }

  get device(): string {
    return this.#crew.context.description?.device ?? "the device";
  }

  has(name: string): boolean {
    return this.#crew.context.find(name) !== undefined;
  }

  async run(name: string, variables: FlashVariables): Promise<void> {
    const { access } = this.#crew.rig;
    const { bytes } = variables;
    access.flashBuffer = bytes === undefined ? undefined : { bytes, filler: this.#filler };
    try {
      await this.#named(name, variables);
    } finally {
      access.flashBuffer = undefined;
    }
  }

  async setUp(name: string, variables: FlashVariables): Promise<FlashDriver | undefined> {
    let selected: FlashDriver | undefined;
    let failure: unknown;
    const select = async (path: string, ramStart: U64, ramSize: U64): Promise<U64> => {
      try {
        selected = await this.#openAlgorithm(packPath(path, this.device), this.#ram(ramStart, ramSize));
        failure = undefined;
        return 0n;
      } catch (error) {
        failure = error;
        return 1n;
      }
    };
    await this.#named(name, variables, { flashLoad: { select } });
    // A failed selection fails the phase; the sequences do not replace it (FlashLoadAlgorithm).
    if (failure !== undefined) throw failure as Error;
    return selected;
  }

  read(address: number, size: number): Promise<Uint8Array> {
    return this.#crew.rig.target.memory.readBytes(address, size);
  }

  #named(name: string, variables: FlashVariables, more: SequenceOptions = {}): Promise<void> {
    const { op, address, length, argument } = variables;
    const { settings } = this.#crew;
    const limitUs = Math.min(variables.limitUs, LONGEST_CALL_US);
    // The time that the flash itself needs is added to what a run may take on the wire.
    const deadlineUs = settings.deadlineUs + limitUs;
    return runNamed({ ...this.#crew, settings: { ...settings, deadlineUs } }, name, {
      loopLimitUs: Math.min(settings.deadlineUs, limitUs),
      flash: {
        __FlashOp: BigInt(op),
        __FlashAddr: BigInt(address),
        __FlashLen: BigInt(length),
        __FlashArg: argument,
      },
      ...more,
    });
  }

  /** Returns the range that the sequence names, cut to the memory that it starts in. */
  #ram(start: U64, size: U64): Ram {
    const memory = this.#crew.context.description?.memories.find(
      (one) => one.access.includes("w") && start >= one.start && start < one.start + one.size,
    );
    if (memory === undefined)
      throw new FlashFailure(
        { kind: "no-room", needed: Number(size), available: 0 },
        `FlashLoadAlgorithm: ${hex(start)} is not in a RAM that the pack describes`,
      );
    const end = memory.start + memory.size;
    return { start: Number(start), size: Number(start + size > end ? end - start : size) };
  }
}

/** Returns a path inside the pack, whose folder is `$S`. */
function packPath(path: string, device: string): string {
  return expand(path, { project: "", projectName: "", pack: "", device }).replace(/^[\\/]+/, "");
}
