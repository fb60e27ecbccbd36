/** What holds for every file of sequences/vendor: no findings, one style, public sources named, erasing declared. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findingText } from "../../../src/diagnostics/text.ts";
import { parseScript } from "../../../src/language/text/parse.ts";
import { calls } from "../../../src/language/walk.ts";
import { Source } from "../../../src/lib/source.ts";
import { scriptFindings } from "../../../src/lint/findings.ts";
import { dbgseq } from "../../support/command-line.ts";

const FOLDER = new URL("../../../sequences/vendor/", import.meta.url).pathname;
const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".seq"),
);
const source = (file: string): Source => new Source(file, readFileSync(`${FOLDER}${file}`, "utf8"));

describe.each(files)("%s", (file) => {
  test("has no findings", () => {
    const findings = scriptFindings(source(file));
    expect(findings.map(findingText)).toEqual([]);
  });

  test("names the public document that it was written from", () => {
    expect(source(file).text).toMatch(/^\/\* [^*]*Public sources?: /);
  });

  test("what says that it erases declares it, and only that", () => {
    for (const item of parseScript(source(file)).script.items) {
      if (item.kind !== "sequence") continue;
      const erases = /\b(erase|erases|erasing)\b/.test(item.info?.text ?? "");
      expect([item.name.text, item.requires.map(({ text }) => text)]).toEqual([
        item.name.text,
        erases ? ["erase"] : [],
      ]);
    }
  });

  test("a wait never ends without being judged: every loop has a timeout", () => {
    expect(source(file).text).not.toMatch(/while \(.*\)(?! timeout)( "[^"]*")?( \{|;)$/m);
  });

  test("calls only what is there or has a default", () => {
    const { script } = parseScript(source(file));
    const own = script.items.flatMap((item) => (item.kind === "sequence" ? [item] : []));
    const called = own.flatMap((item) =>
      [...calls(item)].flatMap(({ name, args: [first] }) =>
        name.text === "Sequence" && first?.kind === "string" ? [first.raw] : [],
      ),
    );
    const defaults = readdirSync(`${FOLDER}../default`).map((name) => name.replace(/\.seq$/, ""));
    const known = [...own.map(({ name }) => name.text), ...defaults];
    expect(called.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test("they are in the one style", async () => {
  expect(await dbgseq("fmt", "--check", "sequences/vendor")).toMatchObject({ code: 0 });
});
