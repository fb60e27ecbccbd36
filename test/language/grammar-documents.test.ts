/** The documents of grammar/ that say what the code says: grammar, functions, variables, sequences, findings. */
import { expect, test } from "vitest";
import { existsSync, readFileSync } from "node:fs";
import { CODES, type Code } from "../../src/diagnostics/codes.ts";
import { PAGES } from "../../src/diagnostics/pages.ts";
import { BUILTINS } from "../../src/language/builtins.ts";
import { signature } from "../../src/language/check/calls.ts";
import { MAX_NESTING, MAX_OPERATORS } from "../../src/language/text/limits.ts";
import { grammarRules, type GrammarPart as Part } from "../../src/language/text/grammar.ts";
import { PRECEDENCE } from "../../src/language/precedence.ts";
import { PREDEFINED_SEQUENCES, PREDEFINED_VARIABLES } from "../../src/language/predefined.ts";
import { expectGenerated } from "../support/generated.ts";

/** Rules that exist to find mistakes. */
const UNSPOKEN = new Set(["misplacedBraces"]);
const NAMES: Readonly<Record<string, string>> = {
  "a name": "NAME",
  "a number": "NUMBER",
  "a string": "STRING",
  EOF: "END",
  BinaryOperator: "binaryOperator",
  PrefixOperator: "prefixOperator",
  AssignmentOperator: "assignmentOperator",
};

function ebnf(part: Part): string {
  const inner = (): string => sequence(part.definition ?? []);
  switch (part.type) {
    case "NonTerminal":
      return part.name ?? "?";
    case "Terminal":
      return NAMES[part.name ?? ""] ?? NAMES[part.label ?? ""] ?? part.label ?? "?";
    case "Option":
      return `[ ${inner()} ]`;
    case "Repetition":
      return `{ ${inner()} }`;
    case "RepetitionMandatory":
      return `${group(inner())} { ${inner()} }`;
    case "RepetitionWithSeparator":
      return `[ ${inner()} { ${part.separator === undefined ? "" : ebnf(part.separator)} ${inner()} } ]`;
    case "Alternation":
      return (part.definition ?? [])
        .map((one) => sequence(one.definition ?? []))
        .filter((text) => !UNSPOKEN.has(text))
        .join(" | ");
    default:
      return inner();
  }
}

function sequence(parts: readonly Part[]): string {
  return parts
    .map((part) => (part.type === "Alternation" && parts.length > 1 ? `( ${ebnf(part)} )` : ebnf(part)))
    .join(" ");
}

function group(text: string): string {
  return text.includes(" | ") ? `( ${text} )` : text;
}

function levels(): string {
  const byLevel = new Map<number, string[]>();
  for (const [operator, level] of Object.entries(PRECEDENCE))
    byLevel.set(level, [...(byLevel.get(level) ?? []), operator]);
  return [...byLevel]
    .map(([level, operators]) => `    ${String(level).padStart(2)}  ${operators.join(" ")}`)
    .join("\n");
}

test("sequence.ebnf equals the parser's grammar", () => {
  const rules = grammarRules().filter(({ name = "" }) => !UNSPOKEN.has(name));
  const width = Math.max(...rules.map(({ name = "" }) => name.length));
  const lines = rules.map(
    ({ name = "", definition }) => `${name.padEnd(width)} = ${sequence(definition ?? [])} ;`,
  );
  expectGenerated(
    "grammar/sequence.ebnf",
    `(* Generated from the parser; a test holds this file against it.
   script is a .seq file, blockText the content of a PDSC block, wholeExpression an if or while attribute.

   Words such as 'sequence' are NAMEs wherever no rule asks for them; 'if', 'while', 'else' and '__var' never are.
   NUMBER   decimal, 0x hexadecimal or 0b binary, with any suffix of C; behind 'timeout' also with us, ms or s
   STRING   "..." on one line, with \\" and \\\\ inside
   NAME     a letter or _, then letters, digits and _
   Between words: spaces, line ends, // comments to the end of the line, and /* comments */.

   A row of binary operators is folded by this table; higher binds tighter, all bind to the left, as in C:
${levels()}
   At most ${MAX_NESTING} levels of nesting and ${MAX_OPERATORS} signs in one statement. *)

binaryOperator     = ${Object.keys(PRECEDENCE)
      .map((one) => `'${one}'`)
      .join(" | ")} ;
prefixOperator     = '+' | '-' | '~' | '!' ;
assignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' ;

${lines.join("\n")}
`,
  );
});

