/** Everything that `dbgseq doc` can be asked for, by name. A page is made only when it is asked for: some read every model. */
import { CODES, type Code } from "../diagnostics/codes.ts";
import type { Severity } from "../diagnostics/diagnostic.ts";
import { PAGES } from "../diagnostics/pages.ts";
import { BUILTINS, type Builtin } from "../language/builtins.ts";
import {
  PREDEFINED_SEQUENCES,
  PREDEFINED_VARIABLES,
  type PredefinedSequence,
  type PredefinedVariable,
} from "../language/predefined.ts";
import { nearest } from "../lib/nearest.ts";
import { defaultSequences } from "../project/defaults.ts";
import { SessionFailure } from "../project/faults.ts";
import { EXIT_ROWS, exitCodesPage } from "./exit-codes.ts";
import { FAULT_KINDS, faultsPage, faultText } from "./faults.ts";
import { pageText, type Page } from "./page.ts";

interface Topic {
  readonly name: string;
  readonly group: string;
  text(): string | Promise<string>;
}

const MANUAL: Readonly<Record<string, () => Page | Promise<Page>>> = {
  recipe: async () => (await import("./recipe.ts")).recipePage(),
  models: async () => (await import("./models.ts")).modelsPage(),
  probes: async () => (await import("./probes.ts")).probesPage(),
  settings: async () => (await import("./settings.ts")).settingsPage(),
  faults: faultsPage,
  "exit-codes": exitCodesPage,
};

/** Names of the pages, in the order of the index. */
export const MANUAL_PAGES: readonly string[] = Object.keys(MANUAL);

/** Undefined for a name that no page has. */
export async function manualPage(name: string): Promise<Page | undefined> {
  return Object.hasOwn(MANUAL, name) ? MANUAL[name]?.() : undefined;
}

function topics(): readonly Topic[] {
  const group = <T>(name: string, all: readonly T[], topic: (one: T) => Omit<Topic, "group">): Topic[] =>
    all.map((one) => ({ ...topic(one), group: name }));
  return [
    ...group("Pages", Object.entries(MANUAL), ([name, page]) => ({
      name,
      text: async () => pageText(await page()),
    })),
    ...group("Functions", BUILTINS, (one) => ({ name: one.name, text: () => functionText(one) })),
    ...group("Variables", PREDEFINED_VARIABLES, (one) => ({ name: one.name, text: () => variableText(one) })),
    ...group("Sequences", PREDEFINED_SEQUENCES, (one) => ({ name: one.name, text: () => sequenceText(one) })),
    ...group("Findings", CODES, ({ code, severity, title }) => ({
      name: code,
      text: () => findingText(code, severity, title),
    })),
    ...group("Failures", FAULT_KINDS, (kind) => ({ name: kind, text: () => faultText(kind) })),
    ...group("Exit codes", EXIT_ROWS, ([code, meaning]) => ({
      name: code,
      text: () => `${code}  ${meaning}\n`,
    })),
  ];
}

/** Everything under that name: `unknown-sequence` is a finding and a failure. Throws `bad-request` with the nearest name. */
export async function explain(name: string): Promise<string> {
  const wanted = name.toLowerCase();
  const all = topics();
  const found = all.filter((topic) => topic.name.toLowerCase() === wanted);
  if (found.length > 0) return (await Promise.all(found.map(async (topic) => topic.text()))).join("\n");
  const guess = nearest(
    name,
    all.map((topic) => topic.name),
    Infinity,
  );
  throw new SessionFailure(
    { kind: "bad-request", what: name },
    `no topic "${name}"${guess === undefined ? "; `dbgseq doc` lists all names" : `; did you mean "${guess}"?`}`,
  );
}

/** All names, by group. */
export function topicIndex(): string {
  const groups = new Map<string, string[]>();
  for (const { name, group } of topics()) groups.set(group, [...(groups.get(group) ?? []), name]);
  return [...groups].map(([group, names]) => `${group}:\n${wrapped(names)}`).join("\n");
}

const LINE = 100;

function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  let line = " ";
  for (const name of names) {
    if (line.length + name.length + 1 > LINE) {
      lines.push(line);
      line = " ";
    }
    line += ` ${name}`;
  }
  return `${[...lines, line].join("\n")}\n`;
}

function functionText({ name, parameters, rest, optional = 0, summary, answers }: Builtin): string {
  const shown = parameters.map((parameter, at) => {
    const text = parameter.kind === "number" ? parameter.name : `"${parameter.name}"`;
    return at >= parameters.length - optional ? `[${text}]` : text;
  });
  const signature = `${name}(${[...shown, ...(rest === undefined ? [] : ["..."])].join(", ")})`;
  const notes = [...(answers === true ? ["Asks the target, so a run may wait here for the answer."] : [])];
  return `${signature}\n\n${[summary, ...notes].join("\n")}\n`;
}

function variableText({ name, access, summary }: PredefinedVariable): string {
  return `${name} (${access})\n\n${summary}\n`;
}

function sequenceText({ name, context, summary, forbids }: PredefinedSequence): string {
  const hasDefault = defaultSequences(undefined).some((definition) => definition.name === name);
  const lines = [
    summary,
    `Run by a debugger's ${context} flow.`,
    hasDefault
      ? `Has a default: \`dbgseq show ${name}\` prints it.`
      : "Has no default: it is an empty step unless a pack or a .seq file defines it.",
  ];
  if (forbids?.access === "ap")
    lines.push("The specification keeps accesses to access ports and memory out of it.");
  if (forbids?.access === "target")
    lines.push("The specification allows no access in it but reading DPIDR and writing TARGETSEL.");
  return `${name}\n\n${lines.join("\n")}\n`;
}

function findingText(code: Code, severity: Severity, title: string): string {
  const { bad, good } = PAGES[code];
  const shown = (text: string): string =>
    text === "" ? "  (nothing)" : text.replace(/^(?=.)/gm, "  ").replace(/(.{96}).+/g, "$1...");
  return `${code} (${severity})\n\n${title}.\n\nFound in:\n\n${shown(bad)}\n\nNot in:\n\n${shown(good)}\n`;
}
