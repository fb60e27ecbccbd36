/** Examines what hangs on a probe: levels, who answers, how fast, who made it, whether nRESET arrives, and what stands in the way. */
import { designerName } from "../coresight/adi/jep106.ts";
import { Dp } from "../coresight/adi/dp.ts";
import { isMemAp, isNothing } from "../coresight/adi/identity.ts";
import { WAIT_RETRIES, type DapLink } from "../coresight/wire/link.ts";
import { apName, type ApPlace } from "../coresight/ap-place.ts";
import { coreName } from "../coresight/core/cortex-m.ts";
import { DHCSR, DPIDR, field, IDR, TARGETID } from "../coresight/registers.ts";
import { Wire } from "../coresight/wire/wire.ts";
import { Failure } from "../lib/fault.ts";
import { hex32 } from "../lib/hex.ts";
import { append } from "../lib/lists.ts";
import type { Clock } from "../lib/clock.ts";
import { DebugPorts } from "../session/access/debug-ports.ts";
import { diagnose } from "./causes/diagnose.ts";
import type { Asked } from "./causes/seen.ts";
import type { Finding } from "./finding.ts";
import { isOpen, lookAround } from "./target/look.ts";
import type { Levels, PortSight, Sight } from "./target/sight.ts";
import { fastest, sweep, wakeUp, type Speed, type Wake } from "./target/sweep.ts";
import { vendorPort } from "./target/vendor-ports.ts";

export type { Levels };

export type ResetLine = "wired" | "not wired" | "unknown" | "not tried";

export interface TargetReport {
  readonly probe: Readonly<Record<string, string>>;
  /** As the probe reads them while it drives nothing but SWCLK and SWDIO. */
  readonly levels: Levels;
  /** How the debug port was woken; absent if nothing answered. */
  readonly wake?: Pick<Wake, "how" | "dpidr">;
  readonly speeds: readonly Speed[];
  /** Decoded identities, in the order of reading. */
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
  /** The clock that a connection would take. */
  readonly clockHz: number;
  /** Consent to pulling nRESET low for a moment. */
  readonly pulse: boolean;
  /** The access port of the processor, if a description names it; else AP 0 is looked at. */
  readonly place?: ApPlace;
  /** What a description says of the debug port. */
  readonly targetsel?: number | undefined;
  readonly asked: Asked;
}

const PIN_NRESET = 0x80;
const SLOW_HZ = 100_000;
const PULSE_US = 20_000;
const RISE_LIMIT_US = 500_000;

/** Leaves the core as it runs, unless `pulse`; disconnects, and leaves closing to the caller. */
export async function examineTarget(
  link: DapLink,
  clock: Clock,
  question: TargetQuestion,
): Promise<TargetReport> {
  const { clockHz, pulse, place = 0, targetsel, asked } = question;
  await link.connect({ protocol: "swd", clockHz: SLOW_HZ, idleCycles: 0, waitRetries: WAIT_RETRIES });
  try {
    const sight = await lookAround(link, clock, { protocol: "swd", clockHz, place, targetsel });
    const { levels, port } = sight;
    const found = diagnose({ sight, asked });
    const common = { probe: link.identity, levels, findings: found === undefined ? [] : [found] };
    const wake = port && (await wakeUp(link, port.targetsel === undefined ? undefined : [port.targetsel]));
    if (port === undefined || wake === undefined)
      return { ...common, speeds: [], parts: [], resetLine: "not tried" };
    const speeds = await sweep(link, wake);
    const best = Math.min(fastest(speeds) ?? SLOW_HZ, clockHz);
    await link.run([{ kind: "clock", hz: best }, ...wake.ops], "stop-at-fault");
    const dp = new Dp(new Wire({ link, clock, protocol: "swd" }));
    const resetLine = pulse ? await pulseReset(link, dp, wake, place) : "not tried";
    await quietly(() => dp.powerDown());
    const findings = [...common.findings, ...notes(sight, resetLine, asked)];
    return {
      ...common,
      wake: { how: port.way, dpidr: port.dpidr },
      speeds,
      parts: partsOf(sight),
      resetLine,
      findings,
    };
  } finally {
    await quietly(() => link.disconnect());
  }
}

