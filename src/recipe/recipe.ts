/**
 * Declares what the YAML file of a bring-up recipe may say, as data with places. Knows no session; run.ts
 * carries it out.
 */
import * as v from "valibot";
import { checkYaml, described, u32, u64, type YamlProblem } from "../lib/formats/checked-yaml.ts";
import type { Excerpt, Source, Span } from "../lib/source.ts";
import { headerEntries, type Header } from "../options/header.ts";
import { keyHint } from "../options/named.ts";
import { parseYaml, type YamlDocument, type YamlPath } from "../lib/formats/yaml.ts";

const name = v.pipe(v.string(), v.minLength(1, "a name"));
const size = v.optional(v.picklist([8, 16, 32]), 32);
const resetKind = v.picklist(["hardware", "system", "processor"]);

/** It is one name, or a list. */
const names = v.pipe(
  v.union([name, v.array(name)]),
  v.transform((given): readonly string[] => (typeof given === "string" ? [given] : given)),
);
const range = v.pipe(
  v.union([u32, name]),
  v.transform((given) => String(given)),
);
/** It is ADDRESS or START:SIZE, one or a list. */
const ranges = v.pipe(
  v.union([range, v.array(range)]),
  v.transform((given): readonly string[] => (typeof given === "string" ? [given] : given)),
);

const halt = described(v.optional(v.boolean(), false), "whether a reset halts the core at its reset vector");
const width = described(size, "bits of the access");
const base = described(v.optional(u32), "base address of a raw binary");

/** Each step is a mapping with one key, or the bare word for a step that needs nothing. */
export const stepSchema = v.union([
  v.picklist(["connect", "disconnect", "reset"]),
  v.strictObject({ run: described(name, "runs a sequence"), halt }),
  v.strictObject({ reset: described(resetKind, "resets the target in this way"), halt }),
  v.strictObject({
    read: described(u64, "reads a value at this address"),
    size: width,
    as: described(v.optional(name), "a name for the value, for the conditions that follow"),
  }),
  v.strictObject({
    write: described(u64, "writes a value at this address"),
    value: described(u32, "the value"),
    size: width,
  }),
  v.strictObject({
    expect: described(name, "a condition of the language that must hold, or the recipe fails"),
    message: described(v.optional(v.string()), "what is said if it does not hold"),
  }),
  v.strictObject({
    flash: described(names, "programs this file, or these files, and proves it"),
    base,
    erase: described(
      v.optional(v.picklist(["sector", "chip", "none"]), "sector"),
      "erases the sectors of the image, the whole chip, or nothing",
    ),
    verify: described(v.optional(v.boolean(), true), "whether what was programmed is compared"),
    keep: described(
      v.optional(v.boolean(), false),
      "whether the rest of every sector that the image touches is preserved",
    ),
    "ram-parts": described(
      v.optional(v.boolean(), false),
      "whether what the files have for RAM is written afterwards",
    ),
  }),
  v.strictObject({
    erase: described(
      v.union([v.literal("chip"), ranges]),
      "erases sectors by ADDRESS or START:SIZE, or everything",
    ),
  }),
  v.strictObject({ verify: described(names, "compares this file, or these files, with memory"), base }),
  v.strictObject({
    dump: described(ranges, "saves memory at ADDRESS or START:SIZE"),
    to: described(name, "the file, below the recipe's folder"),
  }),
]);

const recipeSchema = v.strictObject({
  name: described(v.optional(v.string()), "what the recipe is for"),
  ...headerEntries,
  steps: described(
    v.pipe(v.array(stepSchema), v.minLength(1, "at least one step")),
    "what is done, in this order",
  ),
});

export { recipeSchema };

export type Width = 8 | 16 | 32;

export type RecipeStep = { readonly span: Span } & (
  | { readonly kind: "connect" }
  | { readonly kind: "disconnect" }
  | { readonly kind: "run"; readonly sequence: string; readonly halt: boolean }
  | { readonly kind: "reset"; readonly reset?: "hardware" | "system" | "processor"; readonly halt: boolean }
  | { readonly kind: "read"; readonly address: bigint; readonly size: Width; readonly as?: string }
  | { readonly kind: "write"; readonly address: bigint; readonly value: number; readonly size: Width }
  /** The condition is in the language of sequences; `excerpt` places it in the YAML file. */
  | { readonly kind: "expect"; readonly condition: Excerpt; readonly message?: string }
  | FlashWork
);

