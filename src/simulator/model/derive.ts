/**
 * Makes a model from a device description: its processors, access ports and memories, and storage in place of
 * its peripherals. The model knows nothing of how the device behaves, and says so in its notes.
 */
import type { AccessPort, Debug, DeviceDescription, Memory, Processor } from "../../device/description.ts";
import type { RegisterMap } from "../../device/peripherals.ts";
import { Failure } from "../../lib/fault.ts";
import { hex32 } from "../../lib/hex.ts";
import { isCoreType, type CoreType } from "../core/core-parts.ts";
import { modelOf, type Model } from "./define-model.ts";
import type { ModelFault } from "../faults.ts";
import { designerOf } from "./designers.ts";
import type { ModelData } from "./schema.ts";
import { assumed, storageBlock, type Assumption } from "./assume.ts";
import { portSetup } from "../../device/port-setup.ts";
import { PROTOCOLS, SwjSwitch, type Protocol } from "../port/swj.ts";
import { claim, gaps, type Range } from "../bus/ranges.ts";
import { resetValues } from "./reset-values.ts";
import { portSpace } from "../soc/soc.ts";
import { table } from "../../lib/table.ts";
import { greatest } from "../../lib/lists.ts";

export interface Derived {
  readonly model: Model;
  /** The same model as data, for a file. */
  readonly data: ModelData;
  /** The assumptions and omissions, one sentence each. */
  readonly notes: readonly string[];
}

/** These cores are named by architecture in packs, or resemble another one for a debugger. */
const LIKE: Readonly<Record<string, CoreType>> = table({
  SC000: "Cortex-M0",
  SC300: "Cortex-M3",
  ARMV8MBL: "Cortex-M23",
  ARMV8MML: "Cortex-M33",
  ARMV81MML: "Cortex-M55",
  "Cortex-M35P": "Cortex-M33",
  "Cortex-M52": "Cortex-M55",
  "Star-MC1": "Cortex-M33",
});

/** A chip has registers in these parts of the Armv7-M and v8-M memory map. */
const PERIPHERALS: Range = { start: 0x4000_0000, end: 0x6000_0000 };
const VENDOR_PPB: Range = { start: 0xe004_0000, end: 0xe00f_f000 };
const PRIVATE_BUS: Range = { start: 0xe000_0000, end: 0xe010_0000 };

const BASE = 0xe00f_f003;
/** The base of an access port that only the sequences mention. */
const OTHER_BASE = 0xe00e_0003;
const AHB_AP = { v6: 0x0477_0031, v7: 0x2477_0011, v8: 0x8477_0001, v2: 0x3477_0008 } as const;
/** The IDR is that of CoreSight SoC-600, like the AHB-AP of version 2. */
const APB_AP_V2 = 0x3477_0006;
/**
 * Arm delivers the first debug port with a single core; chips with several cores have that of CoreSight
 * SoC-400.
 */
const DPIDR = {
  m0: 0x0bb1_1477,
  m0plus: 0x0bc1_1477,
  m0plus2: 0x0bc1_2477,
  m3: 0x2ba0_1477,
  soc: 0x6ba0_2477,
  v3: 0x4c01_3477,
} as const;

/** Facts that are known besides the description. */
export interface MoreKnown {
  readonly assumptions?: readonly Assumption[];
  /** The registers of the device's SVD file, with their values after reset. */
  readonly registers?: RegisterMap | undefined;
}

