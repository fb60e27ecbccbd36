/**
 * One connection to one processor: what can be asked of it, from connecting to leaving. The flows themselves
 * are under flow/; what they run on is in the rig.
 */
import { madeBy } from "../lib/arguments.ts";
import type { Size } from "../coresight/adi/mem-ap.ts";
import type { FlashDriver } from "../flash/driver.ts";
import type { Excerpt } from "../lib/source.ts";
import { plain, type Leave, type Settings, type SourcedSettings } from "../options/resolve.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";
import { resetKindOf, type ResetKind } from "../project/connection-bits.ts";
import type { DeviceContext } from "../project/context.ts";
import { connectionNotes, refuseUnconnectable } from "../project/pack-layer.ts";
import { Peripherals, svdOf, type SvdFile } from "../project/peripherals.ts";
import { LastUse } from "./access/accounting.ts";
import { explain } from "./explain.ts";
import { mustHaveSequences, openFlashes, placesOf } from "./flash/open-flashes.ts";
import { OtherCores } from "./flash/other-cores.ts";
import type { FlashPlace, WantedRange } from "./flash/places.ts";
import { connect } from "./flow/connect.ts";
import { evaluateOnTarget } from "./flow/evaluate.ts";
import type { SessionEvent } from "./flow/events.ts";
import { abandon, disconnect } from "./flow/leave.ts";
import { carryOutReset } from "./flow/reset.ts";
import type { Rig } from "./flow/rig.ts";
import { runAndAwait, runForOther } from "./flow/run-sequence.ts";
import { Standing } from "./flow/standing.ts";
import {
  begin,
  connectSteps,
  disconnectSteps,
  includes,
  PARTS,
  resetSteps,
  sequencesOf,
  undo,
} from "./flow/steps.ts";

export interface ConnectionParts {
  readonly rig: Rig;
  readonly context: DeviceContext;
  readonly settings: SourcedSettings;
  /** Reads the files of flash algorithms. */
  readonly readPackFile?: ReadPackFile;
  /** It replaces the pack's own. */
  readonly svd?: SvdFile;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
  readonly leavesOutRepeats?: boolean;
  /** Looks at the target after a failure, before anything is undone. */
  readonly onFailure?: (error: unknown, connection: Connection) => Promise<void>;
}

const MADE = madeBy("openSession", "rig", "context", "settings");

export class Connection {
  readonly context: DeviceContext;
  /** The settings, each with its origin. */
  readonly sourced: SourcedSettings;
  /** The names of the device's registers. */
  readonly peripherals: Peripherals;
  readonly #standing: Standing;
  readonly #readPackFile: ReadPackFile | undefined;
  readonly #uses = new LastUse();
  readonly #onFailure: ConnectionParts["onFailure"];
  /** The processors that flash was programmed with, besides the connection's own. */
  readonly #others = new OtherCores();

