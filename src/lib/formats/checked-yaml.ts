/**
 * Checks YAML against a valibot schema and reports every problem with its place and the word that was
 * probably meant.
 */
import * as v from "valibot";
import { hex } from "../hex.ts";
import { nearest } from "../nearest.ts";
import { shortened } from "../shown-text.ts";
import type { Span } from "../source.ts";
import { U64_MAX } from "../u64.ts";
import type { YamlDocument, YamlPath } from "./yaml.ts";
import { greatest } from "../lists.ts";

/** Has the shape of a diagnostic without its code and severity, which the caller knows. */
export interface YamlProblem {
  readonly message: string;
  readonly span: Span;
  readonly hint?: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/** Accepts an integer of 0 to 2^32 - 1, as number. */
export const u32 = v.custom<number>(
  (input) => typeof input === "number" && Number.isInteger(input) && input >= 0 && input <= 0xffff_ffff,
  "an integer of 0 to 0xFFFFFFFF",
);

/** Accepts an integer of 0 to 2^64 - 1, as bigint. */
export const u64 = v.pipe(
  v.custom<number | bigint>(
    (input) =>
      (typeof input === "bigint" || (typeof input === "number" && Number.isSafeInteger(input))) &&
      input >= 0 &&
      input <= U64_MAX,
    "an integer of 0 to 2^64 - 1",
  ),
  v.transform((input) => BigInt(input)),
);

/** Adds a description to a schema: editors show it (JSON schema), and so do the pages of the manual. */
export function described<const S extends v.GenericSchema>(
  schema: S,
  says: string,
): v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]> {
  return v.pipe(schema, v.description<v.InferOutput<S>, string>(says));
}

/** Returns a hint for an unknown key of the document itself, if the caller knows what was meant. */
export type HintFor = (key: string) => string | undefined;

/** Schemas should be strict objects, so that a misspelt key is found, and variants rather than unions of objects. */
export function checkYaml<T>(
  document: YamlDocument,
  schema: v.GenericSchema<unknown, T>,
  hintFor: HintFor = () => undefined,
): Checked<T> {
  const result = v.safeParse(schema, document.value);
  if (result.success) return withoutLost(document, schema, result.output);
  const told = result.issues.slice(0, MOST_PROBLEMS);
  const problems = told.flatMap((issue) => problemsOf(document, { root: schema, hintFor }, issue, []));
  return { ok: false, problems: [...withoutRepeated(problems), ...omitted(document, result.issues)] };
}

/** Valibot leaves these names out of a record without a word. */
const LOST_NAMES: readonly string[] = ["__proto__", "prototype", "constructor"];

function withoutLost<T>(document: YamlDocument, schema: object, value: T): Checked<T> {
  const lost = lostNames(schema, document.value, []);
  if (lost.length === 0) return { ok: true, value };
  const problems = lost.map((path) => ({
    message: `"${String(path.at(-1))}" must not be a name here`,
    span: document.keySpanOf(path),
  }));
  return { ok: false, problems: withoutRepeated(problems) };
}

function lostNames(schema: object, value: unknown, path: YamlPath): readonly YamlPath[] {
  const { entries, item, value: each, wrapped, options } = schema as Walkable;
  if (wrapped !== undefined) return lostNames(wrapped, value, path);
  if (typeof value !== "object" || value === null) return [];
  const alternatives = (options ?? []).filter((option) => typeof option === "object" && option !== null);
  if (alternatives.length > 0) return alternatives.flatMap((option) => lostNames(option, value, path));
  if (Array.isArray(value))
    return item === undefined ? [] : value.flatMap((one, at) => lostNames(item, one, [...path, at]));
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = [...path, name];
    if (each !== undefined) return LOST_NAMES.includes(name) ? [at] : lostNames(each, inner, at);
    const own = entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
    return own === undefined ? [] : lostNames(own, inner, at);
  });
}

/** It points at the first of the omitted problems. */
function omitted(document: YamlDocument, issues: readonly Issue[]): readonly YamlProblem[] {
  const first = issues[MOST_PROBLEMS];
  if (first === undefined) return [];
  const count = issues.length - MOST_PROBLEMS;
  const what = count === 1 ? "1 more problem is" : `${count} more problems are`;
  return [{ message: `${what} not shown`, span: document.spanOf(pathOf(first)) }];
}

/** A list that stands in place of a mapping has one problem for each key. */
function withoutRepeated(problems: readonly YamlProblem[]): readonly YamlProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ message, span: { start } }) => {
    const known = seen.size;
    return seen.add(`${start} ${message}`).size > known;
  });
}

/** This is more than a user mends before the next run. */
const MOST_PROBLEMS = 1000;
/** A message shows at most this many letters of a value. */
const MOST_SHOWN = 100;

type Issue = v.BaseIssue<unknown>;

