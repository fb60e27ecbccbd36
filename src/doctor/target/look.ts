/**
 * Looks at a target through a link that is connected: lines, clock, debug port, access ports, core. Everything here is a read,
 * or a write of the debug port's own registers; no line but those of debug moves, and the core goes on as it was.
 */
import {
  BASE,
  CSW,
  CPUID,
  DHCSR,
  field,
  IDR,
  mask,
  ABORT,
  CFSR,
  HFSR,
  BFAR,
  TARGETID,
} from "../../coresight/registers.ts";
import { Dp, type Route } from "../../coresight/adi/dp.ts";
import { isMemAp, isNothing } from "../../coresight/adi/identity.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { isSamePlace, type ApPlace } from "../../coresight/ap-place.ts";
import { architectureOf } from "../../coresight/cpuid.ts";
import type { DapLink } from "../../coresight/wire/link.ts";
import { Wire } from "../../coresight/wire/wire.ts";
import type { Clock } from "../../lib/clock.ts";
import { asFailure } from "../../lib/fault.ts";
import { DebugPorts } from "../../session/access/debug-ports.ts";
import { readingsOf } from "./known-parts.ts";
import type { CoreSight, Identity, Levels, PortSight, Reading, Sight, Tally } from "./sight.ts";
import { isGood, slowerThan, tally, wakeUp, type Wake } from "./sweep.ts";
import { vendorPort } from "./vendor-ports.ts";

export interface Looking {
  readonly protocol: "swd" | "jtag";
  readonly clockHz: number;
  /** The access port of the processor. */
  readonly place: ApPlace;
  /** How the debug port is reached, if there are several, or on JTAG. */
  readonly route?: Route | undefined;
  readonly targetsel?: number | undefined;
}

const PIN_SWCLK = 0x01;
const PIN_SWDIO = 0x02;
const PIN_NRESET = 0x80;
/** Access ports of ADIv5 that are asked for what they are. */
const ASKED = [0, 1, 2, 3, 4];
const POWER_LIMIT_US = 100_000;
const CLEAR_STICKY = mask(ABORT, "STKCMPCLR", "STKERRCLR", "WDERRCLR", "ORUNERRCLR");
/** Armv8-M D1.2.46. */
const DAUTHSTATUS = 0xe000_efb8;

/** Throws what the probe itself does wrong; a target that does not answer is part of what is seen. */
export async function lookAround(link: DapLink, clock: Clock, looking: Looking): Promise<Sight> {
  const { protocol, clockHz: askedHz, place } = looking;
  const levels = await readLevels(link);
  const nothing = { protocol, askedHz, levels, tallies: [], ports: [], place, readings: [] };
  if (protocol === "jtag") return { ...nothing, ...(await behind(link, clock, looking)) };
  const { wake, tallies } = await findPort(link, looking);
  const best = tallies.find(isGood);
  if (wake === undefined || best === undefined) return { ...nothing, tallies };
  await link.run([{ kind: "clock", hz: best.hz }, ...wake.ops], "stop-at-fault");
  const { how: way, dpidr, targetsel } = wake;
  const port = { way, dpidr, hz: best.hz, ...(targetsel === undefined ? {} : { targetsel }) };
  return { ...nothing, tallies, port, ...(await behind(link, clock, looking)) };
}

async function readLevels(link: DapLink): Promise<Levels> {
  const { values } = await link.run([{ kind: "pins", output: 0, select: 0, waitUs: 0 }], "stop-at-fault");
  const pins = values[0]?.[0] ?? 0;
  const level = (pin: number): 0 | 1 => ((pins & pin) === 0 ? 0 : 1);
  return { swclk: level(PIN_SWCLK), swdio: level(PIN_SWDIO), nreset: level(PIN_NRESET) };
}

/** The way in which the port answers, at the clock that was asked for or at the fastest slower one. */
async function findPort(
  link: DapLink,
  { clockHz, targetsel, route }: Looking,
): Promise<{ readonly wake: Wake | undefined; readonly tallies: readonly Tally[] }> {
  const described = route?.kind === "targetsel" ? route.value : targetsel;
  const tallies: Tally[] = [];
  let wake: Wake | undefined;
  for (const hz of [clockHz, ...slowerThan(clockHz)]) {
    await link.run([{ kind: "clock", hz }], "stop-at-fault");
    wake ??= await wakeUp(link, described === undefined ? undefined : [described]);
    const seen = await tally(link, hz, wake);
    tallies.push(seen);
    if (wake !== undefined && isGood(seen)) break;
  }
  return { wake, tallies };
}

type Behind = Pick<Sight, "ctrlStat" | "powered" | "targetId" | "ports" | "identity" | "core" | "readings">;

