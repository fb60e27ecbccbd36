/** `dbgseq recipe`: a bring-up written down in YAML. */
import type { Command } from "commander";
import { MOST_DEADLINES, runRecipe } from "../../api/node/jobs/run-recipe.ts";
import { addAlgorithmOptions, placesFor, ramNamed, type AlgorithmOptions } from "../flags/algorithms.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import { mustConsentToErase, type ConsentOptions } from "../terminal/consent.ts";
import { FlashProgressDisplay } from "../terminal/flash-progress.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { saveLostPages } from "../terminal/lost-pages.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
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
    await withSession(io, {
      inputs,
      options,
      about: { command: "recipe run", recipe: file },
      work: (session, output) => {
        const display = new FlashProgressDisplay(io, () => session.nowUs);
        return runRecipe(session, inputs, {
          ...ramNamed(options),
          algorithm: options.algorithm,
          proof: options.proof,
          consentToChip: () => mustConsentToErase(io, options, inputs.context.description?.device),
          findAlgorithms: (wanted) => placesFor(inputs, options, wanted),
          onStep: output.show,
          onNote: (text) => {
            io.err(`${text}\n`);
          },
          onProgress: display.show,
          onProgressEnd: () => {
            display.clear();
          },
          onLost: (lost) => saveLostPages(lost, io),
          reading: (work) => whileReading(io, "a file of the recipe", work),
          signal: io.signal,
        });
      },
    });
  });
}
