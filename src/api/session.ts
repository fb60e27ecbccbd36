/** A session of the API: one probe, one device, from opening to closing. Its target works with the device. */
import type { HostEffects } from "../interpreter/ports.ts";
import { asFailure } from "../lib/fault.ts";
import type { DeviceContext } from "../project/context.ts";
import { DebugInfo } from "../session/debug-info.ts";
import type { SessionEvent } from "../session/flow/events.ts";
import { SessionFailure } from "../project/faults.ts";
import { openSessionOver, type OpenRequest } from "../session/assemble.ts";
import type { OutputFile } from "../session/flash/program-image.ts";
import type { Connection } from "../session/connection.ts";
import type { Diagnosis } from "../doctor/causes/seen.ts";
import { diagnoseFailure } from "../doctor/diagnose-failure.ts";
import type { Given } from "../options/given.ts";
import { strongest, type Leave } from "../options/resolve.ts";
import { packLayer } from "../project/pack-layer.ts";
import { badArgument, call, milliseconds, oneOf, optional, options, text, madeBy } from "./arguments.ts";
import { Board } from "./target/board.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { FlashInputs, Host, TakeDebugInfo, WireFile } from "./host.ts";
import { EffectiveOptions } from "./session-options.ts";
import type { Target } from "./target/target.ts";

export type { Diagnosis, SessionEvent };

export interface SessionParts {
  readonly probe: DebugProbe;
  readonly given: readonly Given[];
  readonly request: OpenRequest;
  /** Reads a file of the machine that the session runs on. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly output?: () => readonly OutputFile[];
  readonly openWire: Host["openWire"];
  readonly openEffects?: (take: TakeDebugInfo) => Promise<HostEffects> | undefined;
}

const NOT_OPEN = "the session is not open; await session.open() first";
const SESSION_MADE = madeBy("ConnectHelper", "probe", "given", "request");

const RUN = call({ sequence: text, options: options({ pname: optional(text) }) });
const SLEEP = call({ ms: milliseconds });
const CLOSE = call({ leave: optional(oneOf(["running", "halted", "as-found"])) });
const READ_FILE = call({ path: text });

/**
 * ConnectHelper makes sessions. Closing one releases nRESET, leaves the target as the option `leave` says, and frees the probe; it
 * can be opened again.
 *
 * ```ts
 * await using session = await ConnectHelper.sessionWithChosenProbe({ probe: "sim:generic-m4" });
 * ```
 */
export class Session implements AsyncDisposable {
  readonly probe: DebugProbe;
  /** Each option with its giver. */
  readonly options: EffectiveOptions;
  readonly #parts: SessionParts;
  #connection: Connection | undefined;
  #wire: WireFile | undefined;
  #board: Board | undefined;
  /** What was found of the last failure. */
  #diagnosed: { readonly error: unknown; readonly found: Diagnosis | undefined } | undefined;

  constructor(parts: SessionParts) {
    SESSION_MADE("Session", parts);
    this.probe = parts.probe;
    this.#parts = parts;
    this.options = new EffectiveOptions([...parts.given, packLayer(parts.request.context)]);
  }

  /** The device with its scripts, as the session knows it before anything is connected. */
  get context(): DeviceContext {
    return this.#parts.request.context;
  }

  /** The device and its files, for preparations before anything is connected. */
  get inputs(): FlashInputs {
    const { request, output } = this.#parts;
    return {
      context: request.context,
      readFile: (path) => this.readFile(path),
      ...(request.readPackFile === undefined ? {} : { readPackFile: request.readPackFile }),
      ...(output === undefined ? {} : { output }),
    };
  }

  /**
   * The time on the session's clock, in microseconds: the host's, or the simulator's virtual one. 0 before it was
   * opened.
   */
  get nowUs(): number {
    return this.#connection?.nowUs ?? 0;
  }

  get isOpen(): boolean {
    return this.#connection?.connected === true;
  }

  /** The board. Throws `not-open` before `open` and after `close`. */
  get board(): Board {
    if (this.#board === undefined || !this.isOpen) throw new SessionFailure({ kind: "not-open" }, NOT_OPEN);
    return this.#board;
  }

  /** The same as `board.target`. */
  get target(): Target {
    return this.board.target;
  }

  /**
   * Opens the probe, runs the connect flow of the option `connect`, and finds out what is there. If that fails,
   * everything that was opened is closed before the failure is thrown.
   */
  async open(): Promise<void> {
    if (this.isOpen) return;
    const { probe, given } = this.#parts;
    const isPortOnly = strongest("debugPortOnly", given)?.value === true;
    const connection = await this.#openProbe();
    try {
      await connection.connect(isPortOnly ? "DebugPortStart" : undefined);
      this.#board = await Board.of(connection, {
        probe,
        scanAllAps: strongest("scanAllAps", given)?.value === true,
        portOnly: isPortOnly,
      });
    } catch (error) {
      this.#connection = undefined;
      await connection.abandon(error);
      this.#closeWire(error);
      throw error;
    }
  }

