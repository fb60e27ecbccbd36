/** `dbgseq config`: the settings that hold here, and where each comes from. */
import type { Command } from "commander";
import { EXIT } from "../../api/exit-codes.ts";
import { asFailure } from "../../lib/fault.ts";
import { greatest } from "../../lib/lists.ts";
import { quantityText } from "../../lib/units.ts";
import { OPTION_NAMES, rowOf, type Effective } from "../../api/option-table.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { gather, type Asked } from "../flags/asked.ts";
import type { Io } from "../terminal/io.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";

type ConfigOptions = TargetOptions & { readonly json?: boolean; readonly recipe?: string };

export function defineConfig(command: Command, io: Io): void {
  addTargetOptions(command)
    .option("--recipe <file>", "include the header of a recipe")
    .option("--json", "one JSON document on stdout")
    .action(async ({ json = false, recipe, ...options }: ConfigOptions) => {
      const asked = await gather(io, options, recipe);
      const { lines, error } = await linesOf(io, asked);
      if (!json) printLines(io, lines);
      if (error !== undefined) throw error;
      if (json) io.json({ version: JSON_VERSION, exitCode: EXIT.success, settings: lines });
    });
}

/** Lists the settings. If the pack cannot be read, its settings are missing; the rest helps to see why it is this pack. */
async function linesOf(
  io: Io,
  asked: Asked,
): Promise<{ readonly lines: readonly Effective[]; readonly error?: Error }> {
  try {
    const { context } = await readAsked(io, asked);
    return { lines: asked.lines(context) };
  } catch (error) {
    const failure = asFailure(error);
    if (failure === undefined) throw error;
    return { lines: asked.lines(), error: failure };
  }
}

/** Writes a number as a file and a flag take it. */
function withUnit(name: string, value: string): string {
  const option = OPTION_NAMES.find((one) => one === name);
  const unit = option === undefined ? undefined : rowOf(option).kind.unit;
  return unit === undefined || !/^[\d.]+$/.test(value) ? value : quantityText(Number(value), unit);
}

function printLines(io: Io, lines: readonly Effective[]): void {
  const width = greatest(lines.map(({ name }) => name.length));
  for (const { name, value, origin } of lines)
    io.out(`${name.padEnd(width)}  ${withUnit(name, value)}  (${origin})\n`);
}
