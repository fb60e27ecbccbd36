/**
 * Looks at what is connected to a probe, from the lines up: levels, what answers, how fast, its maker, whether
 * nRESET arrives.
 */
import { designerName } from "../coresight/adi/jep106.ts";
import { Dp } from "../coresight/adi/dp.ts";
import type { DapLink } from "../coresight/wire/link.ts";
import { apName, type ApPlace } from "../coresight/ap-place.ts";
import { coreName, Core } from "../coresight/core/cortex-m.ts";
import { CoreSightFailure } from "../coresight/wire/faults.ts";
import { mustBe } from "../coresight/adi/identity.ts";
import type { MemAp } from "../coresight/adi/mem-ap.ts";
import { ABORT, BASE, CSW, DHCSR, DPIDR, field, IDR, mask, TARGETID } from "../coresight/registers.ts";
import { Wire } from "../coresight/wire/wire.ts";
import { Failure } from "../lib/fault.ts";
import { DebugPorts } from "../session/access/debug-ports.ts";
import { hex32 } from "../lib/hex.ts";
import type { Clock } from "../lib/clock.ts";
import type { Finding } from "./finding.ts";
import { fastest, sweep, wakeUp, type Speed, type Wake } from "./sweep.ts";

export interface Levels {
  readonly swclk: 0 | 1;
  readonly swdio: 0 | 1;
  readonly nreset: 0 | 1;
}

export type ResetLine = "wired" | "not wired" | "unknown" | "not tried";

export interface TargetReport {
  readonly probe: Readonly<Record<string, string>>;
  /** The levels that the probe reads while it drives only SWCLK and SWDIO. */
  readonly levels: Levels;
  /** How the debug port was woken; absent if nothing answered. */
  readonly wake?: Pick<Wake, "how" | "dpidr">;
  readonly speeds: readonly Speed[];
  /** The decoded identities, in the order of reading. */
  readonly parts: readonly Part[];
  readonly resetLine: ResetLine;
  readonly findings: readonly Finding[];
}

export interface Part {
  readonly what: string;
  readonly value?: number;
  readonly means: string;
}

export interface TargetQuestion {
  /** The clock that a connection would use. */
  readonly clockHz: number;
  /** True if nRESET may be pulled low for a moment. */
  readonly pulse: boolean;
  /** The access port of the processor, if a description names it; otherwise AP 0 is examined. */
  readonly place?: ApPlace;
  /** What a description says of the debug port and the core. */
  readonly targetsel?: number | undefined;
  readonly core?: string | undefined;
}

const PIN_SWCLK = 0x01;
const PIN_SWDIO = 0x02;
const PIN_NRESET = 0x80;
const SLOW_HZ = 100_000;
const PULSE_US = 20_000;
const RISE_LIMIT_US = 500_000;

/** Examines the target. Leaves the core as it runs, unless `pulse`. Disconnects, and leaves closing to the caller. */
export async function examineTarget(
  link: DapLink,
  clock: Clock,
  question: TargetQuestion,
): Promise<TargetReport> {
  const { clockHz, pulse, place = 0 } = question;
  await link.connect({ protocol: "swd", clockHz: SLOW_HZ, idleCycles: 0, waitRetries: 100 });
  try {
    const levels = levelsOf(await pins(link, 0, 0, 0));
    const wake = await wakeUp(link);
    const common = { probe: link.identity, levels };
    if (wake === undefined)
      return { ...common, speeds: [], parts: [], resetLine: "not tried", findings: [silence(levels)] };
    const speeds = await sweep(link, wake);
    const best = fastest(speeds) ?? SLOW_HZ;
    await link.run([{ kind: "clock", hz: Math.min(best, clockHz) }, ...wake.ops], "stop-at-fault");
    const dp = new Dp(new Wire({ link, clock, protocol: "swd" }));
    const { parts, missing } = await identify(dp, { ...question, place });
    const resetLine = pulse ? await pulseReset(link, dp, wake, place) : "not tried";
    await quietly(() => dp.powerDown());
    const findings = [
      ...missing.map(missingFinding),
      ...(levels.nreset === 0 ? [NO_NRESET] : []),
      ...(best < clockHz ? [tooFast(clockHz, best)] : []),
      ...(resetLine === "not wired" && levels.nreset === 1 ? [NOT_WIRED] : []),
    ];
    const { how, dpidr } = wake;
    return { ...common, wake: { how, dpidr }, speeds, parts, resetLine, findings };
  } finally {
    await quietly(() => link.disconnect());
  }
}

