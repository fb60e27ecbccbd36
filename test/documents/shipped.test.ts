import { expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";

test.each([
  ["default sequences", "sequences"],
  ["simulated models", "src/simulator/models"],
  ["a pack of the examples", "examples/01-pack-on-the-simulator"],
  ["an override of the examples", "examples/02-override"],
  ["a recipe of the examples", "examples/03-recipe"],
])("no error in what ships: %s", async (_what, path) => {
  const { code, err } = await dbgseq("check", path);
  expect(err).toMatch(/\d+ files? checked: 0 errors/);
  expect(code).toBe(0);
});
