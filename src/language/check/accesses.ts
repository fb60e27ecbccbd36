/**
 * Describes accesses to the target as data: which function, which address, which value. Knows nothing of what
 * is right.
 */
import { findBuiltin, type Through } from "../builtins.ts";
import { printExpression } from "../print/print-expression.ts";
import type { Call, Expression, Sequence } from "../tree.ts";
import { calls, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";

/** Addresses of different spaces are unrelated. */
export type Space = "memory" | "AP" | "DP";

export interface Access {
  readonly call: Call;
  readonly space: Space;
  readonly bits: number;
  readonly address: Expression;
  /** It is absent in a read. */
  readonly value?: Expression;
}

const SPACES: Readonly<Partial<Record<Through, Space>>> = {
  memory: "memory",
  ap: "AP",
  "access-ap": "AP",
  dp: "DP",
};

/** Returns an access to one value, or undefined for a call that moves blocks or lines. */
export function accessOf(call: Call): Access | undefined {
  const { through, bits, answers } = findBuiltin(call.name.text) ?? {};
  const space = through && SPACES[through];
  const [address, value] = call.args;
  if (space === undefined || bits === undefined || address === undefined) return undefined;
  if (answers === true) return { call, space, bits, address };
  return value === undefined ? undefined : { call, space, bits, address, value };
}

export function accesses(sequence: Sequence): readonly Access[] {
  return calls(sequence).flatMap((call) => accessOf(call) ?? []);
}

/**
 * Returns the same key for two expressions that are the same place: by value if it is known, else by their
 * text.
 */
export function placeKey(expression: Expression, constants: Constants): string {
  const value = constants.valueOf(expression);
  if (value !== undefined) return String(value);
  return printExpression(expression).replace(/[\s()]/g, "");
}

export function variablesIn(expression: Expression): readonly string[] {
  const names: string[] = [];
  for (const node of nodesOf(expression)) if (node.kind === "variable") names.push(node.name);
  return names;
}