async function pins(link: DapLink, output: number, select: number, waitUs: number): Promise<number> {
  const { values } = await link.run([{ kind: "pins", output, select, waitUs }], "stop-at-fault");
  return values[0]?.[0] ?? 0;
}

function levelsOf(pins: number): Levels {
  const level = (pin: number): 0 | 1 => ((pins & pin) === 0 ? 0 : 1);
  return { swclk: level(PIN_SWCLK), swdio: level(PIN_SWDIO), nreset: level(PIN_NRESET) };
}

/**
 * The finding if nothing answered at the lowest clock in any of the ways to wake a port. It is judged before the
 * level of nRESET.
 */
function silence({ nreset }: Levels): Finding {
  if (nreset === 0)
    return {
      code: "no-target-power",
      severity: "problem",
      says: "nothing answers, and nRESET reads low while the probe does not pull it: the target has no power, something holds it in reset, or the probe has no nRESET",
      steps: [
        "measure the target's supply; most probes do not feed it",
        "see that the probe's reference voltage pin (VTref) is connected",
        "let go of the reset button; look for a watchdog or supervisor that holds nRESET",
        "a probe without nRESET (Raspberry Pi Debug Probe) reads it as low: look at SWDIO, SWCLK and GND then",
      ],
    };
  return {
    code: "no-ack",
    severity: "problem",
    says: "nothing answers at any clock, asleep or awake, and nRESET is high",
    steps: [
      "look at SWDIO, SWCLK and GND: swapped or open ones look like this",
      "the firmware may have turned the pins or the port off: connect under reset",
      "the port may be closed by the part's protection; only an erase opens some of them",
      "the part may speak JTAG only: use that protocol",
    ],
  };
}

function tooFast(askedHz: number, bestHz: number): Finding {
  return {
    code: "no-ack-at-this-clock",
    severity: "problem",
    says: `the target answers up to ${megahertz(bestHz)}, and not at ${megahertz(askedHz)}`,
    steps: [`use a clock of ${megahertz(bestHz)}`, "shorter wires, and a GND beside SWCLK, allow more"],
  };
}

function missingFinding({ fault, message }: CoreSightFailure): Finding {
  const isPower =
    fault.kind === "power-timeout" || (fault.kind === "wrong-identity" && fault.meaning === "no-power");
  const tries = fault.kind === "wrong-identity" ? fault.tries : undefined;
  const says = tries === undefined ? message : message.replace(`; ${tries}`, "");
  const steps = tries === undefined ? [] : [tries];
  return { code: isPower ? "no-debug-power" : "identity", severity: "problem", says, steps };
}

/** The target answers, so it has power and is not held in reset. */
const NO_NRESET: Finding = {
  code: "nreset-not-wired",
  severity: "note",
  says: "the target answers while nRESET reads low: the probe has no nRESET (Raspberry Pi Debug Probe), or does not see the line",
  steps: ["use a system reset, and do not connect under reset"],
};

const NOT_WIRED: Finding = {
  code: "nreset-not-wired",
  severity: "note",
  says: "the probe pulled nRESET, and the core saw no reset",
  steps: [
    "connect the probe's nRESET with the target's reset pin; until then, use a system reset, and do not connect under reset",
  ],
};

export function megahertz(hz: number): string {
  return hz >= 1_000_000 ? `${hz / 1_000_000}MHz` : `${hz / 1000}kHz`;
}

interface Identified {
  readonly parts: readonly Part[];
  /** What a connection would need and does not find. */
  readonly missing: readonly CoreSightFailure[];
}

