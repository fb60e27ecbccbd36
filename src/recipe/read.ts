/** A recipe out of a file's text, or the findings that keep it from being one, as one failure. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Source } from "../lib/source.ts";
import { malformedInput } from "../session/faults.ts";
import { readRecipe, type Recipe } from "./recipe.ts";

export function readRecipeFile(source: Source): Recipe {
  const read = readRecipe(source);
  if (read.ok) return read.recipe;
  throw malformedInput(
    read.problems.map((problem): Diagnostic => ({
      code: "bad-recipe",
      severity: "error",
      malformed: true,
      ...problem,
    })),
  );
}
