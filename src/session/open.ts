/** Opens a probe and puts the rig of a session together: the only place that names adapters. */
import { DataPatches } from "../coresight/data-patches.ts";
import { DebugPort } from "../coresight/dp.ts";
import type { DapLink } from "../coresight/link.ts";
import { Wire } from "../coresight/wire.ts";
import type { HostEffects, Operator } from "../interpreter/ports.ts";
import { assertNever } from "../lib/assert-never.ts";
import { HostClock, type Clock } from "../lib/clock.ts";
import { Failure } from "../lib/fault.ts";
import type { RegisterMap } from "../device/peripherals.ts";
import type { Source } from "../lib/source.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { ProbeFailure } from "../probe/faults.ts";
import { openLink } from "../probe/link.ts";
import { parseProbe, type ProbeChoice } from "../probe/select.ts";
import { chooseUsbProbe } from "../probe/usb-choice.ts";
import { listUsbProbes, type UsbProbe } from "../probe/usb.ts";
import { modelForDevice } from "../simulator/model-for-device.ts";
import type { TargetLog } from "../simulator/log.ts";
import type { WireWatcher } from "../simulator/lines.ts";
import { openSimulator, type SimulatorSpec } from "../simulator/open.ts";
import type { DeviceContext } from "./context.ts";
import type { DebugInfo } from "./debug-info.ts";
import { TargetAccess } from "./debug-access.ts";
import type { SessionEvent } from "./events.ts";
import { SessionFailure } from "./faults.ts";
import type { ReadPackFile } from "./flash.ts";
import { Peripherals, svdOf, type SvdFile } from "./peripherals.ts";
import { patiently } from "./patience.ts";
import { Session } from "./session.ts";
import { resolveSettings, type Layer } from "./settings.ts";
import { Target } from "./target.ts";

