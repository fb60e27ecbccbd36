/**
 * Reaches other processors of the device through access ports of the session's debug port, for flash that
 * only their own algorithms program. The session stays with its own processor.
 */
import { Core } from "../../coresight/core/cortex-m.ts";
import { DHCSR, field } from "../../coresight/registers.ts";
import { FlashFailure } from "../../flash/faults.ts";
import type { RunnerParts } from "../../flash/algorithm/runner.ts";
import type { Crew } from "../flow/crew.ts";
import { extensionOf } from "../flow/target.ts";

export class OtherCores {
  readonly #cores = new Map<string, Core>();

  /**
   * Returns what an algorithm needs to run there. Throws `no-algorithm` if the processor has a debug port of
   * its own.
   */
  async partsOf({ context, rig, signal }: Crew, pname: string): Promise<RunnerParts> {
    const other = context.forProcessor(pname);
    if (other.hasOwnPort || other.dp !== context.dp)
      throw new FlashFailure(
        { kind: "no-algorithm", address: 0, pnames: [pname] },
        `the processor "${pname}" has a debug port of its own: its flash is programmed in a run of its own`,
      );
    const memory = rig.access.memory(other.place);
    const core = new Core(memory, rig.clock);
    // A pack that gives the processor no port of its own does not say where it is: then the session's core is
    // judged as what it is.
    const { processor } = other.place === context.place ? context : other;
    const extension = extensionOf(await core.readCpuid(processor?.core));
    this.#cores.set(pname, core);
    return { core, memory, clock: rig.clock, extension, signal };
  }

  /**
   * Runs after a reset: the cores that were caught at their reset vector run too. A core that was not reset
   * would go on in what is left of an algorithm, so it stays halted, with a notice.
   */
  async release(context: Crew["context"], notice: (text: string) => void): Promise<void> {
    for (const [pname, core] of this.#cores) {
      // Both names may mean one core.
      if (context.forProcessor(pname).place === context.place) continue;
      const dhcsr = await core.readDhcsr();
      if (field(DHCSR, "S_HALT", dhcsr) === 0) continue;
      if (field(DHCSR, "S_RESET_ST", dhcsr) === 1) await core.resume();
      else notice(`the processor "${pname}" was not reset, and stays halted`);
    }
    this.#cores.clear();
  }
}
