/** Models the chip as the wires see it: SWJ switch, debug ports, JTAG chain and reset pins in front of a SoC. */
import { DebugPort } from "../port/dp.ts";
import type { Injection } from "../port/injection.ts";
import type { Bit, LineTarget } from "../port/lines.ts";
import { portSpace, type Soc } from "./soc.ts";
import { SwDp } from "../port/sw-dp.ts";
import { SwjSwitch } from "../port/swj.ts";
import { JtagDp, otherTap } from "../port/tap.ts";
import { TapController } from "../port/tap-controller.ts";
import { least } from "../../lib/lists.ts";
import type { Remembered } from "../bus/remembered.ts";

/** What lies between probe and chip. */
export interface Board {
  /** `open`: nothing is connected to the probe's own nRESET. `low`: something holds the line low. */
  readonly nreset: "wired" | "open" | "low";
  readonly fastestHz: number;
  /** False if nothing but the debug port has power. */
  readonly acknowledgesPower: boolean;
}

const GOOD_BOARD: Board = { nreset: "wired", fastestHz: Infinity, acknowledgesPower: true };

export class SimulatedTarget implements LineTarget {
  readonly #soc: Soc;
  readonly #swj: SwjSwitch;
  readonly #dps: readonly DebugPort[];
  /** They share SWDIO; TARGETSEL chooses (ADIv5.2 B4.3.4). */
  readonly #swDps: readonly SwDp[];
  /** The chain goes from TDO to TDI. */
  readonly #chain: readonly TapController[];

  readonly #nreset: Board["nreset"];
  readonly fastestHz: number;
  #ownNreset: Bit = 1;

  constructor(soc: Soc, injection: Injection, board = GOOD_BOARD) {
    this.#nreset = board.nreset;
    this.fastestHz = board.fastestHz;
    if (board.nreset === "low") soc.setNreset(0);
    this.#soc = soc;
    const { start, protocols, otherTaps } = soc.settings;
    const dps = soc.debugPorts.map(
      ({ settings, accessPorts }, at) =>
        new DebugPort(
          board.acknowledgesPower ? settings : { ...settings, powerUpUs: Infinity },
          {
            accessPorts,
            space: soc.bus(portSpace(at)),
            notes: soc.notes,
            onDebugPower: (requested) => soc.onDebugPower?.(at, requested),
          },
          () => soc.agenda.nowUs(),
        ),
    );
    this.#dps = dps;
    this.#swj = new SwjSwitch(start, protocols);
    this.#swDps = dps.map((dp) => new SwDp(dp, injection));
    const others = (nearTdo: boolean): readonly TapController[] =>
      otherTaps.filter((tap) => tap.nearTdo === nearTdo).map((tap) => new TapController(otherTap(tap)));
    this.#chain = [
      ...others(true),
      ...dps.map((dp) => new TapController(new JtagDp(dp, injection))),
      ...others(false),
    ];
    soc.onReset((kind) => {
      if (kind !== "power") return;
      for (const dp of dps) dp.powerOff();
      this.#swj.restart(start);
      this.#restart();
    });
  }

  /** Returns undefined while a write is on its way. */
  get remembered(): Remembered | undefined {
    const lines: Remembered[] = [];
    for (const { remembered } of this.#swDps) {
      if (remembered === undefined) return undefined;
      lines.push(remembered);
    }
    const ports = [...this.#dps, ...this.#chain].map(({ remembered }) => remembered);
    return [
      this.#ownNreset,
      ...this.#soc.remembered,
      ...this.#swj.remembered,
      ...ports.flat(),
      ...lines.flat(),
    ];
  }

  /** Returns the first later time at which something changes by itself, apart from the agenda. */
  dueUs(afterUs: number): number {
    return least([this.#soc.dueUs(afterUs), ...this.#dps.map((dp) => dp.dueUs(afterUs))]);
  }

  clock(swdio: Bit | undefined, tdi: Bit): Bit {
    this.#soc.catchUp();
    if (!this.#soc.powered) return swdio ?? 1;
    this.#soc.swclk = 1;
    const { protocol } = this.#swj;
    const level = swdio ?? (protocol === "swd" ? this.#driven() : 1);
    if (protocol === "swd") for (const swDp of this.#swDps) swDp.clock(level);
    if (protocol === "jtag") this.#shift(level, tdi);
    if (this.#swj.clock(level)) this.#restart();
    return level;
  }

  get tdo(): Bit {
    return this.#soc.powered && this.#swj.protocol === "jtag" ? (this.#chain[0]?.tdo ?? 1) : 1;
  }

  get nreset(): Bit {
    this.#soc.catchUp();
    this.#soc.notes.sawLines = true;
    if (this.#nreset === "open") return this.#ownNreset;
    // The target's supply feeds its pull-up.
    return this.#soc.powered ? this.#soc.nreset : 0;
  }

  setSwclk(level: Bit): void {
    this.#soc.catchUp();
    this.#soc.swclk = level;
  }

  setNreset(level: Bit): void {
    this.#soc.catchUp();
    if (this.#nreset === "wired") this.#soc.setNreset(level);
    else this.#ownNreset = level;
  }

  setNtrst(level: Bit): void {
    if (level === 0) for (const tap of this.#chain) tap.reset();
  }

  /** If two ports speak at once the low level wins, as with a pull-down transistor. */
  #driven(): Bit {
    let level: Bit = 1;
    for (const swDp of this.#swDps) if (swDp.drives === 0) level = 0;
    return level;
  }

  /** Each TAP takes what its neighbour towards TDI put out before this edge. */
  #shift(tms: Bit, tdi: Bit): void {
    const chain = this.#chain;
    for (let at = 0; at < chain.length; at++) chain[at]?.clock(tms, chain[at + 1]?.tdo ?? tdi);
  }

  #restart(): void {
    for (const swDp of this.#swDps) swDp.lock();
    for (const tap of this.#chain) tap.reset();
  }
}
