/**
 * Models a system on chip: buses, memories, cores, access ports, and how resets and power reach them. Knows
 * no wire.
 */
import { Failure } from "../../lib/fault.ts";
import type { AccessPort } from "../port/access-port.ts";
import { AP_SIZE, apDevice, gated } from "../port/ap-device.ts";
import { Agenda } from "../bus/agenda.ts";
import { Bus } from "../bus/bus.ts";
import { CortexM, type CortexMSettings } from "../core/cortex-m.ts";
import type { Device, ResetKind } from "../bus/device.ts";
import type { DebugPortSettings } from "../port/dp.ts";
import type { ModelFault } from "../faults.ts";
import type { Kept } from "../bus/kept.ts";
import { TargetLog } from "../bus/log.ts";
import { MemAp, type MemApSettings } from "../port/mem-ap.ts";
import { Memory } from "../bus/memory.ts";
import { Pace } from "../core/pace.ts";
import { onlookerOf } from "../core/onlooker.ts";
import { privatePeripherals } from "../core/system-control-space.ts";
import type { PowerDomains } from "../port/rom-table.ts";
import type { Protocol } from "../port/swj.ts";
import type { OtherTapSettings } from "../port/tap.ts";
import { least } from "../../lib/lists.ts";
import { RoundNotes, type NotedRead } from "../bus/round-notes.ts";
import type { Remembered } from "../bus/remembered.ts";

export interface SocSettings {
  /** The port with `__dp` 0 comes first; the others share its wires. */
  readonly debugPorts: readonly DebugPortSettings[];
  readonly otherTaps: readonly OtherTapSettings[];
  /** The protocol that the port speaks after power-up. */
  readonly start: Protocol;
  /** The protocols to which the wires can be switched. */
  readonly protocols: readonly Protocol[];
  /** How long a reset that the chip gives itself lasts. */
  readonly resetUs: number;
  /** How long the board holds nRESET low after the probe released it. */
  readonly nresetRiseUs: number;
  /** The time from the end of that reset at power-up until the part has booted. */
  readonly bootUs: number;
}

export interface Placement {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** The bus is "main" by default. */
  readonly bus?: string;
  /** More buses on which it stands at the same addresses. */
  readonly alsoOn?: readonly string[];
  /** True if it answers while the system is held in reset. */
  readonly debugDomain?: boolean;
  /** More places of the same device on the same bus. */
  readonly aliases?: readonly number[];
  /** The places at which other buses see the same device. */
  readonly views?: readonly { readonly bus: string; readonly start: number }[];
  /** True if only secure accesses of a debugger reach it. */
  readonly secure?: boolean;
}

/** Names the bus of a debug port of ADIv6: its access ports and their ROM tables stand there. */
export function portSpace(dp: number): string {
  return `dp${dp}`;
}

/** The place of an access port of ADIv6. */
export interface ApAddress {
  /** The bus that it stands on: that of a debug port, or one that another access port reaches. */
  readonly on: string;
  readonly kind: "ahb" | "axi" | "apb";
  /** The power domain without which it does not answer. */
  readonly power?: number | undefined;
}

export class Soc {
  readonly settings: SocSettings;
  readonly agenda: Agenda;
  readonly log: TargetLog;
  /** The notes are for code that skips rounds of polling. */
  readonly notes = new RoundNotes();
  readonly debugPorts: readonly {
    readonly settings: DebugPortSettings;
    readonly accessPorts: Map<number, AccessPort>;
  }[];
  readonly #buses = new Map<string, Bus>();
  readonly #memories = new Map<string, Memory>();
  readonly #kept = new Map<string, Kept>();
  readonly #cores = new Map<string, CortexM>();
  /** Access ports that are in no table of a debug port, because they stand behind another one. */
  readonly #nested: MemAp[] = [];
  readonly #pace = new Pace();
  readonly #poweredDomains = new Set<number>();
  readonly #devices = new Set<Device>();
  readonly #listeners: ((kind: ResetKind) => void)[] = [];
  /** The level at which the probe left SWCLK. */
  swclk: 0 | 1 = 1;
  /**
   * It is asked when a reset ends: true keeps the cores in reset, while the buses answer, until
   * `releaseCores`.
   */
  extendsReset: (() => boolean) | undefined;
  /**
   * It is called when a debugger requests power of a debug port, or withdraws the request: some parts react
   * to that.
   */
  onDebugPower: ((dp: number, requested: boolean) => void) | undefined;
  #nresetLow = false;
  #risingUntilUs = 0;
  #cancelRelease: (() => void) | undefined;
  #powered = true;

