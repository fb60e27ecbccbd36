/** `dbgseq recipe`: a bring-up written down in YAML. */
import { dirname } from "node:path";
import type { Command } from "commander";
import { MOST_DEADLINES, runRecipe } from "../../recipe/run.ts";
import { withConnection } from "../connected.ts";
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
default). The time limits of flash algorithms are added.`,
  );
  addOutputOptions(run).action(async (file: string, options: RecipeOptions) => {
    const asked = await gather(io, options, file);
    const inputs = await readAsked(io, asked);
    const { recipe } = inputs;
    if (recipe === undefined) return;
    await withConnection(io, {
      inputs,
      options,
      about: { command: "recipe run", recipe: file },
      work: (session, output) =>
        runRecipe(session, recipe.recipe, {
          show: output.show,
          flash: prepareFlash(io, {
            inputs,
            options,
            folder: dirname(file),
            paths: recipe.paths,
          }),
        }),
    });
  });
}
