/** The chip as the wires see it: SWJ switch, debug port and reset pins in front of a SoC. */
import { DebugPort } from "./dp.ts";
import type { Injection } from "./injection.ts";
import type { Bit, LineTarget } from "./lines.ts";
import type { Soc } from "./soc.ts";
import { SwDp } from "./sw-dp.ts";
import { SwjSwitch } from "./swj.ts";

export class SimulatedTarget implements LineTarget {
  readonly #soc: Soc;
  readonly #swj: SwjSwitch;
  readonly #swDp: SwDp;

  constructor(soc: Soc, injection: Injection) {
    this.#soc = soc;
    const { debugPort, start } = soc.settings;
    const dp = new DebugPort(debugPort, soc.accessPorts, () => soc.agenda.nowUs());
    this.#swj = new SwjSwitch(start);
    this.#swDp = new SwDp(dp, injection);
    soc.onReset((kind) => {
      if (kind !== "power") return;
      dp.powerOff();
      this.#swj.restart(start);
      this.#swDp.lock();
    });
  }

  clock(swdio: Bit | undefined): Bit {
    this.#soc.catchUp();
    if (!this.#soc.powered) return swdio ?? 1;
    const level = this.#swj.protocol === "swd" ? this.#swDp.clock(swdio) : (swdio ?? 1);
    if (this.#swj.clock(level)) this.#swDp.lock();
    return level;
  }

  get tdo(): Bit {
    return 1;
  }

  get nreset(): Bit {
    this.#soc.catchUp();
    return this.#soc.nreset;
  }

  setNreset(level: Bit): void {
    this.#soc.catchUp();
    this.#soc.setNreset(level);
  }

  setNtrst(): void {
    // Resets the TAP only, which this port does not have.
  }
}
