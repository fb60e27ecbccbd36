/**
 * Says how tightly binary operators bind, as in C. The parser folds by it and the printer sets parentheses by
 * it.
 */
import { table } from "../lib/table.ts";

/** Higher binds tighter; all are left-associative. `?:` and assignment lie below 1 and bind to the right. */
export const PRECEDENCE: Readonly<Record<string, number>> = table({
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  "<=": 7,
  ">": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
});

export function precedenceOf(operator: string): number {
  return PRECEDENCE[operator] ?? 0;
}
