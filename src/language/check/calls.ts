/** Checks calls: the function exists, its arguments fit, and the sequence that it names can be found. */
import { assertNever } from "../../lib/assert-never.ts";
import { nearest, surely } from "../../lib/nearest.ts";
import { BUILTINS, findBuiltin, isExactSpelling, type Builtin } from "../builtins.ts";
import { findPredefinedSequence } from "../predefined.ts";
import type { Call, Expression, Sequence, StringLiteral } from "../tree.ts";
import { expressionsOf } from "../walk.ts";
import { checkFormat } from "./message-format.ts";
import type { CheckContext, Report } from "./report.ts";

export function checkCalls(sequence: Sequence, context: CheckContext, report: Report): void {
  for (const expression of expressionsOf(sequence)) number(expression, context, report);
}

/** Checks that the value of an expression is a number and not a string. */
function number(expression: Expression, context: CheckContext, report: Report): void {
  switch (expression.kind) {
    case "number":
    case "variable":
      return;
    case "string":
      report("not-a-number", "expected a number, not a string", expression.span, {
        hint: "strings are arguments of Sequence, Message, Query and of functions that take a path",
      });
      return;
    case "unary":
      number(expression.operand, context, report);
      return;
    case "binary":
    case "logical":
      number(expression.left, context, report);
      number(expression.right, context, report);
      return;
    case "conditional":
      number(expression.test, context, report);
      number(expression.then, context, report);
      number(expression.otherwise, context, report);
      return;
    case "assignment":
      number(expression.value, context, report);
      return;
    case "call":
      call(expression, context, report);
      return;
    default:
      assertNever(expression);
  }
}

function call(expression: Call, context: CheckContext, report: Report): void {
  const { name, args } = expression;
  const builtin = findBuiltin(name.text);
  if (builtin === undefined) {
    unknown(expression, context, report);
    for (const arg of args) if (arg.kind !== "string") number(arg, context, report);
    return;
  }
  if (!isExactSpelling(name.text)) {
    report("nonstandard-spelling", `the specification spells it ${builtin.name}`, name.span, {
      hint: `write ${builtin.name}`,
      fix: { span: name.span, text: builtin.name },
    });
  }
  if (!rightCount(builtin, expression, report)) {
    for (const arg of args) if (arg.kind !== "string") number(arg, context, report);
    return;
  }
  args.forEach((arg, index) => {
    argument(builtin, index, arg, context, report);
  });
  checkFormat(builtin, args, report);
}

function rightCount(builtin: Builtin, { args, span }: Call, report: Report): boolean {
  const most = builtin.parameters.length;
  const least = most - (builtin.optional ?? 0);
  if (args.length >= least && (args.length <= most || builtin.rest !== undefined)) return true;
  const wanted = least === most ? String(most) : `${least} to ${most}`;
  const more = builtin.rest === undefined ? "" : " or more";
  const noun = most === 1 && more === "" ? "argument" : "arguments";
  report("wrong-arguments", `${builtin.name} takes ${wanted}${more} ${noun}, not ${args.length}`, span, {
    hint: signature(builtin),
  });
  return false;
}

/** Returns `Write32(addr, val)`. */
export function signature({ name, parameters, rest }: Builtin): string {
  const shown = parameters.map((one) => (one.kind === "number" ? one.name : `"${one.name}"`));
  return `${name}(${[...shown, ...(rest === undefined ? [] : ["..."])].join(", ")})`;
}

function argument(
  builtin: Builtin,
  index: number,
  arg: Expression,
  context: CheckContext,
  report: Report,
): void {
  const parameter = builtin.parameters[index];
  if (parameter === undefined) {
    if (arg.kind !== "string") number(arg, context, report);
    else if (builtin.rest === "number") number(arg, context, report);
    return;
  }
  if (parameter.kind === "number") {
    if (arg.kind === "string") {
      report("not-a-number", `'${parameter.name}' of ${builtin.name} is a number, not a string`, arg.span, {
        hint: signature(builtin),
      });
    } else number(arg, context, report);
    return;
  }
  if (arg.kind !== "string") {
    report("not-a-string", `'${parameter.name}' of ${builtin.name} is a string in quotes`, arg.span, {
      hint: signature(builtin),
    });
    return;
  }
  if (parameter.kind === "sequence") sequenceName(arg, context, report);
}

function sequenceName(arg: StringLiteral, context: CheckContext, report: Report): void {
  if (context.sequences.has(arg.raw)) return;
  const guess = nearest(arg.raw, context.sequences);
  const elsewhere = context.elsewhere?.has(arg.raw) === true;
  const hint = elsewhere
    ? "define it without a processor, or for this one too"
    : findPredefinedSequence(arg.raw) !== undefined
      ? "the specification knows the name but gives it no default; define it"
      : guess === undefined
        ? "define it, or call one that is defined for this device"
        : `did you mean "${guess}"?`;
  const whose = elsewhere ? "every processor that runs this" : "this device";
  const sure = elsewhere ? undefined : surely(arg.raw, context.sequences);
  report("unknown-sequence", `no sequence "${arg.raw}" is defined for ${whose}`, arg.span, {
    hint,
    ...(sure === undefined ? {} : { fix: { span: arg.span, text: inPlaceOf(arg, sure) } }),
  });
}

/** Puts a text in place of a literal, with the quotes, or their entities, that stand there. */
function inPlaceOf({ span, raw }: StringLiteral, name: string): string {
  const written = span.source.text.slice(span.start, span.end);
  return written.replace(raw, () => name);
}

function unknown({ name }: Call, context: CheckContext, report: Report): void {
  const guess = nearest(
    name.text,
    BUILTINS.map((one) => one.name),
  );
  const hint = context.sequences.has(name.text)
    ? `it is a sequence; write Sequence("${name.text}")`
    : guess === undefined
      ? "only the debug access functions of the specification can be called"
      : `did you mean ${guess}?`;
  const sure = surely(
    name.text,
    BUILTINS.map((one) => one.name),
  );
  report("unknown-function", `there is no function '${name.text}'`, name.span, {
    hint,
    ...(sure === undefined || context.sequences.has(name.text)
      ? {}
      : { fix: { span: name.span, text: sure } }),
  });
}
