/** Lends any probe, the simulator too, to other programs over TCP. Chooses the server; probe/ has the protocols. */
import { INFO } from "../../../cmsis-dap/info.ts";
import { growFile } from "../../../host/files/output-files.ts";
import { HostClock, VirtualClock } from "../../../lib/clock.ts";
import { jsonLine } from "../../../lib/shown-text.ts";
import { readIdentity, readName } from "../../../probe/cmsis-dap/identity.ts";
import { openLink } from "../../../probe/cmsis-dap/link.ts";
import { PyocdServer } from "../../../probe/pyocd/server.ts";
import { LONGEST_FRAME } from "../../../probe/tcp/frame.ts";
import { withoutBrackets } from "../../../probe/tcp/loopback.ts";
import { requestTime } from "../../../probe/tcp/request-time.ts";
import { TcpServer } from "../../../probe/tcp/server.ts";
import type { TcpServerEvent, TcpServerOptions } from "../../../probe/tcp/serving.ts";
import { mustBeLoopback, type TurnServer } from "../../../probe/tcp/turns.ts";
import { wallTime } from "../../../probe/tcp/wall-time.ts";
import { openProbe, type OpenLink, type OpenProbe } from "../../../session/probe/open.ts";
import {
  badRequest,
  call,
  oneOf,
  optional,
  options,
  signal,
  text,
  unsigned,
  work,
  yesOrNo,
} from "../../arguments.ts";
import { deviceInputs } from "../../given.ts";
import type { DeviceInputs } from "../gather.ts";

export { PYOCD_TCP_PORT } from "../../../probe/pyocd/protocol.ts";
export { PROBE_FORM_LINE } from "../../../probe/select.ts";
export { CMSIS_DAP_TCP_PORT } from "../../../probe/tcp/frame.ts";
export { withoutBrackets };
export type ServerEvent = TcpServerEvent;

export interface ServeAddress {
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** The port; 0 takes a free one. Default: that of the protocol. */
  readonly port?: number | undefined;
  /** Consents to an address that other machines reach, without a password. */
  readonly mayLeaveLoopback?: boolean;
}

export interface ServeOptions extends ServeAddress {
  /** The protocol of the clients. Default `cmsis-dap`. */
  readonly as?: "cmsis-dap" | "pyocd";
  /** For the simulator: time passes by what clients ask, not by the clock. */
  readonly virtual?: boolean;
  /** For the simulator: a file for what happens on the target's side, one JSON object a line, written as it happens. */
  readonly targetLog?: string | undefined;
  /** Ends serving. */
  readonly signal?: AbortSignal | undefined;
  /** Called when clients can connect. */
  readonly onReady?: (served: Served) => void;
  /** Called with what clients do. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Called when the clients are gone, before the probe is closed. */
  readonly onReleased?: () => void;
  /** Called with what a simulated probe reports of itself. */
  readonly onNotice?: (text: string) => void;
}

export interface Served {
  /** The name of the probe, for people. */
  readonly name: string;
  /** The protocol of the server, for people. */
  readonly speaks: string;
  /** The address as the option `probe` takes it: `tcp://127.0.0.1:4441`. */
  readonly address: string;
}

type Opened = OpenProbe | OpenLink;
type Lending = ServeOptions & { readonly host: string };

const LOOPBACK = "127.0.0.1";

const SERVE = call({
  inputs: deviceInputs,
  options: options({
    host: optional(text),
    port: optional(unsigned(16)),
    mayLeaveLoopback: optional(yesOrNo),
    as: optional(oneOf(["cmsis-dap", "pyocd"])),
    virtual: optional(yesOrNo),
    targetLog: optional(text),
    signal,
    onReady: optional(work),
    onEvent: optional(work),
    onReleased: optional(work),
    onNotice: optional(work),
  }),
});

/** Throws `beyond-loopback` for an address that other machines reach, unless there is consent to that. */
export function mustBeServable({ host = LOOPBACK, mayLeaveLoopback = false }: ServeAddress): void {
  mustBeLoopback({ host, mayLeaveLoopback });
}

/**
 * Lends a probe until `signal` ends it or the probe is lost; then the target is released. `inputs` name the probe
 * and its device. One client is served at a time; its commands are passed on as they are. Rejects with
 * `beyond-loopback`, and what the probe and the port throw.
 *
 * `await serveProbe(inputs, { port: 0, signal, onReady: ({ address }) => console.log(address) });`
 */
