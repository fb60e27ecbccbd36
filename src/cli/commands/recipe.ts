/** `dbgseq recipe`: a bring-up written down in YAML. */
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { readRecipeFile } from "../../recipe/read.ts";
import { layerOf } from "../../recipe/layer.ts";
import { runRecipe } from "../../recipe/run.ts";
import { readSource } from "../../session/node/files.ts";
import { readInputs } from "../../session/node/inputs.ts";
import { withSession } from "../connected.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { addTargetOptions, inputRequest, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";

export function defineRecipe(command: Command, io: Io): void {
  const run = command
    .command("run")
    .description("run the steps of a recipe")
    .argument("<file>", "recipe (.yaml)");
  addTargetOptions(run);
  addOutputOptions(run).action(async (file: string, options: TargetOptions & OutputOptions) => {
    const recipe = readRecipeFile(await readSource(file));
    const { header } = recipe;
    const near = (path: string): string => resolve(dirname(file), path);
    const asked = inputRequest(options);
    const pack = asked.pack ?? (header.pack === undefined ? undefined : near(header.pack));
    const device = asked.device ?? header.device;
    const pname = asked.pname ?? header.pname;
    const variables = Object.entries(header.variables ?? {}).map(([name, value]) => ({
      name,
      value,
      origin: `recipe ${file}`,
    }));
    const inputs = await readInputs({
      seq: [...asked.seq, ...(header.seq ?? []).map(near)],
      overrides: [...variables, ...asked.overrides],
      ...(pack === undefined ? {} : { pack }),
      ...(device === undefined ? {} : { device }),
      ...(pname === undefined ? {} : { pname }),
    });
    await withSession(io, {
      inputs,
      options,
      layers: [layerOf(recipe)],
      about: { command: "recipe run", recipe: file },
      ...(header.probe === undefined ? {} : { probe: header.probe }),
      work: (session, output) => runRecipe(session, recipe, output.show),
    });
  });
}
