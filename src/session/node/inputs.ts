/** Pack, device, overrides and scripts of one call, read and joined into a context. Knows files; opens no probe. */
import type { Override } from "../../device/debug-vars.ts";
import type { SequenceDefinition } from "../../device/description.ts";
import { matchDevice, parseDevice } from "../../device/match.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { parseScript } from "../../language/parse.ts";
import type { Source } from "../../lib/source.ts";
import type { Described } from "../../pack/describe.ts";
import { openPack } from "../../pack/open.ts";
import type { Pack } from "../../pack/pdsc.ts";
import { DeviceContext } from "../context.ts";
import { malformedInput, SessionFailure } from "../faults.ts";
import { readSource } from "./files.ts";

export interface InputRequest {
  readonly pack?: string;
  readonly device?: string;
  readonly pname?: string;
  /** .seq files whose sequences override those of the pack. */
  readonly seq: readonly string[];
  readonly overrides: readonly Override[];
}

export interface Inputs {
  readonly context: DeviceContext;
  readonly pack?: Pack;
  /** Sequences of the scripts in order, for callers that run one of them. */
  readonly project: readonly SequenceDefinition[];
  readonly warnings: readonly Diagnostic[];
}

/** Joins what was asked for; `extra` are sequences that come from elsewhere (a script to run, `-e`). */
export async function readInputs(
  request: InputRequest,
  extra: readonly SequenceDefinition[] = [],
): Promise<Inputs> {
  const warnings: Diagnostic[] = [];
  const pack = request.pack === undefined ? undefined : await readPack(request.pack);
  const wanted = request.device === undefined ? undefined : parseDevice(request.device);
  const described = pack === undefined ? undefined : describeDevice(pack, request.device);
  warnings.push(...(described?.diagnostics ?? []));
  const project = [...extra];
  for (const path of request.seq) project.push(...scriptDefinitions(await readSource(path), warnings));
  const pname = request.pname ?? wanted?.pname;
  const context = new DeviceContext({
    ...(described === undefined
      ? {}
      : { description: described.description, inSequence: described.inSequence }),
    ...(pname === undefined ? {} : { pname }),
    project,
    overrides: request.overrides,
  });
  return { context, project, warnings, ...(pack === undefined ? {} : { pack }) };
}

export async function readPack(path: string): Promise<Pack> {
  const { pack, diagnostics, files } = await openPack(path);
  await files.close();
  if (pack !== undefined) return pack;
  throw malformedInput(diagnostics);
}

/** The device that was named; the only one of a pack needs no name. */
export function describeDevice(pack: Pack, device: string | undefined): Described {
  const devices = pack.devices();
  const [only] = devices;
  if (device === undefined) {
    if (devices.length === 1 && only !== undefined) return described(pack, only.name);
    const what = `${pack.id} describes ${devices.length} devices; name one with --device (\`dbgseq devices --pack ...\` lists them)`;
    throw new SessionFailure({ kind: "bad-request", what }, what);
  }
  const match = matchDevice(parseDevice(device), devices);
  if (match.kind === "found") return described(pack, match.device.name);
  if (match.kind === "ambiguous") {
    const candidates = match.candidates.map(({ name }) => name);
    throw new SessionFailure(
      { kind: "ambiguous-device", device, candidates },
      `"${device}" may be ${candidates.length} devices of ${pack.id}: ${listed(candidates)}`,
    );
  }
  const hint = match.near.length === 0 ? "" : `; did you mean ${match.near.join(" or ")}?`;
  throw new SessionFailure(
    { kind: "unknown-device", device, near: match.near },
    `${pack.id} has no device "${device}"${hint}`,
  );
}

function described(pack: Pack, name: string): Described {
  const found = pack.describe(name);
  if (found === undefined) throw new RangeError(`the pack lists ${name} and does not have it`);
  return found;
}

const MOST_LISTED = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).join(", ");
  return names.length > MOST_LISTED ? `${shown}, ... (${names.length} in all)` : shown;
}

/** The sequences of a script as definitions of the project. Errors of syntax end the command; warnings are kept. */
export function scriptDefinitions(source: Source, warnings: Diagnostic[]): readonly SequenceDefinition[] {
  if (source.text.trim() === "") {
    const span = { source, start: 0, end: 0 };
    throw malformedInput([
      { code: "empty-file", severity: "error", message: "the file is empty", span, malformed: true },
    ]);
  }
  const { script, diagnostics } = parseScript(source);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw malformedInput(errors);
  warnings.push(...diagnostics);
  return script.items.flatMap((item): readonly SequenceDefinition[] =>
    item.kind === "sequence"
      ? [
          {
            name: item.name.text,
            disabled: item.disabled,
            origin: { layer: "project", label: "project", span: item.span },
            sequence: item,
            ...(item.pname === undefined ? {} : { pname: item.pname.text }),
          },
        ]
      : [],
  );
}