export async function serveProbe(inputs: DeviceInputs, wishes: ServeOptions = {}): Promise<void> {
  SERVE({ inputs, options: wishes });
  const lending = { ...wishes, host: withoutBrackets(wishes.host ?? LOOPBACK) };
  mustBeServable(lending);
  const { context, probe: named, readText, openState } = inputs;
  const probe = await openProbe({
    context,
    readText,
    openState,
    onEvent: (event) => {
      if (event.kind === "notice") wishes.onNotice?.(event.text);
    },
    ...(named === undefined ? {} : { probe: named }),
  });
  let lent = probe;
  try {
    await logged(probe, wishes.targetLog, async () => {
      const name = await nameOf(probe); // This is asked before clients connect: the question must not meet theirs.
      lent = living(probe, wishes.virtual === true);
      await lend(lent, name, lending);
    });
  } finally {
    await ("link" in lent ? lent.link : lent.pipe).close();
  }
}

/** Lends the probe until the signal comes, or the probe is lost. */
async function lend(probe: Opened, name: string, options: Lending): Promise<void> {
  const { host, signal, onReady } = options;
  const { scheme, speaks, start } = SERVERS[options.as ?? "cmsis-dap"];
  const server = await start(probe, options);
  onReady?.({
    name,
    speaks,
    address: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
  });
  const stop = (): void => void server.close();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    await server.ended;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  options.onReleased?.();
}

interface ServerKind {
  readonly scheme: string;
  readonly speaks: string;
  readonly start: (probe: Opened, options: Lending) => Promise<TurnServer>;
}

const SERVERS: Readonly<Record<NonNullable<ServeOptions["as"]>, ServerKind>> = {
  "cmsis-dap": { scheme: "tcp", speaks: "CMSIS-DAP over TCP", start: startCmsisDap },
  pyocd: { scheme: "pyocd", speaks: "as pyOCD's server", start: startPyocd },
};

async function startCmsisDap(probe: Opened, options: Lending): Promise<TurnServer> {
  if ("link" in probe)
    throw badRequest(
      "a probe of pyOCD's server does not take CMSIS-DAP packets; lend it as pyocd",
      "served-protocol",
    );
  const { pipe } = probe;
  const { longestPacket, packetCount } = await readIdentity(pipe);
  const fitting = Math.min(longestPacket, LONGEST_FRAME);
  return TcpServer.start(pipe, { ...where(options), packetSize: fitting, packetCount });
}

async function startPyocd(probe: Opened, options: Lending): Promise<TurnServer> {
  const tcp = where(options);
  if ("link" in probe) return PyocdServer.start(probe, tcp);
  const { pipe } = probe;
  // A client in another process sleeps in real time, and so must what it asks this one to wait for.
  const clock = options.virtual === true ? probe.clock : new HostClock();
  return PyocdServer.start({ link: await openLink(pipe, clock), clock, pipe }, tcp);
}

function where({ host, port, mayLeaveLoopback = false, onEvent }: Lending): TcpServerOptions {
  return {
    host,
    ...(port === undefined ? {} : { port }),
    mayLeaveLoopback,
    ...(onEvent === undefined ? {} : { onEvent }),
  };
}

async function nameOf(probe: Opened): Promise<string> {
  const product = "link" in probe ? probe.link.identity["product"] : await readName(probe.pipe, INFO.product);
  return product ?? "a nameless probe";
}

/** Lets time pass for a simulated target while clients have it; a real one stays as it is. */
function living(probe: Opened, virtual: boolean): Opened {
  if (!("link" in probe) && probe.clock instanceof VirtualClock && probe.target !== undefined) {
    const { pipe, clock, target } = probe;
    return { ...probe, pipe: virtual ? requestTime(pipe, clock, target) : wallTime(pipe, clock, target) };
  }
  if (virtual)
    throw badRequest("virtual time is for the simulator; a real target lives in real time", "virtual-time");
  return probe;
}

/** Logs events. Each is in the file as soon as it has happened: a reader need not wait for the end. */
async function logged(
  { log }: Partial<OpenProbe>,
  file: string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  if (file === undefined) {
    await work();
    return;
  }
  if (log === undefined)
    throw badRequest(
      "a log of the target is for the simulator; a real target does not show its own side",
      "target-log",
    );
  const open = await growFile(file, { live: true });
  log.onEvent = (event) => {
    open.write(jsonLine(event));
  };
  try {
    await work();
  } finally {
    log.onEvent = undefined;
    open.close();
  }
}
