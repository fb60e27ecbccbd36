/**
 * Puts the rig of a session together over an open probe. Names no kind of probe: probe/open.ts does, because
 * it needs a host.
 */
import { call, known, listOf, milliseconds, optional, signal, text, thing, work } from "../lib/arguments.ts";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { DataPatches } from "../coresight/wire/data-patches.ts";
import { Dp } from "../coresight/adi/dp.ts";
import type { DapLink } from "../coresight/wire/link.ts";
import { Wire } from "../coresight/wire/wire.ts";
import type { HostEffects, Operator } from "../interpreter/ports.ts";
import type { Clock } from "../lib/clock.ts";
import type { Source } from "../lib/source.ts";
import { openLink } from "../probe/cmsis-dap/link.ts";
import type { LivingTarget } from "../probe/tcp/living-target.ts";
import type { WireWatcher } from "../simulator/port/lines.ts";
import type { TargetLog } from "../simulator/bus/log.ts";
import type { Model } from "../simulator/model/define-model.ts";
import type { DeviceContext } from "../project/context.ts";
import { TargetAccess } from "./access/debug-access.ts";
import type { DebugInfo } from "./debug-info.ts";
import type { SessionEvent } from "./flow/events.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";
import type { SvdFile } from "../project/peripherals.ts";
import { Guard, type Consent } from "./guard/guard.ts";
import { Connection } from "./connection.ts";
import { packLayer } from "../project/pack-layer.ts";
import type { Given } from "../options/given.ts";
import { resolveSettings } from "../options/resolve.ts";
import { Target } from "./flow/target.ts";

/** A file that one process has for itself until it releases it. */
export interface StateFile {
  /** The text is undefined if nothing was kept yet. */
  readonly text: Source | undefined;
  /** Writes the whole text or nothing. */
  replace(text: string): Promise<void>;
  release(): Promise<void>;
}

/** A simulated device that is code. */
export interface CodeModel {
  readonly model: Model;
  /** Returns the error as one of the model's code, if it came from there. `when` completes "the code failed ...". */
  readonly blame: (error: unknown, when: string) => unknown;
}

export interface OpenRequest {
  /** The name of a probe; undefined takes the one probe that is attached. */
  readonly probe?: string;
  readonly context: DeviceContext;
  /** The layers stand strongest first; the pack's own wishes are added at the end. */
  readonly layers: readonly Given[];
  readonly operator: Operator;
  /** The effects that sequences may have on the user's machine; nothing if omitted. */
  readonly host?: HostEffects;
  /** Consent to what erases everything or cannot be taken back; nothing of it if omitted. */
  readonly consent?: Consent;
  /** The place into which LoadDebugInfo loads. */
  readonly debugInfo?: DebugInfo;
  /** Reads the file of a simulated model, if the host has files. */
  readonly readText?: (path: string) => Promise<Source>;
  /** Runs the code of a simulated model, if the host has files; rejects without consent. */
  readonly loadModel?: (path: string) => Promise<CodeModel>;
  /** Opens the file in which a simulated device keeps its state, if the host has files. */
  readonly openState?: (path: string) => Promise<StateFile>;
  /** Reads a file that the pack's description names, if the host has files. */
  readonly readPackFile?: ReadPackFile;
  /** Names of registers that replace the pack's own. */
  readonly svd?: SvdFile;
  /** It receives the levels of the wires; only a simulated probe can tell them. */
  readonly wire?: WireWatcher;
  /** How long to wait for a probe that is busy or missing, in milliseconds; 0 if omitted. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SessionEvent) => void;
  /** Looks at the target after a failure, before anything is undone. */
  readonly onFailure?: (error: unknown, connection: Connection) => Promise<void>;
  /**
   * If true, `onEvent` need not hear of turns of a waiting loop that equal the one before. By default it
   * hears of all.
   */
  readonly leavesOutRepeats?: boolean;
}

