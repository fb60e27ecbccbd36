/** The shape of the conformance data: chapters of requirements, each with cases. test/conformance/README.md explains it. */
import * as v from "valibot";
import { checkYaml } from "../../src/lib/formats/checked-yaml.ts";
import type { Source } from "../../src/lib/source.ts";
import { where } from "../../src/lib/source.ts";
import { parseYaml } from "../../src/lib/formats/yaml.ts";

const number = v.union([v.number(), v.bigint()]);
const texts = v.array(v.string());

const common = {
  /** What is special about this case. */
  name: v.optional(v.string()),
  /** XML beside the sequences: debugvars, debugport, accessportV1, debug, ... of the family. */
  family: v.optional(v.string()),
};

const runCase = v.strictObject({
  ...common,
  /** Statements of one block, in the sequence `Case`; or whole `<sequence>` elements. */
  block: v.optional(v.string()),
  sequences: v.optional(v.string()),
  /** Which sequence runs; `Case` otherwise. False where only the findings count. */
  run: v.optional(v.union([v.string(), v.literal(false)])),
  /** The processor. */
  pname: v.optional(v.string()),
  /** Predefined variables other than SWD through an SWJ-DP, connected for debug with a system reset. */
  with: v.optional(v.record(v.string(), number)),
  /** What an access yields, one value after the other, the last for good; `fault` fails. Without an entry: 0. */
  answers: v.optional(v.record(v.string(), v.array(v.union([number, v.literal("fault")])))),
  /** What the user says to queries; without, the run is a batch. */
  user: v.optional(v.array(number)),
  /** Files of the project folder ($P) before the run; one that begins with `#!` can be executed. */
  files: v.optional(v.record(v.string(), v.string())),
  /** What the sequence may do besides: `read=`, `write=`, `run=` and a path relative to the project folder. */
  allow: v.optional(texts),
  /** Every access in order; `atomic {` and `}` around those of an atomic block. */
  accesses: v.optional(texts),
  /** Every message in order, with its type before it. */
  messages: v.optional(texts),
  /** Values of variables at the end. */
  values: v.optional(v.record(v.string(), number)),
  /** Content of files after the run. */
  written: v.optional(v.record(v.string(), v.string())),
  /** Virtual time of the run, least and most, in microseconds. */
  elapsedUs: v.optional(v.tuple([v.number(), v.number()])),
  /** The kind of fault that ends the run. */
  fails: v.optional(v.string()),
  /** Codes of all errors and warnings that a check finds. Without an entry: no error. */
  findings: v.optional(texts),
  /** Codes of notes among what a check finds. */
  notes: v.optional(texts),
});

const valueCase = v.strictObject({
  ...common,
  /** An expression, and the number that it has. */
  value: v.string(),
  is: number,
  with: v.optional(v.record(v.string(), number)),
});

const describeCase = v.strictObject({
  ...common,
  device: v.optional(v.string()),
  /** A part of what the device's description must say. */
  description: v.unknown(),
});

const flowCase = v.strictObject({
  ...common,
  device: v.optional(v.string()),
  sequences: v.optional(v.string()),
  /** What the debugger does, one after the other. */
  flow: v.array(v.picklist(["connect", "reset", "reset-halt", "disconnect"])),
  settings: v.optional(
    v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.record(v.string(), v.number())])),
  ),
  /** Sequences that the debugger enters by itself, in order. */
  entered: v.optional(texts),
  messages: v.optional(texts),
});

export type RunCase = v.InferOutput<typeof runCase>;
export type ValueCase = v.InferOutput<typeof valueCase>;
export type DescribeCase = v.InferOutput<typeof describeCase>;
export type FlowCase = v.InferOutput<typeof flowCase>;
export type Case = RunCase | ValueCase | DescribeCase | FlowCase;

const requirement = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[A-Z]+-\d\d$/)),
  /** In our own words. */
  says: v.string(),
  cases: v.optional(v.array(v.unknown())),
  /** Where a debugger's own behaviour is meant that no data can show: a test of this project. */
  test: v.optional(v.strictObject({ file: v.string(), title: v.string() })),
  /** A deliberate difference: the question of grammar/decisions.md. */
  decision: v.optional(v.string()),
});

const chapter = v.strictObject({
  chapter: v.string(),
  /** File of the specification's sources, and the section. */
  source: v.string(),
  requirements: v.array(requirement),
});

export interface Requirement extends Omit<v.InferOutput<typeof requirement>, "cases"> {
  readonly cases: readonly Case[];
}

export interface Chapter {
  readonly chapter: string;
  readonly source: string;
  readonly requirements: readonly Requirement[];
}

/** Throws for what is no chapter, with the place. */
export function readChapter(source: Source): Chapter {
  const document = parseYaml(source);
  const checked = checkYaml(document, chapter);
  if (!checked.ok)
    throw new Error(checked.problems.map(({ span, message }) => `${where(span)}: ${message}`).join("\n"));
  const { requirements } = checked.value;
  return {
    ...checked.value,
    requirements: requirements.map(({ cases = [], ...one }) => ({
      ...one,
      cases: cases.map((raw) => caseOf(raw, one.id)),
    })),
  };
}

function caseOf(raw: unknown, id: string): Case {
  const has = (key: string): boolean => typeof raw === "object" && raw !== null && key in raw;
  const schema: v.GenericSchema<unknown, Case> = has("value")
    ? valueCase
    : has("description")
      ? describeCase
      : has("flow")
        ? flowCase
        : runCase;
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  throw new Error(
    `${id}: ${result.issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`).join("; ")}`,
  );
}