/** Throws `underivable`, with the reason. */
export function deriveModel(
  device: DeviceDescription,
  { assumptions: given = [], registers }: MoreKnown = {},
): Derived {
  const notes = [
    "the model is derived from the pack: memories and cores are there, peripherals only keep what is written to them",
  ];
  const processors = coresOf(device, notes);
  const aps = [...new Set(processors.map(({ ap }) => ap))];
  const known = registers === undefined ? [] : resetValues(registers, aps);
  // The values that sequences wanted are nearer to the truth of a running device than its reset values.
  const assumptions = [
    ...known.filter(({ ap, address }) => !given.some((one) => one.ap === ap && one.address === address)),
    ...given,
  ];
  const ports = debugPortIds(device, processors);
  if (processors.some(({ targetsel }) => targetsel !== undefined))
    notes.push("the debug ports are those that the pack's DebugPortSetup selects by TARGETSEL");
  const buses = new Map(
    processors.map((core, at) => [placeOf(core), at === 0 ? "main" : busName(core, ports)]),
  );
  const [debugPort, ...furtherDebugPorts] = ports.map((dp) => debugPortOf(device, dp, processors));
  const others = [...new Set(assumptions.map(({ ap }) => ap))].filter(
    (ap) => ap < 256 && !processors.some((core) => core.ap === ap),
  );
  for (const ap of others) buses.set(placeOf({ dp: ports[0] ?? 0, ap }), `ap${ap}`);
  const described = memoriesOf(device, { processors, buses, notes });
  const data: ModelData = {
    model: (device.variant ?? device.device).toLowerCase(),
    about: `${device.vendor} ${device.variant ?? device.device}, derived from ${device.pack.id}`,
    sources: [device.pack.id],
    debugPort: { ...(debugPort ?? debugPortOf(device, 0, processors)), ...wiresOf(device) },
    furtherDebugPorts,
    otherTaps: [],
    resetUs: 100,
    nresetRiseUs: 0,
    bootUs: 0,
    accessPorts: [
      ...processors.map((core) => ({
        ...whereOf(device, core.port, { buses, dp: ports.indexOf(core.dp) }),
        index: core.port === undefined ? core.ap : 0,
        dp: ports.indexOf(core.dp),
        kind: "ahb" as const,
        idr: core.port === undefined ? idrOf(core.type) : AHB_AP.v2,
        base: BASE,
        bus: buses.get(placeOf(core)) ?? "main",
      })),
      ...parentsOf(device, processors).map((port) => ({
        ...whereOf(device, port, { buses, dp: ports.indexOf(port.dp) }),
        index: 0,
        dp: ports.indexOf(port.dp),
        kind: "apb" as const,
        idr: APB_AP_V2,
        base: 0xffff_ffff,
        bus: busBehind(port, buses),
      })),
      ...others.map((ap) => ({
        index: ap,
        dp: 0,
        kind: "ahb" as const,
        idr: AHB_AP.v7,
        base: OTHER_BASE,
        bus: `ap${ap}`,
      })),
    ],
    processors: processors.map((core) => ({
      name: core.name,
      type: core.type,
      mhz: 16,
      vectors: core.vectors,
      bus: buses.get(placeOf(core)) ?? "main",
      romTable: designerOf(device.vendor),
    })),
    ...assumed(
      described,
      assumptions,
      (ap) => [...buses].find(([place]) => place.endsWith(`:${ap}`))?.[1] ?? "main",
    ),
    romTables: [],
  };
  return { model: modelOf(data, {}), data, notes };
}

interface Core {
  readonly name: string;
  readonly pname: string | undefined;
  readonly type: CoreType;
  readonly dp: number;
  /** It is APSEL, or the address of its port. */
  readonly ap: number;
  /** The port of version 2, which has an address instead of an APSEL. */
  readonly port: AccessPort | undefined;
  readonly vectors: number;
  /** The debug port that DebugPortSetup selects by itself, if the description names none. */
  readonly targetsel: number | undefined;
}

/** Cores are told apart by where they are reached. */
function placeOf({ dp, ap }: Pick<Core, "dp" | "ap">): string {
  return `${dp}:${ap}`;
}

function busName({ dp, ap }: Core, ports: readonly number[]): string {
  return ports.length > 1 ? `dp${dp}-ap${ap}` : `ap${ap}`;
}

/** Returns the debug ports that lead to cores, and the others that the pack describes, lowest `__dp` first. */
function debugPortIds(device: DeviceDescription, cores: readonly Core[]): readonly number[] {
  const ids = new Set([...cores.map(({ dp }) => dp), ...device.debugPorts.map(({ dp }) => dp)]);
  return [...ids].sort((one, other) => one - other);
}

function underivable(device: DeviceDescription, reason: string): Failure<ModelFault> {
  return new Failure(
    { kind: "underivable", device: device.device, reason },
    `no simulated device can be derived for ${device.device}: ${reason}`,
  );
}

