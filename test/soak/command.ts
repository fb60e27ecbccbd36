/** The command line in this process, with a signal that ends it. */
import { main } from "../../src/cli/program.ts";
import { Failure } from "../../src/lib/fault.ts";

export interface Command {
  /** What it said on standard output so far, as soon as there is a line. */
  readonly line: Promise<string>;
  readonly code: Promise<number>;
  readonly said: () => string;
  readonly stop: () => void;
}

export function command(cwd: string, ...argv: readonly string[]): Command {
  const own = new AbortController();
  let said = "";
  let hear: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => (hear = resolve));
  const code = main(argv, {
    out: (text) => {
      said += text;
      hear(text.trim());
    },
    err: (text) => {
      said += text;
    },
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
