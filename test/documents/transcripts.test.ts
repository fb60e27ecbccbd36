import { existsSync, readdirSync } from "node:fs";
import { describe, test } from "vitest";
import { replay, transcript } from "../support/transcripts.ts";

const examples = readdirSync("examples").map((name) => `examples/${name}/README.md`);

describe.each(["README.md", ...examples.filter((path) => existsSync(path))])("%s", (path) => {
  const steps = transcript(path);
  test.each(steps.map((step) => [`line ${step.line}: ${step.argv.join(" ").slice(0, 80)}`, step] as const))(
    "%s",
    async (_what, step) => {
      await replay(step);
    },
  );
});