function coresOf(device: DeviceDescription, notes: string[]): readonly Core[] {
  const cores = device.processors.flatMap((processor) => {
    const type = isCoreType(processor.core) ? processor.core : LIKE[processor.core];
    if (type === undefined) {
      notes.push(`the core ${processor.core} is not simulated and left out`);
      return [];
    }
    if (type !== processor.core) notes.push(`${processor.core} is simulated as ${type}`);
    return [
      {
        name: processor.pname ?? "core",
        pname: processor.pname,
        type,
        dp: debugOf(device, processor)?.dp ?? 0,
        ...apOf(device, processor),
        vectors: vectorsOf(device, processor),
        targetsel: undefined,
      },
    ];
  });
  if (cores.length === 0) throw underivable(device, "none of its cores is a Cortex-M");
  const placed = selectedBySequences(device, cores);
  return placed.filter((core, at) => {
    const first = placed.findIndex((other) => placeOf(other) === placeOf(core)) === at;
    if (!first) notes.push(`${core.name} has no access port of its own and is left out`);
    return first;
  });
}

/** If DebugPortSetup writes TARGETSEL by itself, each value is a debug port of its own, whatever `__dp` says. */
function selectedBySequences(device: DeviceDescription, cores: readonly Core[]): readonly Core[] {
  if (device.debugPorts.some(({ swd }) => swd?.targetsel !== undefined)) return cores;
  const ids = new Map<number, number>();
  return cores.map((core) => {
    const targetsel = portSetup(device, core.pname)?.targetsel;
    if (targetsel === undefined || core.port !== undefined) return core;
    const dp = ids.get(targetsel) ?? (ids.size === 0 ? core.dp : greatest(ids.values()) + 1);
    ids.set(targetsel, dp);
    return { ...core, dp, targetsel };
  });
}

function debugOf(device: DeviceDescription, { pname }: Processor): Debug | undefined {
  return (
    device.debugs.find((debug) => debug.pname === undefined || debug.pname === pname) ?? device.debugs[0]
  );
}

function apOf(device: DeviceDescription, processor: Processor): Pick<Core, "ap" | "port"> {
  const debug = debugOf(device, processor);
  // Without __apid the first of them counts (specification 1.7, "Debug access variables").
  const port = device.accessPorts.find(({ apid }) => apid === (debug?.apid ?? 0));
  if (port?.version !== 2) return { ap: port?.index ?? debug?.ap ?? 0, port: undefined };
  if (addressOf(port) === undefined) throw underivable(device, "an access port has an address above 4 GiB");
  return { ap: addressOf(port) ?? 0, port };
}

function addressOf({ address = 0n }: AccessPort): number | undefined {
  return address <= 0xffff_ffffn ? Number(address) : undefined;
}

/** Returns the access ports that only lead to others. */
function parentsOf(device: DeviceDescription, cores: readonly Core[]): readonly AccessPort[] {
  const own = new Set(cores.flatMap(({ port }) => port?.apid ?? []));
  const found = new Map<number, AccessPort>();
  for (const { port } of cores)
    for (let at = parentOf(device, port); at !== undefined && !found.has(at.apid); at = parentOf(device, at))
      found.set(at.apid, at);
  return [...found.values()].filter(({ apid }) => !own.has(apid));
}

function parentOf(device: DeviceDescription, port: AccessPort | undefined): AccessPort | undefined {
  return device.accessPorts.find(({ apid }) => apid === port?.parent);
}

/** Returns the bus that an access port reaches. */
function busBehind(port: AccessPort, buses: ReadonlyMap<string, string>): string {
  return (
    buses.get(placeOf({ dp: port.dp, ap: addressOf(port) ?? 0 })) ?? `behind ${hex32(addressOf(port) ?? 0)}`
  );
}

/** Returns where an access port of version 2 stands: on its debug port's own bus, or behind its parent. */
function whereOf(
  device: DeviceDescription,
  port: AccessPort | undefined,
  { buses, dp }: { readonly buses: ReadonlyMap<string, string>; readonly dp: number },
): { readonly address?: number; readonly on?: string } {
  const address = port === undefined ? undefined : addressOf(port);
  if (address === undefined) return {};
  const parent = parentOf(device, port);
  return { address, on: parent === undefined ? portSpace(dp) : busBehind(parent, buses) };
}

