/** The table of ids in README.md of this folder, which is made of the data. */
import { readFileSync } from "node:fs";
import { test } from "vitest";
import { expectGenerated } from "../support/generated.ts";
import { chapters, requirements } from "./chapters.ts";

const README = "test/conformance/README.md";
const MARK = "<!-- generated from the .yaml files of this folder -->";

test("the table of ids is that of the data", () => {
  const [head = ""] = readFileSync(README, "utf8").split(MARK);
  expectGenerated(README, `${head}${MARK}\n\n${table()}`);
});

function table(): string {
  const cases = requirements.reduce((sum, one) => sum + one.cases.length, 0);
  const parts = chapters.map(({ chapter, source, requirements: own }) =>
    [
      `## ${chapter}`,
      "",
      source,
      "",
      "| id | requirement | cases |",
      "| --- | --- | --- |",
      ...own.map(
        ({ id, says, cases: list, test: named, decision }) =>
          `| ${id} | ${says.replaceAll("|", "\\|")}${decision === undefined ? "" : ` (differs: see "${decision}" in grammar/decisions.md)`} | ${[
            ...(list.length === 0 ? [] : [String(list.length)]),
            ...(named === undefined ? [] : [`\`${named.file}\``]),
          ].join(", ")} |`,
      ),
      "",
    ].join("\n"),
  );
  return `${requirements.length} requirements, ${cases} cases.\n\n${parts.join("\n")}`;
}
