/** Sequences of a pack as .seq text, and .seq text as the elements of a pack. Pure; the caller reads the imports. */
import type { DeviceDescription } from "../../device/description.ts";
import { printScriptXml } from "../../language/print/pdsc-printer.ts";
import { printScript } from "../../language/print/printer.ts";
import { unsaidIn } from "../../language/text/carried.ts";
import type { Scope, Script } from "../../language/tree.ts";
import type { Source } from "../../lib/source.ts";
import type { DeviceContext } from "../../project/context.ts";
import { malformedInput } from "../../project/faults.ts";
import { flatten } from "../../project/flatten.ts";
import type { ReadImport } from "../../project/scripts.ts";
import { badArgument, call, optional, work, sourceOrText } from "../arguments.ts";
import { device } from "../given.ts";

const TO_SCRIPT = call({ context: device });
const TO_PACK = call({ script: sourceOrText, readImport: optional(work) });

/**
 * Writes the debugvars and sequences that the pack has for a device as .seq text: one scope for each level of the
 * pack that has some, the outermost first. Throws `bad-argument` for a device without a pack, `malformed-input`
 * for a comment that .seq cannot hold.
 *
 * `packToScript(await deviceContext({ pack, device: "EX52" }))`
 */
export function packToScript(context: DeviceContext): string {
  const { description } = TO_SCRIPT({ context }).context;
  if (description === undefined) throw badArgument("the device must come from a pack");
  const lost = description.sequences.flatMap(({ sequence }) => unsaidIn(sequence));
  if (lost.length > 0) throw malformedInput(lost);
  return printScript(scriptOf(description));
}

/**
 * Writes a .seq text as the `<debugvars>` and `<sequences>` elements of a pack. A pack has no imports:
 * `readImport` replaces each import by its text, and without it an import is an error (finding
 * `import-in-convert`). Rejects with `malformed-input` for a text with errors and for what XML cannot hold.
 *
 * `await scriptToPack('sequence A { Read32(0x10); }')`
 */
export async function scriptToPack(script: string | Source, readImport?: ReadImport): Promise<string> {
  const given = TO_PACK({ script, readImport });
  return printScriptXml(await flatten(given.script, readImport));
}

/** Makes a scope for each level, preceded by the debugvars that apply to this device. */
function scriptOf(description: DeviceDescription): Script {
  const { debugVars, sequences, span } = description;
  const names = { family: description.family, subFamily: description.subFamily, device: description.device };
  const levels = ["family", "subFamily", "device", "variant"] as const;
  const scopes = levels.flatMap((level, depth): readonly Scope[] => {
    const items = sequences.filter(({ origin }) => origin.level === level).map(({ sequence }) => sequence);
    if (items.length === 0) return [];
    const named = { ...names, variant: description.variant };
    const keys = levels.slice(0, depth + 1).flatMap((key) => {
      const text = named[key];
      return text === undefined ? [] : [[key, { text, span }] as const];
    });
    return [{ kind: "scope", ...Object.fromEntries(keys), items, span }];
  });
  return { kind: "script", items: [...(debugVars === undefined ? [] : [debugVars]), ...scopes], span };
}
