/**
 * One connection to one processor: connects, runs sequences, resets, disconnects, and leaves the target as asked.
 * Knows the flows' meaning; how steps are done is carry-out.ts's, what they run on is the rig's.
 */
import { probePolicy } from "../coresight/wire/error-policy.ts";
import type { LinkSettings } from "../coresight/wire/link.ts";
import type { Size } from "../coresight/adi/mem-ap.ts";
import { Failure, sentences } from "../lib/fault.ts";
import type { Excerpt } from "../lib/source.ts";
import type { FlashDriver } from "../flash/driver.ts";
import type { FlashPlace, WantedRange } from "./flash/places.ts";
import type { ReadPackFile } from "../pack/files.ts";
import { mustHaveSequences, openFlashes, placesOf } from "./flash/open-flashes.ts";
import { OtherCores } from "./flash/other-cores.ts";
import { LastUse } from "./access/accounting.ts";
import { explain } from "./explain.ts";
import {
  carryOut,
  CLEAN_UP_US,
  evaluateOnTarget,
  Progress,
  runAndAwait,
  runAndJudge,
  runNamed,
  type Crew,
} from "./flow/carry-out.ts";
import { resetKindOf, type ResetKind } from "../project/connection-bits.ts";
import type { DeviceContext } from "../project/context.ts";
import type { SessionEvent } from "./flow/events.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { SessionFailure } from "../project/faults.ts";
import { connectSteps, disconnectSteps, includes, resetSteps, type Step } from "./flow/flow.ts";
import { Peripherals, svdOf, type SvdFile } from "../project/peripherals.ts";
import { connectionNotes, refuseUnconnectable } from "../project/pack-layer.ts";
import { leftOut, mayHelp, noWayIn, reasonOf, rungsOf, tableOf, type Tried } from "./flow/ladder.ts";
import { looksLost, recoverySteps } from "./flow/recovery.ts";
import type { Rig } from "./flow/rig.ts";
import { plain, type Leave, type Settings, type SourcedSettings } from "../options/settings.ts";

export interface SessionParts {
  readonly rig: Rig;
  readonly context: DeviceContext;
  readonly settings: SourcedSettings;
  /** Flash algorithms are read through it. */
  readonly readPackFile?: ReadPackFile;
  /** In the place of the pack's own. */
  readonly svd?: SvdFile;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
}

/** WAIT answers the probe retries by itself; 100 is what the reference firmware's own default setup uses. */
const WAIT_RETRIES = 100;

const LOOK = "look after the port";
const LOOK_BEFORE = "clear S_RESET_ST";
/** As long as the sequences of the specification wait for a target that was reset. */
const RECOVERY_LIMIT_US = 1_000_000;
const RECOVERY_RETRY_US = 10_000;

export class Session {
  readonly context: DeviceContext;
  #settings: Settings;
  /** The same, each with who gave it. */
  readonly sourced: SourcedSettings;
  /** Names of the device's registers. */
  readonly peripherals: Peripherals;
  readonly #rig: Rig;
  readonly #readPackFile: ReadPackFile | undefined;
  #crew: Crew;
  readonly #uses = new LastUse();
  /** Processors that flash was programmed with, besides the own one. */
  readonly #others = new OtherCores();
  #progress = new Progress();
  #open = false;
  #freed = false;

