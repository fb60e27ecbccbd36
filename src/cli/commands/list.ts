/** `dbgseq list`: the sequences of a device, and for each the definition that wins. */
import type { Command } from "commander";
import { PREDEFINED_SEQUENCES } from "../../language/predefined.ts";
import { place, JSON_VERSION } from "../../report/json.ts";
import { originText, type DeviceContext } from "../../session/context.ts";
import { readInputs } from "../../session/node/inputs.ts";
import type { Io } from "../io.ts";
import { addDeviceOptions, inputRequest, type TargetOptions } from "../target-options.ts";

export function addList(program: Command, io: Io): void {
  const command = program
    .command("list")
    .description("list the sequences of a device and where each comes from");
  addDeviceOptions(command)
    .option("--json", "one JSON document on stdout")
    .action(async (options: TargetOptions & { readonly json?: boolean }) => {
      const { context } = await readInputs(inputRequest(options));
      io.out(options.json === true ? `${JSON.stringify(listJson(context))}\n` : listText(context));
    });
}

function allNames(context: DeviceContext): readonly string[] {
  return [...new Set([...PREDEFINED_SEQUENCES.map(({ name }) => name), ...context.names()])];
}

function listText(context: DeviceContext): string {
  const { description, processor } = context;
  const names = allNames(context);
  const width = Math.max(...names.map((name) => name.length));
  const head =
    description === undefined
      ? "no pack: the defaults, and what --seq adds\n"
      : `${description.variant ?? description.device} (${processor?.core ?? "no processor"}${processor?.pname === undefined ? "" : `, ${processor.pname}`}), ${description.pack.id}\n`;
  const lines = names.map((name) => {
    const found = context.resolve(name);
    if (found === undefined) return `  ${name.padEnd(width)}  -`;
    const { winner, overridden } = found;
    const state = winner.disabled ? "disabled by " : "";
    const over =
      overridden.length === 0
        ? ""
        : `, overrides ${overridden.map((other) => other.origin.label).join(", ")}`;
    return `  ${name.padEnd(width)}  ${state}${originText(winner)}${over}`;
  });
  return `${head}${lines.join("\n")}\n`;
}

function listJson(context: DeviceContext): unknown {
  return {
    version: JSON_VERSION,
    device: context.description?.device ?? null,
    pname: context.pname ?? null,
    sequences: allNames(context).map((name) => {
      const found = context.resolve(name);
      if (found === undefined) return { name, defined: false };
      const origin = ({ origin: from }: (typeof found)["winner"]): unknown => ({
        layer: from.layer,
        label: from.label,
        ...place(from.span),
      });
      return {
        name,
        defined: true,
        disabled: found.winner.disabled,
        winner: origin(found.winner),
        overridden: found.overridden.map(origin),
      };
    }),
  };
}