async function behind(link: DapLink, clock: Clock, { protocol, place, route }: Looking): Promise<Behind> {
  const dp = new Dp(new Wire({ link, clock, protocol }));
  const ask = <T>(read: () => Promise<T>): Promise<T | undefined> => asked(dp, read);
  const found: { -readonly [K in keyof Behind]: Behind[K] } = { ports: [], readings: [] };
  if (route?.kind === "tap") await ask(() => dp.wire.words(() => dp.routeSteps(route), "choice of the TAP"));
  if ((await ask(() => dp.identify())) === undefined) return found;
  await ask(() => dp.postClear());
  found.ctrlStat = await ask(() => dp.readReg(0x4));
  found.powered = (await ask(async () => (await dp.powerUp({ limitUs: POWER_LIMIT_US }), true))) ?? false;
  if ((dp.version ?? 0) >= 2) found.targetId = await ask(() => dp.readTargetId());
  if (!found.powered) return found;
  const memories = new DebugPorts(dp, 0, new Map());
  const ports: PortSight[] = [];
  for (const one of placesOf(dp, place)) ports.push(await lookAtPort(memories.memory(one), dp, one));
  found.ports = ports;
  const own = ports.find((one) => isSamePlace(one.place, place));
  found.identity = identityOf(found.targetId);
  if (own === undefined || !isOpen(own)) return found;
  const memory = memories.memory(place);
  found.identity = (await ask(() => romTable(memory, own.base))) ?? found.identity;
  found.core = await lookAtCore(memory, ask);
  const { identity } = found;
  const marks = {
    identity,
    target: identityOf(found.targetId),
    base: own.base,
    cpuid: found.core.cpuid,
    ports,
  };
  found.readings = await readingsOf(marks, (address) => ask(() => memory.read(address, 32)));
  return found;
}

/** A MEM-AP that the device lets a debugger use. */
export function isOpen({ idr, csw }: PortSight): boolean {
  return idr !== undefined && isMemAp(idr) && csw !== undefined && field(CSW, "DeviceEn", csw) === 1;
}

function placesOf(dp: Dp, place: ApPlace): readonly ApPlace[] {
  // Access ports of ADIv6 have addresses, which only a description or the ROM tables tell.
  if ((dp.version ?? 0) >= 3) return typeof place === "number" ? [] : [place];
  return typeof place === "number" && !ASKED.includes(place) ? [...ASKED, place] : ASKED;
}

async function lookAtPort(memory: MemAp, dp: Dp, place: ApPlace): Promise<PortSight> {
  const idr = await asked(dp, () => memory.readRegister(IDR));
  if (idr === undefined || isNothing(idr)) return { place, idr };
  if (isMemAp(idr)) {
    const csw = await asked(dp, () => memory.readRegister(CSW));
    return { place, idr, csw, base: await asked(dp, () => memory.readRegister(BASE)) };
  }
  const readings: Reading[] = [];
  for (const [name, offset] of Object.entries(vendorPort(idr, place)?.reads ?? {}))
    readings.push({ name, value: await asked(dp, () => dp.readAp(place, offset)) });
  return { place, idr, readings };
}

type Ask = <T>(read: () => Promise<T>) => Promise<T | undefined>;

async function lookAtCore(memory: MemAp, ask: Ask): Promise<CoreSight> {
  const word = (address: number): Promise<number | undefined> => ask(() => memory.read(address, 32));
  const cpuid = await word(CPUID.address);
  if (cpuid === undefined || isNothing(cpuid)) return cpuid === undefined ? {} : { cpuid };
  const first = await word(DHCSR.address);
  const dhcsr = await word(DHCSR.address);
  const has = <K extends keyof CoreSight>(key: K, value: CoreSight[K] | undefined): Partial<CoreSight> =>
    value === undefined ? {} : { [key]: value };
  const core: CoreSight = {
    cpuid,
    ...has("dhcsr", dhcsr),
    ...has("wasReset", first === undefined ? undefined : field(DHCSR, "S_RESET_ST", first) === 1),
  };
  const architecture = architectureOf(cpuid);
  const isLocked = dhcsr !== undefined && field(DHCSR, "S_LOCKUP", dhcsr) === 1;
  return {
    ...core,
    ...(architecture === "v8-M" ? has("dauthstatus", await word(DAUTHSTATUS)) : {}),
    ...(isLocked && architecture !== "v6-M"
      ? {
          ...has("cfsr", await word(CFSR.address)),
          ...has("hfsr", await word(HFSR.address)),
          ...has("bfar", await word(BFAR)),
        }
      : {}),
  };
}

/** Component identification of CoreSight (ADIv5.2 D1.2): one byte in each word. */
const PIDR4 = 0xfd0;
const PIDR0 = 0xfe0;

/** Undefined if there is no table. */
async function romTable(memory: MemAp, base = 0): Promise<Identity | undefined> {
  if (base === 0xffff_ffff || field(BASE, "present", base) === 0) return undefined;
  const address = (base & 0xffff_f000) >>> 0;
  const [pidr4 = 0] = await memory.readWords(address + PIDR4, 1);
  const [pidr0 = 0, pidr1 = 0, pidr2 = 0] = await memory.readWords(address + PIDR0, 3);
  return {
    designer: ((pidr4 & 0xf) << 7) | ((pidr1 >> 4) & 0xf) | ((pidr2 & 7) << 4),
    part: ((pidr1 & 0xf) << 8) | (pidr0 & 0xff),
  };
}

function identityOf(targetId: number | undefined): Identity | undefined {
  if (targetId === undefined || targetId === 0) return undefined;
  return { designer: field(TARGETID, "TDESIGNER", targetId), part: field(TARGETID, "TPARTNO", targetId) };
}

/** A read that the target does not answer says so by being undefined, and does not fail those behind it. */
async function asked<T>(dp: Dp, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isOfTarget(error)) throw error;
    await dp.writeReg(0x0, CLEAR_STICKY, "clearing of sticky errors").catch(() => undefined);
    return undefined;
  }
}

const OF_TARGET: ReadonlySet<string> = new Set([
  "target-fault",
  "wrong-identity",
  "power-timeout",
  "core-timeout",
]);

/** The target's own answer, and not what the probe does wrong. */
function isOfTarget(error: unknown): boolean {
  const fault = asFailure(error)?.fault;
  return fault !== undefined && OF_TARGET.has(fault.kind);
}
