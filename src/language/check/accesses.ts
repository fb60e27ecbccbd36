/** Accesses to the target as data: which function, which address, which value. Knows nothing of what is right. */
import { findBuiltin } from "../builtins.ts";
import { printExpression } from "../print-expression.ts";
import type { Call, Expression, Sequence } from "../tree.ts";
import { calls, nodesOf } from "../walk.ts";
import type { Constants } from "./constants.ts";

/** Addresses of different spaces have nothing to do with one another. */
export type Space = "memory" | "AP" | "DP";

export interface Access {
  readonly call: Call;
  readonly space: Space;
  readonly address: Expression;
  /** Absent in a read. */
  readonly value?: Expression;
}

const NAMES = /^(?<verb>Read|Write)(?<what>8|16|32|64|AP|DP|AccessAP)$/;

export function accessOf(call: Call): Access | undefined {
  const found = NAMES.exec(findBuiltin(call.name.text)?.name ?? "")?.groups;
  const [address, value] = call.args;
  if (found === undefined || address === undefined) return undefined;
  const what = found["what"];
  const space = what === "DP" ? "DP" : what === "AP" || what === "AccessAP" ? "AP" : "memory";
  if (found["verb"] === "Read") return { call, space, address };
  return value === undefined ? undefined : { call, space, address, value };
}

export function accesses(sequence: Sequence): readonly Access[] {
  return [...calls(sequence)].flatMap((call) => accessOf(call) ?? []);
}

/** The same for two expressions that are the same place: by value where it is known, else by their text. */
export function placeKey(expression: Expression, constants: Constants): string {
  const value = constants.valueOf(expression);
  if (value !== undefined) return String(value);
  return printExpression(expression).replace(/[\s()]/g, "");
}

export function variablesIn(expression: Expression): readonly string[] {
  return [...nodesOf(expression)].flatMap((node) => (node.kind === "variable" ? [node.name] : []));
}
