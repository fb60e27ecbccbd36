/** What a user sees of a finding: on a terminal, in a file for other tools, in a pull request. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CODES, isCode, severityOf } from "../../src/diagnostics/codes.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderGithub } from "../../src/diagnostics/github.ts";
import { findingJson } from "../../src/diagnostics/json.ts";
import { toSarif } from "../../src/diagnostics/sarif.ts";
import { findingPieces, findingText } from "../../src/diagnostics/text.ts";
import { Source } from "../../src/lib/source.ts";

const source = new Source("dir/a b.seq", "__var x = 1;\n\t__var x = 2;\n");
const finding: Diagnostic = {
  code: "redefinition",
  severity: "error",
  message: "'x' is declared already",
  span: { source, start: 20, end: 21 },
  related: [{ span: { source, start: 6, end: 7 }, message: "the first declaration" }],
  hint: "choose another name",
};

describe("text", () => {
  test("the line, the place, the first declaration and what to do", () => {
    expect(findingText(finding)).toBe(
      [
        "dir/a b.seq:2:8: error: 'x' is declared already [redefinition]",
        "    2 | \t__var x = 2;",
        "      | \t      ^",
        "  dir/a b.seq:1:7: the first declaration",
        "    1 | __var x = 1;",
        "      |       ^",
        "  hint: choose another name",
      ].join("\n"),
    );
  });

  test("the severity has a style, for whoever prints in colours", () => {
    expect(findingPieces(finding)).toContainEqual({ text: "error", style: "error" });
  });

  test("wide letters take two columns", () => {
    const wide = new Source("j", "a = 日本;");
    const text = findingText({ ...finding, related: [], span: { source: wide, start: 6, end: 7 } });
    expect(text.split("\n").slice(1, 3)).toEqual(["    1 | a = 日本;", "      |         ^"]);
  });

  test("of a long line the part around the place is shown", () => {
    const long = new Source("l", `${"x".repeat(500)}HERE${"y".repeat(500)}`);
    const lines = findingText({
      ...finding,
      related: [],
      span: { source: long, start: 500, end: 504 },
    }).split("\n");
    const at = lines[2]?.indexOf("^") ?? -1;
    expect(lines[1]?.slice(at, at + 4)).toBe("HERE");
    expect(lines[1]?.length).toBeLessThan(130);
  });

  test("at the end of an empty file", () => {
    const empty = new Source("n", "");
    expect(findingText({ ...finding, related: [], span: { source: empty, start: 0, end: 0 } })).toContain(
      "n:1:1",
    );
  });
});

test("JSON has places that count from 1", () => {
  expect(findingJson(finding)).toMatchObject({
    file: "dir/a b.seq",
    line: 2,
    column: 8,
    endLine: 2,
    endColumn: 9,
  });
});

test("SARIF names the rule, the place and the related place", () => {
  expect(toSarif([finding], "1.2.3")).toMatchObject({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "dbgseq", version: "1.2.3", rules: [{ id: "redefinition" }] } },
        results: [
          {
            ruleId: "redefinition",
            ruleIndex: 0,
            level: "error",
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: "dir/a%20b.seq" },
                  region: { startLine: 2, startColumn: 8, endColumn: 9 },
                },
              },
            ],
            relatedLocations: [{ message: { text: "the first declaration" } }],
          },
        ],
      },
    ],
  });
});

test("a workflow command keeps to one line", () => {
  expect(renderGithub({ ...finding, message: "50% of\nit" })).toBe(
    "::error file=dir/a b.seq,line=2,endLine=2,col=8,endColumn=9,title=redefinition::50%25 of%0Ait%0Achoose another name",
  );
});

describe("codes", () => {
  const files = readdirSync(new URL("../../src/", import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ name, text: readFileSync(new URL(`../../src/${name}`, import.meta.url), "utf8") }));

  /** `code: "x", severity: "y"` in one object; the doctor's findings are of another kind and have a type of their own. */
  const used = files
    .filter(({ name }) => !name.startsWith("doctor/"))
    .flatMap(({ name, text }) =>
      [...text.matchAll(/\bcode: "([a-z-]+)",\s*severity: "([a-z]+)"/g)].map(
        ([, code = "", severity = ""]) => ({ name, code, severity }),
      ),
    );

  test("every code that is made has an entry with its severity", () => {
    expect(used.length).toBeGreaterThan(10);
    for (const { name, code, severity } of used) {
      expect(isCode(code), `${code} in ${name}`).toBe(true);
      if (isCode(code)) expect(severityOf(code), `${code} in ${name}`).toBe(severity);
    }
  });

  test("every entry is made somewhere", () => {
    const all = files
      .filter(({ name }) => !name.endsWith("codes.ts"))
      .map(({ text }) => text)
      .join("\n");
    expect(CODES.filter(({ code }) => !all.includes(`"${code}"`)).map(({ code }) => code)).toEqual([]);
  });
});
