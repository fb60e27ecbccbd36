/** The command line in this process, with a signal that ends it. */
import { main } from "../../src/cli/program.ts";
import { Failure } from "../../src/lib/fault.ts";

/** Of what a command said the end is kept: a server that lasts says something of each client. */
const KEPT_CHARACTERS = 10_000;

export interface Command {
  /** What it said on standard output so far, as soon as there is a line. */
  readonly line: Promise<string>;
  readonly code: Promise<number>;
  /** The end of it. */
  readonly said: () => string;
  readonly stop: () => void;
}

export function command(cwd: string, ...argv: readonly string[]): Command {
  const own = new AbortController();
  let said = "";
  let hear: (line: string) => void = () => undefined;
  const say = (text: string): void => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  };
  const line = new Promise<string>((resolve) => (hear = resolve));
  const code = main(argv, {
    out: (text) => {
      say(text);
      hear(text.trim());
    },
    err: say,
    cwd,
    env: {},
    terminal: false,
    color: false,
    signal: own.signal,
  });
  return {
    line,
    code,
    said: () => said,
    stop: () => {
      own.abort(new Failure({ kind: "interrupted" }, "interrupted"));
    },
  };
}
