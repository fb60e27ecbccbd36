/** Refuses options that are given twice. They say two things, and only some options can. */
import type { Command } from "commander";

const REPEATABLE = new WeakSet<object>();

/** Marks the parser of an option that may be given several times. */
export function repeatable<Parse extends object>(parse: Parse): Parse {
  REPEATABLE.add(parse);
  return parse;
}

/** Applies the rule to a command and those below it. */
export function refuseTwice(command: Command): void {
  const seen = new Map<string, string>();
  for (const option of command.options) {
    if (option.variadic || (option.parseArg !== undefined && REPEATABLE.has(option.parseArg))) continue;
    const name = option.attributeName();
    const flag = option.long ?? option.short ?? name;
    command.on(`option:${option.name()}`, () => {
      const before = seen.get(name);
      seen.set(name, flag);
      if (before === undefined) return;
      const what = before === flag ? `${flag} is given twice` : `${before} and ${flag} are the same option`;
      command.error(`error: ${what}`, { exitCode: 2, code: "dbgseq.givenTwice" });
    });
  }
  for (const below of command.commands) refuseTwice(below);
}
