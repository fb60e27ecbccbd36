/** A simulated target at the far end of a cable, and what its server sees of it while a guest drives it. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const DHCSR = 0xe000_edf0;
export const RAM = 0x2000_0000;

export class FieldTarget {
  readonly #options: Readonly<Record<string, string>>;
  #simulator: Simulator | undefined;
  /** Whether nRESET was driven low since `forget`. */
  wasHeld = false;

  constructor(options: Readonly<Record<string, string>> = {}) {
    this.#options = options;
  }

  /** Plugging in starts the probe and powers the target up. */
  readonly firmware = (): PacketPipe => {
    const watch = (_atUs: number, { nreset }: { readonly nreset: 0 | 1 }): void => {
      if (nreset === 0) this.wasHeld = true;
    };
    const simulator = openSimulator({ model: "nrf52840", options: this.#options }, { watch });
    this.#simulator = simulator;
    return wallTime(simulator.pipe, simulator.clock, simulator.soc);
  };

  get #opened(): Simulator {
    if (this.#simulator === undefined) throw new Error("the probe was not plugged in");
    return this.#simulator;
  }

  forget(): void {
    this.wasHeld = false;
    this.#opened.log.clear();
  }

  /** The lights of the probe, the level of nRESET, and what was last written to the core's debug control. */
  get state() {
    const { lights, soc } = this.#opened;
    return { ...lights, nreset: soc.nreset, debugControl: this.writtenTo(DHCSR).at(-1) };
  }

  writtenTo(address: number): readonly number[] {
    return this.#opened.log.events.flatMap((event) =>
      event.kind === "memory" && event.access === "write" && event.address === address ? [event.value] : [],
    );
  }

  /** Bytes of its flash. */
  flash(start: number, length: number): Uint8Array {
    return (this.#opened.soc.memory("flash").bytes ?? new Uint8Array()).slice(start, start + length);
  }
}

/** Let go as a program leaves it that ended in order: the core runs, its debug is off, no line is held. */
export const RELEASED = { connected: false, running: false, nreset: 1, debugControl: 0xa05f_0000 };