  constructor({ rig, context, settings, readPackFile, svd, signal, onEvent }: SessionParts) {
    this.context = context;
    this.#settings = plain(settings);
    this.sourced = settings;
    this.#rig = rig;
    this.#readPackFile = readPackFile;
    this.peripherals = new Peripherals(svd ?? svdOf(context, readPackFile));
    this.#crew = {
      rig,
      context,
      settings: this.settings,
      reset: context.defaultReset,
      purpose: "debug",
      emit: (event) => {
        if (event.kind === "access") this.#uses.note(event);
        onEvent?.(event);
      },
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** Sentences that help to understand a failure of this session, beyond what the error itself says. */
  explain(error: unknown): Promise<readonly string[]> {
    const { debugInfo } = this.#rig;
    const { peripherals } = this;
    return explain(error, this.#uses, { peripherals, ...(debugInfo === undefined ? {} : { debugInfo }) });
  }

  /** For the API, whose objects reach the target past the flows. */
  get rig(): Rig {
    return this.#rig;
  }

  /** As they hold now: after `connect: auto` those of the way that worked. */
  get settings(): Settings {
    return this.#settings;
  }

  get connected(): boolean {
    return this.#open;
  }

  /** Flash operations connect as such: `__connection` tells the sequences (wire rule 20). Before `connect`. */
  set purpose(purpose: "debug" | "flash") {
    this.#crew = { ...this.#crew, purpose };
  }

  /** The connect flow of the chosen mode; up to and including one sequence when that is named. */
  async connect(upTo?: string): Promise<void> {
    refuseUnconnectable(this.context, this.sourced);
    for (const note of connectionNotes(this.context, this.sourced)) this.#notice(note);
    if (this.settings.connect === "auto") await this.#climb(upTo);
    else await this.#connectOnce(upTo);
  }

  /** `connect: auto`: one way after another, until one works or all have failed. */
  async #climb(upTo: string | undefined): Promise<void> {
    const asked = this.settings;
    const tried: Tried[] = [];
    for (const rung of rungsOf(asked)) {
      const { name, mode, settings, does } = rung;
      const useless = tried.length > 0 ? leftOut(rung, this.#progress.port) : undefined;
      if (useless !== undefined) {
        tried.push({ name, reason: useless });
        continue;
      }
      if (tried.length > 0) await this.#stepDown();
      this.#use({ ...asked, ...settings, connect: mode });
      this.#notice(`connect auto: ${name}, which ${does}`);
      try {
        await this.#connectOnce(upTo);
        if (tried.length > 0) this.#notice(`connected by ${name}; what failed before it:\n${tableOf(tried)}`);
        return;
      } catch (error) {
        if (!mayHelp(error) || this.#crew.signal?.aborted === true) throw error;
        tried.push({ name, reason: reasonOf(error) });
      }
    }
    throw noWayIn(tried);
  }

  #use(settings: Settings): void {
    this.#settings = settings;
    this.#crew = { ...this.#crew, settings };
  }

  /** Between two ways: lines let go, what was begun is stopped as far as it answers; what fails now is only a consequence. */
  async #stepDown(): Promise<void> {
    const { target } = this.#rig;
    const { port } = this.#progress;
    const calm: Crew = { ...this.#crew, settings: { ...this.settings, deadlineUs: CLEAN_UP_US } };
    const steps = disconnectSteps(this.#progress, false);
    await target.releaseLines().catch(() => undefined);
    for (const step of steps) await carryOut(calm, [step], this.#progress).catch(() => undefined);
    // The next way asks how far this one came.
    this.#progress.port = port;
    await target.letGo();
  }

  async #connectOnce(upTo?: string): Promise<void> {
    const steps = upToSequence(connectSteps(this.#choice()), upTo);
    this.context.refuseErrors(sequencesOf(steps));
    this.#say(
      "connect",
      `connect (${this.settings.connect}, ${this.settings.protocol.toUpperCase()}, ${this.settings.clockHz} Hz)`,
    );
    this.#progress = new Progress();
    this.#open = true;
    await this.#connected(async () => {
      await this.#rig.target.open(this.#linkSettings(), this.settings.connect !== "none");
      await carryOut(this.#crew, steps, this.#progress);
    });
  }

  /**
   * `dbgseq run NAME` (wire rule 18): a sequence of the connect flow runs the flow up to it, once; a reset runs the reset
   * flow; anything else runs between connecting and disconnecting. Disconnects also after a failure, whose error wins.
   */
  async runOnce(name: string, options: { readonly halt?: boolean } = {}): Promise<void> {
    this.context.require(name);
    this.context.refuseErrors([name]);
    if (!this.#rig.guard.has("erase")) this.context.refuseErasing(name);
    const inConnect = includes(connectSteps(this.#choice()), name);
    const inDisconnect =
      !inConnect &&
      includes(disconnectSteps({ port: true, core: true, trace: true, recovery: true }, false), name);
    let first: unknown;
    try {
      await this.connect(inConnect ? name : undefined);
      if (!inConnect && !inDisconnect) await this.run(name, options);
    } catch (error) {
      first = error;
    }
    await this.#finish(first, inDisconnect ? "running" : undefined);
  }

  /** Connects, up to and including one sequence where that is named, works, disconnects; after a failure too, whose error wins. */
  async during(work: () => Promise<void>, leave?: Leave, upTo?: string): Promise<void> {
    let first: unknown;
    try {
      await this.connect(upTo);
      await work();
    } catch (error) {
      first = error;
    }
    await this.#finish(first, leave);
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
    this.#say("run", `run ${name}`);
    await this.#connected(() => runAndAwait(this.#crew, name));
  }

  /**
   * Runs one sequence as another processor of the device sees it: its own definitions, debug port and access port (wire rule 19).
   * No flow goes with it; the session stays that of its processor. Throws `unknown-processor`.
   */
  async runFor(pname: string, name: string): Promise<void> {
    if (pname === this.context.pname) {
      await this.run(name);
      return;
    }
    const context = this.context.forProcessor(pname);
    context.require(name);
    context.refuseErrors([name]);
    if (!this.#rig.guard.has("erase")) context.refuseErasing(name);
    this.#say("run", `run ${name} for ${pname}`);
    const other: Crew = { ...this.#crew, context };
    await this.#connected(async () => {
      const { target, access } = this.#rig;
      if (!context.hasOwnPort) {
        await runAndJudge(other, name);
        await access.choose(this.context.dp);
        return;
      }
      try {
        await runNamed(other, "DebugPortSetup");
        target.dropCaches();
        await runNamed(other, "DebugPortStart");
        await runAndJudge(other, name);
      } finally {
        await runNamed(this.#crew, "DebugPortSetup");
        target.dropCaches();
      }
    });
  }

  /** One value of target memory through the device's default access port. */
  read(address: number, size: Size): Promise<number> {
    return this.#rig.target.memory.read(address, size);
  }

  /** Throws at the first address that does not answer. */
  readBytes(address: number, count: number): Promise<Uint8Array> {
    return this.#rig.target.memory.readBytes(address, count);
  }

  async write(address: number, size: Size, value: number): Promise<void> {
    await this.#rig.target.memory.write(address, size, value);
  }

  /** What the pack has for these ranges, or for all flash of the device. Throws `no-algorithm`, `bad-algorithm`. */
  flashPlaces(wanted?: readonly WantedRange[]): Promise<readonly FlashPlace[]> {
    return placesOf(this.context, this.#readPackFile, wanted);
  }

  /**
   * The flash regions that the places describe. The core is reset and halted first, so that nothing disturbs the algorithms;
   * it stays halted until `reset` or `disconnect`.
   */
  async openFlashes(places: readonly FlashPlace[]): Promise<readonly FlashDriver[]> {
    mustHaveSequences(this.context, places);
    await this.reset(undefined, { halt: true });
    return openFlashes(this.#crew, places, this.#readPackFile, this.#others);
  }

  /** DebugCodeMemRemap, where the device has it: before flash is compared (specification 1.7). */
  async remapCodeMemory(): Promise<void> {
    if (this.context.find("DebugCodeMemRemap") !== undefined) await this.run("DebugCodeMemRemap");
  }

  /** The value of an expression of the language on the target; `values` are names it may use. */
  async evaluate(text: Excerpt, values: ReadonlyMap<string, bigint>): Promise<bigint> {
    return evaluateOnTarget(this.#crew, text, values);
  }

  get nowUs(): number {
    return this.#rig.clock.nowUs();
  }

  /** The reset flow; with `halt` the core is caught at its reset vector and stays halted afterwards. */
  async reset(
    kind: ResetKind | undefined,
    { halt = false }: { readonly halt?: boolean } = {},
  ): Promise<void> {
    const name = this.context.resetSequence(kind);
    const steps = resetSteps({ name, halt, trace: this.settings.traceOut !== 0 });
    this.context.refuseErrors(sequencesOf(steps));
    this.#say("reset", `reset (${name}${halt ? ", halt" : ""})`);
    const crew: Crew = { ...this.#crew, reset: kind ?? this.context.defaultReset };
    await this.#connected(async () => {
      try {
        await carryOut(crew, steps, this.#progress);
      } catch (error) {
        if (!this.#mayHaveLostPort(error, name) || !(await this.#portWasReset())) throw error;
        const before = this.#progress.failedAt === LOOK_BEFORE;
        await this.#recover(error, halt && !before);
        if (before) await carryOut(crew, steps, this.#progress);
      }
      if (!halt)
        await this.#others.release(this.context, (text) => {
          this.#notice(text);
        });
    });
  }

  /**
   * Where the reset itself, or a look before or behind it, had no answer. A vendor's sequence that was cut off is a
   * failure whatever became of the port: nobody knows what it still wanted to do.
   */
  #mayHaveLostPort(error: unknown, name: string): boolean {
    const at = this.#progress.failedAt;
    const isOurs = at === name && this.context.find(name)?.origin.startsWith("default") === true;
    return looksLost(error) && (isOurs || at === LOOK || at === LOOK_BEFORE);
  }

  /** A port that only lost step answers again and has kept its power. */
  async #portWasReset(): Promise<boolean> {
    const step = this.settings.protocol === "swd" ? "read DPIDR" : "scan JTAG chain";
    const { target } = this.#rig;
    target.dropCaches();
    try {
      const steps: readonly Step[] = [
        { kind: "sequence", name: "DebugPortSetup" },
        { kind: "act", act: step },
      ];
      await carryOut(this.#crew, steps, this.#progress);
      return !(await target.hasDebugPower());
    } catch {
      // It does not even answer; making the connection again says so.
      return true;
    }
  }

  /** Wire rule 23: the port went down with the reset; the connection is made again, or the failure stays what it was. */
  async #recover(lost: unknown, halt: boolean): Promise<void> {
    const why = sentences(lost).at(-1) ?? "";
    this.#warn(`the connection was lost (${why}); it is made again`);
    this.#rig.target.dropCaches();
    const steps = recoverySteps(this.settings.protocol, halt);
    const { clock } = this.#rig;
    const endUs = clock.nowUs() + RECOVERY_LIMIT_US;
    for (;;) {
      try {
        await carryOut(this.#crew, steps, this.#progress);
        break;
      } catch (error) {
        this.#crew.signal?.throwIfAborted();
        if (clock.nowUs() < endUs && exitCodeOf(error) === EXIT.target) {
          // A part that starts anew lets nobody in before its boot ROM is through.
          await clock.sleep(RECOVERY_RETRY_US, this.#crew.signal);
          this.#rig.target.dropCaches();
          continue;
        }
        this.#warn(`the connection could not be made again: ${sentences(error).join("; ")}`);
        throw lost;
      }
    }
    if (halt) this.#warn("the core was caught when the debug port came back, not at its reset vector");
  }

  /** Runs or steps the core between RecoverySupportStart and, where it is halted again at once, RecoverySupportStop. */
  async runCore(work: () => Promise<void>, halted: boolean): Promise<void> {
    const named = (name: string): readonly Step[] => [{ kind: "sequence", name }];
    await carryOut(this.#crew, named("RecoverySupportStart"), this.#progress);
    await work();
    if (halted && this.#progress.recovery)
      await carryOut(this.#crew, named("RecoverySupportStop"), this.#progress);
  }

  /** The disconnect flow. The target is left as `leave` says, else halted after a halting reset, else as it was found. */
  async disconnect(leave: Leave | undefined = this.settings.leave): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    const progress = this.#progress;
    try {
      // What the API asked for and nobody waited for is judged before it can be taken for an error of the flow.
      await this.#rig.access.settle("end of sequence");
      if (this.settings.connect !== "none") {
        const halted = await this.#settleState(leave);
        if (halted)
          this.#notice(
            "the core is left halted, with debug enabled: DebugCoreStop and DebugPortStop are not run",
          );
        this.#say(
          "disconnect",
          halted ? "disconnect, the core stays halted and debug stays on" : "disconnect",
        );
        await carryOut(this.#crew, disconnectSteps(progress, halted), progress);
      }
    } catch (error) {
      await this.#giveUp();
      throw error;
    }
    await this.#free();
  }

  /** Once, for closing says more to a probe than that it is free. */
  async #free(options: { readonly quietly?: boolean } = {}): Promise<void> {
    if (this.#freed) return;
    this.#freed = true;
    await this.#rig.target.close(options);
  }

  /** Brings the core into the state in which it is to be left; true when it stays halted. */
  async #settleState(leave: Leave | undefined): Promise<boolean> {
    const { target } = this.#rig;
    const progress = this.#progress;
    if (!progress.core) return false;
    const halted =
      leave === "halted" ||
      (leave === undefined && progress.leaveHalted) ||
      (leave !== "running" && progress.foundHalted === true);
    const state = await target.state();
    if (halted && state !== "halted") await target.halt();
    if (!halted && state === "halted") await target.resume();
    return halted;
  }

  async #finish(first: unknown, leave: Leave | undefined): Promise<void> {
    if (first === undefined) {
      await this.disconnect(leave ?? this.settings.leave);
      return;
    }
    await this.abandon();
    throw first as Error;
  }

  /** After a failure: lines released, what was started is stopped as far as it answers, the probe is freed. */
  async abandon(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      await this.#giveUp();
    } else {
      // What was refused before anything was connected has opened the probe all the same.
      await this.#free({ quietly: true });
    }
  }

  async #giveUp(): Promise<void> {
    const progress = this.#progress;
    // What ended the run must not end the clean-up too, and the clean-up must not wait long for a target that is stuck.
    const calm: Crew = {
      ...this.#crew,
      signal: undefined,
      settings: { ...this.settings, deadlineUs: CLEAN_UP_US },
    };
    const steps =
      this.settings.connect === "none" ? [] : disconnectSteps(progress, progress.foundHalted === true);
    const { target } = this.#rig;
    const attempts: (() => Promise<void>)[] = [
      () => target.releaseLines(),
      ...(steps.length === 0 ? [] : [() => this.#regain(calm)]),
      ...steps.map((step) => () => carryOut(calm, [step], progress)),
    ];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        this.#warn(`while giving up the connection: ${sentences(error).join("; ")}`);
        if (!mayStillAnswer(error)) break;
      }
    }
    // What closing says is only a consequence of what was said already.
    await this.#free({ quietly: true });
  }

  /** A debug port that lost step, after a transfer without an answer say, hears nothing before it is set up again (wire rule 5). */
  async #regain(calm: Crew): Promise<void> {
    const { target } = this.#rig;
    target.dropCaches();
    try {
      await target.identifyPort(() => undefined);
    } catch {
      const step = this.settings.protocol === "swd" ? "read DPIDR" : "scan JTAG chain";
      await carryOut(
        calm,
        [
          { kind: "sequence", name: "DebugPortSetup" },
          { kind: "act", act: step },
        ],
        this.#progress,
      ).catch((error: unknown) => {
        throw new SessionFailure({ kind: "not-released" }, "the target could not be released", error);
      });
    }
  }

  async #connected(work: () => Promise<void>): Promise<void> {
    if (!this.#open)
      throw new SessionFailure(
        { kind: "flow-step", step: "connect" },
        "there is no connection; connect first",
      );
    await work();
  }

  #choice(): Parameters<typeof connectSteps>[0] {
    const { connect } = this.settings;
    return {
      // Before it is known which way works, what its mildest would do counts.
      mode: connect === "auto" ? "attach" : connect,
      trace: this.settings.traceOut !== 0,
      protocol: this.settings.protocol,
    };
  }

  #linkSettings(): LinkSettings {
    return {
      protocol: this.settings.protocol,
      clockHz: this.settings.clockHz,
      idleCycles: 0,
      waitRetries: WAIT_RETRIES,
    };
  }

  #say(flow: "connect" | "reset" | "run" | "disconnect", text: string): void {
    this.#crew.emit({ kind: "flow", timeUs: this.#rig.clock.nowUs(), flow, text });
  }

  #notice(text: string): void {
    this.#crew.emit({ kind: "notice", timeUs: this.#rig.clock.nowUs(), text });
  }

  #warn(text: string): void {
    this.#crew.emit({ kind: "warning", timeUs: this.#rig.clock.nowUs(), text });
  }
}

/** Not where the probe is gone, nor where nothing hears it. */
function mayStillAnswer(error: unknown): boolean {
  for (let at = error; at instanceof Failure; at = at.cause) {
    const { kind } = (at as Failure).fault;
    if (kind === "not-released" || probePolicy(kind)?.probe === "gone") return false;
  }
  return true;
}

function upToSequence(steps: readonly Step[], name: string | undefined): readonly Step[] {
  if (name === undefined) return steps;
  const index = steps.findIndex((step) => step.kind === "sequence" && step.name === name);
  return index < 0 ? steps : steps.slice(0, index + 1);
}

function sequencesOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => (step.kind === "sequence" ? [step.name] : []));
}
