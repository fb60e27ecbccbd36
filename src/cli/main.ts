#!/usr/bin/env node
/** The process around the command line: streams, signals, exit code. Everything else is program.ts. */
import { createInterface } from "node:readline/promises";
import { Failure } from "../lib/fault.ts";
import { EXIT } from "../session/exit-codes.ts";
import type { Outside } from "./io.ts";
import { main } from "./program.ts";

const abort = new AbortController();
let interruptedBy: number | undefined;

/** Releasing a target is bounded by the timeouts of the probe and by a second for each loop of its sequences. */
const RELEASE_LIMIT_MS = 10_000;

function onSignal(code: number): void {
  // The first asks for an orderly end, in which the target is released; the second one does not wait for it.
  if (interruptedBy !== undefined) process.exit(code);
  interruptedBy = code;
  // Whatever does not answer, a pipe without a writer say, must not keep the process for longer than a release may take.
  setTimeout(() => process.exit(code), RELEASE_LIMIT_MS).unref();
  abort.abort(new Failure({ kind: "interrupted" }, "interrupted"));
}
process.on("SIGINT", () => {
  onSignal(EXIT.interrupted);
});
process.on("SIGTERM", () => {
  onSignal(EXIT.terminated);
});
// A reader that has seen enough (`| head`) is no error; the run that writes to it is not cut short by it either.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.exit(EXIT.failed);
});

const terminal = process.stdin.isTTY && process.stderr.isTTY;
const outside: Outside = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  cwd: process.cwd(),
  env: process.env,
  terminal,
  screen: process.stdout.isTTY,
  color: process.stderr.isTTY && (process.env["NO_COLOR"] ?? "") === "",
  signal: abort.signal,
  ...(terminal ? { ask } : {}),
};

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question, { signal: abort.signal });
  } finally {
    reader.close();
  }
}

const code = await main(process.argv.slice(2), outside);
process.exitCode = interruptedBy ?? code;
