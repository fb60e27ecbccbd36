/** The chip as the wires see it: SWJ switch, debug port and reset pins in front of a SoC. */
import { DebugPort } from "./dp.ts";
import type { Injection } from "./injection.ts";
import type { Bit, LineTarget } from "./lines.ts";
import type { Soc } from "./soc.ts";
import { SwDp } from "./sw-dp.ts";
import { SwjSwitch } from "./swj.ts";
import { Tap } from "./tap.ts";

export class SimulatedTarget implements LineTarget {
  readonly #soc: Soc;
  readonly #swj: SwjSwitch;
  readonly #swDp: SwDp;
  readonly #tap: Tap;

  constructor(soc: Soc, injection: Injection) {
    this.#soc = soc;
    const { debugPort, start } = soc.settings;
    const dp = new DebugPort(debugPort, soc.accessPorts, () => soc.agenda.nowUs());
    this.#swj = new SwjSwitch(start);
    this.#swDp = new SwDp(dp, injection);
    this.#tap = new Tap(dp, injection);
    soc.onReset((kind) => {
      if (kind !== "power") return;
      dp.powerOff();
      this.#swj.restart(start);
      this.#restart();
    });
  }

  clock(swdio: Bit | undefined, tdi: Bit): Bit {
    this.#soc.catchUp();
    if (!this.#soc.powered) return swdio ?? 1;
    const level = this.#swj.protocol === "swd" ? this.#swDp.clock(swdio) : (swdio ?? 1);
    if (this.#swj.protocol === "jtag") this.#tap.clock(level, tdi);
    if (this.#swj.clock(level)) this.#restart();
    return level;
  }

  get tdo(): Bit {
    return this.#soc.powered && this.#swj.protocol === "jtag" ? this.#tap.tdo : 1;
  }

  get nreset(): Bit {
    this.#soc.catchUp();
    return this.#soc.nreset;
  }

  setNreset(level: Bit): void {
    this.#soc.catchUp();
    this.#soc.setNreset(level);
  }

  setNtrst(level: Bit): void {
    if (level === 0) this.#tap.reset();
  }

  #restart(): void {
    this.#swDp.lock();
    this.#tap.reset();
  }
}
