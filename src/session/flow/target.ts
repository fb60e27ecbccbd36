/**
 * Makes the flows' own accesses to port, core and lines, in CoreSight's terms. Knows no order: that is in
 * steps.ts.
 */
import { apName, type ApPlace } from "../../coresight/ap-place.ts";
import {
  architectureOf,
  coreName,
  Core,
  type Architecture,
  type CoreState,
} from "../../coresight/core/cortex-m.ts";
import type { Route } from "../../coresight/adi/dp.ts";
import { isDebugPort, scanChain, type Tap } from "../../coresight/adi/jtag-chain.ts";
import type { DapLink, LinkSettings } from "../../coresight/wire/link.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { asFailure } from "../../lib/fault.ts";
import type { TargetFault } from "../../coresight/wire/faults.ts";
import { judge, mustBe } from "../../coresight/adi/identity.ts";
import { CPUID, CTRL_STAT, decode, DHCSR, DPIDR, IDR, field, TARGETID } from "../../coresight/registers.ts";
import { hex32 } from "../../lib/hex.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { TargetAccess } from "../access/debug-access.ts";
import { SessionFailure } from "../../project/faults.ts";

/** These are nRESET, nTRST and SWCLK, the lines that a broken-off run may have left low. */
const RELEASED = 0xa1;
const PIN_NRESET = 0x80;

/** The description of how the target is reached. */
export type TargetContext = Pick<
  DeviceContext,
  "place" | "dp" | "apid" | "taps" | "portIdentity" | "requireAp"
>;

/** It receives a finding that decides nothing. */
export type Note = (text: string) => void;

export interface MainExtension {
  readonly faultStatus: boolean;
  readonly stackLimits: boolean;
}

export function extensionOf(cpuid: number): MainExtension {
  const main = field(CPUID, "Architecture", cpuid) === 0xf;
  return { faultStatus: main, stackLimits: main && architectureOf(cpuid) === "v8-M" };
}

export interface TargetOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: (text: string) => void;
  /** It receives the maker of the part, as a JEP106 code. */
  readonly onDesigner?: (code: number) => void;
}

export class Target {
  readonly #link: DapLink;
  readonly #access: TargetAccess;
  readonly #context: TargetContext;
  #memory: MemAp;
  #core: Core;
  readonly #stopListening: () => void;
  architecture: Architecture | undefined;
  readonly #onNote: (text: string) => void;
  readonly #onDesigner: (code: number) => void;
  readonly #noted = new Set<string>();

  /**
   * `signal` interrupts the work of the probe (wire rule 21). `onNote` hears what the probe did not do if no
   * result depends on it.
   */
  constructor(
    link: DapLink,
    access: TargetAccess,
    context: TargetContext,
    { signal, onNote = () => undefined, onDesigner = () => undefined }: TargetOptions = {},
  ) {
    this.#link = link;
    this.#onNote = onNote;
    this.#onDesigner = onDesigner;
    const interrupt = (): void => {
      link.interrupt();
    };
    signal?.addEventListener("abort", interrupt);
    this.#stopListening = () => signal?.removeEventListener("abort", interrupt);
    this.#access = access;
    this.#context = context;
    this.#memory = access.memory(context.place);
    this.#core = new Core(this.#memory, access.dp.wire.clock);
  }

  /** Throws the failures of `memory`. */
  get core(): Core {
    this.#mustBeDescribed();
    return this.#core;
  }

  /** Returns the memory behind the access port of the processor. Throws `undescribed-access-port`. */
  get memory(): MemAp {
    this.#mustBeDescribed();
    return this.#memory;
  }

  /** The access port of the processor. */
  get place(): ApPlace {
    return this.#memory.ap;
  }

