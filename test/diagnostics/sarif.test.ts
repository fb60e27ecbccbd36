/**
 * What `check --format sarif` prints keeps the rules of the SARIF 2.1.0 schema (OASIS, section 3 of the standard) for all
 * objects that dbgseq writes. The shapes are strict: a property that the schema does not have is a failure.
 */
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { CODES } from "../../src/diagnostics/codes.ts";
import { PAGES } from "../../src/diagnostics/pages.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const text = v.pipe(v.string(), v.minLength(1));
const count = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
/** An RFC 3986 URI reference: no space, no quote, no backslash, percent signs only as escapes. */
const uriReference = v.pipe(v.string(), v.regex(/^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-F]{2})+$/i));

const message = v.strictObject({ text });
/** 3.30: a region has a start; ends lie behind it. */
const region = v.pipe(
  v.strictObject({
    startLine: count(1),
    startColumn: count(1),
    endLine: count(1),
    endColumn: count(1),
    charOffset: count(0),
    charLength: count(0),
  }),
  v.check(
    ({ startLine, startColumn, endLine, endColumn }) =>
      endLine > startLine || (endLine === startLine && endColumn >= startColumn),
    "ends before it starts",
  ),
);
const artifactLocation = v.strictObject({ uri: uriReference });
const physicalLocation = v.strictObject({ artifactLocation, region });
const level = v.picklist(["none", "note", "warning", "error"]);

const result = v.strictObject({
  ruleId: text,
  ruleIndex: count(0),
  level,
  message,
  locations: v.pipe(v.array(v.strictObject({ physicalLocation })), v.minLength(1)),
  relatedLocations: v.optional(
    v.pipe(
      v.array(v.strictObject({ id: count(0), message, physicalLocation })),
      v.check((list) => new Set(list.map(({ id }) => id)).size === list.length, "ids are not unique"),
    ),
  ),
  fixes: v.optional(
    v.array(
      v.strictObject({
        artifactChanges: v.pipe(
          v.array(
            v.strictObject({
              artifactLocation,
              replacements: v.pipe(
                v.array(
                  v.strictObject({
                    deletedRegion: region,
                    insertedContent: v.strictObject({ text: v.string() }),
                  }),
                ),
                v.minLength(1),
              ),
            }),
          ),
          v.minLength(1),
        ),
      }),
    ),
  ),
});

const rule = v.strictObject({
  id: text,
  shortDescription: message,
  help: message,
  defaultConfiguration: v.strictObject({ level }),
});

const run = v.pipe(
  v.strictObject({
    tool: v.strictObject({
      driver: v.strictObject({
        name: text,
        version: text,
        rules: v.pipe(
          v.array(rule),
          v.check((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, "rules repeat"),
        ),
      }),
    }),
    columnKind: v.picklist(["utf16CodeUnits", "unicodeCodePoints"]),
    results: v.array(result),
  }),
  v.check(
    ({ tool, results }) =>
      results.every(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId),
    "a result whose index names another rule",
  ),
);

const log = v.strictObject({
  $schema: v.literal("https://json.schemastore.org/sarif-2.1.0.json"),
  version: v.literal("2.1.0"),
  runs: v.pipe(v.array(run), v.minLength(1)),
});

async function sarifOf(files: Readonly<Record<string, string>>): Promise<v.InferOutput<typeof log>> {
  const { out } = await dbgseq("check", folderWith(files), "--format", "sarif");
  return v.parse(log, JSON.parse(out));
}

describe("SARIF", () => {
  test("of findings of every kind, with fixes and related places, in files of any name", async () => {
    const statements = CODES.flatMap(({ code }) => {
      const { kind = "statements", bad } = PAGES[code];
      return kind === "statements" ? [[`odd name %41 é/${code}.seq`, bad] as const] : [];
    });
    const { runs } = await sarifOf(Object.fromEntries(statements));
    const [{ results } = { results: [] }] = runs;
    expect(new Set(results.map(({ ruleId }) => ruleId)).size).toBeGreaterThan(30);
    expect(results.some(({ fixes }) => fixes !== undefined)).toBe(true);
    expect(results.some(({ relatedLocations }) => relatedLocations !== undefined)).toBe(true);
    expect(new Set(results.map((one) => one.level))).toEqual(new Set(["error", "warning", "note"]));
    const uris = results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri ?? "");
    expect(uris.every((uri) => uri.includes("odd%20name%20%2541%20%C3%A9/"))).toBe(true);
  });

  test("of nothing", async () => {
    const { runs } = await sarifOf({ "x.seq": "DAP_Delay(1);\n" });
    expect(runs[0]?.results).toEqual([]);
  });
});
