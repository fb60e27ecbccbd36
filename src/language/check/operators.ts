/** Operators: comparisons that are decided before they run, and precedence that surprises. Values are unsigned. */
import type { U64 } from "../../lib/u64.ts";
import type { Binary, Expression, Sequence } from "../tree.ts";
import { expressionsOf, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";
import type { Report } from "./report.ts";

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const BITWISE: ReadonlySet<string> = new Set(["&", "|", "^"]);

export function checkOperators(sequence: Sequence, constants: Constants, report: Report): void {
  for (const expression of expressionsOf(sequence)) {
    for (const node of nodesOf(expression)) {
      if (node.kind === "unary" && node.operator === "!") continue;
      if (node.kind !== "binary") continue;
      precedence(node, report);
      comparison(node, constants, report);
      shift(node, constants, report);
      if ((node.operator === "/" || node.operator === "%") && constants.valueOf(node.right) === 0n) {
        report("division-by-zero", "the divisor is always 0", node.right.span);
      }
    }
  }
}

/** `a & b == c` compares first, as in C. */
function precedence(node: Binary, report: Report): void {
  if (!BITWISE.has(node.operator)) return;
  for (const side of [node.left, node.right]) {
    if (side.kind !== "binary" || side.parenthesized === true || !COMPARISONS.has(side.operator)) continue;
    report("surprising-precedence", `'${side.operator}' binds tighter than '${node.operator}'`, side.span, {
      hint: "put parentheses around what belongs together",
    });
  }
  for (const side of [node.left, node.right]) {
    // `!x & m` is `(!x) & m`, which is 0 or 1 at most.
    if (side.kind !== "unary" || side.operator !== "!" || side.parenthesized === true) continue;
    if (node.operator !== "&" || side !== node.left || isTruth(node.right)) continue;
    report("surprising-precedence", "'!' applies to its operand alone, not to the whole term", side.span, {
      hint: "write !(a & b), or ~ for the complement of all bits",
    });
  }
}

function isTruth(expression: Expression): boolean {
  switch (expression.kind) {
    case "unary":
      return expression.operator === "!";
    case "binary":
      return (
        COMPARISONS.has(expression.operator) ||
        (BITWISE.has(expression.operator) && isTruth(expression.right))
      );
    case "logical":
    case "variable":
    case "call":
      return true;
    case "number":
      return expression.value <= 1n;
    default:
      return true;
  }
}

function comparison(node: Binary, constants: Constants, report: Report): void {
  if (!COMPARISONS.has(node.operator)) return;
  const right = constants.valueOf(node.right);
  if (right === undefined || constants.valueOf(node.left) !== undefined) return;
  const always = (holds: boolean, why: string): void => {
    report("constant-comparison", `the comparison ${holds ? "always" : "never"} holds: ${why}`, node.span);
  };
  if (right === 0n && node.operator === "<") always(false, "no value is below 0");
  if (right === 0n && node.operator === ">=") always(true, "no value is below 0");
  if (node.operator !== "==" && node.operator !== "!=") return;
  const mask = maskOf(node.left, constants);
  if (mask === undefined || (right & ~mask) === 0n) return;
  const differ = node.operator === "!=";
  always(differ, "the right side has bits that the mask on the left takes away");
}

/** Every bit that a value may have, where a mask or a narrow read limits it. */
function maskOf(expression: Expression, constants: Constants): U64 | undefined {
  if (expression.kind === "binary" && expression.operator === "&") {
    const masks = [expression.left, expression.right].flatMap(
      (side) => constants.valueOf(side) ?? maskOf(side, constants) ?? [],
    );
    return masks.length === 0 ? undefined : masks.reduce((all, mask) => all & mask);
  }
  if (expression.kind === "call") return WIDTHS[expression.name.text.toLowerCase()];
  return undefined;
}

const WIDTHS: Readonly<Record<string, U64>> = {
  read8: 0xffn,
  read16: 0xffffn,
  read32: 0xffff_ffffn,
  readap: 0xffff_ffffn,
  readdp: 0xffff_ffffn,
};

function shift(node: Binary, constants: Constants, report: Report): void {
  if (node.operator !== "<<" && node.operator !== ">>") return;
  const by = constants.valueOf(node.right);
  if (by === undefined || by < 64n) return;
  report("shift-too-far", `shifting by ${by} gives 0`, node.right.span, { hint: "values have 64 bits" });
}
