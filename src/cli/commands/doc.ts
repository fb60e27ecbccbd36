/** `dbgseq doc`: the tables of the language, read aloud. Knows no text of its own beyond how they are laid out. */
import type { Command } from "commander";
import { CODES, type Code } from "../../diagnostics/codes.ts";
import type { Severity } from "../../diagnostics/diagnostic.ts";
import { PAGES } from "../../diagnostics/pages.ts";
import { BUILTINS, type Builtin } from "../../language/builtins.ts";
import {
  PREDEFINED_SEQUENCES,
  PREDEFINED_VARIABLES,
  type PredefinedSequence,
  type PredefinedVariable,
} from "../../language/predefined.ts";
import { nearest } from "../../lib/nearest.ts";
import { defaultSequences } from "../../project/defaults.ts";
import { EXIT, EXIT_MEANINGS } from "../../session/exit-codes.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { Io } from "../io.ts";

interface Topic {
  readonly name: string;
  readonly group: string;
  text(): string;
}

export function defineDoc(command: Command, io: Io): void {
  command
    .argument("[name]", "a function, variable, sequence, finding, or exit code; without one, all names")
    .addHelpText(
      "after",
      `
Examples:
  dbgseq doc DAP_SWJ_Pins
  dbgseq doc __connection
  dbgseq doc ResetCatchSet
  dbgseq doc undeclared-variable
  dbgseq doc exit-codes`,
    )
    .action((name: string | undefined) => {
      io.out(name === undefined ? index() : explain(name));
    });
}

function topics(): readonly Topic[] {
  return [
    ...BUILTINS.map((one): Topic => ({ name: one.name, group: "Functions", text: () => functionText(one) })),
    ...PREDEFINED_VARIABLES.map((one): Topic => ({
      name: one.name,
      group: "Variables",
      text: () => variableText(one),
    })),
    ...PREDEFINED_SEQUENCES.map((one): Topic => ({
      name: one.name,
      group: "Sequences",
      text: () => sequenceText(one),
    })),
    ...CODES.map(({ code, severity, title }): Topic => ({
      name: code,
      group: "Findings",
      text: () => findingText(code, severity, title),
    })),
    ...exitTopics(),
  ];
}

/** Everything under that name: `unknown-sequence` is one topic, `Message` another. */
function explain(name: string): string {
  const wanted = name.toLowerCase();
  const all = topics();
  const found = all.filter((topic) => topic.name.toLowerCase() === wanted);
  if (found.length > 0) return found.map((topic) => topic.text()).join("\n");
  const names = all.map((topic) => topic.name);
  const guess = nearest(name, names, Infinity);
  throw new SessionFailure(
    { kind: "bad-request", what: name },
    `there is nothing to tell about "${name}"${guess === undefined ? "; `dbgseq doc` lists all names" : `; did you mean "${guess}"?`}`,
  );
}

function index(): string {
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

function exitTopics(): readonly Topic[] {
  const entries = (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((key) => ({
    code: EXIT[key],
    text: `${String(EXIT[key]).padStart(3)}  ${EXIT_MEANINGS[key]}\n`,
  }));
  const group = "Exit codes";
  return [
    { name: "exit-codes", group, text: () => entries.map(({ text }) => text).join("") },
    ...entries.map(({ code, text }): Topic => ({ name: String(code), group, text: () => text.trimStart() })),
  ];
}
