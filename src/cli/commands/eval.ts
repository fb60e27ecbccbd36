/** `dbgseq eval`: an expression of the language, without a target. */
import type { Command } from "commander";
import { evaluate } from "../../language/evaluate.ts";
import { parseExpression } from "../../language/parse.ts";
import { hex } from "../../lib/hex.ts";
import { Source, whole } from "../../lib/source.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { malformedInput } from "../../session/faults.ts";
import type { Io } from "../io.ts";
import { collectAssignment, type Assignment } from "../values.ts";

interface EvalOptions {
  readonly set?: readonly Assignment[];
  readonly json?: boolean;
}

export function addEval(program: Command, io: Io): void {
  program
    .command("eval")
    .description("evaluate an expression with unsigned 64-bit arithmetic")
    .argument("<expression>", "for example '(1 << 20) | 0x67'")
    .option("--set <name=value>", "value of a variable (repeatable)", collectAssignment)
    .option("--json", "one JSON document on stdout")
    .action((text: string, options: EvalOptions) => {
      const { expression, diagnostics } = parseExpression(whole(new Source("<expression>", text)));
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      if (expression === undefined || errors.length > 0) throw malformedInput(errors);
      const variables = new Map((options.set ?? []).map(({ name, value }) => [name, value]));
      const value = evaluate(expression, (name) => variables.get(name));
      if (options.json === true) {
        io.out(`${JSON.stringify({ version: JSON_VERSION, hex: hex(value), decimal: value.toString() })}\n`);
        return;
      }
      io.out(`${hex(value)}  ${value}\n`);
    });
}
