/** grammar/wire.md has every rule that the source and the tests cite, and each rule has a test that is named after it. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const PAGE = readFileSync("grammar/wire.md", "utf8");

interface Rule {
  readonly number: number;
  /** The letters of its list, if it has one: rule 7 has `a` to `d`. */
  readonly letters: readonly string[];
  readonly text: string;
}

const RULES: readonly Rule[] = PAGE.split(/^### (?=\d+\. )/m)
  .slice(1)
  .map((text) => ({
    number: Number(/^\d+/.exec(text)?.[0]),
    letters: [...text.matchAll(/^- ([a-z]): /gm)].map(([, letter = ""]) => letter),
    text,
  }));

const KNOWN = new Set(
  RULES.flatMap(({ number, letters }) => [`${number}`, ...letters.map((letter) => `${number}${letter}`)]),
);

/** `7c` of "wire rules 7c, 8", and 18 to 22 of "wire rules 18-22". */
function numbersOf(list: string): readonly string[] {
  return list.split(/, | and /).flatMap((part) => {
    const [first = "", last] = part.split(/-| to /);
    if (last === undefined) return [first];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => `${Number(first) + at}`);
  });
}

const CITATION = /\bwire rules?[\s*]+(\d+[a-z]?(?:(?:, | and |[\s*]+to |-)\d+[a-z]?)*)/gi;

const OWN = "test/documents/wire.test.ts";

const sources = ["src", "test"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  )
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.(?:ts|yaml)$/.test(path) && path !== OWN)
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const citations = sources.flatMap(({ path, text }) =>
  [...text.matchAll(CITATION)].map(({ 1: list = "", index }) => ({
    path,
    numbers: numbersOf(list.replaceAll(/[\s*]+/g, " ")),
    /** It begins the name of a test. */
    isName: /["`]$/.test(text.slice(0, index)),
  })),
);

describe("grammar/wire.md", () => {
  test("numbers its rules from 1 without a gap, and gives each a source", () => {
    expect(RULES.map(({ number }) => number)).toEqual(RULES.map((_, at) => at + 1));
    expect(RULES.filter(({ text }) => !/^Source: /m.test(text)).map(({ number }) => number)).toEqual([]);
  });

  test("has every rule that the source or a test cites", () => {
    expect(citations.length).toBeGreaterThan(200);
    const missing = citations.flatMap(({ path, numbers }) =>
      numbers.filter((number) => !KNOWN.has(number)).map((number) => `${path}: ${number}`),
    );
    expect(missing).toEqual([]);
  });

  test("has a test named after each rule", () => {
    const named = new Set(
      citations
        .filter(({ path, isName }) => isName && path.endsWith(".test.ts"))
        .flatMap(({ numbers }) => numbers.map((number) => parseInt(number, 10))),
    );
    expect(RULES.map(({ number }) => number).filter((number) => !named.has(number))).toEqual([]);
  });

  test("is the only place that the source and the tests name for its rules", () => {
    const stale = sources.filter(({ text }) => /\bWIRE(?:\.md)? \d/.test(text)).map(({ path }) => path);
    expect(stale).toEqual([]);
  });
});