function problemsOf(
  document: YamlDocument,
  asked: { readonly root: object; readonly hintFor: HintFor },
  issue: Issue,
  above: YamlPath,
): readonly YamlProblem[] {
  const listAt = listInPlaceOfMapping(issue);
  if (listAt !== undefined) {
    const span = document.spanOf([...above, ...pathOf(issue).slice(0, listAt)]);
    return [{ message: "expected a mapping, not a list", span }];
  }
  const path = [...above, ...pathOf(issue)];
  const inner = deepest(issue);
  if (inner.length > 0) return inner.flatMap((next) => problemsOf(document, asked, next, path));
  const name = String(path.at(-1) ?? "");
  const owner = path.slice(0, -1);
  if (issue.type === "strict_object" && issue.expected === "never") {
    const known = [...keysAt(asked.root, owner)];
    const own = owner.length === 0 ? asked.hintFor(name) : undefined;
    const guess = nearest(name, known);
    const hint =
      own ?? (guess === undefined ? `known keys: ${known.join(", ")}` : `did you mean "${guess}"?`);
    return [
      { message: `"${shortened(name, MOST_SHOWN)}" is not a key here`, span: document.keySpanOf(path), hint },
    ];
  }
  if (issue.type === "strict_object" && issue.received === "undefined")
    return [{ message: `the key "${name}" is missing`, span: document.spanOf(owner) }];
  return [wrongValue(document, issue, path)];
}

/**
 * Returns where on the path a list stands in place of a mapping. To valibot a list is an object whose keys
 * are indexes and the names of its methods.
 */
function listInPlaceOfMapping({ path }: Issue): number | undefined {
  const at = (path ?? []).findIndex(({ type, input }) => type === "object" && Array.isArray(input));
  return at < 0 ? undefined : at;
}

/** The properties that valibot's schemas share, as far as walking them needs them. */
interface Walkable {
  readonly entries?: Readonly<Record<string, object>>;
  readonly item?: object;
  readonly value?: object;
  readonly wrapped?: object;
  readonly options?: readonly unknown[];
}

/** Returns the keys that a schema knows at a path. */
function keysAt(schema: object, path: YamlPath): ReadonlySet<string> {
  const { entries, item, value, wrapped, options } = schema as Walkable;
  if (wrapped !== undefined) return keysAt(wrapped, path);
  const alternatives = (options ?? []).filter((option) => typeof option === "object" && option !== null);
  if (alternatives.length > 0) return new Set(alternatives.flatMap((option) => [...keysAt(option, path)]));
  const [step, ...rest] = path;
  if (step === undefined) return new Set(Object.keys(entries ?? {}));
  const next = typeof step === "number" ? item : (entries?.[step] ?? value);
  return typeof next === "object" ? keysAt(next, rest) : new Set();
}

/** What valibot says if a schema has no words of its own. */
const VALIBOTS = "Invalid ";

function wrongValue(document: YamlDocument, issue: Issue, path: YamlPath): YamlProblem {
  const span = document.spanOf(path);
  const choices = choicesOf(issue.expected);
  const received = shown(issue.input);
  if (choices.length > 1) {
    const guess = typeof issue.input === "string" ? nearest(issue.input, choices) : undefined;
    return {
      message: `${received} is not one of ${choices.join(", ")}`,
      span,
      ...(guess === undefined ? {} : { hint: `did you mean "${guess}"?` }),
    };
  }
  const own = !issue.message.startsWith(VALIBOTS);
  if (own) return { message: refusal(issue.message, issue.input), span };
  return { message: `expected ${article(issue.expected ?? issue.message)}, not ${received}`, span };
}

/** A reason against a value, with the value unless it is a sentence of its own. */
export function refusal(reason: string, input: unknown): string {
  if (/[;]|must/.test(reason)) return reason;
  return `expected ${reason.replace(/^expected /, "")}, not ${shown(input)}`;
}

/** The alternative of a union that came furthest is most likely the one that was meant. */
function deepest(issue: Issue): readonly Issue[] {
  if (issue.issues === undefined) return [];
  const depth = greatest(issue.issues.map((inner) => pathOf(inner).length));
  return depth === 0 ? [] : issue.issues.filter((inner) => pathOf(inner).length === depth);
}

function pathOf(issue: Issue): YamlPath {
  return (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
}

function choicesOf(expected: string | null): readonly string[] {
  return [...(expected ?? "").matchAll(/"([^"]*)"/g)].map((found) => found[1] ?? "");
}

function article(expected: string): string {
  return /^Object$/i.test(expected) ? "a mapping" : /^Array$/i.test(expected) ? "a list" : expected;
}

function shown(input: unknown): string {
  if (typeof input === "string") return JSON.stringify(shortened(input, MOST_SHOWN));
  if (typeof input === "number" || typeof input === "bigint")
    return input > 255 && input !== Infinity ? hex(input) : String(input);
  if (Array.isArray(input)) return "a list";
  if (input === null) return "nothing";
  return typeof input === "object" ? "a mapping" : JSON.stringify(input);
}
