/**
 * Values for debugvars must name existing ones: a misspelt name is an error, and never a variable that no
 * sequence reads.
 */
import type { Override } from "../device/debug-vars.ts";
import type { DebugVars } from "../language/tree.ts";
import { nearest } from "../lib/nearest.ts";
import { SessionFailure } from "./faults.ts";

/** Throws `unknown-variable` for the first name that neither the pack nor a script declares. */
export function mustBeDeclared(
  overrides: readonly Override[],
  declared: readonly (DebugVars | undefined)[],
): void {
  if (overrides.length === 0) return;
  const names = new Set(
    declared.flatMap((vars) =>
      (vars?.entries ?? []).flatMap((entry) => (entry.kind === "declaration" ? [entry.name.text] : [])),
    ),
  );
  const unknown = overrides.find(({ name }) => !names.has(name));
  if (unknown === undefined) return;
  const { name, origin } = unknown;
  const near = nearest(name, names);
  const help =
    near !== undefined
      ? `did you mean "${near}"?`
      : names.size === 0
        ? "neither the pack nor a script declares any"
        : `declared: ${[...names].slice(0, 10).join(", ")}${names.size > 10 ? ", ..." : ""}`;
  throw new SessionFailure(
    { kind: "unknown-variable", name, origin, near: near === undefined ? [] : [near] },
    `unknown debugvar "${name}" (${origin}); ${help}`,
  );
}
