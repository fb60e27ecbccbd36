/** `dbgseq serve`: any probe, the simulator too, for other people's clients. Knows which server; what it speaks is in probe/. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { INFO } from "../../cmsis-dap/info.ts";
import type { Failure } from "../../lib/fault.ts";
import { HostClock, VirtualClock } from "../../lib/clock.ts";
import { jsonLine } from "../../lib/shown-text.ts";
import { readIdentity, readName } from "../../probe/cmsis-dap/identity.ts";
import { openLink } from "../../probe/cmsis-dap/link.ts";
import { withoutBrackets } from "../../probe/tcp/loopback.ts";
import { PYOCD_TCP_PORT } from "../../probe/pyocd/protocol.ts";
import { PyocdServer } from "../../probe/pyocd/server.ts";
import { PROBE_FORM_LINE } from "../../probe/select.ts";
import { TcpServer, type TcpServerEvent, type TcpServerOptions } from "../../probe/tcp/server.ts";
import { CMSIS_DAP_TCP_PORT, LONGEST_FRAME } from "../../probe/tcp/frame.ts";
import { mustBeLoopback, type TurnServer } from "../../probe/tcp/turns.ts";
import { requestTime } from "../../probe/tcp/request-time.ts";
import { wallTime } from "../../probe/tcp/wall-time.ts";
import { EXIT } from "../../session/exit-codes.ts";
import { growFile } from "../../host/output-files.ts";
import { openProbe, type OpenLink, type OpenProbe } from "../../session/probe/open.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { readAsked } from "../read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../target-options.ts";

interface ServeOptions extends TargetOptions {
  readonly as: "cmsis-dap" | "pyocd";
  readonly host: string;
  readonly port?: number;
  readonly virtual?: boolean;
  readonly targetLog?: string;
  readonly allow?: readonly string[];
}

const HIGHEST_PORT = 0xffff;

export function defineServe(command: Command, io: Io): void {
  command
    .option("--probe <probe>", `${PROBE_FORM_LINE} (ID: unique id or a part of one)`)
    .addOption(
      new Option("--as <protocol>", "what the clients speak")
        .choices(["cmsis-dap", "pyocd"])
        .default("cmsis-dap"),
    )
    .option(
      "--port <number>",
      `TCP port (${CMSIS_DAP_TCP_PORT}, for pyOCD ${PYOCD_TCP_PORT}); 0 takes a free one`,
      parsePort,
    )
    .option(
      "--host <address>",
      "address to listen on; every program that reaches it can use the target",
      withoutBrackets,
      "127.0.0.1",
    )
    .option("--virtual", "simulator: time passes by what clients ask, not by the clock, for repeatable tests")
    .option(
      "--target-log <file>",
      "simulator: what happens on the target's side, one JSON object a line, written in place as it happens",
    );
  addDeviceOptions(command, {
    words: ["remote", "write=PATH"],
    says: "remote: listen on an address that other machines reach, with no password; write=PATH: where a file has the simulator's state kept",
  })
    .addHelpText(
      "after",
      `
The address stands on stdout, as --probe takes it; what clients do stands on stderr. One client at a time; a second one is
sent away, and so is one that says anything but requests (a page in a browser, say), or asks for nothing within 30 s (2 s if
another client waits). Serving as such has no time limit. Other machines reach the port only with --host and --allow remote.
What a client sends is passed on as it is: it may erase or lock the target, and no grant is asked for. Ctrl-C releases the
target and ends with 130.

Examples:
  dbgseq serve --probe sim:generic-m4
  openocd -c 'adapter driver cmsis-dap; cmsis-dap backend tcp; cmsis-dap tcp host 127.0.0.1' ...
  dbgseq run ResetSystem --probe tcp://127.0.0.1
  dbgseq serve --probe sim:generic-m4 --as pyocd
  pyocd commander -u remote:127.0.0.1 -t cortex_m`,
    )
    .action((options: ServeOptions) => serve(io, options));
}

async function serve(io: Io, options: ServeOptions): Promise<void> {
  const { host, mayLeaveLoopback = false } = where(options);
  mustBeLoopback({ host, mayLeaveLoopback });
  const asked = await gather(io, options);
  const { context, readText, openState } = await readAsked(io, asked);
  const probe = await openProbe({
    context,
    readText,
    openState,
    onEvent: (event) => {
      if (event.kind === "notice") io.err(`${event.text}\n`);
    },
    ...(asked.probe === undefined ? {} : { probe: asked.probe }),
  });
  let lent = probe;
  try {
    await logged(probe, options.targetLog, async () => {
      const name = await nameOf(probe); // before clients come: its question must not meet theirs
      lent = living(probe, options.virtual === true);
      await lend(io, { probe: lent, name }, options);
    });
  } finally {
    await ("link" in lent ? lent.link : lent.pipe).close();
  }
}

/** Until a signal comes, or the probe is lost. */
async function lend(
  io: Io,
  { probe, name }: { readonly probe: OpenProbe | OpenLink; readonly name: string },
  options: ServeOptions,
): Promise<void> {
  const { as, host } = options;
  const server = await SERVERS[as].start(probe, options, (event) => {
    io.err(`${said(event)}\n`);
  });
  io.err(`${name}, ${SERVERS[as].speaks}; Ctrl-C ends\n`);
  io.out(`${SERVERS[as].scheme}://${host.includes(":") ? `[${host}]` : host}:${server.port}\n`);
  const stop = (): void => void server.close();
  io.signal?.addEventListener("abort", stop, { once: true });
  if (io.signal?.aborted === true) stop();
  try {
    await server.ended;
  } finally {
    io.signal?.removeEventListener("abort", stop);
  }
  io.err("the target is released\n");
  throw new Exit(EXIT.interrupted);
}