/** The part of a request that opening the probe needs. */
export type ProbeRequest = Pick<
  OpenRequest,
  | "probe"
  | "context"
  | "readText"
  | "loadModel"
  | "openState"
  | "readPackFile"
  | "svd"
  | "wire"
  | "waitMs"
  | "signal"
  | "onEvent"
>;

const REQUEST = known({
  probe: optional(text),
  context: thing<DeviceContext>("a DeviceContext, as deviceContext makes it", {
    resolve: "function",
    layers: "object",
  }),
  layers: listOf(thing<Given>("options with their origin", { values: "object" })),
  operator: thing<Operator>("an Operator, as askingOperator makes it", {
    query: "function",
    queryValue: "function",
  }),
  waitMs: optional(milliseconds),
  signal,
  onEvent: optional(work),
});
const PROBE = call({ probe: thing<object>("a probe that was opened", { clock: "object" }) });

/** Checks what every opening of a connection takes, before anything is opened. */
export function checkRequest(request: OpenRequest): void {
  REQUEST(request, "request");
}

/** A pipe for packets, with its clock: virtual in memory, the host's otherwise. */
export interface OpenProbe {
  readonly pipe: PacketPipe;
  readonly clock: Clock;
  /** Tells what happens on the target's side, if that is simulated. */
  readonly log?: TargetLog;
  /** The target that lives in virtual time. */
  readonly target?: LivingTarget;
}

/** A probe that takes operations rather than packets, such as one behind pyOCD's server. */
export interface OpenLink {
  readonly link: DapLink;
  readonly clock: Clock;
}

/** Does the same as openSession, over a probe that the caller opened; the session closes it. */
export async function openSessionOver(
  probe: OpenProbe | OpenLink,
  request: OpenRequest,
): Promise<Connection> {
  PROBE({ probe });
  checkRequest(request);
  const { context, onEvent } = request;
  const { clock } = probe;
  const settings = resolveSettings([...request.layers, packLayer(context)]);
  const link = "link" in probe ? probe.link : await linkOver(probe);
  const protocol = settings.protocol.value;
  const atomic = settings.atomic.value;
  const note = (text: string): void => onEvent?.({ kind: "notice", timeUs: clock.nowUs(), text });
  for (const text of link.notes) note(`note: ${text}`);
  const guard = new Guard(context.description?.device, request.consent);
  const wire = new Wire({ link, clock, protocol, guard, ...(onEvent === undefined ? {} : { onEvent }) });
  const routes = protocol === "swd" ? context.swdRoutes : new Map();
  const port = new Dp(wire, { id: context.dp, patches: new DataPatches(context.dataPatches) });
  const access = new TargetAccess(port, context, { atomic, dp: context.dp, routes });
  return new Connection({
    rig: {
      clock,
      access,
      target: new Target(link, access, context, {
        signal: request.signal,
        onNote: note,
        // A correction is the description's own word, not the hardware's.
        onDesigner: (code) => {
          if (context.dataPatches.length === 0) guard.note(code);
        },
      }),
      operator: request.operator,
      guard,
      ...(request.host === undefined ? {} : { host: request.host }),
      ...(request.debugInfo === undefined ? {} : { debugInfo: request.debugInfo }),
    },
    context,
    settings,
    ...(request.readPackFile === undefined ? {} : { readPackFile: request.readPackFile }),
    ...(request.svd === undefined ? {} : { svd: request.svd }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(request.onFailure === undefined ? {} : { onFailure: request.onFailure }),
    ...(request.leavesOutRepeats === undefined ? {} : { leavesOutRepeats: request.leavesOutRepeats }),
  });
}

/** Opens the probe up to its link; closes the probe if that fails. */
export async function linkOver({ pipe, clock }: OpenProbe): Promise<DapLink> {
  try {
    return await openLink(pipe, clock);
  } catch (error) {
    // An open pipe would keep the probe, and this process, busy. An error of closing is now only a
    // consequence.
    await pipe.close().catch(() => undefined);
    throw error;
  }
}
