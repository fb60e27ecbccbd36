/** What is beyond a stated limit is refused at little cost, and grammar/limits.md states the limits that the source has. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { readRecipe } from "../../src/recipe/recipe.ts";
import { findingsOf } from "../../src/diagnostics/of-failure.ts";
import { readSvd } from "../../src/pack/svd/svd.ts";
import { scriptFindings } from "../../src/lint/findings.ts";
import { flatten } from "../../src/project/flatten.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";
import { importsOf, loadScripts, type ReadImport } from "../../src/project/scripts.ts";

const root = new URL("../../", import.meta.url);
const rows = [
  ...readFileSync(new URL("grammar/limits.md", root), "utf8").matchAll(
    /^\| (?<what>[^|]+) \| (?<value>\d+) \| [^|]+ \| `(?<file>[^`]+)` `(?<name>\w+)` \|$/gm,
  ),
].map(({ groups = {} }) => groups);

test("grammar/limits.md has its rows", () => {
  expect(rows.length).toBeGreaterThan(25);
});

test.each(rows.map(({ what = "", value = "", file = "", name = "" }) => ({ what, value, file, name })))(
  "$what: $value, as in the source",
  ({ value, file, name }) => {
    const source = readFileSync(new URL(file, root), "utf8");
    const [, written = ""] = new RegExp(`const ${name} = ([\\d_x *<]+);`).exec(source) ?? [];
    expect(valueOf(written)).toBe(Number(value));
  },
);

/** `64 * 1024`, `1 << 20`, `65_535`. */
function valueOf(written: string): number {
  const [shifted, by] = written.split("<<").map((part) => Number(part.replaceAll("_", "")));
  if (by !== undefined) return (shifted ?? 0) << by;
  return written.split("*").reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1);
}

const times = (n: number, one: (at: number) => string): string =>
  Array.from({ length: n }, (_, at) => one(at)).join("");
const codes = (text: string): readonly string[] =>
  scriptFindings(new Source("x.seq", text)).map(({ code }) => code);

describe("beyond a limit", () => {
  test("a thousand devices that inherit a thousand memories are not checked one by one", () => {
    const memories = times(1000, (at) => `<memory name="M${at}" access="rw" start="${at * 16}" size="16"/>`);
    const devices = times(1001, (at) => `<device Dname="D${at}"/>`);
    const text = `<package><vendor>E</vendor><name>X</name><devices><family Dfamily="F" Dvendor="A:1">
<processor Dcore="Cortex-M4"/>${memories}${devices}</family></devices></package>`;
    const found = packFindings(readPdsc(new Source("x.pdsc", text)));
    expect(found).toMatchObject([{ code: "too-complex", malformed: true }]);
    expect(found[0]?.message).toContain("at most 1000000 are checked");
  });

  test("scopes that each see thousands of sequences are refused", () => {
    const scopes = times(1001, (at) => `scope device "D${at}" { sequence B { Read32(0); } }\n`);
    expect(codes(`${times(1000, (at) => `sequence S${at} { Read32(0); }\n`)}${scopes}`)).toContain(
      "too-complex",
    );
  });

  test("aliases that multiply a value are refused", () => {
    const text = `- &a [${times(1000, () => "1, ")}]\n${times(1000, () => "- *a\n")}`;
    expect(() => parseYaml(new Source("x.yaml", text))).toThrow("more than 200000 values");
  });

  test("a number of millions of digits is no number, and is not repeated", () => {
    const read = readRecipe(new Source("x.yaml", `steps:\n  - read: ${"9".repeat(4_000_000)}\n`));
    expect(read.ok ? "" : JSON.stringify(read.problems.map(({ message }) => message)).length).toBeLessThan(
      2000,
    );
    const set = readDbgconf(new Source("x.dbgconf", `A = ${"9".repeat(1_000_000)};`), undefined);
    expect(set.diagnostics).toMatchObject([{ message: "the number has more than 64 bits" }]);
  });

  test("a circle of thousands of sequences is told by its ends", () => {
    const text = times(3000, (at) => `sequence S${at} { Sequence("S${(at + 1) % 3000}"); }\n`);
    const found = scriptFindings(new Source("x.seq", text));
    expect(found).toHaveLength(3000);
    expect(found[0]?.message).toBe("the sequence calls itself: S0 -> S1 -> ... -> S0");
  });

  test.each(["check", "a run", "convert"])(
    "more than a thousand imports are not followed by %s",
    async (reader) => {
      let reads = 0;
      const source = new Source(
        "x.seq",
        `${times(5000, () => 'import "y.seq";\n')}sequence A { Read32(0); }`,
      );
      const read: ReadImport = (path) => {
        reads += 1;
        return Promise.resolve(new Source(path, "sequence B { Read32(0); }"));
      };
      const found =
        reader === "check"
          ? (await importsOf(source, read)).findings
          : await (reader === "a run" ? loadScripts([source], read, undefined) : flatten(source, read)).catch(
              findingsOf,
            );
      expect(found).toMatchObject([{ code: "too-complex", message: "more than 1000 imports" }]);
      expect(reads).toBe(1000);
    },
  );

  test.each([
    [
      "arrays of arrays",
      times(
        4,
        () =>
          "<cluster><name>C%s</name><dim>65536</dim><dimIncrement>4</dimIncrement><addressOffset>0</addressOffset>",
      ) + "</cluster>".repeat(4),
    ],
    [
      "derived peripherals with thousands of fields",
      `<register><name>R</name><addressOffset>0</addressOffset><fields>${times(3000, (at) => `<field><name>F${at}</name><bitRange>[1:0]</bitRange></field>`)}</fields></register>`,
    ],
    [
      "derived peripherals with thousands of values",
      `<register><name>R</name><addressOffset>0</addressOffset><fields><field><name>F</name><bitRange>[1:0]</bitRange><enumeratedValues>${times(3000, () => "<enumeratedValue/>")}</enumeratedValues></field></fields></register>`,
    ],
    ["derived peripherals with thousands of registers that cannot be read", times(3000, () => "<register/>")],
  ])("an SVD that multiplies is refused: %s", (_, registers) => {
    const derived = times(
      3000,
      (at) => `<peripheral derivedFrom="P"><name>P${at}</name><baseAddress>0</baseAddress></peripheral>`,
    );
    const text = `<device><name>D</name><peripherals><peripheral><name>P</name><baseAddress>0</baseAddress><registers>${registers}</registers></peripheral>${derived}</peripherals></device>`;
    expect(() => readSvd(new Source("x.svd", text))).toThrow(
      /more than (?:2000000 elements and values|50000 elements cannot be read)/,
    );
  });
});
