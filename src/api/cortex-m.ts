/** A Cortex-M core as the API shows it. */
import {
  architectureOf,
  coreName,
  type Architecture,
  type CoreState,
  type CortexM as Core,
} from "../coresight/cortex-m.ts";
import type { MemAp } from "../coresight/mem-ap.ts";
import type { TargetAccess } from "../session/debug-access.ts";
import { badArgument } from "./arguments.ts";
import { MemoryAccess } from "./memory.ts";

export type { CoreState } from "../coresight/cortex-m.ts";

export interface CortexMParts {
  readonly access: TargetAccess;
  readonly core: Core;
  /** `__dp` and APSEL. */
  readonly dp: number;
  readonly ap: number;
  readonly name: string;
}

export interface CoreIdentity {
  readonly cpuid: number;
  /** `Cortex-M7 r0p1`. */
  readonly name: string;
  readonly architecture: Architecture;
}

/** Its memory goes through the access port in front of this core. */
export class CortexM extends MemoryAccess {
  /** Pname, or `core 0` where there is none. */
  readonly name: string;
  readonly #parts: CortexMParts;
  #identity: CoreIdentity | undefined;

  constructor(parts: CortexMParts) {
    super();
    this.name = parts.name;
    this.#parts = parts;
  }

  get identity(): CoreIdentity {
    if (this.#identity === undefined) throw badArgument("the core was not identified yet");
    return this.#identity;
  }

  async identify(): Promise<CoreIdentity> {
    const cpuid = await (await this.#core()).readCpuid();
    this.#identity = { cpuid, name: coreName(cpuid), architecture: architectureOf(cpuid) };
    return this.#identity;
  }

  async getState(): Promise<CoreState> {
    return (await this.#core()).state();
  }

  async #core(): Promise<Core> {
    await this.#parts.access.choose(this.#parts.dp);
    return this.#parts.core;
  }

  /** The memory in front of this core, once its debug port hears. */
  async throughMemory(): Promise<MemAp> {
    const { access, ap, dp } = this.#parts;
    await access.choose(dp);
    return access.ports.memory(ap, dp);
  }

  protected override memory(): Promise<MemAp> {
    return this.throughMemory();
  }
}
