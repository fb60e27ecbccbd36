/**
 * Finds values that are known before a run: literals, and variables that are declared with such a value and
 * never assigned.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { Failure } from "../../lib/fault.ts";
import type { U64 } from "../../lib/u64.ts";
import { evaluate } from "../evaluate.ts";
import type { Expression, Item, Sequence } from "../tree.ts";
import { nodesIn } from "../walk.ts";

/** Returns undefined if the value depends on anything but literals. */
export function literalValue(expression: Expression): U64 | undefined {
  return fold(expression, () => undefined);
}

export class Constants {
  readonly #values = new Map<string, U64>();
  readonly #lookup = (name: string): U64 | undefined => this.#values.get(name);

  constructor(sequence: Sequence) {
    const assigned = new Set<string>();
    for (const node of nodesIn(sequence)) if (node.kind === "assignment") assigned.add(node.target.text);
    const twice = new Set<string>();
    const declare = (items: readonly Item[]): void => {
      for (const item of items) {
        if (item.kind === "control") declare(item.items);
        if (item.kind !== "block") continue;
        for (const entry of item.entries) {
          if (entry.kind !== "declaration") continue;
          const { text } = entry.name;
          const value = entry.value === undefined ? undefined : this.valueOf(entry.value);
          if (this.#values.has(text) || assigned.has(text) || value === undefined) twice.add(text);
          if (value !== undefined && !assigned.has(text)) this.#values.set(text, value);
        }
      }
    };
    declare(sequence.items);
    for (const name of twice) this.#values.delete(name);
  }

  valueOf(expression: Expression): U64 | undefined {
    return fold(expression, this.#lookup);
  }
}

type Lookup = (name: string) => U64 | undefined;

function fold(expression: Expression, lookup: Lookup): U64 | undefined {
  if (expression.kind === "number") return expression.value;
  if (!isKnown(expression, lookup)) return undefined;
  try {
    return evaluate(expression, lookup);
  } catch (error) {
    // A division by zero has no value; the run reports it.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Returns true if everything in it has a value. */
function isKnown(expression: Expression, lookup: Lookup): boolean {
  switch (expression.kind) {
    case "number":
      return true;
    case "variable":
      return lookup(expression.name) !== undefined;
    case "unary":
      return isKnown(expression.operand, lookup);
    case "binary":
    case "logical":
      return isKnown(expression.left, lookup) && isKnown(expression.right, lookup);
    case "conditional":
      return [expression.test, expression.then, expression.otherwise].every((one) => isKnown(one, lookup));
    case "call":
    case "assignment":
    case "string":
      return false;
    default:
      return assertNever(expression);
  }
}
