/** Finds mistakes between the parts of a device: duplicates, what one level hides from another, missing files. */
import type { DeviceDescription } from "../device/description.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DebugVars, Sequence } from "../language/tree.ts";
import type { Span } from "../lib/source.ts";
import { listed } from "../lib/listed.ts";
import { where } from "../lib/source.ts";
import { baseName, type PackFiles } from "../pack/files/pack-files.ts";

/**
 * Takes definitions of one place (a level of a pack, a scope of a script): if two are for one processor, only
 * the first runs.
 */
export function duplicateSequences(sequences: readonly Sequence[]): readonly Diagnostic[] {
  const first = new Map<string, Sequence>();
  return sequences.flatMap((sequence): readonly Diagnostic[] => {
    const key = `${sequence.name.text}\0${sequence.pname?.text ?? ""}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, sequence);
      return [];
    }
    const forWhom = sequence.pname === undefined ? "" : ` for "${sequence.pname.text}"`;
    return [
      {
        code: "duplicate-sequence",
        severity: "warning",
        message: `'${sequence.name.text}'${forWhom} is defined twice here, and this definition never runs`,
        span: sequence.name.span,
        related: [{ span: before.name.span, message: "the definition that counts" }],
        hint: "remove one of them",
      },
    ];
  });
}

/** Inner debugvars replace the outer ones as a whole, so a name that they leave out is gone. */
export function lostVariables(
  inner: DebugVars | undefined,
  outers: readonly DebugVars[],
): readonly Diagnostic[] {
  if (inner === undefined) return [];
  const kept = new Set(variableNames(inner));
  const lost = new Map<string, Span>();
  for (const outer of outers) {
    for (const entry of outer.entries) {
      if (entry.kind === "declaration" && !kept.has(entry.name.text))
        lost.set(entry.name.text, entry.name.span);
    }
  }
  const [first] = lost.values();
  if (first === undefined) return [];
  return [
    {
      code: "lost-debug-variable",
      severity: "warning",
      message: `these debugvars replace the outer ones as a whole, without ${listed(lost.keys())}`,
      span: headOf(inner),
      related: [{ span: first, message: "declared here, and unknown to this device" }],
      hint: "declare them here too",
    },
  ];
}

/** Returns the place where the element begins; the whole of it would hide what stands inside. */
function headOf({ span }: DebugVars): Span {
  const head = /^<?[\w:]+/.exec(span.source.text.slice(span.start, span.end))?.[0] ?? " ";
  return { ...span, end: span.start + head.length };
}

export function variableNames(vars: DebugVars | undefined): readonly string[] {
  return (vars?.entries ?? []).flatMap((entry) => (entry.kind === "declaration" ? [entry.name.text] : []));
}

/** Reports flash algorithms that the description names and the pack does not have. */
export async function missingAlgorithms(
  descriptions: readonly Pick<DeviceDescription, "algorithms">[],
  files: Pick<PackFiles, "has" | "complete">,
): Promise<readonly Diagnostic[]> {
  const named = new Map(
    descriptions.flatMap(({ algorithms }) => algorithms.map((one) => [where(one.span), one] as const)),
  );
  const present = new Map<string, boolean>();
  for (const { file } of named.values()) {
    if (!present.has(file)) present.set(file, await files.has(file));
  }
  // A description that lies alone in a folder is not an unpacked pack.
  if (!files.complete && ![...present.values()].includes(true)) return [];
  return [...named.values()]
    .filter(({ file }) => present.get(file) === false)
    .map(({ file, span }) => ({
      code: "missing-algorithm",
      severity: "warning",
      message: `the pack has no file ${baseName(file)} at ${file}`,
      span,
      hint: "what lies in this memory cannot be programmed",
    }));
}

/** Reports other files that the description names. If no algorithm is there either, the files lie elsewhere. */
export async function missingFiles(
  descriptions: readonly DeviceDescription[],
  files: Pick<PackFiles, "has" | "complete">,
): Promise<readonly Diagnostic[]> {
  const named = descriptions.flatMap(({ debugs, debugConfig, debugVars, algorithms }) => [
    ...algorithms.map(({ file, span }) => ({ file, span, told: false })),
    ...debugs.map(({ svd, span }) => ({ file: svd, span, told: true })),
    ...(debugConfig === undefined ? [] : [{ file: debugConfig.sdf, span: debugConfig.span, told: true }]),
    ...(debugVars?.configFile === undefined
      ? []
      : [{ file: debugVars.configFile.text, span: debugVars.configFile.span, told: true }]),
  ]);
  const present = new Map<string, boolean>();
  for (const { file } of named)
    if (file !== undefined && !present.has(file)) present.set(file, await files.has(file));
  if (!files.complete && ![...present.values()].includes(true)) return [];
  return named.flatMap(({ file, span, told }) =>
    file === undefined || !told || present.get(file) === true
      ? []
      : [
          {
            code: "missing-file",
            severity: "warning",
            message: `the pack has no file ${baseName(file)} at ${file}`,
            span,
          },
        ],
  );
}

/** Returns each finding once, in order of the text. */
export function unique(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const finding of findings) {
    const { code, message, span } = finding;
    const key = `${span.start} ${span.end} ${code} ${message}`;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()].toSorted((a, b) => a.span.start - b.span.start);
}
