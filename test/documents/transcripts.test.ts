import { existsSync, readdirSync } from "node:fs";
import { describe, test } from "vitest";
import { replay, transcript } from "../support/transcripts.ts";

const examples = readdirSync("examples").map((name) => `examples/${name}/README.md`);

const documents = ["README.md", ...examples.filter((path) => existsSync(path))]
  .map((path) => [path, transcript(path)] as const)
  // Scripts of the library are run by test/package, out of the packed package.
  .filter(([path, steps]) => steps.length > 0 || transcript(path, "node").length === 0);

describe.each(documents)("%s", (_path, steps) => {
  test.each(steps.map((step) => [`line ${step.line}: ${step.argv.join(" ").slice(0, 80)}`, step] as const))(
    "%s",
    async (_what, step) => {
      await replay(step);
    },
  );
});