/** Returns the memory that a device starts from. */
function startup(device: DeviceDescription, pname: string | undefined): Memory | undefined {
  const own = device.memories.filter(
    (memory) => (memory.pname === undefined || memory.pname === pname) && memory.access.includes("x"),
  );
  return own.find(({ startup }) => startup) ?? own.find(({ access }) => !access.includes("w")) ?? own[0];
}

function vectorsOf(device: DeviceDescription, processor: Processor): number {
  const start = startup(device, processor.pname)?.start ?? 0n;
  return start <= 0xffff_ffffn ? Number(start) : 0;
}

function debugPortOf(
  device: DeviceDescription,
  dp: number,
  cores: readonly Core[],
): ModelData["furtherDebugPorts"][number] {
  const described = device.debugPorts.find((port) => port.dp === dp)?.swd?.targetsel;
  const target = described ?? cores.find((core) => core.dp === dp)?.targetsel;
  const dormant = wiresOf(device).start === "dormant";
  return {
    dpidr: hasVersion2(device, dp)
      ? DPIDR.v3
      : target === undefined && !dormant
        ? dpidrOf(cores)
        : multidropOf(cores),
    targetId: (target ?? 0) & 0x0fff_ffff,
    instance: (target ?? 0) >>> 28,
    powerUpUs: 20,
    // Sequences that select by hand first read DPIDR, which is the same for all of them.
    answers: described === undefined,
  };
}

/** Only access ports on the debug port itself tell which version it is. */
function hasVersion2({ accessPorts }: DeviceDescription, dp: number): boolean {
  return accessPorts.some((port) => port.dp === dp && port.version === 2 && port.parent === undefined);
}

/** Returns DPv1 if a core of version 6 or 7 stands alone; TARGETSEL and the dormant state need DPv2. */
function dpidrOf(cores: readonly Core[]): number {
  const [first, another] = cores;
  if (first === undefined || another !== undefined || first.ap !== 0) return DPIDR.soc;
  switch (first.type) {
    case "Cortex-M0":
    case "Cortex-M1":
      return DPIDR.m0;
    case "Cortex-M0+":
      return DPIDR.m0plus;
    case "Cortex-M3":
    case "Cortex-M4":
      return DPIDR.m3;
    default:
      return DPIDR.soc;
  }
}

function multidropOf(cores: readonly Core[]): number {
  return cores.every(({ type }) => type === "Cortex-M0+") ? DPIDR.m0plus2 : DPIDR.soc;
}

/**
 * Without a switch between JTAG and SWD there is only the protocol that the pack names, and no dormant state
 * to wake from: the specification's DebugPortSetup sends nothing to such a port before it resets the line.
 * The port starts as the pack says. If the device's own DebugPortSetup does not lead from there to the pack's
 * protocol, the port starts in the state from which it does.
 */
function wiresOf(device: DeviceDescription): Pick<ModelData["debugPort"], "start" | "protocols"> {
  const { swj = true, dormant = false } = device.debugConfig ?? {};
  const protocol = (device.debugConfig?.protocol ?? "swd") === "swd" ? "swd" : "jtag";
  const declared = swj ? (dormant ? "dormant" : "jtag") : protocol;
  const start =
    startBefore(device, protocol, [dormant ? "dormant" : declared, "dormant", protocol]) ?? declared;
  const protocols = PROTOCOLS.filter(
    (one) => one === protocol || (one === "dormant" && (dormant || start === one)),
  );
  return { ...(swj ? {} : { protocols }), ...(start === "jtag" ? {} : { start }) };
}

/** Returns the first state from which the device's own sequence gets its port to speak the protocol. */
function startBefore(
  device: DeviceDescription,
  protocol: Protocol,
  states: readonly Protocol[],
): Protocol | undefined {
  const setup = portSetup(device, device.processors[0]?.pname);
  if (setup === undefined) return undefined;
  return states.find((state) => {
    const port = new SwjSwitch(state, PROTOCOLS);
    for (const level of setup.bits) port.clock(level);
    return port.protocol === protocol;
  });
}

function idrOf(type: CoreType | undefined): number {
  if (type === "Cortex-M0" || type === "Cortex-M0+" || type === "Cortex-M1") return AHB_AP.v6;
  return type === "Cortex-M3" || type === "Cortex-M4" ? AHB_AP.v7 : AHB_AP.v8;
}

