/** What pack, scripts, dbgseq.yaml and the environment say for a session of the API. Knows files; opens no probe. */
import { headerLayer } from "../../session/header.ts";
import { readInputs } from "../../session/node/inputs.ts";
import {
  findProjectFile,
  readEnvironment,
  readProjectFile,
  type GivenHeader,
} from "../../session/node/project.ts";
import { outputOf, runLayers } from "../../session/node/run-file.ts";
import type { Gathered } from "../host.ts";
import { optionsLayer, strongest, type GivenOptions } from "../options.ts";

/** Keywords, options, environment, dbgseq.yaml: each wins over those behind it; the pack's wishes come last. */
export async function gatherFiles(asked: readonly GivenOptions[]): Promise<Gathered> {
  const headers: readonly GivenHeader[] =
    strongest("config", asked)?.value === false
      ? []
      : [...readEnvironment(process.env), ...(await projectHeader(process.cwd()))];
  const given: readonly GivenOptions[] = [...asked, ...headers.map(fromHeader)];
  const named = (name: "pack" | "device" | "pname" | "dbgconf"): Readonly<Record<string, string>> => {
    const found = strongest(name, given);
    return found === undefined ? {} : { [name]: found.value };
  };
  const { context, readPackFile, run, warnings } = await readInputs({
    seq: given.flatMap(({ options }) => options.seq ?? []),
    overrides: [...given].reverse().flatMap(({ options, origin }) =>
      Object.entries(options.variables ?? {}).map(([name, value]) => ({
        name,
        value: BigInt(value),
        origin,
      })),
    ),
    ...named("pack"),
    ...named("device"),
    ...named("pname"),
    ...named("dbgconf"),
  });
  const layers = [
    ...asked.map(optionsLayer),
    ...headers.map(({ header, origin }) => headerLayer(header, origin)),
    ...(await runLayers(strongest("pack", given)?.value)),
  ];
  return {
    context,
    layers,
    given,
    warnings,
    ...(readPackFile === undefined ? {} : { readPackFile }),
    ...(run === undefined ? {} : { output: () => outputOf(run) }),
  };
}

async function projectHeader(cwd: string): Promise<readonly GivenHeader[]> {
  const file = findProjectFile(cwd);
  return file === undefined ? [] : [await readProjectFile(file)];
}

/** The names that are not settings; those come through headerLayer. */
function fromHeader({ header, origin }: GivenHeader): GivenOptions {
  const { probe, pack, device, pname, dbgconf, seq, variables } = header;
  const options: Record<string, unknown> = { probe, pack, device, pname, dbgconf, seq, variables };
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return { origin, options: Object.fromEntries(said) };
}
