/** The chip as a whole: its debug port, access ports, cores, memory. Each object's own work is done in its own file. */
import type { MemAp } from "../coresight/mem-ap.ts";
import { SessionFailure } from "../session/faults.ts";
import type { Session as Connection } from "../session/session.ts";
import type { AccessPorts } from "./access-ports.ts";
import type { CortexM } from "./cortex-m.ts";
import { DebugPort } from "./debug-port.ts";
import { findCores } from "./find-cores.ts";
import { MemoryAccess } from "./memory.ts";
import { MemoryMap } from "./memory-map.ts";
import { OpenFlash } from "./open-flash.ts";

export interface TargetChoice {
  readonly scanAllAps: boolean;
  /** Nothing behind the debug port is touched. */
  readonly portOnly: boolean;
}

/** Memory of the target goes through the access port of the selected core. */
export class Target extends MemoryAccess {
  /** The debug port of the session's processor. */
  readonly dp: DebugPort;
  /** By `__dp`; more than one where the device has several on the same wires. */
  readonly dps: ReadonlyMap<number, DebugPort>;
  /** Of the pack's description. */
  readonly memoryMap: MemoryMap;
  /** For the flash objects of this API. */
  readonly openFlash: OpenFlash;
  #cores: readonly CortexM[] = [];
  #selected = 0;

  private constructor(connection: Connection) {
    super();
    const { rig, context } = connection;
    const ids = new Set([context.dp, ...(context.description?.debugPorts ?? []).map(({ dp }) => dp)]);
    this.dps = new Map([...ids].map((id) => [id, new DebugPort({ id, access: rig.access })]));
    this.openFlash = new OpenFlash(connection);
    this.memoryMap = new MemoryMap(connection, this.openFlash);
    this.dp = this.dps.get(context.dp) ?? new DebugPort({ id: context.dp, access: rig.access });
  }

  static async of(connection: Connection, { scanAllAps, portOnly }: TargetChoice): Promise<Target> {
    const target = new Target(connection);
    if (connection.settings.connect === "none") return target;
    await target.dp.identify();
    await target.dp.findAps({ all: scanAllAps, described: describedPorts(connection) });
    if (!portOnly) target.#cores = await findCores(connection);
    return target;
  }

  /** The same as `dp.aps`. */
  get aps(): AccessPorts {
    return this.dp.aps;
  }

  /** In the order of the description, or of discovery. */
  get cores(): readonly CortexM[] {
    return this.#cores;
  }

  /** By its number or its Pname. Throws `no-core`. */
  core(wanted: number | string): CortexM {
    const found =
      typeof wanted === "number" ? this.#cores[wanted] : this.#cores.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const known = this.#cores.map(({ name }) => name);
    throw new SessionFailure(
      { kind: "no-core", known },
      `there is no core ${wanted}` +
        (known.length === 0
          ? "; none was reached: the session ends at the debug port"
          : `; there are ${known.join(", ")}`),
    );
  }

  /** The one that the methods of the target are for; the session's processor at first. */
  get selectedCore(): CortexM {
    return this.core(this.#selected);
  }

  selectCore(wanted: number | string): CortexM {
    const core = this.core(wanted);
    this.#selected = this.#cores.indexOf(core);
    return core;
  }

  /** Takes back what must not stay when the session ends. */
  async release(): Promise<void> {
    await this.openFlash.close();
    await this.dp.releaseReset();
  }

  protected override memory(): Promise<MemAp> {
    return this.selectedCore.throughMemory();
  }
}

/** Access ports that the pack names for the session's debug port. */
function describedPorts({ context }: Connection): readonly number[] {
  const { description } = context;
  const elements = (description?.accessPorts ?? []).flatMap(({ dp, index }) =>
    dp === context.dp && index !== undefined ? [index] : [],
  );
  const debugs = (description?.debugs ?? []).flatMap(({ dp, ap }) =>
    (dp ?? 0) === context.dp && ap !== undefined ? [ap] : [],
  );
  return [...new Set([context.ap, ...elements, ...debugs])];
}
