/** `dbgseq models`: the simulated devices that ship; with a name, its options and its public sources. */
import { EXIT } from "../../api/exit-codes.ts";
import type { Command } from "commander";
import {
  describeModel,
  listModels,
  type ModelDescription,
  type ModelOption,
} from "../../api/calls/models.ts";
import { hex } from "../../lib/hex.ts";
import { greatest } from "../../lib/lists.ts";
import { JSON_VERSION, type Json } from "../../report/json.ts";
import type { Io } from "../terminal/io.ts";

export function defineModels(command: Command, io: Io): void {
  command
    .argument("[name]", "a simulated device; without one, all of them")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
--probe sim:NAME is a probe with one. Options follow a question mark: --probe "sim:nrf52840?protected=yes".
\`dbgseq doc models\` has all options, what a device keeps, and the keys of a model of your own; \`dbgseq model init\` derives one from a pack.

Examples:
  dbgseq models
  dbgseq models nrf52840`,
    )
    .action((name: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const models = (name === undefined ? listModels() : [name]).map(describeModel);
      const [only] = models;
      if (name === undefined) {
        if (json) io.json({ version: JSON_VERSION, exitCode: EXIT.success, models: models.map(inShort) });
        else io.out(listText(models));
      } else if (only !== undefined) {
        if (json) io.json({ version: JSON_VERSION, exitCode: EXIT.success, ...asJson(only) });
        else io.out(modelText(only));
      }
    });
}

function inShort({ name, about }: ModelDescription): { readonly name: string; readonly about: string } {
  return { name, about };
}

function listText(models: readonly ModelDescription[]): string {
  const width = greatest(models.map(({ name }) => name.length));
  return models.map(({ name, about }) => `${name.padEnd(width)}  ${about}\n`).join("");
}

function asJson({
  options,
  commonOptions,
  sources,
  ...rest
}: ModelDescription): Readonly<Record<string, Json>> {
  return {
    ...rest,
    sources: [...sources],
    options: options.map(optionJson),
    commonOptions: commonOptions.map(optionJson),
  };
}

function optionJson({ values, ...rest }: ModelOption): Json {
  return { ...rest, ...(values === undefined ? {} : { values: [...values] }) };
}

function modelText({ name, about, sources, options, commonOptions }: ModelDescription): string {
  return [
    `sim:${name}: ${about}\n`,
    `\nOptions:${options.length === 0 ? " none of its own\n" : `\n${options.map(optionText).join("")}`}`,
    `\nOptions of every model:\n${commonOptions.map(optionText).join("")}`,
    `\nSources:\n${sources.map((source) => `  ${source}\n`).join("")}`,
  ].join("");
}

function optionText({ name, values, min = 0, max = 0, default: otherwise, about }: ModelOption): string {
  const range = values === undefined ? `${hex(min)}..${hex(max)}` : values.join("|");
  const unless = typeof otherwise === "number" ? hex(otherwise) : otherwise;
  return `  ${name}=${range} (default ${unless})\n      ${about}\n`;
}
