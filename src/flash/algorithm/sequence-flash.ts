/**
 * One region of flash through the debug sequences of its pack (`flashinfo`): which one runs when, with which
 * variables, and when a setup sequence hands a phase to a flash algorithm. A port runs them.
 */
import { hex32 } from "../../lib/hex.ts";
import type { FlashDriver, Phase } from "../driver.ts";
import { FlashFailure } from "../faults.ts";
import type { FlashConsent } from "../driver.ts";
import type { Page } from "../driver.ts";
import { sectorAt, type FlashRegion, type Sector } from "../region.ts";
import { PHASE } from "./runner.ts";
import type { SpareCrc } from "./spare-crc.ts";

/** The values of `__FlashOp`, `__FlashAddr`, `__FlashLen` and `__FlashArg`, and the flash buffer. */
export interface FlashVariables {
  readonly op: number;
  readonly address: number;
  readonly length: number;
  readonly argument: bigint;
  readonly bytes?: Uint8Array;
  /** The limit of each loop that has none of its own. */
  readonly limitUs: number;
}

/** Runs sequences for this folder, which does not know them. */
export interface SequenceRunner {
  /** The device, for messages. */
  readonly device: string;
  has(name: string): boolean;
  /** Runs a sequence. Throws if it or an access of it fails; `__Result` decides. */
  run(name: string, variables: FlashVariables): Promise<void>;
  /** Runs a setup and returns the algorithm that it selects; undefined if it selects none. Throws if it cannot be had. */
  setUp(name: string, variables: FlashVariables): Promise<FlashDriver | undefined>;
  read(address: number, size: number): Promise<Uint8Array>;
}

export interface SequenceRegion extends FlashRegion {
  readonly groups: readonly { readonly start: number; readonly size: number; readonly argument: bigint }[];
}

const INIT_LIMIT_US = 2_000_000;
const SETUPS: Readonly<Record<Phase, string | undefined>> = {
  erase: "FlashEraseSetup",
  program: "FlashProgramSetup",
  verify: undefined,
};
const DONE: Readonly<Record<Phase, string | undefined>> = {
  erase: "FlashEraseDone",
  program: "FlashProgramDone",
  verify: undefined,
};

export class SequenceFlash implements FlashDriver {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  readonly pageSize: number;
  readonly erased: number;
  readonly filler: FlashRegion["filler"];
  readonly consent: FlashConsent | undefined;
  readonly erasesSectors = true;
  readonly readable = true;
  readonly programLimitUs: number;
  readonly eraseLimitUs: number;
  readonly groups: SequenceRegion["groups"];
  readonly #runner: SequenceRunner;
  readonly #crc: SpareCrc | undefined;
  #phase: Phase | undefined;
  /** The algorithm that a setup sequence selected for the phase. */
  #algorithm: FlashDriver | undefined;

  /** `crc` is given if the device has RAM for it. */
  constructor(region: SequenceRegion, runner: SequenceRunner, crc?: SpareCrc, consent?: FlashConsent) {
    this.name = region.name;
    this.start = region.start;
    this.size = region.size;
    this.pageSize = region.pageSize;
    this.erased = region.erased;
    this.filler = region.filler;
    this.programLimitUs = region.programLimitUs;
    this.eraseLimitUs = region.eraseLimitUs;
    this.groups = region.groups;
    this.#runner = runner;
    this.#crc = crc;
    this.consent = consent;
  }

  get by(): string {
    return this.#algorithm?.by ?? `the sequences of ${this.#runner.device}`;
  }

  get erasesAll(): boolean {
    return this.#runner.has("FlashEraseChip");
  }

  /** Begins a phase. The setup sequence is asked for the range, which is the whole region by default. */
  async begin(phase: Phase, range: Sector = { address: this.start, size: this.size }): Promise<void> {
    if (this.#phase === phase) return;
    await this.end();
    const setup = SETUPS[phase];
    if (setup !== undefined && this.#runner.has(setup))
      this.#algorithm = await this.#at(setup, range.address, () =>
        this.#runner.setUp(setup, this.#variables(phase, range, INIT_LIMIT_US)),
      );
    this.#phase = phase;
    if (this.#algorithm !== undefined) await this.#algorithm.begin(phase, range);
    else await this.#run("FlashInit", this.#whole(phase));
  }

  async end(): Promise<void> {
    const phase = this.#phase;
    if (phase === undefined) return;
    const algorithm = this.#algorithm;
    this.#phase = undefined;
    this.#algorithm = undefined;
    if (algorithm !== undefined) await algorithm.close();
    else await this.#run("FlashUninit", this.#whole(phase));
    const done = DONE[phase];
    if (done !== undefined) await this.#run(done, this.#whole(phase));
  }

  async eraseSector(address: number): Promise<void> {
    await this.begin("erase");
    if (this.#algorithm !== undefined) await this.#algorithm.eraseSector(address);
    else
      await this.#run(
        "FlashEraseSector",
        this.#variables("erase", sectorAt(this, address), this.eraseLimitUs),
      );
  }

  async eraseAll(): Promise<void> {
    await this.begin("erase");
    if (this.#algorithm?.erasesAll === true) await this.#algorithm.eraseAll();
    else
      await this.#run(
        "FlashEraseChip",
        this.#whole("erase", this.eraseLimitUs * Math.max(16, this.groups.length)),
      );
  }

  async program(pages: Iterable<Page>, done: (page: Page) => void = () => undefined): Promise<void> {
    await this.begin("program");
    if (this.#algorithm !== undefined) {
      await this.#algorithm.program(pages, done);
      return;
    }
    for (const page of pages) {
      const { address, bytes } = page;
      const variables = this.#variables("program", { address, size: bytes.length }, this.programLimitUs);
      await this.#run("FlashProgramPage", { ...variables, bytes });
      done(page);
    }
  }

  verify(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  isBlank(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Works out CRCs, but only outside of the phases: inside, the controller may hide its memory, and the sequences
   * own the RAM.
   */
  async crcs(ranges: readonly Sector[]): Promise<readonly number[] | undefined> {
    return this.#phase === undefined ? this.#crc?.of(ranges) : undefined;
  }

  read(address: number, size: number): Promise<Uint8Array> {
    return this.#runner.read(address, size);
  }

  close(): Promise<void> {
    return this.end();
  }

  #whole(phase: Phase, limitUs = INIT_LIMIT_US): FlashVariables {
    return this.#variables(phase, { address: this.start, size: this.size }, limitUs);
  }

  #variables(phase: Phase, { address, size }: Sector, limitUs: number): FlashVariables {
    const argument = this.groups.findLast(({ start }) => start <= address)?.argument ?? 0n;
    return { op: PHASE[phase], address, length: size, argument, limitUs };
  }

  /** Runs a sequence; one that is not defined is an empty step. */
  async #run(name: string, variables: FlashVariables): Promise<void> {
    if (this.#runner.has(name))
      await this.#at(name, variables.address, () => this.#runner.run(name, variables));
  }

  async #at<T>(name: string, address: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new FlashFailure(
        { kind: "flash-sequence-failed", sequence: name, address },
        `${name} for ${hex32(address)} (${this.name}) failed`,
        error,
      );
    }
  }
}