  constructor(settings: SocSettings, clockUs: () => number) {
    this.settings = settings;
    this.debugPorts = settings.debugPorts.map((port) => ({
      settings: port,
      accessPorts: new Map<number, AccessPort>(),
    }));
    this.agenda = new Agenda(clockUs);
    this.log = new TargetLog(() => this.agenda.nowUs());
  }

  /** Returns the bus of that name, and makes it if it is missing. */
  bus(name = "main"): Bus {
    const bus = this.#buses.get(name) ?? new Bus(name, () => this.agenda.nowUs());
    this.#buses.set(name, bus);
    return bus;
  }

  /**
   * Puts a device at an address. It hears of resets from then on. Throws `overlapping-ranges` if another
   * device stands there.
   */
  map(placement: Placement, device: Device): void {
    const { name, size, start, aliases = [], alsoOn = [], debugDomain = false, secure = false } = placement;
    for (const bus of [this.bus(placement.bus), ...alsoOn.map((also) => this.bus(also))]) {
      bus.map({ name, start, size, device, debugDomain, secure });
      for (const alias of aliases)
        bus.map({ name: `${name} (alias)`, start: alias, size, device, debugDomain, secure });
    }
    for (const { bus, start: at } of placement.views ?? [])
      this.bus(bus).map({ name: `${name} (alias)`, start: at, size, device, debugDomain, secure });
    this.#devices.add(device);
    const { bus = "main" } = placement;
    if (device.kept !== undefined) this.keep(bus === "main" ? name : `${name} on ${bus}`, device.kept);
  }

  /** Adds a part whose state outlives a run of the simulator; a model adds what its own code remembers. */
  keep(name: string, kept: Kept): void {
    this.#kept.set(name, kept);
  }

  /** Returns the parts given to `keep`, by name. */
  get kept(): ReadonlyMap<string, Kept> {
    return this.#kept;
  }

  /** Returns them by their names. */
  get memories(): ReadonlyMap<string, Memory> {
    return this.#memories;
  }

  /** Adds a memory under the name by which `memory` finds it. */
  addMemory(
    placement: Placement,
    memory: { readonly writable: boolean; readonly fill: number; readonly volatile: boolean },
  ): Memory {
    const made = new Memory({ size: placement.size, ...memory });
    this.#memories.set(placement.name, made);
    this.map(placement, made);
    return made;
  }

  /** Adds a core with its private peripherals, and starts it with the next power-up. */
  addCore(settings: CortexMSettings, busName = "main"): CortexM {
    const core = new CortexM(settings, this.bus(busName), {
      agenda: this.agenda,
      log: this.log,
      notes: this.notes,
      pace: this.#pace,
    });
    this.#cores.set(settings.name, core);
    this.keep(`core ${settings.name}`, core.kept);
    core.onResetRequest = () => {
      this.reset("system", `${settings.name} SYSRESETREQ`);
    };
    const requests = {
      system: (): void => {
        this.reset("system", `${settings.name} SYSRESETREQ`);
      },
      core: (): void => {
        this.#resetCore(core);
      },
    };
    for (const { device, ...placed } of privatePeripherals(core, requests))
      this.map({ ...placed, bus: busName, debugDomain: true }, device);
    return core;
  }

  /** Returns the access ports of the first debug port by APSEL. */
  get accessPorts(): Map<number, AccessPort> {
    return this.accessPortsOf(0);
  }

