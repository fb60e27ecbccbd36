/**
 * Checks operators: comparisons that are decided before they run, and precedence that surprises. Values are
 * unsigned.
 */
import { hex } from "../../lib/hex.ts";
import type { U64 } from "../../lib/u64.ts";
import type { Binary, Expression, Sequence } from "../tree.ts";
import { findBuiltin } from "../builtins.ts";
import { expressionsOf, nodesIn, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";
import { Masks, PREDEFINED_MASKS } from "./masks.ts";
import type { Report } from "./report.ts";

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const BITWISE: ReadonlySet<string> = new Set(["&", "|", "^"]);

export function checkOperators(sequence: Sequence, constants: Constants, report: Report): void {
  const masks = new Masks(sequence, constants);
  paddedNumbers(sequence, report);
  for (const node of nodesIn(sequence)) {
    if (node.kind !== "binary") continue;
    precedence(node, report);
    comparison(node, constants, masks, report);
    wideMask(node, constants, masks, report);
    shift(node, constants, report);
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

function comparison(node: Binary, constants: Constants, masks: Masks, report: Report): void {
  if (!COMPARISONS.has(node.operator)) return;
  const right = constants.valueOf(node.right);
  if (right === undefined || constants.valueOf(node.left) !== undefined) return;
  if (right !== 0n && node.operator !== "==" && node.operator !== "!=") return;
  const always = (holds: boolean, why: string): void => {
    report("constant-comparison", `the comparison ${holds ? "always" : "never"} holds: ${why}`, node.span);
  };
  if (right === 0n && node.operator === "<") always(false, "no value is below 0");
  if (right === 0n && node.operator === ">=") always(true, "no value is below 0");
  if (node.operator !== "==" && node.operator !== "!=") return;
  const mask = masks.maskOf(node.left);
  if (mask === undefined || (right & ~mask) === 0n) return;
  const differ = node.operator === "!=";
  always(differ, "the right side has bits that the mask on the left takes away");
}

/** Reports bits of a mask that the masked value never has, which means a digit too many. */
function wideMask(node: Binary, constants: Constants, masks: Masks, report: Report): void {
  if (node.operator !== "&") return;
  for (const mask of [node.left, node.right]) {
    const value = mask === node.left ? node.right : node.left;
    if (mask.kind !== "number" && mask.kind !== "variable") continue;
    const wanted = constants.valueOf(mask);
    const possible = constants.valueOf(value) === undefined ? masks.maskOf(value) : undefined;
    if (wanted === undefined || possible === undefined || possible <= 1n || (wanted & ~possible) === 0n)
      continue;
    // All ones are a way to say "everything".
    if (wanted === 0xffff_ffff_ffff_ffffn || wanted === 0xffff_ffffn) continue;
    const exact = value.kind === "variable" && PREDEFINED_MASKS.has(value.name);
    if (!exact && (wanted & ~widthOf(possible)) === 0n) continue;
    report("value-too-wide", `the mask ${hex(wanted)} has bits that the value never has`, mask.span, {
      hint: "is there a digit too many?",
    });
  }
}

/** Returns the whole width that a mask lies in: 8, 16, 32 or 64 bits. */
function widthOf(mask: U64): U64 {
  return [0xffn, 0xffffn, 0xffff_ffffn].find((width) => mask <= width) ?? 0xffff_ffff_ffff_ffffn;
}

function shift(node: Binary, constants: Constants, report: Report): void {
  if (node.operator !== "<<" && node.operator !== ">>") return;
  const by = constants.valueOf(node.right);
  if (by === undefined || by < 64n) return;
  report("shift-too-far", `shifting by ${by} gives 0`, node.right.span, { hint: "values have 64 bits" });
}

/** Data of any length is padded to the length it has. */
function sendsBits(name: string): boolean {
  return findBuiltin(name)?.parameters.some(({ sends }) => sends !== undefined) === true;
}

/** Reports `0x0000FFFFF`: padding to nine digits means that eight were intended. */
function paddedNumbers(sequence: Sequence, report: Report): void {
  // Ten letters are the prefix and eight digits.
  if (!nodesIn(sequence).some((node) => node.kind === "number" && node.raw.length > 10)) return;
  const visit = (expression: Expression): void => {
    for (const node of nodesOf(expression)) {
      if (node.kind !== "number" || !/^0[xX]0[0-9a-fA-F]{8,14}(?![0-9a-fA-F])/.test(node.raw)) continue;
      report(
        "padded-number",
        `${node.raw} has ${node.raw.replace(/^0[xX]|[uUlL]+$/g, "").length} digits`,
        node.span,
        {
          hint: "32 bits are 8 digits, 64 bits are 16; is there a digit too many?",
        },
      );
    }
  };
  for (const expression of expressionsOf(sequence)) {
    if (expression.kind !== "call" || !sendsBits(expression.name.text)) visit(expression);
  }
}
