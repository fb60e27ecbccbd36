/**
 * Finds the definitions that a run can reach, and the errors in them. Follows Sequence("name") as the run
 * would bind it.
 */
import type { SequenceDefinition } from "../device/description.ts";
import type { Resolution } from "../device/precedence.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { check } from "../language/check/checker.ts";
import { surelyEntered } from "../language/check/reach.ts";
import type { Sequence } from "../language/tree.ts";
import { calls } from "../language/walk.ts";
import type { U64 } from "../lib/u64.ts";

interface Resolver {
  resolve(name: string): Resolution | undefined;
}

interface Definitions extends Resolver {
  names(): readonly string[];
  readonly debugVars: ReadonlyMap<string, U64>;
}

export function findErrors(
  definitions: Definitions,
  names: readonly string[],
  inSequence: ReadonlyMap<SequenceDefinition, readonly Diagnostic[]>,
): readonly Diagnostic[] {
  const reached = reach(definitions, names);
  const found = [...reached].flatMap((definition) => inSequence.get(definition) ?? []);
  const bound = new Set([...reached].map(({ sequence }) => sequence));
  const callee = (name: string): Sequence | undefined => {
    const sequence = definitions.resolve(name)?.winner.sequence;
    return sequence !== undefined && bound.has(sequence) ? sequence : undefined;
  };
  const checked = check([...bound], {
    debugVars: new Set(definitions.debugVars.keys()),
    sequences: new Set(definitions.names()),
    entered: surelyEntered(names, callee),
  });
  return [...found, ...checked].filter(({ severity }) => severity === "error");
}

/** Returns what a run of these sequences may enter. */
export function reach(definitions: Resolver, names: readonly string[]): ReadonlySet<SequenceDefinition> {
  const reached = new Set<SequenceDefinition>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const winner = definitions.resolve(name)?.winner;
    if (winner === undefined || reached.has(winner) || winner.disabled) continue;
    reached.add(winner);
    for (const call of calls(winner.sequence)) {
      const [first] = call.args;
      if (call.name.text.toLowerCase() === "sequence" && first?.kind === "string") pending.push(first.raw);
    }
  }
  return reached;
}
