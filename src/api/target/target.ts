/** The chip as a whole: its debug port, access ports, cores, memory. Each object's own work is done in its own file. */
import type { ApPlace } from "../../coresight/ap-place.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { describedPlaces } from "../../session/flow/discovery.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { Connection } from "../../session/connection.ts";
import { fullName } from "../../device/peripherals.ts";
import type { Peripherals } from "../../project/peripherals.ts";
import { badArgument, call, nameOrNumber, text, madeBy, yesOrNo, record, thing } from "../arguments.ts";
import { DeviceRegister } from "./device-register.ts";
import type { AccessPorts } from "../ports/access-ports.ts";
import type { CortexM } from "../cores/cortex-m.ts";
import { DebugPort } from "../ports/debug-port.ts";
import { findCores } from "../cores/find-cores.ts";
import { Resetter } from "./reset.ts";
import { ResetType } from "../cores/reset-type.ts";
import type { VectorCatchName } from "../cores/vector-catch.ts";
import type { CoreState } from "../../coresight/core/cortex-m.ts";
import { MemoryAccess, type Overlay } from "../memory/memory.ts";
import { MemoryMap } from "../memory/memory-map.ts";
import { OpenFlash } from "../memory/open-flash.ts";

export interface TargetChoice {
  readonly scanAllAps: boolean;
  /** Nothing behind the debug port is touched. */
  readonly portOnly: boolean;
}

const TARGET_MADE = madeBy("a session", "rig", "context");

export const connectionGiven = thing<Connection>("a Connection, as a Session hands it to its work", {
  runOnce: "function",
  rig: "object",
});
const OF = call({
  connection: connectionGiven,
  choice: record({ scanAllAps: yesOrNo, portOnly: yesOrNo } satisfies Record<keyof TargetChoice, unknown>),
});
const CORE = call({ wanted: nameOrNumber });
const REGISTER = call({ name: text });

/** The memory of the target goes through the access port of the selected core. */
export class Target extends MemoryAccess {
  /** The kinds of reset by name. */
  static readonly ResetType = ResetType;
  /** The debug port of the session's processor. */
  readonly dp: DebugPort;
  /** The debug ports by `__dp`; more than one if the device has several on the same wires. */
  readonly dps: ReadonlyMap<number, DebugPort>;
  /** The memory of the pack's description. */
  readonly memoryMap: MemoryMap;
  /** The flash that the flash objects of this API share. */
  readonly openFlash: OpenFlash;
  readonly #peripherals: Peripherals;
  #cores: readonly CortexM[] = [];
  #selected = 0;
  /** Debug ports that are on for further cores alone. */
  #powered: readonly number[] = [];

  private constructor(connection: Connection) {
    super();
    TARGET_MADE("Target", connection);
    const { rig, context } = connection;
    this.#peripherals = connection.peripherals;
    const ids = new Set([context.dp, ...(context.description?.debugPorts ?? []).map(({ dp }) => dp)]);
    this.dps = new Map([...ids].map((id) => [id, new DebugPort({ id, access: rig.access })]));
    this.openFlash = new OpenFlash(connection);
    this.memoryMap = new MemoryMap(connection, this.openFlash);
    this.dp = this.dps.get(context.dp) ?? new DebugPort({ id: context.dp, access: rig.access });
  }

  static async of(connection: Connection, choice: TargetChoice): Promise<Target> {
    const { scanAllAps, portOnly } = OF({ connection, choice }).choice;
    const target = new Target(connection);
    if (connection.settings.connect === "none") return target;
    await target.dp.identify();
    await target.dp.findAps({ all: scanAllAps, described: describedPorts(connection) });
    if (portOnly) return target;
    const { cores, own, powered } = await findCores(connection);
    target.#cores = cores;
    target.#selected = own;
    target.#powered = powered;
    for (const core of target.#cores) {
      const isOwn = core === target.selectedCore;
      const vectors = isOwn ? target.memoryMap.getBootMemory()?.start : undefined;
      core.resets = new Resetter({ connection, dp: target.dp, core, isOwn, vectors });
    }
    return target;
  }

