/** `dbgseq serve`: offers any probe, the simulator too, to other programs. Chooses the server; probe/ has the protocols. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import {
  CMSIS_DAP_TCP_PORT,
  mustBeServable,
  PROBE_FORM_LINE,
  PYOCD_TCP_PORT,
  serveProbe,
  withoutBrackets,
  type ServerEvent,
} from "../../api/node/jobs/serve.ts";
import { gather } from "../flags/asked.ts";
import { Exit } from "../exit.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";
import { plural } from "../../lib/plural.ts";

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
    words: ["remote", "model=FILE", "write=PATH"],
    says: "remote: listen on an address that other machines reach, with no password; model=FILE: run the code of sim:FILE.mjs in this process; write=PATH: where a file has the simulator's state kept",
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
  const { as, host, port, virtual, targetLog, allow = [] } = options;
  const address = { host, port, mayLeaveLoopback: allow.includes("remote") };
  mustBeServable(address);
  const asked = await gather(io, options);
  await serveProbe(await readAsked(io, asked), {
    ...address,
    as,
    virtual: virtual === true,
    targetLog,
    signal: io.signal,
    onReady: (served) => {
      io.err(`${served.name}, ${served.speaks}; Ctrl-C ends\n`);
      io.out(`${served.address}\n`);
    },
    onEvent: (event) => {
      io.err(`${said(event)}\n`);
    },
    onNotice: (text) => {
      io.err(`${text}\n`);
    },
    onReleased: () => {
      io.err("the target is released\n");
    },
  });
  throw new Exit(EXIT.interrupted);
}

function said(event: ServerEvent): string {
  switch (event.kind) {
    case "client-came":
      return `${event.address} has the probe`;
    case "client-left":
      return `${event.address} left after ${plural(event.requests, "request")}`;
    case "client-refused":
      return `${event.address} was turned away: another client has the probe`;
    case "client-wrong":
      return `${event.address} was turned away: ${event.reason}`;
  }
}

function parsePort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > HIGHEST_PORT)
    throw new InvalidArgumentError(`expected 0 to ${HIGHEST_PORT}.`);
  return Number(text);
}
