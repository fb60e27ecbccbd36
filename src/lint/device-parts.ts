/**
 * Finds mistakes in one device's description, apart from its sequences: names and numbers that refer to
 * nothing, and debugvars that nothing reads or that hide what the debugger gives. Pure; does not judge
 * statements.
 */
import type { DeviceDescription } from "../device/description.ts";
import { parentLoop } from "../device/ports.ts";
import { severityOf, type Code } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { findPredefinedVariable } from "../language/predefined.ts";
import type { DebugVars, Sequence } from "../language/tree.ts";
import { nodesIn, nodesOf } from "../language/walk.ts";
import { listed } from "../lib/listed.ts";
import { nearest } from "../lib/nearest.ts";
import type { Span } from "../lib/source.ts";

/** `sequences` are the names that the device has, including those of the specification. */
export function danglingReferences(
  description: DeviceDescription,
  sequences: ReadonlySet<string>,
): readonly Diagnostic[] {
  return [
    ...unknownPorts(description),
    ...parentLoops(description),
    ...unknownAliases(description),
    ...description.debugs.flatMap(({ defaultResetSequence: name, span }) =>
      name === undefined || sequences.has(name)
        ? []
        : [
            finding("unknown-sequence", `the default reset sequence "${name}" is not defined`, span, {
              guess: nearest(name, sequences),
            }),
          ],
    ),
  ];
}

/** A description without any port leaves the ports to the debugger, so that all numbers hold. */
function unknownPorts({ debugPorts, accessPorts, debugs }: DeviceDescription): readonly Diagnostic[] {
  // Without an element there is one port, and its number is 0.
  const dps = new Set(debugPorts.length === 0 ? [0] : debugPorts.map(({ dp }) => dp));
  const apids = accessPorts.length === 0 ? undefined : new Set(accessPorts.map(({ apid }) => apid));
  const look = (
    attribute: string,
    number: number | undefined,
    known: ReadonlySet<number> | undefined,
    span: Span,
  ): readonly Diagnostic[] => {
    if (number === undefined || known === undefined || known.has(number)) return [];
    const what = attribute === "__dp" ? "debug port" : "access port";
    const hint = `it describes ${listed(known)}`;
    return [
      finding("unknown-port", `${attribute}="${number}" is not the ${what} of the device`, span, { hint }),
    ];
  };
  return [
    ...accessPorts.flatMap(({ dp, parent, span }) => [
      ...look("__dp", dp, dps, span),
      ...look("parent", parent, apids, span),
    ]),
    ...debugs.flatMap(({ dp, apid, span }) => [
      ...look("__dp", dp, dps, span),
      ...look("__apid", apid, apids, span),
    ]),
  ];
}

/** Reports each port of a circle; a port that only leads into the circle is not at fault. */
function parentLoops({ accessPorts }: DeviceDescription): readonly Diagnostic[] {
  return accessPorts.flatMap((port) =>
    parentLoop(accessPorts, port) === port
      ? [
          finding(
            "parent-loop",
            `the access port with __apid="${port.apid}" stands inside itself by way of its parents`,
            port.span,
            { hint: "one of them must have no parent" },
          ),
        ]
      : [],
  );
}

function unknownAliases({ memories }: DeviceDescription): readonly Diagnostic[] {
  const names = new Set(memories.flatMap(({ name, id }) => [name ?? [], id ?? []].flat()));
  return memories.flatMap(({ alias, span }) =>
    alias === undefined || names.has(alias)
      ? []
      : [
          finding("unknown-memory", `alias="${alias}" is not a memory of the device`, span, {
            guess: nearest(alias, names),
          }),
        ],
  );
}

/** In every sequence the name means the debugger's own variable, which wins over the debugvar. */
export function hiddenDebugVars(vars: DebugVars | undefined): readonly Diagnostic[] {
  return declarations(vars).flatMap(({ name }) =>
    findPredefinedVariable(name.text) === undefined
      ? []
      : [
          finding("shadowed-variable", `'${name.text}' is the name of a predefined variable too`, name.span, {
            hint: "choose another name",
          }),
        ],
  );
}

/** Takes all debugvars of a pack together: a variable that one device reads is read. */
export function unusedDebugVars(
  all: ReadonlySet<DebugVars>,
  sequences: Iterable<Sequence>,
): readonly Diagnostic[] {
  if (all.size === 0) return [];
  const read = new Set<string>();
  const learn = (nodes: ReturnType<typeof nodesOf>): void => {
    for (const node of nodes) if (node.kind === "variable") read.add(node.name);
  };
  for (const sequence of new Set(sequences)) {
    learn(nodesIn(sequence));
    // A compound assignment reads its target; another check reports that it may not.
    for (const node of nodesIn(sequence)) if (node.kind === "assignment") read.add(node.target.text);
  }
  for (const vars of all) {
    for (const { value } of declarations(vars)) if (value !== undefined) learn(nodesOf(value));
  }
  return [...all].flatMap((vars) =>
    declarations(vars).flatMap(({ name }) =>
      read.has(name.text)
        ? []
        : [
            finding("unused-debug-variable", `no sequence of the pack reads '${name.text}'`, name.span, {
              guess: nearest(name.text, read),
            }),
          ],
    ),
  );
}

function declarations(vars: DebugVars | undefined) {
  return (vars?.entries ?? []).filter((entry) => entry.kind === "declaration");
}

function finding(
  code: Code,
  message: string,
  span: Span,
  { hint, guess }: { readonly hint?: string; readonly guess?: string | undefined },
): Diagnostic {
  const said = guess === undefined ? hint : `did you mean "${guess}"?`;
  return { code, severity: severityOf(code), message, span, ...(said === undefined ? {} : { hint: said }) };
}
