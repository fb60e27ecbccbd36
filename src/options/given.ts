/**
 * Holds what givers say of options: the command line, a program, a variable, a file. Checks what a program
 * hands in.
 */
import { squeezed } from "../lib/arguments.ts";
import { nearest } from "../lib/nearest.ts";
import { shortened } from "../lib/shown-text.ts";
import { foreignWord } from "./foreign.ts";
import type { Kind } from "./kinds.ts";
import { OPTIONS, type Option } from "./table.ts";

export type OptionName = keyof typeof OPTIONS;
type ValueOf<Name extends OptionName> = (typeof OPTIONS)[Name]["kind"] extends Kind<infer T> ? T : never;

/** Each of some options has its value. */
export type Values = { readonly [Name in OptionName]?: ValueOf<Name> };

type NamesWhere<Column extends string> = {
  [Name in OptionName]: (typeof OPTIONS)[Name] extends { readonly [C in Column]: true } ? Name : never;
}[OptionName];

/** A program may give these options. */
export type ProgramName = NamesWhere<"api">;
export type SettingName = NamesWhere<"setting">;

/** The values of one giver; givers stand in lists, the strongest first. */
export interface Given {
  /** It is `command line`, `keyword`, `options`, a variable's name, a file's path, `pack` or `default`. */
  readonly origin: string;
  readonly values: Values;
}

export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];
const PROGRAM_NAMES = OPTION_NAMES.filter((name) => OPTIONS[name].api) as readonly ProgramName[];
export const SETTING_NAMES = OPTION_NAMES.filter((name) => OPTIONS[name].setting) as readonly SettingName[];

export function rowOf(name: OptionName): Option<unknown> {
  return OPTIONS[name];
}

/** Returns values without undefined ones, so that an option that is not given does not hide weaker givers. */
export function given(values: { readonly [Name in OptionName]?: Values[Name] | undefined }): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

export type Wrong =
  | {
      readonly kind: "unknown";
      readonly name: string;
      readonly near: readonly string[];
      readonly what: string;
    }
  | { readonly kind: "bad"; readonly name: string; readonly what: string };

/**
 * Returns the first mistake in options that a program hands in. `others` may stand beside them, and a slip
 * may mean them.
 */
export function wrongOf(
  options: Readonly<Record<string, unknown>>,
  others: readonly string[] = [],
  isKnown: (name: string) => name is OptionName = isProgramName,
): Wrong | undefined {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!isKnown(name)) return unknown(name, [...new Set([...PROGRAM_NAMES, ...others])]);
    const problem = rowOf(name).kind.problem(value);
    if (problem !== undefined) return { kind: "bad", name, what: `the option ${name} ${problem}` };
  }
  return undefined;
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

export function isProgramName(name: string): name is ProgramName {
  return (PROGRAM_NAMES as readonly string[]).includes(name);
}

/** A message shows at most this many letters of a name. */
const MOST_SHOWN = 100;

function unknown(name: string, known: readonly string[]): Wrong {
  const ours = known.find((one) => squeezed(one) === squeezed(name)) ?? foreignWord(name);
  const near = ours ?? nearest(name, known);
  const help =
    ours !== undefined
      ? `use ${ours} instead`
      : near !== undefined
        ? `did you mean "${near}"?`
        : `the options are ${known.join(", ")}`;
  return {
    kind: "unknown",
    name,
    near: near === undefined ? [] : [near],
    what: `unknown session option "${shortened(name, MOST_SHOWN)}"; ${help}`,
  };
}
