/** Checks controls: conditions that decide nothing, endless loops, text that is never reached. Runs nothing. */
import { findBuiltin } from "../builtins.ts";
import type { Control, Expression, Item, Sequence } from "../tree.ts";
import { blocksOf, controlsOf, expressionsOf, nodesOf } from "../walk.ts";
import { literalValue } from "./constants.ts";
import type { Report } from "./report.ts";

/** The specification allows no more. */
const MAX_CONTROL_NESTING = 10;

export function checkFlow(sequence: Sequence, report: Report): void {
  for (const { control, depth } of controlsOf(sequence.items)) {
    if (depth === MAX_CONTROL_NESTING + 1) {
      report("deep-nesting", `more than ${MAX_CONTROL_NESTING} controls inside one another`, head(control), {
        hint: "move the inner ones into a sequence of their own and call it",
      });
    }
    condition(control, report);
    loop(control, report);
  }
  unreachable(sequence.items, report);
}

/** Returns the head of a control, if it has a place. */
function head(control: Control): Control["span"] {
  return control.if?.span ?? control.while?.span ?? { ...control.span, end: control.span.start + 1 };
}

function condition(control: Control, report: Report): void {
  if (control.if === undefined) return;
  const value = literalValue(control.if);
  if (value !== undefined) {
    const what = value === 0n ? "never" : "always";
    report("constant-condition", `the condition ${what} holds`, control.if.span);
  }
}

function loop(control: Control, report: Report): void {
  const { while: repeat, timeout } = control;
  if (repeat === undefined) {
    if (timeout === undefined) return;
    report("timeout-without-while", "a timeout without a 'while' has no effect", timeout.span, {
      hint: "remove it, or add the condition to wait for",
    });
    return;
  }
  const value = literalValue(repeat);
  if (value === 0n) report("constant-condition", "the loop never runs", repeat.span);
  if (value === 0n || (timeout !== undefined && timeout.us > 0)) return;
  const unending = value !== undefined;
  if (!unending && counts(control, repeat)) return;
  report(
    "unbounded-loop",
    unending ? "the loop never ends by itself" : "nothing limits how long the loop waits",
    repeat.span,
    { hint: "add a timeout" },
  );
}

/**
 * Recognises a loop over addresses or tries, which ends by itself because its body changes a variable of the
 * condition.
 */
function counts(control: Control, repeat: Expression): boolean {
  const asked = new Set(
    [...nodesOf(repeat)].flatMap((node) => (node.kind === "variable" ? [node.name] : [])),
  );
  const moves = (expression: Expression): boolean =>
    [...nodesOf(expression)].some((node) => {
      if (node.kind !== "assignment" || !asked.has(node.target.text)) return false;
      const inside = [...nodesOf(node.value)];
      if (inside.some(({ kind }) => kind === "call")) return false;
      if (node.operator !== undefined) return ["+", "-", "<<", ">>", "*", "/"].includes(node.operator);
      return inside.some((part) => part.kind === "variable" && part.name === node.target.text);
    });
  return moves(repeat) || [...expressionsOf(control)].some(moves);
}

/** Finds text after `Message(2, ...)`, which ends the sequence and all its callers. */
function unreachable(items: readonly Item[], report: Report): void {
  let ended = false;
  let reported = false;
  for (const item of items) {
    if (item.kind === "comment") continue;
    if (ended) {
      if (reported) continue;
      if (item.kind === "block" && item.entries.every((entry) => entry.kind === "comment")) continue;
      const first =
        item.kind === "block" ? item.entries.find((entry) => entry.kind !== "comment") : undefined;
      say(first?.span ?? (item.kind === "control" ? head(item) : item.span), report);
      reported = true;
      continue;
    }
    if (item.kind === "control") {
      unreachable(item.items, report);
      continue;
    }
    for (const entry of item.entries) {
      if (entry.kind === "comment") continue;
      if (ended && !reported) {
        say(entry.span, report);
        reported = true;
      }
      if (entry.kind === "expression" && aborts(entry.expression)) ended = true;
    }
  }
}

function say(span: Control["span"], report: Report): void {
  report("unreachable", "nothing from here on is ever executed", span, {
    hint: "Message(2, ...) ends the sequence and all its callers; Message(1, ...) warns",
  });
}

function aborts(expression: Expression): boolean {
  if (expression.kind !== "call" || findBuiltin(expression.name.text)?.name !== "Message") return false;
  const [level] = expression.args;
  return level !== undefined && literalValue(level) === 2n;
}

/** Finds expressions that do nothing, or something other than they seem to. */
export function checkExpressions(sequence: Sequence, report: Report): void {
  for (const { control } of controlsOf(sequence.items)) {
    for (const one of [control.if, control.while]) if (one !== undefined) asCondition(one, report);
  }
  for (const item of blocksOf(sequence.items)) {
    for (const entry of item.entries) {
      if (entry.kind === "expression") hasEffect(entry.expression, report);
    }
  }
}

/** Reports `if (a = 1)`, which nearly always means `==`; `if (a |= b)` and `(a = Read32(b)) != c` do not. */
function asCondition(expression: Expression, report: Report): void {
  if (expression.kind !== "assignment" || expression.operator !== undefined) return;
  if ([...nodesOf(expression.value)].some((node) => node.kind === "call")) return;
  report("assignment-as-condition", `the condition assigns '${expression.target.text}'`, expression.span, {
    hint: "to compare, write ==",
  });
}

function hasEffect(expression: Expression, report: Report): void {
  for (const node of nodesOf(expression)) {
    if (node.kind === "call") return;
    if (node.kind === "assignment") {
      const same =
        node.value.kind === "variable" && node.value.name === node.target.text && node.operator === undefined;
      if (same) report("no-effect", `'${node.target.text}' is assigned to itself`, node.span);
      return;
    }
  }
  if (expression.kind === "string") return;
  report("no-effect", "the statement has no effect", expression.span, {
    ...(expression.kind === "binary" && expression.operator === "==" ? { hint: "to assign, write =" } : {}),
  });
}