  /**
   * Returns the access ports of a debug port, given by its index, by APSEL; a model puts its own access port
   * there.
   */
  accessPortsOf(dp: number): Map<number, AccessPort> {
    const known = new Map(this.debugPorts.map(({ accessPorts }, at) => [String(at), accessPorts]));
    return this.#part("debug port", String(dp), known);
  }

  /** Adds a memory access port in front of a bus. */
  addMemAp(
    settings: MemApSettings,
    {
      bus: busName = "main",
      dp = 0,
      address,
    }: { readonly bus?: string; readonly dp?: number; readonly address?: ApAddress } = {},
  ): MemAp {
    const ap = new MemAp(settings, this.bus(busName), { log: this.log, notes: this.notes });
    // Memory must show what the cores have done until now.
    ap.beforeAccess = () => {
      this.live();
    };
    if (address === undefined || address.on === portSpace(dp)) this.accessPortsOf(dp).set(settings.index, ap);
    else this.#nested.push(ap);
    if (address !== undefined) this.#place(ap, settings.index, address);
    return ap;
  }

  #place(ap: MemAp, start: number, { on, kind, power }: ApAddress): void {
    const device = apDevice(ap, kind);
    const isOn = (): boolean => power === undefined || this.#poweredDomains.has(power);
    const name = `${kind.toUpperCase()}-AP`;
    this.map({ name, start, size: AP_SIZE, bus: on, debugDomain: true }, gated(device, isOn));
  }

  /** Returns the power domains that ROM tables of class 9 request; they are on at once. */
  get domains(): PowerDomains {
    return {
      isOn: (domain) => this.#poweredDomains.has(domain),
      request: (domain, on) => {
        if (on) this.#poweredDomains.add(domain);
        else this.#poweredDomains.delete(domain);
      },
    };
  }

  /** Finds a memory by its name in the model. Throws `unknown-part`. */
  memory(name: string): Memory {
    return this.#part("memory", name, this.#memories);
  }

  /** Finds a core by its name in the model, or the first one without a name. Throws `unknown-part`. */
  core(name?: string): CortexM {
    return this.#part("core", name ?? [...this.#cores.keys()][0] ?? "", this.#cores);
  }

  /** Finds a memory access port by its index. Throws `unknown-part`. */
  memAp(index: number, dp = 0): MemAp {
    const found = [...this.accessPortsOf(dp)].flatMap(([at, port]) =>
      port instanceof MemAp ? [[String(at), port] as const] : [],
    );
    return this.#part("memory access port", String(index), new Map(found));
  }

  /** Calls the listener after the devices were reset, before the cores leave reset. */
  onReset(listener: (kind: ResetKind) => void): void {
    this.#listeners.push(listener);
  }

  /** Asserts a reset that lasts `resetUs`, or as long as nRESET is low. */
  reset(kind: ResetKind, by: string): void {
    this.notes.changed();
    this.log.reset(kind, by);
    for (const device of this.#devices) device.reset?.(kind);
    for (const core of this.#cores.values()) core.enterReset(kind === "power");
    for (const bus of this.#buses.values()) bus.inReset = true;
    if (kind === "power")
      for (const { accessPorts } of this.debugPorts)
        for (const ap of [...accessPorts.values(), ...this.#nested]) if (ap instanceof MemAp) ap.reset();
    if (kind === "power") this.#poweredDomains.clear();
    for (const listener of this.#listeners) listener(kind);
    this.#cancelRelease?.();
    this.#cancelRelease = this.agenda.after(this.settings.resetUs, () => {
      this.#cancelRelease = undefined;
      this.#release();
    });
  }

  get powered(): boolean {
    return this.#powered;
  }

  /** Takes the power away, or gives it back; both are a reset of the kind `power`. */
  power(on: boolean): void {
    if (on === this.#powered) return;
    this.#powered = on;
    this.reset("power", on ? "power on" : "power off");
  }

  /** Returns the level of the wire: low while the probe or the board holds it. */
  get nreset(): 0 | 1 {
    return this.#nresetLow || this.agenda.nowUs() < this.#risingUntilUs ? 0 : 1;
  }

  /** Pulls nRESET low, or releases it; a low level holds the system in reset. */
  setNreset(level: 0 | 1): void {
    const low = level === 0;
    if (low === this.#nresetLow) return;
    this.notes.changed();
    this.#nresetLow = low;
    if (low) {
      this.reset("system", "nRESET");
      return;
    }
    this.#risingUntilUs = this.agenda.nowUs() + this.settings.nresetRiseUs;
    this.agenda.after(this.settings.nresetRiseUs, () => {
      this.#release();
    });
  }

  /** True if some core is neither halted nor in reset. */
  get running(): boolean {
    return [...this.#cores.values()].some((core) => core.running);
  }

  /** True if no core does anything until an event of the chip or a debugger makes it. */
  get isQuiet(): boolean {
    return [...this.#cores.values()].every((core) => core.isQuiet);
  }

  /** True if the host grants the cores only some of its time, so that what they do depends on that. */
  get isPaced(): boolean {
    return this.#pace.isGranted;
  }

  /** Returns what a debugger may meet, apart from memory, models and what runs. */
  get remembered(): Remembered {
    const cores = [...this.#cores.values()].flatMap((core) => core.remembered);
    return [this.swclk, this.#powered, ...cores, ...this.#memAps().flatMap((ap) => ap.remembered)];
  }

  /** Returns the first later time at which something changes that is not on the agenda. */
  dueUs(afterUs: number): number {
    const times = [...this.#cores.values(), ...this.#memAps()].map(({ dueUs }) => dueUs);
    return least(times.filter((us) => us >= afterUs));
  }

  #memAps(): readonly MemAp[] {
    const ports = this.debugPorts.flatMap(({ accessPorts }) => [...accessPorts.values()]);
    return [...ports.filter((port) => port instanceof MemAp), ...this.#nested];
  }

  /** Lets the cores make up for the time that has passed. */
  live(): void {
    for (const core of this.#cores.values()) core.live();
  }

  /**
   * The cores live ahead of the clock, up to a time or until the same reads would yield something else, or may. Yields the first
   * time at which that is so.
   */
  ahead(untilPs: number, reads: readonly NotedRead[]): number {
    const [only, ...others] = [...this.#cores.values()].filter((core) => !core.isQuiet);
    // What two cores do to each other depends on who does it first.
    if (only === undefined || others.length > 0 || this.isPaced) return 0;
    const onlooker = onlookerOf(reads, only.bus);
    return onlooker === undefined ? 0 : only.ahead(untilPs, onlooker);
  }

  /**
   * Lets the cores take this much of the host's time until the next grant; before the first they take what
   * they need.
   */
  grant(us: number, hostUs: () => number): void {
    this.#pace.grant(us, hostUs);
  }

  /**
   * Lets everything that is due happen. It is called with every clock cycle, so it is cheap if nothing is
   * due.
   */
  catchUp(): void {
    this.agenda.catchUp();
  }

  #release(): void {
    if (this.nreset === 0 || this.#cancelRelease !== undefined || !this.#powered) return;
    for (const bus of this.#buses.values()) bus.inReset = false;
    if (this.extendsReset?.() !== true) this.releaseCores();
  }

  /** Ends a reset that `extendsReset` made longer. */
  releaseCores(): void {
    for (const core of this.#cores.values()) core.leaveReset();
  }

  #resetCore(core: CortexM): void {
    this.notes.changed();
    this.log.reset("core", `${core.settings.name} VECTRESET`);
    core.enterReset(false);
    this.agenda.after(1, () => {
      core.leaveReset();
    });
  }

  #part<T>(part: string, name: string, parts: ReadonlyMap<string, T>): T {
    const found = parts.get(name);
    if (found !== undefined) return found;
    const known = [...parts.keys()];
    throw new Failure<ModelFault>(
      { kind: "unknown-part", part, name, known },
      `the model has no ${part} "${name}"; it has ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
}
