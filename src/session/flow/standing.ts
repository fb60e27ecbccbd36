/** Holds the state of one connection: what its flows work with now, what they have begun, and what they say. */
import type { Settings } from "../../options/resolve.ts";
import { SessionFailure } from "../../project/faults.ts";
import { carryOut } from "./carry-out.ts";
import { CLEAN_UP_US, Progress, type Crew } from "./crew.ts";
import type { Rig } from "./rig.ts";
import type { FlowChoice, FlowStep } from "./steps.ts";

export class Standing {
  crew: Crew;
  progress = new Progress();
  /** True from the start of the connect flow until the target is left. */
  open = false;
  #freed = false;

  constructor(crew: Crew) {
    this.crew = crew;
  }

  get rig(): Rig {
    return this.crew.rig;
  }

  get settings(): Settings {
    return this.crew.settings;
  }

  use(settings: Settings): void {
    this.crew = { ...this.crew, settings };
  }

  /** Returns the crew for a clean-up, which does not wait long for a stuck target. */
  get calm(): Crew {
    return { ...this.crew, settings: { ...this.settings, deadlineUs: CLEAN_UP_US } };
  }

  /** Returns what the connect flow is made for. */
  get choice(): FlowChoice {
    const { connect, traceOut, protocol } = this.settings;
    // Before it is known which way works, the mildest one counts.
    return { mode: connect === "auto" ? "attach" : connect, trace: traceOut !== undefined, protocol };
  }

  carryOut(steps: readonly FlowStep[], crew = this.crew): Promise<void> {
    return carryOut(crew, steps, this.progress);
  }

  /** Throws `flow-step` if nothing is connected. */
  mustBeOpen(): void {
    if (this.open) return;
    throw new SessionFailure({ kind: "flow-step", step: "connect" }, "there is no connection; connect first");
  }

  /** Frees the probe only once, because closing tells it more than that it is free. */
  async free(options: { readonly quietly?: boolean } = {}): Promise<void> {
    if (this.#freed) return;
    this.#freed = true;
    await this.rig.target.close(options);
  }

  say(flow: "connect" | "reset" | "run" | "disconnect", text: string): void {
    this.crew.emit({ kind: "flow", timeUs: this.rig.clock.nowUs(), flow, text });
  }

  notice(text: string): void {
    this.crew.emit({ kind: "notice", timeUs: this.rig.clock.nowUs(), text });
  }

  warn(text: string): void {
    this.crew.emit({ kind: "warning", timeUs: this.rig.clock.nowUs(), text });
  }
}
