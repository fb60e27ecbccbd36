/**
 * Tells how surely a run of a sequence comes to each of its expressions, as far as constants decide it. A
 * call counts as returning unless the called sequence surely gives up. Knows no finding; runs nothing.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { findBuiltin } from "../builtins.ts";
import type { Block, Call, Control, Expression, Item, Sequence } from "../tree.ts";
import { Constants } from "./constants.ts";

export type Reach = "surely" | "maybe" | "never";

/** Returns the sequence that a call by this name enters, or undefined if it is unknown or switched off. */
export type Callee = (name: string) => Sequence | undefined;

/**
 * Tells `visit` every expression, after its parts, and how surely a run that enters the sequence `entered`
 * comes there.
 */
export function walkReached(
  sequence: Sequence,
  {
    entered = "surely",
    callee,
    visit,
  }: {
    readonly entered?: Reach;
    readonly callee: Callee;
    readonly visit: (expression: Expression, reach: Reach) => void;
  },
): void {
  new Walk(sequence, { callee, visit, depth: 0 }).items(sequence.items, entered);
}

/** Returns all that a run of these sequences surely enters. */
export function surelyEntered(names: readonly string[], callee: Callee): ReadonlySet<Sequence> {
  const entered = new Set<Sequence>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const sequence = callee(name);
    if (sequence === undefined || entered.has(sequence)) continue;
    entered.add(sequence);
    walkReached(sequence, {
      callee,
      visit(expression, reach) {
        const called = calledBy(expression);
        if (reach === "surely" && called !== undefined) pending.push(called);
      },
    });
  }
  return entered;
}

function calledBy(expression: Expression): string | undefined {
  if (expression.kind !== "call" || findBuiltin(expression.name.text)?.name !== "Sequence") return undefined;
  const [name] = expression.args;
  return name?.kind === "string" ? name.raw : undefined;
}

interface Surroundings {
  readonly callee: Callee;
  readonly visit: (expression: Expression, reach: Reach) => void;
  /** The number of calls that lead from the walked sequence to this one. */
  readonly depth: number;
}

/** Deeper calls count as returning; no run goes as deep. */
const MOST_DEPTH = 64;

/**
 * This keeps how surely each sequence comes to its end, which every call asks for and which is always the
 * same.
 */
const endsByCallee = new WeakMap<Callee, Map<Sequence, Reach>>();

function endsOf(callee: Callee): Map<Sequence, Reach> {
  const known = endsByCallee.get(callee) ?? new Map<Sequence, Reach>();
  endsByCallee.set(callee, known);
  return known;
}

class Walk {
  readonly #constants: Constants;
  readonly #around: Surroundings;

  constructor(sequence: Sequence, around: Surroundings) {
    this.#constants = new Constants(sequence);
    this.#around = around;
  }

  /**
   * `reach` says how surely a run comes to the items. Yields how surely such a run comes to what follows
   * them.
   */
  items(items: readonly Item[], reach: Reach): Reach {
    let through: Reach = "surely";
    for (const item of items) {
      if (item.kind === "block") through = this.#block(item, reach, through);
      else if (item.kind === "control") through = this.#control(item, reach, through);
    }
    return through;
  }

  #block({ entries }: Block, reach: Reach, before: Reach): Reach {
    let through = before;
    for (const entry of entries) {
      if (entry.kind === "comment") continue;
      const expression = entry.kind === "expression" ? entry.expression : entry.value;
      if (expression === undefined) continue;
      this.#expression(expression, weaker(reach, through));
      if (expression.kind === "call") through = weaker(through, this.#behindCall(expression));
    }
    return through;
  }

  #control(control: Control, reach: Reach, before: Reach): Reach {
    let runs: Reach = "surely";
    for (const test of [control.if, control.while]) {
      if (test === undefined) continue;
      this.#expression(test, weaker(weaker(reach, before), runs));
      runs = this.#where(test, true, runs);
    }
    const body = this.items(control.items, weaker(weaker(reach, before), runs));
    // What ends the body ends the run, or does so if the body runs.
    if (runs === "never" || body === "surely") return before;
    return weaker(before, runs === "surely" ? body : "maybe");
  }

  /** Returns how surely a call comes back. */
  #behindCall(call: Call): Reach {
    if (this.#aborts(call)) return "never";
    const { callee, depth } = this.#around;
    const name = calledBy(call);
    const called = name === undefined ? undefined : callee(name);
    if (called === undefined || depth === MOST_DEPTH) return "surely";
    const ends = endsOf(callee);
    const known = ends.get(called);
    if (known !== undefined) return known;
    // A sequence that calls itself finds this.
    ends.set(called, "surely");
    const quiet = { callee, visit: () => undefined, depth: depth + 1 };
    const end = new Walk(called, quiet).items(called.items, "surely");
    ends.set(called, end);
    return end;
  }

  #expression(expression: Expression, reach: Reach): void {
    switch (expression.kind) {
      case "number":
      case "string":
      case "variable":
        break;
      case "unary":
        this.#expression(expression.operand, reach);
        break;
      case "binary":
        this.#expression(expression.left, reach);
        this.#expression(expression.right, reach);
        break;
      case "logical":
        this.#expression(expression.left, reach);
        this.#expression(expression.right, this.#where(expression.left, expression.operator === "&&", reach));
        break;
      case "conditional":
        this.#expression(expression.test, reach);
        this.#expression(expression.then, this.#where(expression.test, true, reach));
        this.#expression(expression.otherwise, this.#where(expression.test, false, reach));
        break;
      case "assignment":
        this.#expression(expression.value, reach);
        break;
      case "call":
        for (const arg of expression.args) this.#expression(arg, reach);
        break;
      default:
        assertNever(expression);
    }
    this.#around.visit(expression, reach);
  }

  /** Returns the reach after a test, on the way on which it holds or does not hold. */
  #where(test: Expression, holds: boolean, reach: Reach): Reach {
    const value = this.#constants.valueOf(test);
    if (value === undefined) return weaker(reach, "maybe");
    return (value !== 0n) === holds ? reach : "never";
  }

  #aborts(call: Call): boolean {
    if (findBuiltin(call.name.text)?.name !== "Message") return false;
    const [level] = call.args;
    return level !== undefined && this.#constants.valueOf(level) === 2n;
  }
}

function weaker(one: Reach, other: Reach): Reach {
  const order: readonly Reach[] = ["never", "maybe", "surely"];
  return order[Math.min(order.indexOf(one), order.indexOf(other))] ?? "never";
}
