/** Accesses to the target as data: which function, which address, which value. Knows nothing of what is right. */
import { findBuiltin } from "../builtins.ts";
import { printExpression } from "../print/print-expression.ts";
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

interface Kind {
  readonly space: Space;
  readonly writes: boolean;
}

const both = (what: string, space: Space): readonly [string, Kind][] => [
  [`Read${what}`, { space, writes: false }],
  [`Write${what}`, { space, writes: true }],
];

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...["8", "16", "32", "64"].flatMap((bits) => both(bits, "memory")),
  ...both("AP", "AP"),
  ...both("AccessAP", "AP"),
  ...both("DP", "DP"),
]);

export function accessOf(call: Call): Access | undefined {
  const kind = KINDS.get(findBuiltin(call.name.text)?.name ?? "");
  const [address, value] = call.args;
  if (kind === undefined || address === undefined) return undefined;
  const { space } = kind;
  if (!kind.writes) return { call, space, address };
  return value === undefined ? undefined : { call, space, address, value };
}

export function accesses(sequence: Sequence): readonly Access[] {
  return calls(sequence).flatMap((call) => accessOf(call) ?? []);
}

/** The same for two expressions that are the same place: by value where it is known, else by their text. */
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
