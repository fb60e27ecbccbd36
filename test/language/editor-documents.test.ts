/** What editors read, generated from what the parser and the readers know: JSON schemas, a TextMate grammar, railroad diagrams. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Ajv } from "ajv";
import { format, resolveConfig } from "prettier";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { BUILTINS } from "../../src/language/builtins.ts";
import { grammarRules, type GrammarPart } from "../../src/language/text/grammar.ts";
import { PREDEFINED_VARIABLES } from "../../src/language/predefined.ts";
import { words } from "../../src/language/text/tokens.ts";
import { Source } from "../../src/lib/source.ts";
import { u32, u64 } from "../../src/lib/formats/checked-yaml.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";
import { recipeSchema } from "../../src/recipe/recipe.ts";
import { headerEntries } from "../../src/options/header.ts";
import { modelSchema } from "../../src/simulator/model/schema.ts";
import { expectGenerated } from "../support/generated.ts";
import { outputSchema } from "../support/output-schema.ts";
import { reportSchema } from "../support/report-schema.ts";

async function expectFormatted(path: string, text: string): Promise<void> {
  const file = new URL(`../../${path}`, import.meta.url).pathname;
  const options = await resolveConfig(file);
  expectGenerated(path, await format(text, { ...options, filepath: file }));
}

const [u64Number] = u64.pipe;

/** Numbers with more than 53 bits have no place in JSON Schema; editors see integers. */
function schemaOf(schema: v.GenericSchema, title: string): object {
  const made = toJsonSchema(schema, {
    typeMode: "input",
    errorMode: "ignore",
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      if (valibotSchema === u32) return { type: "integer", minimum: 0, maximum: 0xffff_ffff };
      if (valibotSchema === u64Number) return { type: "integer", minimum: 0 };
      return jsonSchema;
    },
  });
  return { title, ...made };
}

const SCHEMAS: readonly (readonly [
  name: string,
  schema: v.GenericSchema,
  title: string,
  good: string,
  bad: string,
])[] = [
  [
    "recipe",
    recipeSchema,
    "A dbgseq recipe",
    "examples/03-recipe/bring-up.yaml",
    "steps: [{ rnu: ResetSystem }]",
  ],
  ["model", modelSchema, "A simulated device of dbgseq", "src/simulator/models/generic-m4.yaml", "model: 7"],
  ["project", v.strictObject(headerEntries), "dbgseq.yaml", "", "clokc: 1MHz"],
];

describe("JSON schemas", () => {
  test.each(SCHEMAS)("%s", async (name, schema, title, good, bad) => {
    const made = schemaOf(schema, title);
    await expectFormatted(`grammar/${name}.schema.json`, JSON.stringify(made));
    const check = new Ajv({ strict: false }).compile(made);
    const valueOf = (text: string): unknown => {
      const { value } = parseYaml(new Source("x.yaml", text));
      // Numbers beyond 53 bits are exact here, and nothing that JSON has.
      return JSON.parse(
        JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? Number(one) : one)),
      );
    };
    const text = good === "" ? "probe: sim:generic-m4\nclock: 4MHz\n" : readFileSync(good, "utf8");
    expect(check(valueOf(text)), JSON.stringify(check.errors)).toBe(true);
    expect(check(valueOf(bad))).toBe(false);
  });
});

test("the schema of --json and --jsonl; support/command-line.ts holds all that is printed against it", async () => {
  await expectFormatted("grammar/output.schema.json", JSON.stringify(outputSchema()));
  await expectFormatted("grammar/probe-report.schema.json", JSON.stringify(reportSchema()));
});

const alternatives = (names: readonly string[]): string => `\\b(?:${names.join("|")})\\b`;

function tmLanguage(): object {
  const pattern = (name: string, match: string): object => ({ name: `${name}.dbgseq`, match });
  return {
    $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
    name: "Debug sequence",
    scopeName: "source.dbgseq",
    fileTypes: ["seq"],
    patterns: [
      { name: "comment.block.dbgseq", begin: "/\\*", end: "\\*/" },
      pattern("comment.line.double-slash", "//.*$"),
      {
        name: "string.quoted.double.dbgseq",
        begin: '"',
        end: '"|$',
        patterns: [
          pattern("constant.character.escape", '\\\\[nt"\\\\]'),
          pattern(
            "constant.other.placeholder",
            "%(?:%|[-0+ #]*\\d*(?:\\.\\d*)?(?:hh|h|ll|l|L)?[diuxXobcsf])",
          ),
        ],
      },
      pattern("constant.numeric.duration", "\\b\\d+(?:us|ms|s)\\b"),
      pattern("constant.numeric", "\\b(?:0[xX][0-9A-Fa-f]+|0[bB][01]+|\\d+)[uUlL]*\\b"),
      {
        match: "\\b(sequence)\\s+([A-Za-z_]\\w*)",
        captures: {
          1: { name: "keyword.declaration.dbgseq" },
          2: { name: "entity.name.function.dbgseq" },
        },
      },
      pattern("storage.type", "\\b__var\\b"),
      pattern("keyword.control", alternatives(["if", "else", "while"])),
      pattern("keyword.other", alternatives(Object.keys(words).filter((word) => word !== "sequence"))),
      pattern("variable.language", alternatives(PREDEFINED_VARIABLES.map(({ name }) => name))),
      pattern("support.function", `(?i:${alternatives(BUILTINS.map(({ name }) => name))})(?=\\s*\\()`),
      pattern("entity.other.attribute-name", "@[A-Za-z_][\\w:.-]*"),
      pattern("keyword.operator", "<<=|>>=|[-+*/%&|^]=|==|!=|<=|>=|&&|\\|\\||<<|>>|[-+*/%&|^~!<>=?:]"),
    ],
  };
}

