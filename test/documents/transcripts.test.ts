import { existsSync, readdirSync, rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { replay, transcript } from "../support/transcripts.ts";

const examples = readdirSync("examples").map((name) => `examples/${name}/README.md`);

/** Scripts of the library are run by test/package, out of the packed package. */
const REPLAYED = ["dbgseq", "rm"];
const documents = ["README.md", ...examples.filter((path) => existsSync(path))].map(
  (path) => [path, transcript(path)] as const,
);

test.each(documents)("%s shows only commands that a test runs", (_path, steps) => {
  const others = steps.filter(({ program }) => ![...REPLAYED, "node"].includes(program));
  expect(others.map(({ line }) => line)).toEqual([]);
});

const replayed = documents
  .map(([path, steps]) => [path, steps.filter(({ program }) => REPLAYED.includes(program))] as const)
  .filter(([, steps]) => steps.length > 0);

describe.each(replayed)("%s", (_path, steps) => {
  beforeAll(() => {
    // What a run that was cut off has left behind.
    for (const { program, argv } of steps)
      if (program === "rm") for (const file of argv) rmSync(file, { force: true });
  });

  test.each(steps.map((step) => [`line ${step.line}: ${step.argv.join(" ").slice(0, 80)}`, step] as const))(
    "%s",
    async (_what, step) => {
      await replay(step);
    },
  );
});
