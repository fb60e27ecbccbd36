/** The options of a session by name: those rows of the table of options that programs may give. */
import { isOptionName, wrongOf, type ProgramName, type Values, type Wrong } from "../options/given.ts";
import type { OPTIONS } from "../options/table.ts";
import { SessionFailure } from "../project/faults.ts";
import { badArgument, known } from "./arguments.ts";

/** All options are optional. Times and frequencies have their unit in their name. */
export type SessionOptions = {
  // `keyof` carries the docstrings of the rows over.
  readonly [Name in keyof typeof OPTIONS as Name extends ProgramName ? Name : never]?: Values[Name];
};

export type OptionName = ProgramName;

const OBJECT = known({});

/** Throws `unknown-session-option` for a name that is not an option, `bad-argument` for a value that it cannot have. */
export function checkOptions(
  options: Readonly<Record<string, unknown>>,
  others: readonly string[] = [],
): void {
  OBJECT(options, "options");
  refuse(wrongOf(options, others));
}

/** Checks options as checkOptions does, but accepts those that programs may not give: a face may. */
export function checkValues(values: Readonly<Record<string, unknown>>): void {
  refuse(wrongOf(values, [], isOptionName));
}

function refuse(wrong: Wrong | undefined): void {
  if (wrong === undefined) return;
  const { what } = wrong;
  if (wrong.kind === "bad") throw badArgument(what);
  throw new SessionFailure({ kind: "unknown-session-option", name: wrong.name, near: wrong.near }, what);
}