/** The scopes of each word of a line, without the name of the language. */
async function scopesOf(lines: readonly string[]): Promise<readonly string[]> {
  const require = createRequire(import.meta.url);
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: () =>
      Promise.resolve(
        textmate.parseRawGrammar(readFileSync("grammar/dbgseq.tmLanguage.json", "utf8"), "x.json"),
      ),
  });
  const grammar = await registry.loadGrammar("source.dbgseq");
  let state = textmate.INITIAL;
  return lines.flatMap((line) => {
    const result = grammar?.tokenizeLine(line, state);
    state = result?.ruleStack ?? state;
    return (result?.tokens ?? []).flatMap(({ startIndex, endIndex, scopes }) => {
      const text = line.slice(startIndex, endIndex).trim();
      const own = scopes.at(-1)?.replace(/\.dbgseq$/, "") ?? "";
      return text === "" || own === "source" ? [] : [`${text}: ${own}`];
    });
  });
}

test("the TextMate grammar knows the words of the language", async () => {
  await expectFormatted("grammar/dbgseq.tmLanguage.json", JSON.stringify(tmLanguage()));
  expect(
    await scopesOf([
      "sequence ResetSystem { // now",
      "  __var x = Read32(0xE000EDF0) & __dp; /* two",
      '  lines */ Message(0, "%08X\\n", 7);',
      "  while (x) timeout 10ms;",
    ]),
  ).toEqual([
    "sequence: keyword.declaration",
    "ResetSystem: entity.name.function",
    "// now: comment.line.double-slash",
    "__var: storage.type",
    "=: keyword.operator",
    "Read32: support.function",
    "0xE000EDF0: constant.numeric",
    "&: keyword.operator",
    "__dp: variable.language",
    "/*: comment.block",
    "two: comment.block",
    "lines: comment.block",
    "*/: comment.block",
    "Message: support.function",
    "0: constant.numeric",
    '": string.quoted.double',
    "%08X: constant.other.placeholder",
    "\\n: constant.character.escape",
    '": string.quoted.double',
    "7: constant.numeric",
    "while: keyword.control",
    "timeout: keyword.other",
    "10ms: constant.numeric.duration",
  ]);
});

/** As far as its diagrams are used here; the package has no types. */
interface Railroad {
  readonly Diagram: (...parts: readonly unknown[]) => { toString(): string };
  readonly Sequence: (...parts: readonly unknown[]) => unknown;
  readonly Choice: (usual: number, ...parts: readonly unknown[]) => unknown;
  readonly Optional: (part: unknown) => unknown;
  readonly ZeroOrMore: (part: unknown, separator?: unknown) => unknown;
  readonly OneOrMore: (part: unknown, separator?: unknown) => unknown;
  readonly Terminal: (text: string) => unknown;
  readonly NonTerminal: (text: string, href?: string) => unknown;
}

/** Rules that exist to find mistakes. */
const UNSPOKEN = new Set(["misplacedBraces"]);

test("the railroad diagrams are of the parser's own rules", () => {
  const rail = createRequire(import.meta.url)("railroad-diagrams") as Railroad;
  const draw = (part: GrammarPart): unknown => {
    const inner = (): unknown => rail.Sequence(...(part.definition ?? []).filter(isSpoken).map(draw));
    switch (part.type) {
      case "Terminal":
        return rail.Terminal((part.label ?? part.name ?? "?").replace(/^'(.*)'$/, "$1"));
      case "NonTerminal":
        return rail.NonTerminal(part.name ?? "?", `#${part.name ?? ""}`);
      case "Alternation":
        return rail.Choice(0, ...(part.definition ?? []).filter(isSpoken).map(draw));
      case "Option":
        return rail.Optional(inner());
      case "Repetition":
        return rail.ZeroOrMore(inner());
      case "RepetitionMandatory":
        return rail.OneOrMore(inner());
      case "RepetitionWithSeparator":
        return rail.ZeroOrMore(inner(), part.separator === undefined ? undefined : draw(part.separator));
      case "RepetitionMandatoryWithSeparator":
        return rail.OneOrMore(inner(), part.separator === undefined ? undefined : draw(part.separator));
      default:
        return inner();
    }
  };
  const rules = grammarRules().filter(({ name = "" }) => !UNSPOKEN.has(name));
  const style = readFileSync(
    createRequire(import.meta.url).resolve("railroad-diagrams/railroad-diagrams.css"),
    "utf8",
  );
  expect(style).toContain("railroad-diagram");
  const sections = rules.map(({ name = "", definition = [] }) => {
    const svg = rail.Diagram(...definition.filter(isSpoken).map(draw)).toString();
    return `<h2 id="${name}">${name}</h2>\n${svg}`;
  });
  const text = `<!doctype html>
<!-- Generated from the parser; a test holds this file against it. -->
<meta charset="utf-8" />
<title>The grammar of .seq</title>
<style>
svg.railroad-diagram { background: #fffdf5; }
svg.railroad-diagram path { stroke-width: 2; stroke: black; fill: none; }
svg.railroad-diagram text { font: 14px monospace; text-anchor: middle; }
svg.railroad-diagram rect { stroke-width: 2; stroke: black; fill: #e8f0d8; }
svg.railroad-diagram .terminal rect { fill: #fde9c8; }
</style>
<h1>The grammar of .seq</h1>
${sections.join("\n")}
`;
  expectGenerated("grammar/railroad.html", text);
  for (const { name = "" } of rules) expect(text).toContain(`id="${name}"`);
});

function isSpoken(part: GrammarPart): boolean {
  if (part.type === "NonTerminal") return !UNSPOKEN.has(part.name ?? "");
  if (part.type !== "Alternative") return true;
  return (part.definition ?? []).every(isSpoken) || (part.definition ?? []).length === 0;
}
