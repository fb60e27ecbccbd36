/**
 * Divisors that are always 0: an error where every run of the sequence comes by, a warning where only some may, nothing where
 * constants keep them all away. Knows which way constants lead; runs nothing.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { findBuiltin } from "../builtins.ts";
import type { Expression, Item, Sequence } from "../tree.ts";
import type { Constants } from "./constants.ts";
import type { Report } from "./report.ts";

/** How surely a run comes to a place. */
type Reach = "surely" | "maybe" | "never";

export function checkDivisions(sequence: Sequence, constants: Constants, report: Report): void {
  new Divisions(constants, report).items(sequence.items, "surely");
}

class Divisions {
  readonly #constants: Constants;
  readonly #report: Report;

  constructor(constants: Constants, report: Report) {
    this.#constants = constants;
    this.#report = report;
  }

  /** Yields how surely a run comes to what stands behind them. */
  items(items: readonly Item[], reach: Reach): Reach {
    let now = reach;
    for (const item of items) {
      if (item.kind === "comment") continue;
      if (item.kind === "block") {
        for (const entry of item.entries) {
          if (entry.kind === "comment") continue;
          const expression = entry.kind === "expression" ? entry.expression : entry.value;
          if (expression === undefined) continue;
          this.#expression(expression, now);
          if (this.#aborts(expression)) now = "never";
        }
        continue;
      }
      let inside = now;
      for (const test of [item.if, item.while]) {
        if (test === undefined) continue;
        this.#expression(test, inside);
        inside = this.#where(test, true, inside);
      }
      const behind = this.items(item.items, inside);
      // What ended the body ended the run, or did so where the body ran.
      if (behind === "never" && inside !== "never")
        now = inside === "surely" ? "never" : weaker(now, "maybe");
    }
    return now;
  }

  #expression(expression: Expression, reach: Reach): void {
    switch (expression.kind) {
      case "number":
      case "string":
      case "variable":
        return;
      case "unary":
        this.#expression(expression.operand, reach);
        return;
      case "binary":
        this.#expression(expression.left, reach);
        this.#expression(expression.right, reach);
        if (expression.operator === "/" || expression.operator === "%")
          this.#divisor(expression.right, reach);
        return;
      case "logical":
        this.#expression(expression.left, reach);
        this.#expression(expression.right, this.#where(expression.left, expression.operator === "&&", reach));
        return;
      case "conditional":
        this.#expression(expression.test, reach);
        this.#expression(expression.then, this.#where(expression.test, true, reach));
        this.#expression(expression.otherwise, this.#where(expression.test, false, reach));
        return;
      case "assignment":
        this.#expression(expression.value, reach);
        if (expression.operator === "/" || expression.operator === "%")
          this.#divisor(expression.value, reach);
        return;
      case "call":
        for (const arg of expression.args) this.#expression(arg, reach);
        return;
      default:
        assertNever(expression);
    }
  }

  #divisor(divisor: Expression, reach: Reach): void {
    if (reach === "never" || this.#constants.valueOf(divisor) !== 0n) return;
    const code = reach === "surely" ? "division-by-zero" : "possible-division-by-zero";
    this.#report(code, "the divisor is always 0", divisor.span);
  }

  /** Behind a test, on the way that is taken where it holds, or where it does not. */
  #where(test: Expression, holds: boolean, reach: Reach): Reach {
    const value = this.#constants.valueOf(test);
    if (value === undefined) return weaker(reach, "maybe");
    return (value !== 0n) === holds ? reach : "never";
  }

  #aborts(expression: Expression): boolean {
    if (expression.kind !== "call" || findBuiltin(expression.name.text)?.name !== "Message") return false;
    const [level] = expression.args;
    return level !== undefined && this.#constants.valueOf(level) === 2n;
  }
}

function weaker(one: Reach, other: Reach): Reach {
  const order: readonly Reach[] = ["never", "maybe", "surely"];
  return order[Math.min(order.indexOf(one), order.indexOf(other))] ?? "never";
}
