/** `dbgseq recipe`: a bring-up written down in YAML. */
import { dirname } from "node:path";
import type { Command } from "commander";
import { readRecipeFile } from "../../recipe/read.ts";
import { MOST_DEADLINES, runRecipe } from "../../recipe/run.ts";
import { readSource } from "../../host/files.ts";
import { NamedPaths } from "../../host/effects/named.ts";
import { relocated } from "../../host/project.ts";
import { headerValues } from "../../options/header.ts";
import { withSession } from "../connected.ts";
import { addAlgorithmOptions, type AlgorithmOptions } from "../algorithms.ts";
import { type ConsentOptions } from "../consent.ts";
import { readAsked } from "../read-asked.ts";
import { prepareFlash } from "../recipe-flash.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";

type RecipeOptions = TargetOptions & OutputOptions & AlgorithmOptions & ConsentOptions;

export function defineRecipe(command: Command, io: Io): void {
  const run = command
    .command("run")
    .description("run the steps of a recipe")
    .argument("<file>", "recipe (.yaml)");
  addAlgorithmOptions(run);
  addTargetOptions(run);
  run.addHelpText(
    "after",
    `
Each step is a run of its own, for which --deadline counts, and all steps together end after ${MOST_DEADLINES} times as long (an hour, by
default). Flash work takes what its algorithms may take besides.`,
  );
  addOutputOptions(run).action(async (file: string, options: RecipeOptions) => {
    const recipe = readRecipeFile(await readSource(file));
    const asked = await gather(io, options, {
      values: relocated(headerValues(recipe.header), dirname(file)),
      origin: `recipe ${file}`,
      file: { path: file, isFoundAbove: false },
    });
    const inputs = await readAsked(io, asked);
    const paths = await NamedPaths.of(file, asked.gate);
    await withSession(io, {
      inputs,
      options,
      asked,
      about: { command: "recipe run", recipe: file },
      work: (session, output) =>
        runRecipe(session, recipe, {
          show: output.show,
          flash: prepareFlash(io, {
            inputs,
            options,
            folder: dirname(file),
            paths,
          }),
        }),
    });
  });
}
