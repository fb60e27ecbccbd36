/**
 * Opens a simulated probe whose device keeps its state in a file: read when it is opened, written when it is
 * closed. Knows no file system.
 */
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { openSimulator, type Simulator, type SimulatorSpec } from "../../simulator/open.ts";
import type { ProbeRequest, StateFile } from "../assemble.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { Repeats } from "../../lib/repeats.ts";

/** Continues from the state in the file. The pipe releases the file; so does a failure here. */
export async function openKept(
  spec: SimulatorSpec,
  path: string,
  { openState, wire }: ProbeRequest,
): Promise<Simulator> {
  if (openState === undefined)
    throw new SessionFailure(
      { kind: "not-supported", what: "state" },
      `a simulated device keeps its state in a file (${path}), and there are no files here`,
    );
  const file = await openState(path);
  try {
    const simulator = openSimulator(spec, { watch: wire, state: file.text });
    return { ...simulator, pipe: new KeepingPipe(simulator, file) };
  } catch (error) {
    await file.release();
    throw error;
  }
}

class KeepingPipe implements PacketPipe {
  readonly #simulator: Simulator;
  readonly #file: StateFile;
  #open = true;

  constructor(simulator: Simulator, file: StateFile) {
    this.#simulator = simulator;
    this.#file = file;
  }

  get repeats(): Repeats | undefined {
    return this.#simulator.pipe.repeats;
  }

  send(packet: Uint8Array): Promise<void> {
    return this.#simulator.pipe.send(packet);
  }

  receive(limitUs: number): Promise<Uint8Array> {
    return this.#simulator.pipe.receive(limitUs);
  }

  resync(): Promise<void> {
    return this.#simulator.pipe.resync();
  }

  async close(): Promise<void> {
    await this.#simulator.pipe.close();
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#file.replace(this.#simulator.keep());
    } finally {
      await this.#file.release();
    }
  }
}
