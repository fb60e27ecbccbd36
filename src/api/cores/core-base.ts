/** The basis of every use of a core: its identity, its extensions, and the access to it. cortex-m.ts has what it does. */
import { apNumber, type ApPlace } from "../../coresight/ap-place.ts";
import { architectureOf, coreName, type Architecture, type Core } from "../../coresight/core/cortex-m.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { CPUID, field } from "../../coresight/registers.ts";
import type { Clock } from "../../lib/clock.ts";
import type { TargetAccess } from "../../session/access/debug-access.ts";
import { badArgument, madeBy } from "../arguments.ts";
import type { CoreFeatures } from "./core-registers.ts";
import { MemoryAccess } from "../memory/memory.ts";

const MVFR0 = 0xe000_ef40;
const ID_PFR1 = 0xe000_ed44;

const CORTEX_M_MADE = madeBy("a session", "access", "ap");

export interface CortexMParts {
  readonly access: TargetAccess;
  readonly core: Core;
  /** The `__dp` of its debug port. */
  readonly dp: number;
  readonly ap: ApPlace;
  readonly name: string;
  /** Lets the device prepare for a core that runs, and says whether it halts by itself (RecoverySupportStart and -Stop). */
  readonly around: (work: () => Promise<void>, halted: boolean) => Promise<void>;
}

export interface CoreIdentity {
  readonly cpuid: number;
  /** The name, such as `Cortex-M7 r0p1`. */
  readonly name: string;
  readonly architecture: Architecture;
}

export abstract class CoreBase extends MemoryAccess {
  /** The Pname, or `core 0` if it has none. */
  readonly name: string;
  readonly #parts: CortexMParts;
  #identity: CoreIdentity | undefined;
  #features: CoreFeatures | undefined;

  constructor(parts: CortexMParts) {
    super();
    CORTEX_M_MADE("CortexM", parts);
    this.name = parts.name;
    this.#parts = parts;
  }

  /** Runs the core, or steps it (`halted`). */
  protected running(work: () => Promise<void>, halted = false): Promise<void> {
    return this.#parts.around(work, halted);
  }

  get identity(): CoreIdentity {
    if (this.#identity === undefined) throw badArgument(`core ${this.name} was not identified yet`);
    return this.#identity;
  }

  /** APSEL of the access port in front of it, or the port's base address on ADIv6. */
  get ap(): number {
    return apNumber(this.#parts.ap);
  }

  /** The `__dp` of its debug port. */
  get dp(): number {
    return this.#parts.dp;
  }

  /** Reads CPUID. */
  async identify(): Promise<CoreIdentity> {
    const cpuid = await this.inTurn((core) => core.readCpuid());
    this.#identity = { cpuid, name: coreName(cpuid), architecture: architectureOf(cpuid) };
    return this.#identity;
  }

  /** Returns its extensions, which are read once. */
  async features(): Promise<CoreFeatures> {
    if (this.#features !== undefined) return this.#features;
    const { cpuid, architecture } = this.#identity ?? (await this.identify());
    const mainExtension = field(CPUID, "Architecture", cpuid) === 0xf;
    this.#features = await this.inMemory(async (memory) => ({
      architecture,
      mainExtension,
      fpu: mainExtension && (await memory.read(MVFR0, 32, "read of MVFR0")) !== 0,
      security: architecture === "v8-M" && ((await memory.read(ID_PFR1, 32, "read of ID_PFR1")) & 0xf0) !== 0,
    }));
    return this.#features;
  }

  /**
   * Works with the core one layer below and the memory in front of it, once its debug port is the selected one;
   * other work waits. Calls of the API must not be made inside: they would wait for this turn to end.
   */
  inTurn<T>(work: (core: Core, memory: MemAp) => Promise<T>): Promise<T> {
    const { access, core, ap, dp } = this.#parts;
    return access.inTurn(dp, () => work(core, access.ports.memory(ap, dp)));
  }

  protected override inMemory<T>(work: (memory: MemAp) => Promise<T>): Promise<T> {
    return this.inTurn((_core, memory) => work(memory));
  }

  protected get clock(): Clock {
    return this.#parts.access.dp.wire.clock;
  }
}
