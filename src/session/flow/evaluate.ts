/** Evaluates an expression on the target, as a sequence would see it. */
import { runSequence } from "../../interpreter/run/run.ts";
import { parseExpression } from "../../language/text/parse.ts";
import type { Item, Sequence, Statement } from "../../language/tree.ts";
import type { Excerpt } from "../../lib/source.ts";
import { malformedInput } from "../../project/faults.ts";
import type { Crew } from "./crew.ts";
import { runOptions } from "./run-sequence.ts";

/** The name under which an expression's value is assigned; no script can spell it. */
const VALUE = "(value)";

/** Runs `VALUE = text` as a sequence of its own, so that an expression means here just what it means in one. */
export async function evaluateOnTarget(
  crew: Crew,
  text: Excerpt,
  values: ReadonlyMap<string, bigint>,
): Promise<bigint> {
  const { expression, diagnostics } = parseExpression(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (expression === undefined || errors.length > 0) throw malformedInput(errors);
  const { span } = expression;
  const declaration: Statement = {
    kind: "declaration",
    name: { text: VALUE, span },
    value: expression,
    span,
  };
  const block: Item = { kind: "block", atomic: false, entries: [declaration], attributes: [], span };
  const name = { text: VALUE, span };
  const sequence: Sequence = {
    kind: "sequence",
    name,
    disabled: false,
    requires: [],
    items: [block],
    attributes: [],
    span,
  };
  let value = 0n;
  await runSequence(VALUE, {
    ...runOptions(crew, {}),
    sequences: {
      find: (wanted) => (wanted === VALUE ? { sequence, origin: "expression" } : crew.context.find(wanted)),
    },
    debugVars: new Map([...crew.context.debugVars, ...values]),
    onEvent: (event) => {
      if (event.kind === "assign" && event.name === VALUE) value = event.value;
      else crew.emit(event);
    },
  });
  return value;
}