/** These steps need flash algorithms or files; ranges are `ADDRESS` or `START:SIZE`. */
export type FlashWork =
  | {
      readonly kind: "flash";
      readonly files: readonly string[];
      readonly base?: number;
      readonly erase: "sector" | "chip" | "none";
      readonly verify: boolean;
      readonly keep: boolean;
      /** True if the parts of the files for RAM are written there afterwards. */
      readonly ramParts: boolean;
    }
  | { readonly kind: "erase"; readonly ranges: "chip" | readonly string[] }
  | { readonly kind: "verify"; readonly files: readonly string[]; readonly base?: number }
  | { readonly kind: "dump"; readonly ranges: readonly string[]; readonly to: string };

export type RecipeHeader = Header & { readonly name?: string | undefined };

export interface Recipe {
  readonly source: Source;
  readonly header: RecipeHeader;
  readonly steps: readonly RecipeStep[];
  spanOf(path: YamlPath): Span;
}

export type ReadRecipe =
  | { readonly ok: true; readonly recipe: Recipe }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/**
 * Throws a `malformed-yaml` failure for text that is not YAML; everything else is a list of problems with
 * places.
 */
export function readRecipe(source: Source): ReadRecipe {
  const document = parseYaml(source);
  const checked = checkYaml(document, recipeSchema, keyHint);
  if (!checked.ok) return checked;
  const { steps, ...header } = checked.value;
  return {
    ok: true,
    recipe: {
      source,
      header,
      steps: steps.map((step, index) => placed(document, step, index)),
      spanOf: (path) => document.spanOf(path),
    },
  };
}

type RawStep = v.InferOutput<typeof stepSchema>;

function placed(document: YamlDocument, step: RawStep, index: number): RecipeStep {
  const span = document.spanOf(["steps", index]);
  if (typeof step === "string")
    return step === "reset" ? { kind: "reset", halt: false, span } : { kind: step, span };
  if ("run" in step) return { kind: "run", sequence: step.run, halt: step.halt, span };
  if ("reset" in step) return { kind: "reset", reset: step.reset, halt: step.halt, span };
  if ("read" in step) {
    const as = step.as === undefined ? {} : { as: step.as };
    return { kind: "read", address: step.read, size: step.size, ...as, span };
  }
  if ("write" in step)
    return { kind: "write", address: step.write, value: step.value, size: step.size, span };
  if (!("expect" in step)) return { ...flashWork(step), span };
  const message = step.message === undefined ? {} : { message: step.message };
  return {
    kind: "expect",
    condition: excerptAt(document.spanOf(["steps", index, "expect"]), step.expect),
    ...message,
    span,
  };
}

type RawFlashWork = Extract<
  RawStep,
  { flash: unknown } | { erase: unknown } | { verify: unknown } | { dump: unknown }
>;

function flashWork(step: RawFlashWork): FlashWork {
  if ("dump" in step) return { kind: "dump", ranges: step.dump, to: step.to };
  if ("flash" in step) {
    const { flash: files, base, erase, verify, keep, "ram-parts": ramParts } = step;
    return { kind: "flash", files, erase, verify, keep, ramParts, ...(base === undefined ? {} : { base }) };
  }
  if ("base" in step || "verify" in step)
    return { kind: "verify", files: step.verify, ...(step.base === undefined ? {} : { base: step.base }) };
  return { kind: "erase", ranges: step.erase };
}

/**
 * Returns a scalar as it stands in the file; if quoting or folding changed it, every character points at the
 * whole.
 */
function excerptAt(span: Span, text: string): Excerpt {
  const raw = span.source.text.slice(span.start, span.end);
  const offset = raw.indexOf(text);
  if (offset >= 0) return { source: span.source, text, start: span.start + offset };
  const starts = new Uint32Array(text.length).fill(span.start);
  const ends = new Uint32Array(text.length).fill(span.end);
  return { source: span.source, text, start: span.start, map: { starts, ends } };
}
