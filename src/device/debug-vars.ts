/** The values of debugvars: from the pack, then from a .dbgconf, then from the user, each with who gave it. */
import { evaluate } from "../language/evaluate.ts";
import type { DebugVars } from "../language/tree.ts";
import type { U64 } from "../lib/u64.ts";

export interface DebugVar {
  readonly value: U64;
  readonly origin: string;
}

export interface Override {
  readonly name: string;
  readonly value: U64;
  readonly origin: string;
}

/** In order of declaration. Throws a `not-constant` failure; a declaration may use those before it. */
export function debugVarValues(
  vars: DebugVars | undefined,
  overrides: readonly Override[],
): ReadonlyMap<string, DebugVar> {
  const values = new Map<string, DebugVar>();
  for (const entry of vars?.entries ?? []) {
    if (entry.kind !== "declaration") continue;
    const value = entry.value === undefined ? 0n : evaluate(entry.value, (name) => values.get(name)?.value);
    values.set(entry.name.text, { value, origin: "pack" });
  }
  for (const { name, value, origin } of overrides) values.set(name, { value, origin });
  return values;
}
