/**
 * Finds the values of debugvars: from the pack, then from a .dbgconf, then from the user, each with its
 * giver.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { evaluate, type NotConstant } from "../language/evaluate.ts";
import type { Declaration, DebugVars } from "../language/tree.ts";
import { Failure } from "../lib/fault.ts";
import type { Span } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";

export interface DebugVar {
  readonly value: U64;
  /** It is `pack`, a .dbgconf file or a setting. */
  readonly origin: string;
  /** The place of the value; absent for one from the command line. */
  readonly span?: Span;
}

export interface Override {
  readonly name: string;
  readonly value: U64;
  readonly origin: string;
  readonly span?: Span;
}

/**
 * Goes in order of declaration; a declaration may use earlier ones, and one without a value is 0. Later
 * overrides replace earlier ones. A declaration without a constant value is left out here, and
 * `checkDebugVars` reports it.
 */
export function debugVarValues(
  vars: DebugVars | undefined,
  overrides: readonly Override[],
): ReadonlyMap<string, DebugVar> {
  const values = new Map(evaluateAll(vars, []));
  for (const { name, ...given } of overrides) values.set(name, given);
  return values;
}

/** Reports declarations without a constant value, and names that are declared twice. */
export function checkDebugVars(vars: DebugVars | undefined): readonly Diagnostic[] {
  const report: Diagnostic[] = [];
  evaluateAll(vars, report);
  return report;
}

function evaluateAll(vars: DebugVars | undefined, report: Diagnostic[]): ReadonlyMap<string, DebugVar> {
  const values = new Map<string, DebugVar>();
  const first = new Map<string, Declaration>();
  for (const entry of vars?.entries ?? []) {
    if (entry.kind === "comment") continue;
    if (entry.kind === "expression") {
      report.push(notADeclaration(entry.span));
      continue;
    }
    const name = entry.name.text;
    const before = first.get(name);
    if (before !== undefined) {
      report.push(redefined(entry, before));
      continue;
    }
    first.set(name, entry);
    const value = valueOf(entry, values, report);
    if (value !== undefined) values.set(name, { value, origin: "pack", span: entry.span });
  }
  return values;
}

function valueOf(
  { value }: Declaration,
  values: ReadonlyMap<string, DebugVar>,
  report: Diagnostic[],
): U64 | undefined {
  if (value === undefined) return 0n;
  try {
    return evaluate(value, (name) => values.get(name)?.value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { kind, span } = (error as Failure<NotConstant>).fault;
    const message =
      kind === "division-by-zero" ? "division by zero" : "a debug variable needs a constant value";
    report.push({ code: kind, severity: "error", message, span });
    return undefined;
  }
}

function redefined({ name }: Declaration, before: Declaration): Diagnostic {
  return {
    code: "redefinition",
    severity: "error",
    message: `${name.text} is already declared`,
    span: name.span,
    related: [{ span: before.name.span, message: "first declared here" }],
  };
}

function notADeclaration(span: Span): Diagnostic {
  return {
    code: "not-a-declaration",
    severity: "error",
    message: "only declarations may stand here",
    span,
    hint: "write __var name = value;",
  };
}
