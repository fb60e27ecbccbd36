/** What a command works on, read, with what was found in it told at once: whatever fails next, the findings may be why. */
import type { DeviceInputs } from "../api/node/gather.ts";
import type { Source } from "../lib/source.ts";
import type { Asked } from "./asked.ts";
import { whileReading, type Io } from "./io.ts";
import { printFindings } from "./print-findings.ts";

/** `extra`: scripts that come from elsewhere and are strongest. */
export async function readAsked(io: Io, asked: Asked, extra: readonly Source[] = []): Promise<DeviceInputs> {
  const inputs = await whileReading(io, () => asked.inputs(extra));
  printFindings(inputs.warnings, io);
  return inputs;
}
