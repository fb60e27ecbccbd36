/**
 * Holds the texts of the default sequences that ship; the files are in sequences/. Knows no parser, so that
 * naming them costs nothing.
 */
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

/** A file has the sequence of its name; a further word in the name marks another form of it. */
export const DEFAULT_FILES: readonly (readonly [file: string, text: string])[] = [
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

export function hasDefaultSequence(name: string): boolean {
  return DEFAULT_FILES.some(([file]) => file === name);
}
