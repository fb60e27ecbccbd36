/** `dbgseq doc`: prints the manual. Has no text of its own beyond the index. */
import type { Command } from "commander";
import { explainTopic, listTopics, topicText, type Topic } from "../../api/calls/topics.ts";
import type { AnyFault } from "../../api/exit-codes.ts";
import { asFailure, Failure } from "../../lib/fault.ts";
import type { Io } from "../terminal/io.ts";

export function defineDoc(command: Command, io: Io): void {
  const pages = listTopics().flatMap(({ kind, name }) => (kind === "page" ? [name] : []));
  command
    .argument(
      "[name]",
      `${pages.join(", ")}, or an option, function, variable, sequence, finding, failure or exit code; without one, all names`,
    )
    .addHelpText(
      "after",
      `
Examples:
  dbgseq doc settings
  dbgseq doc --clock
  dbgseq doc DAP_SWJ_Pins
  dbgseq doc __connection
  dbgseq doc ResetCatchSet
  dbgseq doc undeclared-variable`,
    )
    .allowUnknownOption()
    .action(async (name: string | undefined) => {
      io.out(name === undefined ? index() : await explain(name));
    });
}

type NoSuchName = Extract<AnyFault, { readonly kind: "no-such-name" }>;

async function explain(name: string): Promise<string> {
  try {
    return (await explainTopic(name)).map(topicText).join("\n");
  } catch (error) {
    const failure = asFailure(error);
    if (failure?.fault.kind !== "no-such-name" || (failure.fault as NoSuchName).near.length > 0) throw error;
    throw new Failure(failure.fault, `${failure.message}; \`dbgseq doc\` lists all names`);
  }
}

const GROUPS: Readonly<Record<Topic["kind"], string>> = {
  page: "Pages",
  option: "Options",
  function: "Functions",
  variable: "Variables",
  sequence: "Sequences",
  finding: "Findings",
  fault: "Failures",
  cause: "Causes",
  "exit-code": "Exit codes",
};

function index(): string {
  const topics = listTopics();
  return Object.entries(GROUPS)
    .map(([kind, title]) => {
      const names = topics.filter((topic) => topic.kind === kind).map(({ name }) => name);
      return `${title}:\n${wrapped(names)}`;
    })
    .join("\n");
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
