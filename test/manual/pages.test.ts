/** The pages of the manual have everything that the tables behind them have, on a terminal and in documents. */
import { describe, expect, test } from "vitest";
import { OPTION_NAMES } from "../../src/options/given.ts";
import { headerEntries } from "../../src/options/header.ts";
import { FAULT_KINDS } from "../../src/manual/faults.ts";
import { keysOf } from "../../src/manual/keys.ts";
import { pageMarkdown, pageText, type Page } from "../../src/manual/page.ts";
import { manualPage, MANUAL_PAGES } from "../../src/manual/pages.ts";
import { PROBE_FORMS } from "../../src/probe/select.ts";
import { KNOWN_PROBES } from "../../src/probe/usb/known.ts";
import { stepSchema } from "../../src/recipe/recipe.ts";
import { EXIT, FAULT_CODES } from "../../src/session/exit-codes.ts";
import { shippedModel, shippedModelNames } from "../../src/simulator/models/shipped.ts";

const page = async (name: string): Promise<Page> => {
  const found = await manualPage(name);
  if (found === undefined) throw new Error(`no page ${name}`);
  return found;
};

const tables = ({ blocks }: Page) => blocks.flatMap((block) => ("table" in block ? [block.table] : []));
const cells = (one: Page, column: number): readonly string[] =>
  tables(one).flatMap(({ rows }) => rows.map((row) => (row[column] ?? "").trim()));

describe.each(MANUAL_PAGES)("%s", (name) => {
  test("no line is wider than a terminal of 100 columns", async () => {
    const wide = pageText(await page(name))
      .split("\n")
      .filter((line) => line.length > 100);
    expect(wide).toEqual([]);
  });

  test("every row says what it means", async () => {
    const { blocks } = await page(name);
    expect(blocks.length).toBeGreaterThan(1);
    // What a known probe is called is enough if it differs in nothing.
    const last = name === "probes" ? 1 : -1;
    for (const { rows } of tables(await page(name)))
      for (const row of rows) expect(row.at(last), row.join(" | ")).toMatch(/\w{3}/);
  });

  test("the document has what the terminal shows", async () => {
    const words = (text: string): readonly string[] => text.match(/[\w-]{4,}/g) ?? [];
    const shown = await page(name);
    const inDocument = new Set(words(pageMarkdown(shown)));
    const missing = words(pageText({ ...shown, title: "" })).filter((word) => !inDocument.has(word));
    expect(missing).toEqual([]);
  });
});

test("a key of a model or a step that its schema does not describe is a gap", async () => {
  for (const name of ["models", "recipe"])
    for (const { rows } of tables(await page(name)))
      for (const row of rows) expect(row.at(-1)).not.toMatch(/^ \(/);
  const mappings = stepSchema.options.filter((one) => one.type === "strict_object");
  expect(mappings.flatMap((one) => keysOf(one).filter(({ says }) => says === ""))).toEqual([]);
});

test("settings has every option, and every key of a header", async () => {
  const keys = cells(await page("settings"), 1).filter((key) => key !== "");
  expect(keys).toEqual(Object.keys(headerEntries));
  expect(cells(await page("settings"), 0)).toHaveLength(OPTION_NAMES.length);
});

test("probes has every form of a name, and every known probe", async () => {
  const shown = cells(await page("probes"), 0);
  for (const { form } of PROBE_FORMS) expect(shown).toContain(form);
  expect(shown).toHaveLength(PROBE_FORMS.length + KNOWN_PROBES.length);
});

test("models has every model that ships, with its options", async () => {
  const shown = cells(await page("models"), 0);
  for (const name of shippedModelNames) {
    expect(shown).toContain(name);
    for (const option of Object.keys(shippedModel(name)?.options ?? {}))
      expect(shown.some((cell) => cell.startsWith(`${option}=`))).toBe(true);
  }
});

test("exit-codes has every code, and faults every kind under its code", async () => {
  expect(cells(await page("exit-codes"), 0)).toEqual(Object.values(EXIT).map(String));
  const faults = await page("faults");
  expect([...cells(faults, 0)].sort()).toEqual([...FAULT_KINDS].sort());
  expect(Object.keys(FAULT_CODES).sort()).toEqual([...FAULT_KINDS].sort());
});
