/** Makes the page of one option: every name that it has, what may stand there, and who wins. */
import { rowOf, type OptionName } from "../options/given.ts";
import type { Merge } from "../options/table.ts";

/** An option has a name for each place in which it can be given; a place without a name does not take it. */
export interface OptionTopic {
  readonly kind: "option";
  /** As programs and `config` have it. */
  readonly name: string;
  /** Programs may give it. */
  readonly inPrograms: boolean;
  readonly flag?: string;
  /** Of the environment. */
  readonly variable?: string;
  /** In dbgseq.yaml and in the header of a recipe. */
  readonly key?: string;
  /** What may stand there, in words. */
  readonly value: string;
  /** What a number of a program counts. */
  readonly unit?: string;
  /** What holds if nothing is given, in words. */
  readonly byDefault?: string;
  /** Tells which values hold of several: the strongest alone, all of their lists, or the strongest for each name. */
  readonly merge: Merge;
  /** Only the user gives it: no file and no variable does. */
  readonly consent: boolean;
  readonly summary: string;
}

export function optionTopic(name: OptionName): OptionTopic {
  const {
    api,
    flag,
    environment,
    file,
    kind,
    otherwise,
    default: standard,
    merge,
    consent,
    says,
  } = rowOf(name);
  const byDefault = otherwise ?? (standard === undefined ? undefined : kind.show(standard));
  return {
    kind: "option",
    name,
    inPrograms: api,
    ...(flag === undefined ? {} : { flag }),
    ...(environment === undefined ? {} : { variable: environment }),
    ...(file === undefined ? {} : { key: file }),
    value: kind.says,
    ...(kind.unit === undefined ? {} : { unit: kind.unit }),
    ...(byDefault === undefined ? {} : { byDefault }),
    merge,
    consent,
    summary: says,
  };
}

const MERGES: Readonly<Record<Merge, string>> = {
  strongest: "the strongest giver alone holds",
  all: "the lists of all givers hold, that of the strongest first",
  "by-name": "each name has the value of the strongest giver that has it",
};

export function optionText(topic: OptionTopic): string {
  const { name, inPrograms, flag, variable, key, value, unit, byDefault, merge, consent, summary } = topic;
  const none = consent ? "none: only the user gives it" : "none";
  const lines = [
    ["value", value],
    ["default", byDefault ?? "none"],
    ["flag", flag ?? "none"],
    ["variable", variable ?? none],
    ["in a file", key ?? none],
    ["in a program", inPrograms ? `${name}${unit === undefined ? "" : `, a number in ${unit}`}` : "none"],
    ["of several", MERGES[merge]],
    ...(consent ? [["consent", "never from a file or a variable"]] : []),
  ];
  return `${name} (option)\n\n${summary}\n\n${lines.map(([what = "", says = ""]) => `  ${what.padEnd(14)}${says}`).join("\n")}\n`;
}
