/**
 * The run's effects on buffers and on the user's machine: what must be judged before, where the value goes, and
 * the refusal if there is no host. The functions themselves are in outside.ts.
 */
import { findBuiltin } from "../../language/builtins.ts";
import { Failure } from "../../lib/fault.ts";
import type { U64 } from "../../lib/u64.ts";
import type { Deadline } from "./deadline.ts";
import { BUFFER_LIMIT, Buffers, type BufferBudget } from "../buffers.ts";
import type { Happening } from "../events.ts";
import type { NoHost } from "../faults.ts";
import type { Frame } from "./frame.ts";
import { performOutside, type Done } from "../outside.ts";
import type { OutsideCall } from "../program.ts";
import type { Access, FailedAccess, HostEffects, Site } from "../ports.ts";
import type { RunOptions } from "./run.ts";

/** What this needs of the run's other effects. */
export interface OtherEffects {
  settle(site: Site, then: () => unknown): Promise<void> | undefined;
  wait(on: "host" | "target", site: Site): void;
  arrived(): void;
  emit(site: Site, happening: Happening): void;
  accessOf(frame: Frame, fn: string, args: readonly U64[]): Access;
}

/** True if the function touches nothing but buffers. */
function isLocal(fn: string): boolean {
  return findBuiltin(fn)?.effect === "flow";
}

export class OutsideEffects {
  /** The function that the user's machine was last asked for. */
  fn = "";
  readonly #options: RunOptions;
  readonly #deadline: Deadline;
  readonly #effects: OtherEffects;
  readonly #budget: BufferBudget = { left: BUFFER_LIMIT };

  constructor(options: RunOptions, deadline: Deadline, effects: OtherEffects) {
    this.#options = options;
    this.#deadline = deadline;
    this.#effects = effects;
  }

  /** Calls a function after judging whatever is queued: the machine outside must find the target as the text says. */
  call(frame: Frame, site: Site, call: OutsideCall): Promise<void> | undefined {
    const args = call.args.map((arg) => (typeof arg === "string" ? arg : arg(frame.slots)));
    const done = (result: U64 | FailedAccess | Done): void => {
      const answer = typeof result === "object" && "value" in result ? result.value : result;
      const failed = typeof answer === "bigint" ? undefined : answer.failed;
      const made = typeof answer === "bigint" ? answer : 0n;
      const more = typeof result === "object" && "value" in result ? result : {};
      this.#effects.emit(site, {
        kind: "outside",
        fn: call.fn,
        args,
        ...more,
        value: made,
        ...(failed === undefined ? {} : { failed }),
      });
      if (call.into === undefined) return;
      frame.slots[call.into] = BigInt.asUintN(64, made);
      frame.mark(call.into, failed);
    };
    const perform = (): Promise<void> | undefined => {
      const result = this.#perform(frame, site, call.fn, args);
      if (!(result instanceof Promise)) {
        done(result);
        return undefined;
      }
      return result.then(done);
    };
    if (isLocal(call.fn)) {
      this.#effects.wait("host", site);
      const wait = perform();
      if (wait === undefined) this.#effects.arrived();
      return wait;
    }
    return this.#effects.settle(site, () => {
      this.#effects.wait("host", site);
      this.fn = call.fn;
      return perform();
    });
  }

  #perform(
    frame: Frame,
    site: Site,
    fn: string,
    args: readonly (U64 | string)[],
  ): ReturnType<typeof performOutside> {
    const { access, host, clock, signal } = this.#options;
    frame.buffers ??= new Buffers(this.#budget);
    return performOutside(fn, args, {
      buffers: frame.buffers,
      host: host ?? NO_HOST,
      clock,
      leftUs: this.#deadline.leftUs,
      signal,
      access: (name, values) => {
        this.#effects.wait("target", site);
        return this.#effects.accessOf(frame, name, values);
      },
      read: (block) => access.readBlock(block, site),
      write: (block, data) => access.writeBlock(block, data, site),
    });
  }
}

function refuse(): Promise<never> {
  return Promise.reject(
    new Failure<NoHost>({ kind: "no-host" }, "nothing outside of the target can be reached here"),
  );
}

const NO_HOST: HostEffects = {
  exists: refuse,
  readFile: refuse,
  writeFile: refuse,
  run: refuse,
  loadDebugInfo: refuse,
};