  #mustBeDescribed(): void {
    this.#context.requireAp(BigInt(this.#context.apid));
  }

  /** Sets the access port of the processor, if the description does not name it. */
  use(place: ApPlace): void {
    this.#access.found = place;
    this.#memory = this.#access.memory(place);
    this.#core = new Core(this.#memory, this.#access.dp.wire.clock);
  }

  /**
   * If `asks` is true the access ports may be asked for their identity; otherwise only what is read anyway is
   * judged.
   */
  async open(settings: LinkSettings, asks: boolean): Promise<void> {
    this.#access.ports.startOver(asks);
    await this.#link.connect(settings);
    this.#access.dp.wire.connected();
    await this.#byTheWay(() => this.#link.status("connected", true));
  }

  /**
   * Finds the TAPs, tells the probe, and chooses that of the session's debug port. Returns a description of
   * the chain for people.
   */
  async scanChain(note: Note): Promise<string> {
    const { dp, taps: described } = this.#context;
    const lengths = new Map(
      described.flatMap(({ index, irLength }) =>
        irLength === undefined ? [] : [[index, irLength] as const],
      ),
    );
    const { wire } = this.#access.dp;
    const taps = await scanChain(wire, lengths);
    await this.#link.chain(taps.map(({ irLength }) => irLength));
    for (const { dp: id, index } of described) this.#access.ports.setRoute(id, routeOf(taps, index));
    const index = described.find((tap) => tap.dp === dp)?.index ?? taps.findIndex(isDebugPort);
    const found = taps
      .map(
        ({ idcode, irLength }, at) =>
          `${at}: ${idcode === undefined ? "no IDCODE" : `IDCODE ${hex32(idcode)}`}, IR ${irLength}`,
      )
      .join("; ");
    if (taps[index] === undefined) {
      const what = index < 0 ? "no TAP is an Arm debug port" : `the pack's TAP ${index} is not there`;
      throw new SessionFailure(
        { kind: "no-debug-port", taps: found },
        `${what}; the JTAG chain has ${found}`,
      );
    }
    await this.#access.hear(dp, routeOf(taps, index));
    this.#compareIdcode("jtag", taps[index].idcode, note);
    return `TAP ${index} of ${found}; ${await this.identifyPort(note)}`;
  }

  async identifyPort(note: Note): Promise<string> {
    const { dp } = this.#access;
    const { protocol } = dp.wire;
    const dpidr = await dp.identify("read of DPIDR");
    this.#onDesigner(field(DPIDR, "DESIGNER", dpidr));
    if (protocol === "swd") {
      // A session that was cut off may have left an error, and then no other write is accepted (ADIv5.2
      // B4.2.4). JTAG accepts this one.
      await dp.postClear();
      this.#compareIdcode("swd", dpidr, note);
    }
    const { targetsel } = this.#context.portIdentity(protocol);
    if (targetsel !== undefined && (dp.version ?? 0) >= 2) {
      const value = await dp.readTargetId();
      mustBe("TARGETID", { value, place: `debug port ${this.#context.dp}`, expected: targetsel });
      this.#onDesigner(field(TARGETID, "TDESIGNER", value));
    }
    return dp.version === 0
      ? "DPv0, which has no DPIDR"
      : `${decode(DPIDR, dpidr)} (DPv${field(DPIDR, "VERSION", dpidr)})`;
  }

  /** The specification lets an idcode of the description override the one that was read, so it cannot decide. */
  #compareIdcode(protocol: "swd" | "jtag", found: number | undefined, note: Note): void {
    const { idcode } = this.#context.portIdentity(protocol);
    if (idcode === undefined || found === undefined || idcode >>> 0 === found) return;
    note(`the debug port reads ${hex32(found)}, and the pack says idcode ${hex32(idcode)}`);
  }

  /** Returns true if the debug port has kept its debug power. Throws if it does not answer. */
  async hasDebugPower(): Promise<boolean> {
    return field(CTRL_STAT, "CDBGPWRUPACK", await this.#readStatus()) === 1;
  }

  /** Without debug power nothing behind the port answers. */
  async mustHavePower(): Promise<void> {
    judgePower(await this.#readStatus());
  }

  /** A sequence may have left another debug port listening. */
  async #readStatus(): Promise<number> {
    await this.#access.choose(this.#context.dp);
    return this.#access.dp.readReg(0x4, "read of DP CTRL/STAT");
  }

  /**
   * Runs before the device is unlocked: power must be there, but the access port's answer is only reported.
   * Its identity is judged before its memory is used.
   */
  async identifyAccessPort(note: Note): Promise<string> {
    const { memory } = this;
    const { dp } = this.#access;
    const failed = await memory.reach();
    if (failed !== undefined) throw failed.failed;
    const plan = () => [...dp.readSteps(0x4), ...memory.identitySteps()];
    const label = `read of ${apName(memory.ap)} IDR and CSW`;
    const [ctrlStat = 0, idr = 0, csw = 0] = await dp.wire.words(plan, label).catch(nameMissingPower);
    judgePower(ctrlStat);
    noteSystemPower(ctrlStat, note);
    memory.noteIdentity(idr, csw);
    return `${apName(memory.ap)} ${decode(IDR, idr)}; CSW ${hex32(csw)}`;
  }

  /** `core` is the description's name for it. */
  async identifyCore(core: string | undefined): Promise<string> {
    const cpuid = await this.core.readCpuid(core);
    this.architecture = architectureOf(cpuid);
    return `CPUID ${hex32(cpuid)}: ${coreName(cpuid)}, Arm${this.architecture}`;
  }

  /** Decides by CPUID.Architecture: 0xF is a core with the main extension, 0xC one without (Armv8-M D1.2.52). */
  async mainExtension(): Promise<MainExtension> {
    return extensionOf(await this.core.readCpuid());
  }

  /** Reads S_RESET_ST: true if the core was in reset since the last read, or still is. */
  async sawReset(): Promise<boolean> {
    return field(DHCSR, "S_RESET_ST", await this.core.readDhcsr()) === 1;
  }

  state(): Promise<CoreState> {
    return this.core.state();
  }

  halt(): Promise<void> {
    return this.core.halt();
  }

  async resume(): Promise<void> {
    await this.core.resume();
    await this.#byTheWay(() => this.#link.status("running", true));
  }

  /** A reset may have changed SELECT, CSW and TAR, and the set of access ports. */
  dropCaches(): void {
    this.#access.dp.wire.forget();
    this.#access.ports.forgetIdentities();
  }

  /** Ends the probe's connection, so that another one can be made. */
  async letGo(): Promise<void> {
    this.dropCaches();
    await this.#byTheWay(() => this.#link.disconnect());
  }

  /** Reads the line while the probe drives nothing anew. */
  async nresetIsHigh(): Promise<boolean> {
    const { values } = await this.#link.run(
      [{ kind: "pins", output: 0, select: 0, waitUs: 0 }],
      "stop-at-fault",
    );
    return ((values[0]?.[0] ?? 0) & PIN_NRESET) !== 0;
  }

  async releaseLines(): Promise<void> {
    await this.#link.run([{ kind: "pins", output: RELEASED, select: RELEASED, waitUs: 0 }], "stop-at-fault");
  }

  /**
   * Switches lights off and releases lines, each even if the one before failed. The target's accesses are
   * confirmed by then, so none of this is a failure; after a failure that ended the session (`quietly`) it is
   * not even worth a note. If a simulated device could not keep its state, the state is lost, and a note says
   * so.
   */
  async close({ quietly = false }: { readonly quietly?: boolean } = {}): Promise<void> {
    const link = this.#link;
    this.#stopListening();
    const steps = [
      () => link.status("running", false),
      () => link.status("connected", false),
      () => link.disconnect(),
      () => link.close(),
    ];
    for (const step of steps) await this.#byTheWay(step, quietly);
  }

  /**
   * Does work whose failure changes no result; a probe that is gone for good reports it with the next
   * request.
   */
  async #byTheWay(work: () => Promise<void>, quietly = false): Promise<void> {
    try {
      await work();
    } catch (error) {
      const about = aboutOf(error);
      const lost = about === NOT_KEPT;
      if (lost && !quietly) throw error;
      if ((quietly && !lost) || this.#noted.has(about)) return;
      this.#noted.add(about);
      const what = lost ? "what was done to the device is lost" : "no result depends on it";
      this.#onNote(`note: ${error instanceof Error ? error.message : String(error)}; ${what}`);
    }
  }
}