export interface OpenRequest {
  /** As `--probe` says it; undefined takes the one probe that is attached. */
  readonly probe?: string;
  readonly context: DeviceContext;
  /** Strongest first; the pack's own wishes are added at the end. */
  readonly layers: readonly Layer[];
  readonly operator: Operator;
  /** What sequences may do on the user's machine; nothing where it is left away. */
  readonly host?: HostEffects;
  /** Consent to sequences that declare `requires erase`. */
  readonly mayErase?: boolean;
  /** Where the host puts what LoadDebugInfo loads. */
  readonly debugInfo?: DebugInfo;
  /** Reads the file of a simulated model, where there are files. */
  readonly readText?: (path: string) => Promise<Source>;
  /** Reads a file that the pack's description names, where there are files. */
  readonly readPackFile?: ReadPackFile;
  /** Names of registers, in the place of the pack's own. */
  readonly svd?: SvdFile;
  /** Hears of the levels of the wires; only a simulated probe can tell. */
  readonly wire?: WireWatcher;
  /** How long to wait for a probe that is busy or not there; 0 where left away. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
}

/** A session that is not connected yet. The probe is open; `session.disconnect()` or `abandon()` closes it. */
export async function openSession(request: OpenRequest): Promise<Session> {
  const { waitMs = 0, signal, onEvent } = request;
  const onWait = (reason: string): void =>
    onEvent?.({ kind: "notice", timeUs: 0, text: `waiting for the probe: ${reason}` });
  // A server that is busy takes the connection and says so then.
  const link = await patiently({ waitMs, signal, onWait }, () => openProbeLink(request));
  return openSessionOver(link, request);
}

/** As openSession, over a probe that somebody else opened; the session closes it. */
export async function openSessionOver(probe: OpenProbe | OpenLink, request: OpenRequest): Promise<Session> {
  const { context, onEvent } = request;
  const { clock } = probe;
  const settings = resolveSettings([...request.layers, packLayer(context)]);
  const link = "link" in probe ? probe.link : await linkOver(probe);
  const protocol = settings.protocol.value;
  const atomic = settings.atomic.value;
  const wire = new Wire({ link, clock, protocol, ...(onEvent === undefined ? {} : { onEvent }) });
  const routes = protocol === "swd" ? context.swdRoutes : new Map();
  const port = new DebugPort(wire, { id: context.dp, patches: new DataPatches(context.dataPatches) });
  const access = new TargetAccess(port, context, { atomic, dp: context.dp, routes });
  return new Session({
    rig: {
      clock,
      access,
      target: new Target(link, access, context, request.signal),
      operator: request.operator,
      ...(request.host === undefined ? {} : { host: request.host }),
      ...(request.debugInfo === undefined ? {} : { debugInfo: request.debugInfo }),
    },
    context,
    settings,
    ...(request.readPackFile === undefined ? {} : { readPackFile: request.readPackFile }),
    ...(request.mayErase === undefined ? {} : { mayErase: request.mayErase }),
    ...(request.svd === undefined ? {} : { svd: request.svd }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}

/** Packets and the time that goes with them: virtual in memory, the host's otherwise. */
export interface OpenProbe {
  readonly pipe: PacketPipe;
  readonly clock: Clock;
  /** What happens on the target's side, where that is simulated. */
  readonly log?: TargetLog;
}

/** A probe that takes operations rather than packets: one behind pyOCD's server. */
export interface OpenLink {
  readonly link: DapLink;
  readonly clock: Clock;
}

async function linkOver({ pipe, clock }: OpenProbe): Promise<DapLink> {
  try {
    return await openLink(pipe, clock);
  } catch (error) {
    // Left open it would keep the probe, and this process, busy; what closing says now is only a consequence.
    await pipe.close().catch(() => undefined);
    throw error;
  }
}

/** As much of a request as opening the probe takes. */
export type ProbeRequest = Pick<
  OpenRequest,
  "probe" | "context" | "readText" | "readPackFile" | "svd" | "wire" | "onEvent"
>;

/** The probe that the request names, or the one that is attached; whoever calls closes it. */
export async function openProbe(request: ProbeRequest): Promise<OpenProbe | OpenLink> {
  const { probe } = request;
  const choice = probe === undefined ? undefined : parseProbe(probe);
  if (request.wire !== undefined && choice?.kind !== "sim") throw unwatched();
  if (probe === undefined || choice === undefined) return onHost(chooseUsbProbe(await listUsbProbes()));
  switch (choice.kind) {
    case "sim":
      return simulated(choice, request);
    case "tcp":
      return { pipe: await (await import("../probe/tcp.ts")).openTcp(choice), clock: new HostClock() };
    case "usb-id":
    case "usb-path":
    case "usb-product":
      return onHost(chooseUsbProbe(await listUsbProbes(), choice));
    case "pyocd": {
      const clock = new HostClock();
      return { link: await (await import("../probe/pyocd.ts")).openPyocd(choice, clock), clock };
    }
    case "replay":
      throw new ProbeFailure(
        { kind: "probe-not-openable", id: probe },
        `${probe}: this kind of probe is not available yet`,
      );
    default:
      return assertNever(choice);
  }
}

function unwatched(): SessionFailure {
  const what = "the wire can be watched on the simulator only; a real one needs a logic analyser";
  return new SessionFailure({ kind: "bad-request", what }, what);
}

async function onHost(probe: UsbProbe): Promise<OpenProbe> {
  return { pipe: await probe.open(), clock: new HostClock() };
}

interface SimulatedModel {
  readonly model: SimulatorSpec["model"];
  readonly notes: readonly string[];
}

/** A shipped model by name, a YAML model of a file, or the device's own, which may be derived and is said then. */
async function simulated(
  choice: ProbeChoice & { readonly kind: "sim" },
  request: ProbeRequest,
): Promise<OpenProbe> {
  const { model, notes } = await modelFor(choice.model, request);
  const spec = { model, options: Object.fromEntries(choice.options) };
  const { pipe, clock, log } = openSimulator(spec, { watch: request.wire });
  for (const text of notes) request.onEvent?.({ kind: "notice", timeUs: clock.nowUs(), text });
  return { pipe, clock, log };
}

async function modelFor(name: string | undefined, request: ProbeRequest): Promise<SimulatedModel> {
  const { context, readText } = request;
  if (name === undefined) return modelForDevice(context.description, () => registersOf(request));
  const isFile = /[\\/]|\.ya?ml$/.test(name);
  return { model: isFile && readText !== undefined ? await readText(name) : name, notes: [] };
}

/** What an SVD file that cannot be used says is left out: whoever asks for its names is told then. */
async function registersOf({ context, svd, readPackFile }: ProbeRequest): Promise<RegisterMap | undefined> {
  const file = svd ?? svdOf(context, readPackFile);
  if (file === undefined) return undefined;
  try {
    return await new Peripherals(file).map();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** What the pack says about the connection (`<debugconfig>`); cjtag is no protocol of these probes. */
function packLayer(context: DeviceContext): Layer {
  const config = context.description?.debugConfig;
  if (config === undefined) return { origin: "pack", values: {} };
  const { protocol, swj, dormant, clockHz } = config;
  return {
    origin: "pack",
    values: {
      swj,
      dormant,
      ...(protocol === "cjtag" ? {} : { protocol }),
      ...(clockHz === undefined ? {} : { clockHz }),
    },
  };
}

/** The same probe, as far as its link: who asks has no sequences to run. Closing the link closes the probe. */
export async function openProbeLink(request: ProbeRequest): Promise<OpenLink> {
  const probe = await openProbe(request);
  return "link" in probe ? probe : { link: await linkOver(probe), clock: probe.clock };
}