  /** The same as `dp.aps`. */
  get aps(): AccessPorts {
    return this.dp.aps;
  }

  /** The cores in the order of the description, or of discovery. */
  get cores(): readonly CortexM[] {
    return this.#cores;
  }

  /** Finds a core by its number or its Pname. Throws `no-core`. */
  core(wanted: number | string): CortexM {
    CORE({ wanted });
    const found =
      typeof wanted === "number" ? this.#cores[wanted] : this.#cores.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const known = this.#cores.map(({ name }) => name);
    throw new SessionFailure(
      { kind: "no-core", known },
      `no core ${wanted} (found: ${known.length === 0 ? "none, as the session ends at the debug port" : known.map((name, at) => `${at} ${name}`).join(", ")})`,
    );
  }

  /** The core that the methods of the target use; the session's processor at first. */
  get selectedCore(): CortexM {
    return this.core(this.#selected);
  }

  selectCore(wanted: number | string): CortexM {
    const core = this.core(wanted);
    this.#selected = this.#cores.indexOf(core);
    return core;
  }

  /**
   * Finds a register of the device by its name in the SVD file of the pack (or of the option `svd`): `RCC.CR`,
   * case does not matter. Throws `no-svd` if no file is known, `no-such-name` with the nearest name.
   */
  async register(name: string): Promise<DeviceRegister> {
    const found = await this.#peripherals.find(REGISTER({ name }).name);
    if (found.kind === "peripheral")
      throw badArgument(
        `${found.name} is a peripheral; its registers are ${found.registers.map((one) => one.name).join(", ")}`,
      );
    if (found.kind === "field")
      throw badArgument(
        `${name} is a field: register("${fullName(found.register)}"), then readField("${found.field.name}")`,
      );
    return new DeviceRegister(found.register, (work) => this.inMemory(work));
  }

  /** The state of the selected core, as in all that follow. */
  getState(): Promise<CoreState> {
    return this.selectedCore.getState();
  }

  halt(): Promise<void> {
    return this.selectedCore.halt();
  }

  resume(): Promise<void> {
    return this.selectedCore.resume();
  }

  step(): Promise<void> {
    return this.selectedCore.step();
  }

  readCoreRegister(register: string | number): Promise<number> {
    return this.selectedCore.readCoreRegister(register);
  }

  writeCoreRegister(register: string | number, value: number): Promise<void> {
    return this.selectedCore.writeCoreRegister(register, value);
  }

  /**
   * Resets the target: by default in software, as ResetType.DEFAULT says; `false` stands for HARDWARE, `true` for DEFAULT. Throws `no-halt` if
   * it does not come out of reset.
   */
  async reset(type?: ResetType | boolean): Promise<void> {
    await this.selectedCore.reset(type);
  }

  /** Resets the target and halts the selected core before its first instruction. */
  async resetAndHalt(type?: ResetType | boolean): Promise<void> {
    await this.selectedCore.resetAndHalt(type);
  }

  /** Lets exactly these exceptions halt the selected core; `CORE_RESET` halts it at every reset, until it is cleared. */
  setVectorCatch(names: readonly VectorCatchName[]): Promise<void> {
    return this.selectedCore.setVectorCatch(names);
  }

  getVectorCatch(): Promise<readonly VectorCatchName[]> {
    return this.selectedCore.getVectorCatch();
  }

  /** Undoes what must not stay when the session ends. */
  async release(): Promise<void> {
    await this.openFlash.close();
    await this.dp.releaseReset();
    for (const core of this.#cores) await core.release();
    for (const id of this.#powered) await this.dps.get(id)?.powerDown();
  }

  protected override get overlay(): Overlay {
    return this.selectedCore.overlay;
  }

  protected override inMemory<T>(work: (memory: MemAp) => Promise<T>): Promise<T> {
    return this.selectedCore.inTurn((_core, memory) => work(memory));
  }
}

/** Lists the access ports that the pack names for the session's debug port. */
function describedPorts({ context }: Connection): readonly ApPlace[] {
  return context.description === undefined ? [] : describedPlaces(context, context.dp);
}
