/** `dbgseq eval`: an expression of the language, without a target. */
import type { Command } from "commander";
import { evaluateExpression } from "../../api/calls/evaluate.ts";
import { EXIT } from "../../api/exit-codes.ts";
import { hex } from "../../lib/hex.ts";
import { JSON_VERSION } from "../../report/json.ts";
import type { Io } from "../terminal/io.ts";
import { repeatable } from "../flags/repeatable.ts";
import { printFindings } from "../terminal/print-findings.ts";
import { collectAssignment, type Assignment } from "../flags/values.ts";

interface EvalOptions {
  readonly set?: readonly Assignment[];
  readonly json?: boolean;
}

export function defineEval(command: Command, io: Io): void {
  command
    .argument("<expression>", "for example '(1 << 20) | 0x67'")
    .option("--set <name=value>", "value of a variable (repeatable)", repeatable(collectAssignment))
    .option("--json", "one JSON document on stdout")
    // An expression may begin with a minus, so an unknown option is an argument that is checked below.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      "after",
      `
Values are unsigned, 64 bits wide, and wrap after every operation, as in sequences.

Examples:
  dbgseq eval '(0x05FA << 16) | 4'
  dbgseq eval '-1 / 2'
  dbgseq eval '(value & 0xFF) == 3' --set value=0x1203`,
    )
    .action((_text: string, options: EvalOptions) => {
      const variables = Object.fromEntries((options.set ?? []).map(({ name, value }) => [name, value]));
      const { value, warnings } = evaluateExpression(onlyArgument(command), variables);
      printFindings(warnings, io);
      if (options.json === true)
        io.json({
          ...{ version: JSON_VERSION, exitCode: EXIT.success },
          ...{ hex: hex(value), decimal: value.toString() },
        });
      else io.out(`${hex(value)}  ${value}\n`);
    });
}

/** Returns the expression; a misspelt option or a missing quote is reported. */
function onlyArgument(command: Command): string {
  const [text = "", ...more] = command.args;
  const option = command.args.find((each) => /^--[a-z]/.test(each));
  if (option !== undefined)
    command.error(`error: unknown option '${option}'`, { code: "commander.unknownOption" });
  if (more.length > 0)
    command.error(`error: expected one expression, in quotes: dbgseq eval '${command.args.join(" ")}'`);
  return text;
}