interface Placing {
  readonly processors: readonly Core[];
  readonly buses: ReadonlyMap<string, string>;
  readonly notes: string[];
}

function memoriesOf(device: DeviceDescription, placing: Placing): Pick<ModelData, "memories" | "registers"> {
  const { processors, buses, notes } = placing;
  const memories: ModelData["memories"] = [];
  const taken = new Map([...buses.values()].map((bus) => [bus, [PRIVATE_BUS]]));
  for (const [at, memory] of device.memories.entries()) {
    const name = memory.name ?? memory.id ?? `memory-${at}`;
    const whole = { start: Number(memory.start), end: Number(memory.start + memory.size) };
    if (memory.alias !== undefined) continue;
    if (memory.size === 0n || whole.end > 0x1_0000_0000) {
      notes.push(`${name} at ${hex32(memory.start)} is empty or beyond 32 bits and left out`);
      continue;
    }
    const on = processors.filter(({ pname }) => memory.pname === undefined || pname === memory.pname);
    const names = [...new Set(on.map((core) => buses.get(placeOf(core)) ?? "main"))];
    for (const bus of names)
      for (const [part, range] of claim(taken.get(bus) ?? [], whole).entries())
        memories.push({
          ...describe(memory, range),
          name: [name, ...(bus === "main" ? [] : [bus]), ...(part === 0 ? [] : [part])].join("-"),
          bus,
          content: contentOf(device, {
            processors,
            memory,
            range,
            place: [...buses].find(([, b]) => b === bus)?.[0],
          }),
          aliases: aliasesOf(device, memory, { taken: taken.get(bus) ?? [], range, whole }),
        });
  }
  return { memories, registers: storage(taken) };
}

function describe(
  { access }: Memory,
  { start, end }: Range,
): Pick<ModelData["memories"][number], "start" | "size" | "access" | "fill" | "secure" | "hangs" | "alsoOn"> {
  const writable = access.includes("w");
  return {
    start,
    size: end - start,
    access: writable ? "rwx" : "rx",
    fill: writable ? 0 : 0xff,
    secure: false,
    hangs: false,
    alsoOn: [],
  };
}

/** Returns the memories that a pack describes as a second view of this one. */
function aliasesOf(
  device: DeviceDescription,
  memory: Memory,
  { taken, range, whole }: { readonly taken: Range[]; readonly range: Range; readonly whole: Range },
): number[] {
  if (range.start !== whole.start || range.end !== whole.end) return [];
  return device.memories.flatMap((alias) => {
    const same = alias.alias !== undefined && (alias.alias === memory.name || alias.alias === memory.id);
    if (!same || alias.size !== memory.size) return [];
    const start = Number(alias.start);
    const view = { start, end: start + (whole.end - whole.start) };
    if (taken.some((other) => view.start < other.end && other.start < view.end)) return [];
    claim(taken, view);
    return [start];
  });
}

/** Makes the start of a core's program: a stack pointer, a reset vector and a branch to itself. */
function contentOf(
  device: DeviceDescription,
  place: {
    readonly processors: readonly Core[];
    readonly memory: Memory;
    readonly range: Range;
    readonly place: string | undefined;
  },
): { at: number; words: number[] }[] {
  const { range, memory } = place;
  const starts = place.processors.some(
    (core) => placeOf(core) === place.place && core.vectors === range.start,
  );
  if (!starts || range.end - range.start < 0x200 || memory.access.includes("w")) return [];
  const ram = device.memories.find(({ access, start }) => access.includes("w") && start <= 0xffff_0000n);
  const stack =
    ram === undefined ? 0x2000_1000 : Number(ram.start + (ram.size < 0x1000n ? ram.size : 0x1000n));
  return [
    { at: 0, words: [stack, range.start + 0x101] },
    { at: 0x100, words: [0xe7fe_e7fe] },
  ];
}

/** Peripheral space that is not memory keeps what is written. */
function storage(taken: ReadonlyMap<string, readonly Range[]>): ModelData["registers"] {
  return [...taken].flatMap(([bus, ranges]) => {
    return [
      ...gaps(ranges, PERIPHERALS).map((range) => storageBlock(bus, range, false)),
      storageBlock(bus, VENDOR_PPB, true),
    ];
  });
}