type Start = (
  probe: OpenProbe | OpenLink,
  options: ServeOptions,
  onEvent: (event: TcpServerEvent) => void,
) => Promise<TurnServer>;

const SERVERS: Readonly<
  Record<ServeOptions["as"], { readonly scheme: string; readonly speaks: string; readonly start: Start }>
> = {
  "cmsis-dap": { scheme: "tcp", speaks: "CMSIS-DAP over TCP", start: startCmsisDap },
  pyocd: { scheme: "pyocd", speaks: "as pyOCD's server", start: startPyocd },
};

async function startCmsisDap(...[probe, options, onEvent]: Parameters<Start>): Promise<TurnServer> {
  if ("link" in probe)
    throw badRequest("a probe of pyOCD's server takes no CMSIS-DAP packets; --as pyocd lends it");
  const { pipe } = probe;
  const { longestPacket, packetCount } = await readIdentity(pipe);
  const fitting = Math.min(longestPacket, LONGEST_FRAME);
  return TcpServer.start(pipe, { ...where(options), packetSize: fitting, packetCount, onEvent });
}

async function startPyocd(...[probe, options, onEvent]: Parameters<Start>): Promise<TurnServer> {
  const tcp = { ...where(options), onEvent };
  if ("link" in probe) return PyocdServer.start(probe, tcp);
  const { pipe } = probe;
  // A client of another process sleeps in real time, and so does what it asks this one to wait for.
  const clock = options.virtual === true ? probe.clock : new HostClock();
  return PyocdServer.start({ link: await openLink(pipe, clock), clock, pipe }, tcp);
}

function where({ host, port, allow = [] }: ServeOptions): TcpServerOptions & { readonly host: string } {
  return { host, ...(port === undefined ? {} : { port }), mayLeaveLoopback: allow.includes("remote") };
}

async function nameOf(probe: OpenProbe | OpenLink): Promise<string> {
  const product = "link" in probe ? probe.link.identity["product"] : await readName(probe.pipe, INFO.product);
  return product ?? "a nameless probe";
}

/** A simulated target whose time passes while clients have it; a real one is as it is. */
function living(probe: OpenProbe | OpenLink, virtual: boolean): OpenProbe | OpenLink {
  if (!("link" in probe) && probe.clock instanceof VirtualClock && probe.target !== undefined) {
    const { pipe, clock, target } = probe;
    return { ...probe, pipe: virtual ? requestTime(pipe, clock, target) : wallTime(pipe, clock, target) };
  }
  if (virtual) throw notVirtual();
  return probe;
}

function notVirtual(): Failure {
  return badRequest("--virtual is for the simulator; a real target lives in real time");
}

/** Each event is in the file as soon as it has happened: a reader need not wait for the end. */
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
    throw badRequest("--target-log is for the simulator; a real target does not show its own side");
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

function said(event: TcpServerEvent): string {
  switch (event.kind) {
    case "client-came":
      return `${event.address} has the probe`;
    case "client-left":
      return `${event.address} left after ${event.requests} requests`;
    case "client-refused":
      return `${event.address} was sent away: another client has the probe`;
    case "client-wrong":
      return `${event.address} was sent away: ${event.reason}`;
  }
}

function parsePort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > HIGHEST_PORT)
    throw new InvalidArgumentError(`expected 0 to ${HIGHEST_PORT}.`);
  return Number(text);
}
