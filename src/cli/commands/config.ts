/** `dbgseq config`: what holds here, and who said so. */
import type { Command } from "commander";
import { JSON_VERSION } from "../../report/json.ts";
import { resolveSettings } from "../../options/settings.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { greatest } from "../../lib/lists.ts";

interface Line {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

export function defineConfig(command: Command, io: Io): void {
  addTargetOptions(command)
    .option("--json", "one JSON document on stdout")
    .action(async (options: TargetOptions & { readonly json?: boolean }) => {
      const { named, scripts, layers, request } = await gather(io, options);
      const lines: Line[] = named.filter(
        (one, index) => named.findIndex(({ name }) => name === one.name) === index,
      );
      for (const [name, { value, origin }] of Object.entries(resolveSettings(layers))) {
        lines.push({ name, value: String(value ?? "(by what is done)"), origin });
      }
      for (const script of scripts) lines.push({ name: "seq", ...script });
      for (const { name, value, origin } of request.overrides)
        lines.push({ name: `variable ${name}`, value: String(value), origin });
      if (options.json === true) {
        io.json({ version: JSON_VERSION, settings: lines });
        return;
      }
      const width = greatest(lines.map(({ name }) => name.length));
      for (const { name, value, origin } of lines) io.out(`${name.padEnd(width)}  ${value}  (${origin})\n`);
    });
}
