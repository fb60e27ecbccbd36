/** The default sequences that ship, parsed once. Knows which form of one suits a core; the files are in sequences/. */
import debugCoreStart from "../../sequences/default/DebugCoreStart.seq";
import debugCoreStop from "../../sequences/default/DebugCoreStop.seq";
import debugPortSetup from "../../sequences/default/DebugPortSetup.seq";
import debugPortStart from "../../sequences/default/DebugPortStart.seq";
import debugPortStop from "../../sequences/default/DebugPortStop.seq";
import resetCatchClear from "../../sequences/default/ResetCatchClear.seq";
import resetCatchSet from "../../sequences/default/ResetCatchSet.seq";
import resetHardware from "../../sequences/default/ResetHardware.seq";
import resetHardwareAssert from "../../sequences/default/ResetHardwareAssert.seq";
import resetHardwareDeassert from "../../sequences/default/ResetHardwareDeassert.seq";
import resetProcessorNone from "../../sequences/default/ResetProcessor.none.seq";
import resetProcessor from "../../sequences/default/ResetProcessor.seq";
import resetSystem from "../../sequences/default/ResetSystem.seq";
import type { Architecture } from "../device/architecture.ts";
import type { SequenceDefinition } from "../device/description.ts";
import { parseScript } from "../language/text/parse.ts";
import { Source } from "../lib/source.ts";

const FILES: readonly (readonly [file: string, text: string])[] = [
  ["DebugCoreStart", debugCoreStart],
  ["DebugCoreStop", debugCoreStop],
  ["DebugPortSetup", debugPortSetup],
  ["DebugPortStart", debugPortStart],
  ["DebugPortStop", debugPortStop],
  ["ResetCatchClear", resetCatchClear],
  ["ResetCatchSet", resetCatchSet],
  ["ResetHardware", resetHardware],
  ["ResetHardwareAssert", resetHardwareAssert],
  ["ResetHardwareDeassert", resetHardwareDeassert],
  ["ResetProcessor", resetProcessor],
  ["ResetProcessor.none", resetProcessorNone],
  ["ResetSystem", resetSystem],
];

const parsed = new Map<string, readonly SequenceDefinition[]>();

/** The defaults for a core. Without an architecture those of Armv7-M, which the specification prints. */
export function defaultSequences(architecture: Architecture | undefined): readonly SequenceDefinition[] {
  const withoutVectReset = architecture === "v6-M" || architecture === "v8-M";
  const left = withoutVectReset ? "ResetProcessor" : "ResetProcessor.none";
  return FILES.filter(([file]) => file !== left).flatMap(([file, text]) => definitions(file, text));
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
