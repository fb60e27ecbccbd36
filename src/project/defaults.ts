/** Holds the default sequences that ship, parsed once. Knows which form of one suits a core. */
import type { Architecture } from "../device/architecture.ts";
import type { SequenceDefinition } from "../device/description.ts";
import { parseScript } from "../language/text/parse.ts";
import { Source } from "../lib/source.ts";
import { DEFAULT_FILES } from "./default-files.ts";

const parsed = new Map<string, readonly SequenceDefinition[]>();

/**
 * Returns the defaults for a core. Without an architecture those are for Armv7-M, as the specification prints
 * them.
 */
export function defaultSequences(architecture: Architecture | undefined): readonly SequenceDefinition[] {
  const withoutVectReset = architecture === "v6-M" || architecture === "v8-M";
  const left = withoutVectReset ? "ResetProcessor" : "ResetProcessor.none";
  return DEFAULT_FILES.filter(([file]) => file !== left).flatMap(([file, text]) => definitions(file, text));
}

function definitions(file: string, text: string): readonly SequenceDefinition[] {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const { script } = parseScript(new Source(`sequences/default/${file}.seq`, text));
  const made = script.items.flatMap((item): SequenceDefinition[] =>
    item.kind === "sequence"
      ? [
          {
            name: item.name.text,
            disabled: item.disabled,
            origin: { layer: "default", label: "default", span: item.span },
            sequence: item,
          },
        ]
      : [],
  );
  parsed.set(file, made);
  return made;
}