/** The state of a simulated device could not be written, so it is lost. */
const NOT_KEPT = "unwritable-file";

/** One note stands for all requests of a kind. */
function aboutOf(error: unknown): string {
  const { kind, command = "" } = (asFailure(error)?.fault ?? { kind: String(error) }) as {
    readonly kind: string;
    readonly command?: string;
  };
  return `${kind} ${command}`.trimEnd();
}

const PORT = "the debug port";

function judgePower(ctrlStat: number): void {
  mustBe("CTRL/STAT", { value: ctrlStat, place: PORT });
}

/**
 * Parts without a power domain of that name do not acknowledge it, and work all the same, so it cannot
 * decide.
 */
function noteSystemPower(ctrlStat: number, note: Note): void {
  const requested = field(CTRL_STAT, "CSYSPWRUPREQ", ctrlStat) === 1;
  if (requested && field(CTRL_STAT, "CSYSPWRUPACK", ctrlStat) === 0)
    note(
      "the debug port has debug power, and never acknowledged the request for system power (CSYSPWRUPACK): what stands behind it may not answer",
    );
}

/**
 * A port without power answers every access behind it with FAULT: the reason is named, and the failure
 * becomes its cause.
 */
function nameMissingPower(error: unknown): never {
  const fault = asFailure(error)?.fault as TargetFault | undefined;
  const ctrlStat = fault?.kind === "target-fault" ? fault.ctrlStat : undefined;
  throw (
    (ctrlStat === undefined ? undefined : judge("CTRL/STAT", { value: ctrlStat, place: PORT }, error)) ??
    (error as Error)
  );
}

function routeOf(taps: readonly Tap[], index: number): Route {
  const idcode = taps[index]?.idcode;
  return { kind: "tap", index, ...(idcode === undefined ? {} : { idcode }) };
}
