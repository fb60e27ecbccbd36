/** Lowers calls of builtins. The builtin table says which there are and what they take; the run knows what each does. */
import type { Call, Expression, StringLiteral } from "../../language/tree.ts";
import { findBuiltin, type Builtin } from "../../language/builtins.ts";
import { constant, slotValue, union, type Value } from "./closures.ts";
import type { Code } from "./code.ts";
import { decodeEscapes } from "../format.ts";
import { faulty, lower, lowerOperands } from "./lower-expression.ts";

const ZERO = constant(0n);

/** Lowers a call. `used` says whether its value is needed, for then the run must wait for the answer. */
export function lowerCall(code: Code, call: Call, used: boolean): Value {
  const builtin = findBuiltin(call.name.text);
  if (builtin === undefined) {
    return faulty(code, { kind: "unknown-function", name: call.name.text }, call.name.span);
  }
  const problem = misuse(builtin, call.args);
  if (problem !== undefined) {
    return faulty(code, { kind: "wrong-arguments", fn: builtin.name, problem }, call.span);
  }
  if (builtin.effect === "host" || builtin.buffers === true) return lowerOutside(code, call, builtin, used);
  if (builtin.effect === "access") return lowerAccess(code, call, builtin, used);
  switch (builtin.name) {
    case "Sequence":
      code.emit({ kind: "sequence", name: stringOf(call.args[0]), span: call.span });
      return ZERO;
    case "Message":
      return lowerMessage(code, call);
    case "Query":
    case "QueryValue":
      return lowerQuery(code, call, builtin.name);
    case "FlashLoadAlgorithm":
      return lowerFlashLoad(code, call);
    default:
      return faulty(code, { kind: "unknown-function", name: builtin.name }, call.span);
  }
}

function misuse(builtin: Builtin, args: readonly Expression[]): string | undefined {
  const most = builtin.parameters.length;
  const least = most - (builtin.optional ?? 0);
  if (args.length < least || (args.length > most && builtin.rest === undefined)) {
    const expected = least === most ? String(most) : `${least} to ${most}`;
    return `takes ${expected}${builtin.rest === undefined ? "" : " or more"} arguments, not ${args.length}`;
  }
  for (const [index, { name, kind }] of builtin.parameters.entries()) {
    const arg = args[index];
    if (arg !== undefined && (arg.kind === "string") !== (kind !== "number")) {
      return `the argument "${name}" must be a ${kind === "number" ? "number" : "string in quotes"}`;
    }
  }
  return undefined;
}

function lowerAccess(code: Code, call: Call, builtin: Builtin, used: boolean): Value {
  const args = lowerOperands(code, call.args);
  const wanted = used && builtin.answers === true;
  const into = wanted ? code.temporary() : undefined;
  const lasts = builtin.parameters.findIndex((parameter) => parameter.lasts === true);
  code.call(
    {
      to: "target",
      fn: builtin.name,
      args: args.map(({ value }) => value),
      reads: args.reduce<readonly number[]>((all, { reads }) => union(all, reads), []),
      waits: builtin.waits ?? "queue full",
      ...(lasts < 0 ? {} : { lasts }),
      ...(into === undefined ? {} : { into }),
    },
    call.span,
  );
  return into === undefined ? ZERO : slotValue(into);
}

/** Lowers a call to the outside, whose arguments are strings and numbers, each at its place. */
function lowerOutside(code: Code, call: Call, builtin: Builtin, used: boolean): Value {
  const values = [...lowerOperands(code, call.args.filter(isNumber))];
  const args = call.args.map((arg) => (isNumber(arg) ? (values.shift() ?? ZERO).value : arg.raw));
  const into = used ? code.temporary() : undefined;
  code.call({ to: "outside", fn: builtin.name, args, ...(into === undefined ? {} : { into }) }, call.span);
  return into === undefined ? ZERO : slotValue(into);
}

function lowerMessage(code: Code, call: Call): Value {
  const [type, format, ...rest] = call.args;
  const numbers = lowerOperands(code, [type, ...rest].filter(isNumber));
  const [level = ZERO, ...values] = numbers;
  const args = rest.map((arg) => (isNumber(arg) ? (values.shift() ?? ZERO) : stringOf(arg)));
  code.call({ to: "message", type: level, format: stringOf(format), args }, call.span);
  return ZERO;
}

function isNumber(arg: Expression | undefined): arg is Exclude<Expression, StringLiteral> {
  return arg !== undefined && arg.kind !== "string";
}

function lowerQuery(code: Code, call: Call, name: "Query" | "QueryValue"): Value {
  const into = code.temporary();
  if (name === "QueryValue") {
    const [message, fallback] = call.args;
    const value = fallback === undefined ? ZERO : lower(code, fallback);
    code.call({ to: "queryValue", message: stringOf(message), fallback: value, into }, call.span);
  } else {
    const [type, message, fallback] = call.args;
    const [kind = ZERO, value = ZERO] = lowerOperands(
      code,
      [type, fallback].filter((arg) => arg !== undefined),
    );
    code.call({ to: "query", type: kind, message: stringOf(message), fallback: value, into }, call.span);
  }
  return slotValue(into);
}

function lowerFlashLoad(code: Code, call: Call): Value {
  const into = code.temporary();
  const [path, ...ram] = call.args;
  const [ramStart = ZERO, ramSize = ZERO] = lowerOperands(code, ram);
  code.call({ to: "flashLoad", path: stringOf(path), ramStart, ramSize, into }, call.span);
  return slotValue(into);
}

/** Returns the text that a string argument shows; `misuse` has made sure that it is one. */
function stringOf(arg: Expression | undefined): string {
  return arg?.kind === "string" ? decodeEscapes(arg.raw) : "";
}
