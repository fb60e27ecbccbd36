/** Reads a recipe from a file's text, or throws all findings that prevent it as one failure. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parseExpression } from "../language/text/parse.ts";
import type { Source } from "../lib/source.ts";
import { malformedInput } from "../project/faults.ts";
import { readRecipe, type Recipe } from "./recipe.ts";

export function readRecipeFile(source: Source): Recipe {
  const read = readRecipe(source);
  if (read.ok) {
    const errors = conditionErrors(read.recipe);
    if (errors.length === 0) return read.recipe;
    throw malformedInput(errors);
  }
  throw malformedInput(
    read.problems.map((problem): Diagnostic => ({
      code: "bad-recipe",
      severity: "error",
      malformed: true,
      ...problem,
    })),
  );
}

function conditionErrors({ steps }: Recipe): readonly Diagnostic[] {
  return steps
    .flatMap((step) => (step.kind === "expect" ? parseExpression(step.condition).diagnostics : []))
    .filter(({ severity }) => severity === "error");
}