/** What does not stand in the way. */
function notes(
  { levels, port }: Sight,
  resetLine: ResetLine,
  { dormant, device }: Asked,
): readonly Finding[] {
  return [
    ...(levels.nreset === 0 ? [NO_NRESET] : []),
    ...(resetLine === "not wired" && levels.nreset === 1 ? [NOT_WIRED] : []),
    ...(port?.way !== "awake" && !dormant && device === undefined ? [DORMANT] : []),
  ];
}

const DORMANT: Finding = {
  code: "dormant",
  severity: "note",
  says: "the debug port is dormant: it answers only after its wake-up sequence",
  steps: ["connect with the wake-up from dormant, or with the device's pack"],
};

/** The target answers, so that it has power and is not held in reset. */
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

async function pins(link: DapLink, output: number, select: number, waitUs: number): Promise<void> {
  await link.run([{ kind: "pins", output, select, waitUs }], "stop-at-fault");
}

function partsOf(sight: Sight): readonly Part[] {
  const { port, targetId, powered, ports, place, identity, core } = sight;
  if (port === undefined) return [];
  const version = field(DPIDR, "VERSION", port.dpidr);
  const parts: Part[] = [
    {
      what: "DPIDR",
      value: port.dpidr,
      means: `debug port of ${maker(field(DPIDR, "DESIGNER", port.dpidr))}, DPv${version}`,
    },
  ];
  if (targetId !== undefined)
    parts.push({
      what: "TARGETID",
      value: targetId,
      means: `part 0x${hexDigits(field(TARGETID, "TPARTNO", targetId), 4)} of ${maker(field(TARGETID, "TDESIGNER", targetId))}`,
    });
  parts.push({
    what: "power",
    means: powered === true ? "the debug domain is on" : "the debug domain does not come up",
  });
  append(parts, ports.flatMap(portPart));
  const own = ports.find((one) => apName(one.place) === apName(place));
  const base = own?.base ?? 0;
  if (identity !== undefined && core !== undefined)
    parts.push({
      what: "ROM table",
      value: (base & 0xffff_f000) >>> 0,
      means: `part 0x${hexDigits(identity.part, 3)} of ${maker(identity.designer)}`,
    });
  if (own !== undefined) parts.push(corePart(own, core?.cpuid));
  return parts;
}

/** Ports that do not exist are not worth a line. */
function portPart({ place, idr, csw }: PortSight): readonly Part[] {
  if (idr !== undefined && isNothing(idr)) return [];
  const what = `${apName(place)} IDR`;
  if (idr === undefined) return [{ what, means: "does not answer" }];
  if (!isMemAp(idr)) return [{ what, value: idr, means: vendorPort(idr, place)?.name ?? "not a MEM-AP" }];
  const closed = csw !== undefined && !isOpen({ place, idr, csw });
  const by = `access port of ${maker(field(IDR, "DESIGNER", idr))}`;
  return [{ what, value: idr, means: closed ? `${by}, closed (CSW.DeviceEn = 0)` : by }];
}

function corePart(own: PortSight, cpuid: number | undefined): Part {
  const what = "CPUID";
  if (!isOpen(own)) return { what, means: `not read: ${apName(own.place)} is not an open MEM-AP` };
  if (cpuid === undefined) return { what, means: "does not answer" };
  return { what, value: cpuid, means: isNothing(cpuid) ? "no core" : coreName(cpuid) };
}

function hexDigits(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function maker(code: number): string {
  return designerName(code) ?? `an unknown maker (JEP106 ${code >> 7}, 0x${(code & 0x7f).toString(16)})`;
}

/** S_RESET_ST is sticky and clears when it is read: read, pulse, read. */
async function pulseReset(link: DapLink, dp: Dp, wake: Wake, place: ApPlace): Promise<ResetLine> {
  const core = new DebugPorts(dp, 0, new Map()).memory(place);
  const sawReset = async (): Promise<boolean> =>
    field(DHCSR, "S_RESET_ST", await core.read(DHCSR.address, 32)) === 1;
  try {
    await dp.identify();
    await dp.powerUp();
    await sawReset();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return "unknown"; // without the core it cannot be known
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
    if (!(error instanceof Failure)) throw error; // what is known is known; the port is let go all the same
  }
}

/** For people. */
export function partText({ what, value, means }: Part): string {
  return `${what}${value === undefined ? "" : ` ${hex32(value)}`}: ${means}`;
}
