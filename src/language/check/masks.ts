/** Finds which bits a value can have: narrow reads, masks, and variables that hold only such values. */
import type { U64 } from "../../lib/u64.ts";
import { findBuiltin } from "../builtins.ts";
import type { Expression, Sequence } from "../tree.ts";
import { blocksOf, nodesIn } from "../walk.ts";
import type { Constants } from "./constants.ts";

/** Returns the bits that the value of a call can have. */
function maskOfCall(name: string): U64 | undefined {
  const { bits, answers } = findBuiltin(name) ?? {};
  return answers === true && bits !== undefined && bits < 64 ? (1n << BigInt(bits)) - 1n : undefined;
}

/** The specification defines these bits of what a debugger sets; other bits are reserved. */
export const PREDEFINED_MASKS: ReadonlyMap<string, U64> = new Map([
  ["__protocol", 0x3_ffffn],
  ["__connection", 0x3_ffffn],
  ["__traceout", 0x3f_0007n],
  ["__FlashOp", 0xffn],
]);

export class Masks {
  readonly #sequence: Sequence;
  readonly #constants: Constants;
  readonly #known = new Map<string, U64 | undefined>();
  #made: ReadonlyMap<string, readonly Expression[]> | undefined;

  constructor(sequence: Sequence, constants: Constants) {
    this.#sequence = sequence;
    this.#constants = constants;
  }

  /** Collects what is stored in each variable. It is lazy, because most sequences never ask. */
  get #stored(): ReadonlyMap<string, readonly Expression[]> {
    return (this.#made ??= this.#gather());
  }

  #gather(): ReadonlyMap<string, readonly Expression[]> {
    const stored = new Map<string, Expression[]>();
    const store = (name: string, value: Expression): void => {
      const values = stored.get(name);
      if (values === undefined) stored.set(name, [value]);
      else values.push(value);
    };
    const declared = new Set<string>();
    for (const block of blocksOf(this.#sequence.items)) {
      for (const entry of block.entries) {
        if (entry.kind !== "declaration") continue;
        declared.add(entry.name.text);
        if (entry.value !== undefined) store(entry.name.text, entry.value);
      }
    }
    for (const node of nodesIn(this.#sequence)) {
      if (node.kind !== "assignment") continue;
      // The result of `+=` and its like has no mask; `|=` and `&=` add or remove bits.
      if (node.operator === undefined || node.operator === "|") store(node.target.text, node.value);
      else if (node.operator !== "&") this.#known.set(node.target.text, undefined);
    }
    // A value that a debugger or a user sets may be anything.
    for (const name of stored.keys()) if (!declared.has(name)) this.#known.set(name, undefined);
    return stored;
  }

  /** Returns undefined if the value may have any bit. */
  maskOf(expression: Expression): U64 | undefined {
    const constant = this.#constants.valueOf(expression);
    if (constant !== undefined) return constant;
    switch (expression.kind) {
      case "variable":
        return this.#variable(expression.name);
      case "call":
        return maskOfCall(expression.name.text);
      case "assignment":
        return expression.operator === undefined ? this.maskOf(expression.value) : undefined;
      case "logical":
        return 1n;
      case "unary":
        return expression.operator === "!" ? 1n : undefined;
      case "conditional":
        return either(this.maskOf(expression.then), this.maskOf(expression.otherwise));
      case "binary":
        return this.#binary(expression);
      default:
        return undefined;
    }
  }

  #binary(expression: Expression & { readonly kind: "binary" }): U64 | undefined {
    const left = this.maskOf(expression.left);
    const right = this.maskOf(expression.right);
    switch (expression.operator) {
      case "&":
        return left === undefined ? right : right === undefined ? left : left & right;
      case "|":
      case "^":
        return either(left, right);
      case "==":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return 1n;
      default:
        return undefined;
    }
  }

  #variable(name: string): U64 | undefined {
    const values = this.#stored.get(name);
    if (values === undefined && PREDEFINED_MASKS.has(name)) return PREDEFINED_MASKS.get(name);
    if (this.#known.has(name)) return this.#known.get(name);
    // While it is worked out, a variable that depends on itself adds no bits to itself.
    this.#known.set(name, 0n);
    const mask = values?.map((value) => this.maskOf(value)).reduce(either, 0n);
    this.#known.set(name, mask);
    return mask;
  }
}

function either(left: U64 | undefined, right: U64 | undefined): U64 | undefined {
  return left === undefined || right === undefined ? undefined : left | right;
}