test("builtins.md lists what the tables have", () => {
  const functions = BUILTINS.map((one) => {
    const kind = { access: "target", flow: "run", host: "host" }[one.effect];
    return `| \`${signature(one)}\` | ${kind} | ${one.summary} |`;
  });
  const variables = PREDEFINED_VARIABLES.map((one) => `| \`${one.name}\` | ${one.access} | ${one.summary} |`);
  const forbidden = { ap: "memory and access ports", target: "all registers but DPIDR and TARGETSEL" };
  const sequences = PREDEFINED_SEQUENCES.map(
    (one) =>
      `| \`${one.name}\` | ${one.context} | ${one.forbids === undefined ? "" : forbidden[one.forbids.access]} | ${one.summary} |`,
  );
  expectGenerated(
    "grammar/builtins.md",
    `# Functions, variables and sequences that the specification gives

Generated from the tables in src/language; a test holds this file against them. Specification: Open-CMSIS-Pack 1.7.60.

## Debug access functions

Arguments in quotes are strings, all others are expressions. A function acts on the target, on the run itself, or on the
host, which needs permission.

| function | acts on | what it does |
| --- | --- | --- |
${functions.join("\n")}

## Predefined variables

| variable | a sequence may | meaning |
| --- | --- | --- |
${variables.join("\n")}

## Predefined sequences

| sequence | run at | must not access | what it does |
| --- | --- | --- | --- |
${sequences.join("\n")}
`,
  );
});

test("diagnostics.md lists every code", () => {
  const rows = CODES.map(({ code, severity, title }) => `| \`${code}\` | ${severity} | ${title} |`);
  expectGenerated(
    "grammar/diagnostics.md",
    `# Findings

Generated from the registry in src/diagnostics/codes.ts; a test holds this file against it. Codes are stable. An error ends
\`check\` with 1, a warning does with \`--warnings error\`, a note never does. \`// dbgseq-ignore CODE: why\` before or behind
the place takes a warning or a note out; errors stay.

| code | severity | finding |
| --- | --- | --- |
${rows.join("\n")}

${CODES.map(({ code }) => page(code)).join("\n")}`,
  );
});

/** As `dbgseq doc CODE` shows it; test/diagnostics/pages.test.ts checks both examples. */
function page(code: Code): string {
  const { bad, good } = PAGES[code];
  const fenced = (text: string): string =>
    text === "" ? "(nothing)" : `\`\`\`text\n${text.replace(/(.{100}).+/g, "$1...").trimEnd()}\n\`\`\``;
  return `## \`${code}\`\n\nFound in:\n\n${fenced(bad)}\n\nNot in:\n\n${fenced(good)}\n`;
}

test("SECURITY.md names tests that exist", () => {
  const text = readFileSync(new URL("../../SECURITY.md", import.meta.url), "utf8");
  const named = [...text.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(20);
  for (const path of named) expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).toBe(true);
});

test("decisions.md names tests that exist", () => {
  const text = readFileSync(new URL("../../grammar/decisions.md", import.meta.url), "utf8");
  const rows = text.split("\n").filter((line) => /^\| (?!question|---)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const named = [...row.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, path = ""]) => path);
    expect(named, row).not.toHaveLength(0);
    // A folder stands for all tests in it.
    for (const path of named)
      expect(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} in: ${row}`).toBe(true);
  }
});
