/** The pages of examples/ have what `dbgseq doc` prints: both are made of the same tables. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pageMarkdown } from "../../src/manual/page.ts";
import { manualPage, MANUAL_PAGES } from "../../src/manual/pages.ts";
import { expectGeneratedPart } from "../support/generated.ts";

/** Where each page stands; probes have a document of their own, with the sources of each fact. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  recipe: "examples/08-recipes/README.md",
  models: "examples/09-models/README.md",
  settings: "examples/10-settings/README.md",
  "exit-codes": "examples/11-faults/README.md",
  faults: "examples/11-faults/README.md",
};

test.each(Object.entries(DOCUMENTS))("%s is in %s", async (name, path) => {
  const page = await manualPage(name);
  if (page === undefined) throw new Error(`no page ${name}`);
  expectGeneratedPart(path, name, pageMarkdown(page));
});

test("every page of dbgseq doc is in a document", () => {
  expect(MANUAL_PAGES.filter((name) => DOCUMENTS[name] === undefined)).toEqual(["probes"]);
  expect(readFileSync("README.md", "utf8")).toContain("(grammar/probes.md)");
});

test("every folder of examples that has a README is linked from README.md", () => {
  const text = readFileSync("README.md", "utf8");
  const folders = readdirSync("examples").filter((name) => existsSync(`examples/${name}/README.md`));
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((name) => !text.includes(`(examples/${name}/README.md)`))).toEqual([]);
});
