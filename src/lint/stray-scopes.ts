/**
 * Finds scopes of a script that match no device of the pack: nothing in them ever runs. Knows names of levels
 * only.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Scope, Script, Text } from "../language/tree.ts";
import { nearest } from "../lib/nearest.ts";
import type { DeviceEntry } from "../pack/pdsc/pdsc.ts";

const LEVELS = ["family", "subFamily", "device", "variant"] as const;

export function strayScopes({ items }: Script, devices: readonly DeviceEntry[]): readonly Diagnostic[] {
  return items.filter((item) => item.kind === "scope").flatMap((scope) => strayScope(scope, devices) ?? []);
}

function strayScope(scope: Scope, devices: readonly DeviceEntry[]): Diagnostic | undefined {
  let left = devices.map(levelsOf);
  for (const level of LEVELS) {
    const name = scope[level];
    if (name === undefined) continue;
    const known = left.flatMap((one) => one[level] ?? []);
    left = left.filter((one) => one[level] === name.text);
    if (left.length === 0) return stray(level, name, known);
  }
  return undefined;
}

function stray(level: (typeof LEVELS)[number], { text, span }: Text, known: readonly string[]): Diagnostic {
  const guess = nearest(text, known);
  return {
    code: "stray-scope",
    severity: "warning",
    message: `the pack has no ${level} "${text}" here, so nothing in this scope ever runs`,
    span,
    ...(guess === undefined ? {} : { hint: `did you mean "${guess}"?` }),
  };
}

function levelsOf({ family, subFamily, name, variantOf }: DeviceEntry): {
  readonly [level in (typeof LEVELS)[number]]: string | undefined;
} {
  return {
    family,
    subFamily,
    device: variantOf ?? name,
    variant: variantOf === undefined ? undefined : name,
  };
}