  /**
   * Works one layer below, for a run from beginning to end on a session that is not open: opens the probe, and
   * hands the work a connection that is not connected yet. Afterwards the probe is free, even after a failure,
   * whose error wins. Throws `bad-argument` on a session that is open, else what the probe and the work throw.
   *
   * `await session.withConnection((connection) => connection.runOnce("ResetSystem"));`
   */
  async withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.isOpen) throw badArgument("the session is open; a whole run needs one that is not");
    try {
      const result = await work(await this.#openProbe());
      this.#closeWire();
      return result;
    } catch (error) {
      // A refusal before anything is connected has opened the probe all the same.
      await this.#connection?.abandon(error);
      this.#closeWire(error);
      throw error;
    }
  }

  async #openProbe(): Promise<Connection> {
    const { probe, request, given, openEffects, openWire } = this.#parts;
    const path = strongest("wire", given)?.value;
    this.#connection = undefined;
    try {
      this.#wire = path === undefined ? undefined : await openWire(path);
      const debugInfo = new DebugInfo();
      const host = await openEffects?.((name, bytes) => debugInfo.load(name, bytes));
      const whole: OpenRequest = {
        ...request,
        debugInfo,
        onFailure: async (error, connection) => {
          this.#diagnosed = { error, found: await diagnoseFailure(error, connection) };
        },
        ...(host === undefined ? {} : { host }),
        ...(this.#wire === undefined ? {} : { wire: this.#wire.watch }),
      };
      this.#connection = await openSessionOver(await probe.open(whole), whole);
      return this.#connection;
    } catch (error) {
      this.#closeWire(error);
      throw error;
    }
  }

  /** Closes the file. An earlier failure counts more than a failure to close. */
  #closeWire(after?: unknown): void {
    const wire = this.#wire;
    this.#wire = undefined;
    try {
      wire?.close();
    } catch (error) {
      if (after === undefined || asFailure(error) === undefined) throw error;
    }
  }

  /**
   * Releases nRESET, disconnects and frees the probe. The core is left as `leave` says, or else halted after a
   * halting reset, or as it was found. Does nothing on a session that is closed.
   */
  async close(leave?: Leave): Promise<void> {
    CLOSE({ leave });
    const connection = this.#connection;
    if (connection?.connected !== true) return;
    try {
      await this.#board?.target.release();
    } catch (error) {
      this.#warn("releasing nRESET and breakpoints failed", error);
    }
    try {
      await connection.disconnect(leave ?? connection.settings.leave);
    } catch (error) {
      this.#closeWire(error);
      throw error;
    }
    this.#closeWire();
  }

  /** Closes after a failure: a further failure is a warning, for it must not replace the first. */
  async closeAfter(failure: unknown): Promise<void> {
    try {
      await this.close();
    } catch (error) {
      if (error !== failure) this.#warn("closing after the failure failed too", error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Runs a debug sequence of the device by its name; the names of resets run the reset flow. With `pname`, it
   * runs as that processor of the device sees it, with its own definitions and access port; then no flow goes
   * with it. Throws `unknown-processor`.
   */
  async run(sequence: string, request: { readonly pname?: string } = {}): Promise<void> {
    const { pname } = RUN({ sequence, options: request }).options;
    const connection = this.#open();
    if (pname === undefined) await connection.run(sequence);
    else await connection.runFor(pname, sequence);
  }

  /** Waits on the session's clock: the host's, or the simulator's virtual one, which costs no time. */
  async sleep(ms: number): Promise<void> {
    SLEEP({ ms });
    const { clock } = this.#open().rig;
    await clock.sleep(ms * 1000);
  }

  /** Reads a file of this machine. Throws `unreadable-file`; a browser has none. */
  async readFile(path: string): Promise<Uint8Array> {
    READ_FILE({ path });
    return this.#parts.readFile(path);
  }

  /**
   * Returns what the project builds: the images that a cbuild-run.yml, given as the pack, lists to be loaded.
   * Throws `bad-argument` without such a file, `bad-request` if it lists no image.
   */
  projectOutput(): readonly OutputFile[] {
    const { output } = this.#parts;
    if (output !== undefined) return output();
    throw badArgument("only a cbuild-run.yml as the pack says what the project builds");
  }

  /** Returns sentences that help to understand a failure, beyond the error's own message. */
  async explain(error: unknown): Promise<readonly string[]> {
    const isDiagnosed = this.#diagnosed?.error === error && this.#diagnosed?.found !== undefined;
    return (await this.#connection?.explain(error, isDiagnosed)) ?? [];
  }

  /**
   * The cause of a failure and what to try, found by a look at the target: at the moment of the failure where that ended the
   * connection, else now. Undefined if nothing that was seen explains it. The look reads identities, states and levels; it
   * moves no line but those of debug.
   */
  async diagnose(error: unknown): Promise<Diagnosis | undefined> {
    if (this.#diagnosed?.error === error) return this.#diagnosed?.found;
    const connection = this.#connection;
    return connection?.connected === true ? diagnoseFailure(error, connection) : undefined;
  }

  #open(): Connection {
    if (this.#connection?.connected === true) return this.#connection;
    throw new SessionFailure({ kind: "not-open" }, NOT_OPEN);
  }

  #warn(what: string, error: unknown): void {
    const timeUs = this.#connection?.rig.clock.nowUs() ?? 0;
    const event: SessionEvent = { kind: "warning", timeUs, text: `${what}: ${(error as Error).message}` };
    this.#parts.request.onEvent?.(event);
  }
}
