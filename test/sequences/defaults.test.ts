/** The default sequences that ship: complete, without findings, and with the promises of their README kept. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findingText } from "../../src/diagnostics/text.ts";
import { PREDEFINED_SEQUENCES } from "../../src/language/predefined.ts";
import type { Item, Sequence } from "../../src/language/tree.ts";
import { calls } from "../../src/language/walk.ts";
import { defaultSequences } from "../../src/project/defaults.ts";
import { scriptFindings } from "../../src/lint/findings.ts";
import { readSource } from "../../src/host/files/input-files.ts";

const FOLDER = new URL("../../sequences/default/", import.meta.url).pathname;
const files = readdirSync(FOLDER).toSorted();

/** The specification gives these a default; the others are empty steps. */
const WITH_DEFAULT = [
  "DebugPortSetup",
  "DebugPortStart",
  "DebugPortStop",
  "DebugCoreStart",
  "DebugCoreStop",
  "ResetSystem",
  "ResetProcessor",
  "ResetHardware",
  "ResetHardwareAssert",
  "ResetHardwareDeassert",
  "ResetCatchSet",
  "ResetCatchClear",
];

describe("default sequences", () => {
  test("every file is loaded, and there is one for each default of the specification", () => {
    const loaded = defaultSequences("v7-M").map(({ name }) => name);
    expect(loaded.toSorted()).toEqual(WITH_DEFAULT.toSorted());
    expect(files).toEqual([...WITH_DEFAULT, "ResetProcessor.none"].map((name) => `${name}.seq`).toSorted());
    const predefined = PREDEFINED_SEQUENCES.map(({ name }) => name);
    expect(predefined.filter((name) => loaded.includes(name)).toSorted()).toEqual(WITH_DEFAULT.toSorted());
  });

  test.each(files)("%s has no findings", async (file) => {
    // Here the debugger's own prefix is right: these sequences are the debugger's.
    const findings = scriptFindings(await readSource(`${FOLDER}${file}`)).filter(
      ({ code }) => code !== "reserved-prefix",
    );
    expect(findings.map(findingText)).toEqual([]);
  });

  test("locals begin with __, so that no debugvar of a pack meets them", () => {
    const names = defaultSequences("v7-M").flatMap(({ sequence }) => [...declared(sequence.items)]);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !name.startsWith("__"))).toEqual([]);
  });

  test.each([
    ["v6-M", true],
    ["v7-M", false],
    ["v8-M", true],
    [undefined, false],
  ] as const)("ResetProcessor on %s is empty: %s", (architecture, empty) => {
    const found = defaultSequences(architecture).filter(({ name }) => name === "ResetProcessor");
    expect(found.map(({ sequence }) => sequence.items.some(({ kind }) => kind !== "comment"))).toEqual([
      !empty,
    ]);
  });

  test("DebugPortSetup moves only lines, in atomic blocks that fit the smallest packet, and then reads DPIDR", () => {
    const sequence = defaultNamed("DebugPortSetup");
    const atomic = [...blocks(sequence.items)].filter((block) => block.atomic);
    expect(atomic).toHaveLength(7);
    for (const block of atomic) {
      const bits = callsIn(block).map(({ name, bits: count }) => {
        expect(name).toMatch(/^DAP_(SWJ|JTAG)_Sequence$/);
        return count;
      });
      // One DAP_SWJ_Sequence carries at most 256 bits after its two bytes; DAP_ExecuteCommands takes two for all of them.
      const total = bits.reduce((sum, count) => sum + count, 0);
      expect(2 + 2 * Math.ceil(total / 256) + Math.ceil(total / 8)).toBeLessThanOrEqual(64);
    }
    const others = [...calls(sequence)]
      .map(({ name }) => name.text)
      .filter((name) => !/_Sequence$/.test(name));
    expect(others).toEqual(["ReadDP"]);
  });
});

function defaultNamed(name: string): Sequence {
  const found = defaultSequences("v7-M").find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`${name} has no default`);
  return found.sequence;
}

function* blocks(items: readonly Item[]): Generator<Extract<Item, { kind: "block" }>> {
  for (const item of items) {
    if (item.kind === "block") yield item;
    if (item.kind === "control") yield* blocks(item.items);
  }
}

function* declared(items: readonly Item[]): Generator<string> {
  for (const block of blocks(items)) {
    for (const entry of block.entries) if (entry.kind === "declaration") yield entry.name.text;
  }
}

function callsIn(block: Extract<Item, { kind: "block" }>): { name: string; bits: number }[] {
  return block.entries.flatMap((entry) => {
    if (entry.kind !== "expression" || entry.expression.kind !== "call") return [];
    const { name, args } = entry.expression;
    const [count] = args;
    return [{ name: name.text, bits: count?.kind === "number" ? Number(count.value) : Number.NaN }];
  });
}
