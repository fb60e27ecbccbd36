/** Opens a probe and puts the rig of a session together: the only place that names adapters. */
import { DebugPort } from "../coresight/dp.ts";
import { Wire } from "../coresight/wire.ts";
import type { Operator } from "../interpreter/ports.ts";
import { HostClock, type Clock } from "../lib/clock.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { ProbeFailure } from "../probe/faults.ts";
import { openLink } from "../probe/link.ts";
import { parseProbe } from "../probe/select.ts";
import { listUsbProbes } from "../probe/usb.ts";
import { deriveModel } from "../simulator/derive.ts";
import { openSimulator } from "../simulator/simulator.ts";
import type { DeviceContext } from "./context.ts";
import { TargetAccess } from "./debug-access.ts";
import type { SessionEvent } from "./events.ts";
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
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
}

/** A session that is not connected yet. The probe is open; `session.disconnect()` or `abandon()` closes it. */
export async function openSession(request: OpenRequest): Promise<Session> {
  const { context, onEvent } = request;
  const settings = resolveSettings([...request.layers, packLayer(context)]);
  const { pipe, clock } = await openPipe(request.probe, context);
  const link = await openLink(pipe, clock);
  const wire = new Wire({ link, clock, ...(onEvent === undefined ? {} : { onEvent }) });
  const access = new TargetAccess(new DebugPort(wire), context);
  return new Session({
    rig: { clock, access, target: new Target(link, access, context.ap), operator: request.operator },
    context,
    settings,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}

interface Opened {
  readonly pipe: PacketPipe;
  readonly clock: Clock;
}

async function openPipe(probe: string | undefined, context: DeviceContext): Promise<Opened> {
  if (probe === undefined) return soleProbe();
  const choice = parseProbe(probe);
  if (choice.kind === "sim") return simulated(choice.model, choice.options, context);
  if (choice.kind === "usb-id") {
    const ids = (await listUsbProbes()).map(({ id }) => id);
    const found = ids.filter((id) => id.toLowerCase().includes(choice.id.toLowerCase()));
    if (found.length === 0) {
      const there = ids.length === 0 ? "none is attached" : `attached: ${ids.join(", ")}`;
      throw new ProbeFailure(
        { kind: "no-probe", wanted: choice.id },
        `no probe has "${choice.id}" in its id; ${there}`,
      );
    }
  }
  throw new ProbeFailure(
    { kind: "probe-not-openable", id: probe },
    `${probe}: this version runs sequences on the simulated probe only (--probe sim)`,
  );
}

async function soleProbe(): Promise<Opened> {
  const ids = (await listUsbProbes()).map(({ id }) => id);
  if (ids.length === 0) {
    throw new ProbeFailure(
      { kind: "no-probe" },
      "no CMSIS-DAP probe is attached; `--probe sim` runs without hardware",
    );
  }
  const what =
    ids.length === 1 ? "a real probe cannot be opened yet" : `several probes are attached: ${ids.join(", ")}`;
  throw new ProbeFailure(
    { kind: "several-probes", ids },
    `${what}; name one with --probe, or take --probe sim`,
  );
}

function simulated(
  model: string | undefined,
  options: ReadonlyMap<string, string>,
  context: DeviceContext,
): Opened {
  void deriveModel;
  return openSimulator({ ...(model === undefined ? {} : { model }), options }, context.description);
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
