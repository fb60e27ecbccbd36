/** What every use of a core needs: who it is, which extensions it has, and the way to it. What it does is cortex-m.ts's. */
import { apNumber, type ApPlace } from "../../coresight/ap-place.ts";
import { architectureOf, coreName, type Architecture, type Core } from "../../coresight/core/cortex-m.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { CPUID, field } from "../../coresight/registers.ts";
import type { Clock } from "../../lib/clock.ts";
import type { TargetAccess } from "../../session/access/debug-access.ts";
import { badArgument } from "../arguments.ts";
import type { CoreFeatures } from "./core-registers.ts";
import { MemoryAccess } from "../memory/memory.ts";

const MVFR0 = 0xe000_ef40;
const ID_PFR1 = 0xe000_ed44;

export interface CortexMParts {
  readonly access: TargetAccess;
  readonly core: Core;
  /** `__dp`. */
  readonly dp: number;
  readonly ap: ApPlace;
  readonly name: string;
  /** Lets the device prepare for a core that runs, and says whether it halts by itself (RecoverySupportStart and -Stop). */
  readonly around: (work: () => Promise<void>, halted: boolean) => Promise<void>;
}

export interface CoreIdentity {
  readonly cpuid: number;
  /** `Cortex-M7 r0p1`. */
  readonly name: string;
  readonly architecture: Architecture;
}

export abstract class CoreBase extends MemoryAccess {
  /** Pname, or `core 0` where there is none. */
  readonly name: string;
  readonly #parts: CortexMParts;
  #identity: CoreIdentity | undefined;
  #features: CoreFeatures | undefined;

  constructor(parts: CortexMParts) {
    super();
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

  /** APSEL of the access port in front of it; on ADIv6 its base address. */
  get ap(): number {
    return apNumber(this.#parts.ap);
  }

  /** `__dp` of its debug port. */
  get dp(): number {
    return this.#parts.dp;
  }

  /** Reads CPUID. */
  async identify(): Promise<CoreIdentity> {
    const cpuid = await this.inTurn((core) => core.readCpuid());
    this.#identity = { cpuid, name: coreName(cpuid), architecture: architectureOf(cpuid) };
    return this.#identity;
  }

  /** Which extensions it has; read once. */
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
   * Something with the core one layer below and the memory in front of it, once its debug port hears; nothing else comes
   * between. Nothing of the API may be called inside: it would wait for this turn to end.
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
