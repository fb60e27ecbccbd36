/** The flows' own accesses to port, core and lines, in CoreSight's terms. Knows no order: that is flow.ts's. */
import { apName, type ApPlace } from "../coresight/ap-place.ts";
import {
  architectureOf,
  coreName,
  CortexM,
  type Architecture,
  type CoreState,
} from "../coresight/cortex-m.ts";
import { isDebugPort, scanChain } from "../coresight/jtag-chain.ts";
import type { DapLink, LinkSettings } from "../coresight/link.ts";
import type { MemAp } from "../coresight/mem-ap.ts";
import { CPUID, CSW, CTRL_STAT, decode, DPIDR, IDR, field } from "../coresight/registers.ts";
import { hex32 } from "../lib/hex.ts";
import type { DeviceContext } from "./context.ts";
import type { TargetAccess } from "./debug-access.ts";
import { SessionFailure } from "./faults.ts";

/** nRESET, nTRST and SWCLK: the lines that a broken-off run may have left low. */
const RELEASED = 0xa1;

/** What is described of how the target is reached. */
export type TargetContext = Pick<DeviceContext, "place" | "dp" | "taps">;

export class Target {
  readonly #link: DapLink;
  readonly #access: TargetAccess;
  readonly #context: TargetContext;
  #memory: MemAp;
  #core: CortexM;
  readonly #stopListening: () => void;
  architecture: Architecture | undefined;

  /** `signal`: what the probe is doing when it comes is broken off (WIRE.md 21). */
  constructor(link: DapLink, access: TargetAccess, context: TargetContext, signal?: AbortSignal) {
    this.#link = link;
    const interrupt = (): void => {
      link.interrupt();
    };
    signal?.addEventListener("abort", interrupt);
    this.#stopListening = () => signal?.removeEventListener("abort", interrupt);
    this.#access = access;
    this.#context = context;
    this.#memory = access.memory(context.place);
    this.#core = new CortexM(this.#memory, access.dp.wire.clock);
  }

  get core(): CortexM {
    return this.#core;
  }

  /** Through the access port of the processor. */
  get memory(): MemAp {
    return this.#memory;
  }

  /** The access port of the processor, where no description names it. */
  use(place: ApPlace): void {
    this.#access.found = place;
    this.#memory = this.#access.memory(place);
    this.#core = new CortexM(this.#memory, this.#access.dp.wire.clock);
  }

  async open(settings: LinkSettings): Promise<void> {
    await this.#link.connect(settings);
    this.#access.dp.wire.connected();
    await this.#link.status("connected", true);
  }

  /** Finds the TAPs, tells the probe, and chooses that of the session's debug port. Yields what was found, for people. */
  async scanChain(): Promise<string> {
    const { dp, taps: described } = this.#context;
    const lengths = new Map(
      described.flatMap(({ index, irLength }) =>
        irLength === undefined ? [] : [[index, irLength] as const],
      ),
    );
    const { wire } = this.#access.dp;
    const taps = await scanChain(wire, lengths);
    await this.#link.chain(taps.map(({ irLength }) => irLength));
    for (const { dp: id, index } of described) this.#access.ports.setRoute(id, { kind: "tap", index });
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
    await this.#access.hear(dp, { kind: "tap", index });
    return `TAP ${index} of ${found}`;
  }

  async identifyPort(): Promise<string> {
    const { dp } = this.#access;
    const dpidr = await dp.identify("read of DPIDR");
    // A session that was cut off may have left an error, with which nothing else is taken (ADIv5.2 B4.2.4). JTAG takes it.
    if (dp.wire.protocol === "swd") await dp.postClear();
    return `${decode(DPIDR, dpidr)} (DPv${field(DPIDR, "VERSION", dpidr)})`;
  }

  /** Whether the debug port has kept its debug power. Throws where it does not answer. */
  async hasDebugPower(): Promise<boolean> {
    const ctrlStat = await this.#access.dp.readReg(0x4, "read of DP CTRL/STAT");
    return field(CTRL_STAT, "CDBGPWRUPACK", ctrlStat) === 1;
  }

  async identifyAccessPort(): Promise<string> {
    const { memory } = this;
    const idr = await memory.readRegister(IDR);
    const csw = await memory.readRegister(CSW);
    return `${apName(memory.ap)} ${decode(IDR, idr)}; CSW ${hex32(csw)}`;
  }

  async identifyCore(): Promise<string> {
    const cpuid = await this.core.readCpuid();
    this.architecture = architectureOf(cpuid);
    return `CPUID ${hex32(cpuid)}: ${coreName(cpuid)}, Arm${this.architecture}`;
  }

  /** By CPUID.Architecture: 0xF is a core with the main extension, 0xC one without (Armv8-M D1.2.52). */
  async mainExtension(): Promise<{ readonly faultStatus: boolean; readonly stackLimits: boolean }> {
    const cpuid = await this.core.readCpuid();
    const main = field(CPUID, "Architecture", cpuid) === 0xf;
    return { faultStatus: main, stackLimits: main && architectureOf(cpuid) === "v8-M" };
  }

  state(): Promise<CoreState> {
    return this.core.state();
  }

  halt(): Promise<void> {
    return this.core.halt();
  }

  async resume(): Promise<void> {
    await this.core.resume();
    await this.#link.status("running", true);
  }

  /** A reset may have changed what SELECT, CSW and TAR hold. */
  dropCaches(): void {
    this.#access.dp.wire.forget();
  }

  /** Ends the probe's connection, so that another one can be made. */
  async letGo(): Promise<void> {
    this.dropCaches();
    await this.#link.disconnect();
  }

  async releaseLines(): Promise<void> {
    await this.#link.run([{ kind: "pins", output: RELEASED, select: RELEASED, waitUs: 0 }], "stop-at-fault");
  }

  /** Lights off and lines let go, each also where the one before it failed; the first failure is thrown. */
  async close(): Promise<void> {
    const link = this.#link;
    this.#stopListening();
    const results = [
      await Promise.allSettled([link.status("running", false)]),
      await Promise.allSettled([link.status("connected", false)]),
      await Promise.allSettled([link.disconnect()]),
      await Promise.allSettled([link.close()]),
    ].flat();
    for (const result of results) if (result.status === "rejected") throw result.reason as Error;
  }
}
