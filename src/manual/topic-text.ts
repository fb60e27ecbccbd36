/** Writes each kind of topic for a terminal. Pure. */
import { optionText } from "./options.ts";
import { pageText } from "./page.ts";
import type {
  CauseTopic,
  ExitCodeTopic,
  FaultTopic,
  FindingTopic,
  FunctionTopic,
  SequenceTopic,
  Topic,
  VariableTopic,
} from "./topics.ts";

/** Writes a topic as text of at most 100 columns; it ends with a newline. */
export function topicText(topic: Topic): string {
  switch (topic.kind) {
    case "page":
      return pageText(topic);
    case "option":
      return optionText(topic);
    case "function":
      return functionText(topic);
    case "variable":
      return variableText(topic);
    case "sequence":
      return sequenceText(topic);
    case "finding":
      return findingText(topic);
    case "fault":
      return faultText(topic);
    case "cause":
      return causeText(topic);
    case "exit-code":
      return exitCodeText(topic);
  }
}

function functionText({ name, parameters, takesMore, asksTarget, summary }: FunctionTopic): string {
  const shown = parameters.map((parameter) => {
    const text = parameter.type === "number" ? parameter.name : `"${parameter.name}"`;
    return parameter.optional ? `[${text}]` : text;
  });
  const signature = `${name}(${[...shown, ...(takesMore ? ["..."] : [])].join(", ")})`;
  const notes = asksTarget ? ["Asks the target, so a run may wait here for the answer."] : [];
  return `${signature}\n\n${[summary, ...notes].join("\n")}\n`;
}

function variableText({ name, access, summary }: VariableTopic): string {
  return `${name} (${access})\n\n${summary}\n`;
}

function sequenceText({ name, flow, hasDefault, forbids, summary }: SequenceTopic): string {
  const lines = [
    summary,
    `Run by a debugger's ${flow} flow.`,
    hasDefault
      ? `Has a default: \`dbgseq show ${name}\` prints it.`
      : "Has no default: it is an empty step unless a pack or a .seq file defines it.",
  ];
  if (forbids === "ap") lines.push("The specification keeps accesses to access ports and memory out of it.");
  if (forbids === "target")
    lines.push("The specification allows no access in it but reading DPIDR and writing TARGETSEL.");
  return `${name}\n\n${lines.join("\n")}\n`;
}

function findingText({ name, severity, title, bad, good }: FindingTopic): string {
  const shown = (text: string): string =>
    text === "" ? "  (nothing)" : text.replace(/^(?=.)/gm, "  ").replace(/(.{96}).+/g, "$1...");
  return `${name} (${severity})\n\n${title}.\n\nFound in:\n\n${shown(bad)}\n\nNot in:\n\n${shown(good)}\n`;
}

function faultText({ name, exitCode, summary }: FaultTopic): string {
  const ends =
    exitCode === "cause" ? "It ends with the exit code of its cause." : `It ends with exit code ${exitCode}.`;
  return `${name} (a kind of failure)\n\nIt means: ${summary}.\n${ends}\n`;
}

function causeText({ name, summary, tries }: CauseTopic): string {
  return `${name} (the cause of a failure)\n\nIt means: ${summary}.\nWorth trying: ${tries}.\n`;
}

function exitCodeText({ name, summary }: ExitCodeTopic): string {
  return `${name}  ${summary}\n`;
}
