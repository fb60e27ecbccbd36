/** Runs the command line in this process, with its streams caught; its JSON is held against the published schema. */
import type { Host } from "../../src/doctor/host.ts";
import { main } from "../../src/cli/program.ts";
import { expectInSchema } from "./output-schema.ts";

export interface Finished {
  readonly code: number;
  readonly out: string;
  /** What was broken to fit the width is whole again; `screen` has it as it was printed. */
  readonly err: string;
  readonly screen: string;
  /** Both streams, in the order of writing, as a terminal shows them. */
  readonly all: string;
}

export function dbgseq(...argv: readonly string[]): Promise<Finished> {
  return dbgseqIn({ cwd: process.cwd(), env: {} }, ...argv);
}

/** A screen as one line each: what was broken to fit the width is whole again. */
export function unwrapped(screen: string): string {
  return screen.replace(/\n {7,}(?=\S)/g, " ");
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly host?: Host;
}

export async function dbgseqIn(
  { cwd, env, host }: Surroundings,
  ...argv: readonly string[]
): Promise<Finished> {
  let out = "";
  let err = "";
  let all = "";
  const code = await main(argv, {
    out: (text) => {
      out += text;
      all += text;
    },
    err: (text) => {
      err += text;
      all += text;
    },
    cwd,
    env,
    terminal: false,
    color: false,
    ...(host === undefined ? {} : { host }),
  });
  expectInSchema(argv, out, code);
  return { code, out, err: unwrapped(err), screen: err, all };
}
