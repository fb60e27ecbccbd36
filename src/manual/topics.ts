/** Finds everything that can be explained, by name and as data. topic-text.ts does the layout. */
import { CODES } from "../diagnostics/codes.ts";
import { CAUSE_CODES, CAUSES } from "../doctor/cause-codes.ts";
import type { Severity } from "../diagnostics/diagnostic.ts";
import { PAGES as EXAMPLES } from "../diagnostics/pages.ts";
import { BUILTINS, type Builtin } from "../language/builtins.ts";
import {
  PREDEFINED_SEQUENCES,
  PREDEFINED_VARIABLES,
  type PredefinedSequence,
} from "../language/predefined.ts";
import { nearest } from "../lib/nearest.ts";
import { OPTION_NAMES, type OptionName } from "../options/given.ts";
import { optionMeant, optionNamed } from "../options/named.ts";
import { hasDefaultSequence } from "../project/default-files.ts";
import { SessionFailure } from "../project/faults.ts";
import { FAULT_CODES } from "../session/exit-codes.ts";
import { EXIT_ROWS } from "./exit-codes.ts";
import { FAULT_MEANINGS, type FaultKind } from "./fault-kinds.ts";
import { FAULT_KINDS } from "./faults.ts";
import type { Block } from "./page.ts";
import { optionTopic, type OptionTopic } from "./options.ts";
import { MANUAL_PAGES, manualPage } from "./pages.ts";

/** A page about a subject has headings, paragraphs and tables in their order. */
export interface PageTopic {
  readonly kind: "page";
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A debug access function of the language, with its signature. */
export interface FunctionTopic {
  readonly kind: "function";
  readonly name: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: "number" | "string";
    readonly optional: boolean;
  }[];
  /** True if any number of arguments may follow the parameters. */
  readonly takesMore: boolean;
  /** True if it asks the target, so that a run may have to wait for the answer. */
  readonly asksTarget: boolean;
  readonly summary: string;
}

/** A variable that the specification defines. */
export interface VariableTopic {
  readonly kind: "variable";
  readonly name: string;
  readonly access: "read-only" | "read-write";
  readonly summary: string;
}

/** A sequence that the specification names. */
export interface SequenceTopic {
  readonly kind: "sequence";
  readonly name: string;
  /** The flow of a debugger that runs it. */
  readonly flow: PredefinedSequence["context"];
  /** If false, it is an empty step unless a pack or a script defines it. */
  readonly hasDefault: boolean;
  /**
   * The specification keeps some accesses out of it: with `ap`, those to access ports and memory; with
   * `target`, all except DPIDR and TARGETSEL.
   */
  readonly forbids?: "ap" | "target";
  readonly summary: string;
}

/** A finding of a check, by its code. */
export interface FindingTopic {
  readonly kind: "finding";
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  /** The finding is in the first text and not in the second; empty means an empty file. */
  readonly bad: string;
  readonly good: string;
}

/** A kind of failure, with its exit code. */
export interface FaultTopic {
  readonly kind: "fault";
  readonly name: string;
  /** `cause` means the code of the failure that caused it. */
  readonly exitCode: number | "cause";
  readonly summary: string;
}

/** An exit code of the command line; `name` is the code in decimal. */
export interface ExitCodeTopic {
  readonly kind: "exit-code";
  readonly name: string;
  readonly summary: string;
}

/** The cause of a failure that a look at the target found. */
export interface CauseTopic {
  readonly kind: "cause";
  readonly name: string;
  readonly summary: string;
  /** What is worth trying. */
  readonly tries: string;
}

export type Topic =
  | PageTopic
  | OptionTopic
  | FunctionTopic
  | VariableTopic
  | SequenceTopic
  | FindingTopic
  | FaultTopic
  | CauseTopic
  | ExitCodeTopic;

export interface TopicName {
  readonly kind: Topic["kind"];
  readonly name: string;
}

/** Such a topic is made of one row of a table. */
type Row = Exclude<Topic, PageTopic>;

/**
 * Lists the name of everything that can be explained, kind by kind: pages, options, functions, variables,
 * sequences, findings, failures, causes, exit codes.
 */
export function listTopics(): readonly TopicName[] {
  return [
    ...MANUAL_PAGES.map((name): TopicName => ({ kind: "page", name })),
    ...rows().map(({ kind, name }): TopicName => ({ kind, name })),
  ];
}

/** Returns everything with that name, in any case; an option has several names. Rejects with `no-such-name`. */
export async function explainTopic(name: string): Promise<readonly Topic[]> {
  const wanted = name.toLowerCase();
  const page = await manualPage(wanted);
  const found: readonly Topic[] = [
    ...(page === undefined ? [] : [{ kind: "page", name: wanted, ...page } as const]),
    ...optionsOf(optionNamed(name)),
    ...rows().filter((topic) => topic.kind !== "option" && topic.name.toLowerCase() === wanted),
  ];
  if (found.length > 0) return found;
  const meant = optionsOf(optionMeant(name));
  if (meant.length > 0) return meant;
  const near = nearest(
    name,
    listTopics().map((topic) => topic.name),
    Infinity,
  );
  throw new SessionFailure(
    { kind: "no-such-name", name, near: near === undefined ? [] : [near] },
    `no topic "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
  );
}

function optionsOf(name: OptionName | undefined): readonly OptionTopic[] {
  return name === undefined ? [] : [optionTopic(name)];
}

function rows(): readonly Row[] {
  return [
    ...OPTION_NAMES.map(optionTopic),
    ...BUILTINS.map(functionTopic),
    ...PREDEFINED_VARIABLES.map((one): Row => ({ kind: "variable", ...one })),
    ...PREDEFINED_SEQUENCES.map(sequenceTopic),
    ...CODES.map(({ code, severity, title }): Row => {
      const { bad, good } = EXAMPLES[code];
      return { kind: "finding", name: code, severity, title, bad, good };
    }),
    ...FAULT_KINDS.map(faultTopic),
    ...CAUSE_CODES.map((name): Row => ({
      kind: "cause",
      name,
      summary: CAUSES[name].means,
      tries: CAUSES[name].tries,
    })),
    ...EXIT_ROWS.map(([name, summary]): Row => ({ kind: "exit-code", name, summary })),
  ];
}

function functionTopic({ name, parameters, rest, optional = 0, answers, summary }: Builtin): Row {
  return {
    kind: "function",
    name,
    parameters: parameters.map((parameter, at) => ({
      name: parameter.name,
      type: parameter.kind === "number" ? "number" : "string",
      optional: at >= parameters.length - optional,
    })),
    takesMore: rest !== undefined,
    asksTarget: answers === true,
    summary,
  };
}

function sequenceTopic({ name, context, forbids, summary }: PredefinedSequence): Row {
  return {
    kind: "sequence",
    name,
    flow: context,
    hasDefault: hasDefaultSequence(name),
    ...(forbids === undefined ? {} : { forbids: forbids.access }),
    summary,
  };
}

function faultTopic(kind: FaultKind): Row {
  return { kind: "fault", name: kind, exitCode: FAULT_CODES[kind], summary: FAULT_MEANINGS[kind] };
}