  constructor(parts: ConnectionParts) {
    MADE("Connection", parts);
    const { rig, context, settings, readPackFile, svd, signal, onEvent } = parts;
    this.context = context;
    this.sourced = settings;
    this.#readPackFile = readPackFile;
    this.#onFailure = parts.onFailure;
    this.peripherals = new Peripherals(svd ?? svdOf(context, readPackFile));
    this.#standing = new Standing({
      rig,
      context,
      settings: plain(settings),
      reset: context.defaultReset,
      purpose: "debug",
      emit: (event) => {
        if (event.kind === "access") this.#uses.note(event);
        onEvent?.(event);
      },
      leavesOutRepeats: parts.leavesOutRepeats ?? onEvent === undefined,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /**
   * Returns sentences that help to understand a failure of this connection, beyond what the error itself
   * says. `isDiagnosed`: why an access port is closed is known, so that nothing needs to be guessed.
   */
  explain(error: unknown, isDiagnosed = false): Promise<readonly string[]> {
    const { debugInfo } = this.rig;
    const { peripherals } = this;
    const uses = isDiagnosed ? undefined : this.#uses;
    return explain(error, uses, { peripherals, ...(debugInfo === undefined ? {} : { debugInfo }) });
  }

  /** The API uses it, because its objects reach the target without the flows. */
  get rig(): Rig {
    return this.#standing.rig;
  }

  /** Returns the present settings: after `connect: auto`, those of the way that worked. */
  get settings(): Settings {
    return this.#standing.settings;
  }

  get connected(): boolean {
    return this.#standing.open;
  }

  /** The core was reached since the flow began. */
  get reached(): boolean {
    return this.#standing.progress.foundHalted !== undefined;
  }

  get nowUs(): number {
    return this.rig.clock.nowUs();
  }

  /**
   * Must be set before `connect`. Flash operations connect as such, and `__connection` tells the sequences
   * (wire rule 20).
   */
  set purpose(purpose: "debug" | "flash") {
    this.#standing.crew = { ...this.#standing.crew, purpose };
  }

  /** Runs the connect flow of the chosen mode, up to and including one sequence if that is named. */
  async connect(upTo?: string): Promise<void> {
    refuseUnconnectable(this.context, this.sourced);
    for (const note of connectionNotes(this.context, this.sourced)) this.#standing.notice(note);
    await connect(this.#standing, upTo);
  }

  /**
   * Runs the disconnect flow. The target is left as `leave` says, else halted after a halting reset, else as
   * it was found.
   */
  disconnect(leave: Leave | undefined = this.settings.leave): Promise<void> {
    return disconnect(this.#standing, leave);
  }

  /**
   * Cleans up after a failure: releases the lines, stops what was started as far as it answers, and frees the
   * probe.
   */
  async abandon(error?: unknown): Promise<void> {
    if (error !== undefined && this.#standing.open) await this.#onFailure?.(error, this);
    await abandon(this.#standing);
  }

  /**
   * Connects, up to and including one sequence if that is named, works, and disconnects. Disconnects after a
   * failure too, whose error wins.
   */
  async during(work: () => Promise<void>, leave?: Leave, upTo?: string): Promise<void> {
    try {
      await this.connect(upTo);
      await work();
    } catch (error) {
      await this.abandon(error);
      throw error;
    }
    await this.disconnect(leave ?? this.settings.leave);
  }

  /**
   * Runs a sequence as `dbgseq run NAME` does (wire rule 18): a sequence of the connect flow runs the flow up
   * to it, once; a reset runs the reset flow; anything else runs between connecting and disconnecting.
   * Disconnects also after a failure, whose error wins.
   */
  async runOnce(name: string, options: { readonly halt?: boolean } = {}): Promise<void> {
    this.context.require(name);
    this.context.refuseErrors([name]);
    if (!this.rig.guard.has("erase")) this.context.refuseErasing(name);
    const inConnect = includes(connectSteps(this.#standing.choice), name);
    const inDisconnect = !inConnect && includes(disconnectSteps(PARTS, false), name);
    const work = async (): Promise<void> => {
      if (!inConnect && !inDisconnect) await this.run(name, options);
    };
    await this.during(work, inDisconnect ? "running" : undefined, inConnect ? name : undefined);
  }

  /** Runs one sequence on an open connection; the names of resets run the whole reset flow. */
  async run(name: string, options: { readonly halt?: boolean } = {}): Promise<void> {
    this.context.require(name);
    const kind = resetKindOf(name);
    if (kind !== undefined && this.settings.connect !== "none") {
      await this.reset(kind, options);
      return;
    }
    this.context.refuseErrors([name]);
    this.#standing.say("run", `run ${name}`);
    this.#standing.mustBeOpen();
    await runAndAwait(this.#standing.crew, name);
  }

  /**
   * Runs one sequence as another processor of the device sees it: its own definitions, debug port and access port (wire rule 19).
   * No flow goes with it; the connection stays that of its processor. Throws `unknown-processor`.
   */
  async runFor(pname: string, name: string): Promise<void> {
    if (pname === this.context.pname) {
      await this.run(name);
      return;
    }
    const context = this.context.forProcessor(pname);
    context.require(name);
    context.refuseErrors([name]);
    if (!this.rig.guard.has("erase")) context.refuseErasing(name);
    this.#standing.say("run", `run ${name} for ${pname}`);
    this.#standing.mustBeOpen();
    await runForOther(this.#standing.crew, context, name);
  }

  /** Runs the reset flow; with `halt` the core is caught at its reset vector and stays halted afterwards. */
  async reset(
    kind: ResetKind | undefined,
    { halt = false }: { readonly halt?: boolean } = {},
  ): Promise<void> {
    const standing = this.#standing;
    const name = this.context.resetSequence(kind);
    const steps = resetSteps({ name, halt, trace: this.settings.traceOut !== undefined });
    this.context.refuseErrors(sequencesOf(steps));
    standing.say("reset", `reset (${name}${halt ? ", halt" : ""})`);
    standing.mustBeOpen();
    const crew = { ...standing.crew, reset: kind ?? this.context.defaultReset };
    await carryOutReset(standing, crew, steps, halt);
    if (!halt)
      await this.#others.release(this.context, (text) => {
        standing.notice(text);
      });
  }

  /** Runs or steps the core between RecoverySupportStart and, if it is halted again at once, RecoverySupportStop. */
  async runCore(work: () => Promise<void>, halted: boolean): Promise<void> {
    await this.#standing.carryOut([begin("recovery")]);
    await work();
    if (halted && this.#standing.progress.begun.has("recovery"))
      await this.#standing.carryOut([undo("recovery")]);
  }

  /** Reads one value of target memory through the device's default access port. */
  read(address: number, size: Size): Promise<number> {
    return this.rig.target.memory.read(address, size);
  }

  /** Throws at the first address that does not answer. */
  readBytes(address: number, count: number): Promise<Uint8Array> {
    return this.rig.target.memory.readBytes(address, count);
  }

  async write(address: number, size: Size, value: number): Promise<void> {
    await this.rig.target.memory.write(address, size, value);
  }

  /** Returns the value of an expression of the language on the target; `values` are names it may use. */
  async evaluate(text: Excerpt, values: ReadonlyMap<string, bigint>): Promise<bigint> {
    return evaluateOnTarget(this.#standing.crew, text, values);
  }

  /**
   * Returns the pack's flash for these ranges, or for the whole device. Throws `no-algorithm`,
   * `bad-algorithm`.
   */
  flashPlaces(wanted?: readonly WantedRange[]): Promise<readonly FlashPlace[]> {
    return placesOf(this.context, this.#readPackFile, wanted);
  }

  /**
   * Opens the flash regions that the places describe. The core is reset and halted first, so that nothing
   * disturbs the algorithms; it stays halted until `reset` or `disconnect`.
   */
  async openFlashes(places: readonly FlashPlace[]): Promise<readonly FlashDriver[]> {
    mustHaveSequences(this.context, places);
    await this.reset(undefined, { halt: true });
    return openFlashes(this.#standing.crew, places, this.#readPackFile, this.#others);
  }

  /** Runs DebugCodeMemRemap, if the device has it, before flash is compared (specification 1.7). */
  async remapCodeMemory(): Promise<void> {
    if (this.context.find("DebugCodeMemRemap") !== undefined) await this.run("DebugCodeMemRemap");
  }
}