async function identify(
  dp: Dp,
  { place, targetsel, core }: Pick<TargetQuestion, "targetsel" | "core"> & { readonly place: ApPlace },
): Promise<Identified> {
  const parts: Part[] = [];
  const missing: CoreSightFailure[] = [];
  const done = (): Identified => ({ parts, missing });
  const add = async (what: string, read: () => Promise<Part>): Promise<Part | undefined> => {
    try {
      const part = await read();
      parts.push(part);
      return part;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const isMissing = error instanceof CoreSightFailure && saysMissing(error, what);
      if (isMissing) missing.push(error);
      parts.push({ what, means: isMissing ? error.message : `could not be read: ${error.message}` });
      await quietly(() => dp.writeReg(0x0, CLEAR_STICKY, "clearing of sticky errors"));
      return undefined;
    }
  };
  const port = await add("DPIDR", async () => {
    const value = await dp.identify();
    const version = field(DPIDR, "VERSION", value);
    return {
      what: "DPIDR",
      value,
      means: `debug port of ${maker(field(DPIDR, "DESIGNER", value))}, DPv${version}`,
    };
  });
  if (port?.value === undefined) return done();
  if (field(DPIDR, "VERSION", port.value) >= 2)
    await add("TARGETID", async () => {
      const value = await dp.readTargetId();
      mustBe("TARGETID", { value, place: "the debug port", expected: targetsel });
      const part = field(TARGETID, "TPARTNO", value).toString(16).padStart(4, "0");
      return {
        what: "TARGETID",
        value,
        means: `part 0x${part} of ${maker(field(TARGETID, "TDESIGNER", value))}`,
      };
    });
  const powered = await add("power", async () => {
    await dp.powerUp();
    return { what: "power", means: "the debug domain is on" };
  });
  if (powered === undefined) return done();
  // Access ports of ADIv6 have addresses. Only a description or the ROM tables tell which leads to the processor.
  if ((dp.version ?? 0) >= 3 && typeof place === "number") return done();
  const name = apName(place);
  const memory = new DebugPorts(dp, 0, new Map()).memory(place);
  const idr = await add(`${name} IDR`, async () => {
    const value = await memory.readRegister(IDR);
    mustBe("IDR", { value, place: name });
    return { what: `${name} IDR`, value, means: `access port of ${maker(field(IDR, "DESIGNER", value))}` };
  });
  if (idr === undefined) return done();
  await add("ROM table", () => romTable(memory));
  await add("CPUID", async () => {
    const value = await new Core(memory, dp.wire.clock).readCpuid(core);
    return { what: "CPUID", value, means: coreName(value) };
  });
  return done();
}

/** True if the core's access port is open and the core does not answer; behind a closed port it cannot be known. */
function saysMissing({ fault }: CoreSightFailure, what: string): boolean {
  if (fault.kind === "wrong-identity" || fault.kind === "power-timeout") return true;
  if (fault.kind !== "target-fault" || what !== "CPUID" || fault.csw === undefined) return false;
  return field(CSW, "DeviceEn", fault.csw) === 1;
}

/** Clears sticky errors, so that one failed read does not fail those after it. */
const CLEAR_STICKY = mask(ABORT, "STKCMPCLR", "STKERRCLR", "WDERRCLR", "ORUNERRCLR");

/** Component identification of CoreSight (ADIv5.2 D1.2), one byte in each word. */
const PIDR4 = 0xfd0;
const PIDR0 = 0xfe0;

async function romTable(memory: MemAp): Promise<Part> {
  const base = await memory.readRegister(BASE);
  const what = "ROM table";
  if (base === 0xffff_ffff || field(BASE, "present", base) === 0) return { what, value: base, means: "none" };
  const address = (base & 0xffff_f000) >>> 0;
  const [pidr4 = 0] = await memory.readWords(address + PIDR4, 1);
  const [pidr0 = 0, pidr1 = 0, pidr2 = 0] = await memory.readWords(address + PIDR0, 3);
  const identity = ((pidr1 >> 4) & 0xf) | ((pidr2 & 7) << 4);
  const part = ((pidr1 & 0xf) << 8) | (pidr0 & 0xff);
  const designer = ((pidr4 & 0xf) << 7) | identity;
  return {
    what,
    value: address,
    means: `part 0x${part.toString(16).padStart(3, "0")} of ${maker(designer)}`,
  };
}

function maker(code: number): string {
  return designerName(code) ?? `an unknown maker (JEP106 ${code >> 7}, 0x${(code & 0x7f).toString(16)})`;
}

/** Reads S_RESET_ST, pulses nRESET and reads it again. The bit is sticky and clears when it is read. */
async function pulseReset(link: DapLink, dp: Dp, wake: Wake, place: ApPlace): Promise<ResetLine> {
  const core = new DebugPorts(dp, 0, new Map()).memory(place);
  const sawReset = async (): Promise<boolean> =>
    field(DHCSR, "S_RESET_ST", await core.read(DHCSR.address, 32)) === 1;
  try {
    await sawReset();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return "unknown"; // Without the core it cannot be known.
  }
  await pins(link, 0, PIN_NRESET, 0);
  const low = await link.run([{ kind: "delay", us: PULSE_US }], "stop-at-fault");
  if (low.fault !== undefined) return "unknown";
  await pins(link, PIN_NRESET, PIN_NRESET, RISE_LIMIT_US);
  await link.run(wake.ops, "stop-at-fault");
  dp.wire.forget();
  try {
    await dp.powerUp();
    return (await sawReset()) ? "wired" : "not wired";
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return "unknown";
  }
}

async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error; // The findings so far stand, and the port is released all the same.
  }
}

/** Describes a part for people. */
export function partText({ what, value, means }: Part): string {
  return `${what}${value === undefined ? "" : ` ${hex32(value)}`}: ${means}`;
}
