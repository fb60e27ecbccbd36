#!/usr/bin/env node
/** The process around the command line: streams, ends, exit code. Everything else is program.ts. */
import { terminalAsk } from "../api/node/terminal.ts";
import { EXIT } from "../api/exit-codes.ts";
import { Ends } from "./ends.ts";
import { letGoOfLostTerminals } from "./terminal/lost-terminals.ts";
import { main } from "./program.ts";

letGoOfLostTerminals(process);
const ends = new Ends(process);
const cwd = workingFolder();
ends.leave(cwd === undefined ? EXIT.usage : await run(cwd));

function run(cwd: string): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const ask = terminalAsk(process, ends.signal);
  return main(process.argv.slice(2), {
    ...ends.streams,
    reading: ends.reading,
    cwd,
    env,
    terminal: stdin.isTTY && stderr.isTTY,
    screen: stdout.isTTY,
    errScreen: stderr.isTTY,
    columns: () => (stderr.isTTY ? stderr : stdout).columns,
    color: (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb",
    signal: ends.signal,
    ...(ask === undefined ? {} : { ask }),
  });
}

/** Returns the working folder; undefined if it was deleted. Deleting it later does no harm: Node keeps its name. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    process.stderr.write("error: the working folder is gone; change into one that is there\n");
    return undefined;
  }
}
