/** Which of several definitions of one sequence runs. */
import { describe, expect, test } from "vitest";
import type { Level, Origin, SequenceDefinition } from "../../src/device/description.ts";
import { explainSequence, resolveSequence, sequenceNames } from "../../src/device/precedence.ts";
import { Source } from "../../src/lib/source.ts";

const span = { source: new Source("test", ""), start: 0, end: 0 };

interface Given {
  readonly level?: Level;
  readonly pname?: string;
  readonly disabled?: boolean;
}

function definition(
  layer: Origin["layer"],
  { level, pname, disabled = false }: Given = {},
): SequenceDefinition {
  const label = level ?? layer;
  return {
    name: "ResetSystem",
    disabled,
    ...(pname === undefined ? {} : { pname }),
    origin: { layer, label, span, ...(level === undefined ? {} : { level }) },
    sequence: {
      kind: "sequence",
      name: { text: "ResetSystem", span },
      disabled,
      requires: [],
      items: [],
      attributes: [],
      span,
    },
  };
}

const project = definition("project");
const forAll = definition("pack", { level: "family" });
const forM4 = definition("pack", { level: "family", pname: "cm4" });
const inner = definition("pack", { level: "device" });
const ofVariant = definition("pack", { level: "variant", pname: "cm0" });
const standard = definition("default");

/** Deliberately not in order of strength. */
const pack = [forAll, forM4, inner, ofVariant];

function winner(pname: string | undefined, ...definitions: readonly SequenceDefinition[]): unknown {
  const of = (layer: string): SequenceDefinition[] =>
    definitions.filter(({ origin }) => origin.layer === layer);
  const layers = { project: of("project"), pack: of("pack"), defaults: of("default") };
  return resolveSequence("ResetSystem", pname, layers)?.winner;
}

describe("the winner", () => {
  test.each([
    ["the project's", undefined, [standard, ...pack, project], project],
    ["the pack's before the default", undefined, [standard, forAll], forAll],
    ["the default where nothing else is", undefined, [standard], standard],
    ["the inner level's", "cm4", [forAll, forM4, inner], inner],
    ["of one level the one for the processor", "cm4", [forAll, forM4], forM4],
    ["for another processor the one for all", "cm7", [forAll, forM4], forAll],
    ["the variant's before the device's", "cm0", pack, ofVariant],
    ["without a processor none that names one", undefined, [forM4, ofVariant, standard], standard],
  ])("is %s", (_, pname, definitions, expected) => {
    expect(winner(pname, ...definitions)).toBe(expected);
  });

  test("may be disabled, and then the default does not run either", () => {
    const disabled = definition("pack", { level: "family", disabled: true });
    expect(winner(undefined, disabled, standard)).toBe(disabled);
  });

  test("of two equal ones is the first", () => {
    const again = definition("pack", { level: "family" });
    expect(winner(undefined, forAll, again)).toBe(forAll);
  });
});

test("each loser has its reason", () => {
  const repeated = definition("pack", { level: "variant", pname: "cm0" });
  const unnamed = definition("pack", { level: "variant" });
  const layers = { project: [], pack: [...pack, unnamed, repeated], defaults: [standard] };
  const explained = explainSequence("ResetSystem", "cm0", layers);
  expect(explained.map((one) => [one.definition, one.verdict])).toEqual([
    [ofVariant, "wins"],
    [repeated, "repeated"],
    [unnamed, "without-processor"],
    [inner, "outer-level"],
    [forAll, "outer-level"],
    [standard, "outer-layer"],
    [forM4, "other-processor"],
  ]);
});

test("names of all layers are known once", () => {
  const layers = { project: [project], pack: [forAll, inner], defaults: [standard] };
  expect(sequenceNames(layers)).toEqual(["ResetSystem"]);
  expect(resolveSequence("Nothing", undefined, layers)).toBeUndefined();
});
