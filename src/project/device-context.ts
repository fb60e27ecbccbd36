/** Makes a device out of texts that the caller read, for hosts without files. Opens nothing. */
import { foreignWord } from "../options/foreign.ts";
import { any, call, listOf, optional, record, source, text, unsigned64, work } from "../lib/arguments.ts";
import type { Override } from "../device/debug-vars.ts";
import type { Source } from "../lib/source.ts";
import { readPdsc, type Pack } from "../pack/pdsc/pdsc.ts";
import { DeviceContext } from "./context.ts";
import { mustBeDeclared } from "./declared.ts";
import { describeDevice } from "./describe-device.ts";
import { malformedInput, SessionFailure } from "./faults.ts";
import { loadScripts, type ReadImport } from "./scripts.ts";

export interface DeviceTexts {
  /** The text of a pack description (.pdsc). */
  readonly pack?: Source;
  /** It is required if the pack has several devices. */
  readonly device?: string;
  readonly pname?: string;
  /** The .seq texts whose sequences win over those of the pack. */
  readonly seq?: readonly Source[];
  /** The values of the sequences' debugvars, each with its origin. */
  readonly overrides?: readonly Override[];
  /** Reads what a script imports; without it imports are refused. */
  readonly readImport?: ReadImport;
}

const override = record({ name: text, value: unsigned64, origin: text, span: any } satisfies Record<
  keyof Override,
  unknown
>);
const TEXTS = call({
  texts: record(
    {
      pack: optional(source),
      device: optional(text),
      pname: optional(text),
      seq: optional(listOf(source)),
      overrides: optional(listOf(override)),
      readImport: optional(work),
    } satisfies Record<keyof DeviceTexts, unknown>,
    foreignWord,
  ),
});

/**
 * Throws `malformed-input` for a text that cannot be parsed, `unknown-device`, `ambiguous-device`,
 * `bad-request`.
 */
export async function deviceContext(texts: DeviceTexts): Promise<DeviceContext> {
  TEXTS({ texts });
  const described = texts.pack === undefined ? undefined : describeDevice(packOf(texts.pack), texts.device);
  const scripts = await loadScripts(texts.seq ?? [], texts.readImport ?? refuse, described?.description);
  mustBeDeclared(texts.overrides ?? [], [described?.description.debugVars, ...scripts.debugVars]);
  return new DeviceContext({
    ...(described === undefined
      ? {}
      : { description: described.description, inSequence: described.inSequence }),
    ...(texts.pname === undefined ? {} : { pname: texts.pname }),
    project: scripts.definitions,
    projectVars: scripts.debugVars,
    overrides: texts.overrides ?? [],
  });
}

function packOf(source: Source): Pack {
  const { pack, diagnostics } = readPdsc(source);
  if (pack === undefined) throw malformedInput(diagnostics);
  return pack;
}

const refuse: ReadImport = (path) => {
  const what = `import of ${path}: it is not known how imports are read`;
  return Promise.reject(new SessionFailure({ kind: "bad-request", what }, what));
};
