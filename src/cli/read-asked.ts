/** What a command works on, read, with what was found in it told at once: whatever fails next, the findings may be why. */
import type { Source } from "../lib/source.ts";
import { readInputs, type Inputs } from "../host/inputs.ts";
import type { Asked } from "./asked.ts";
import { whileReading, type Io } from "./io.ts";
import { printFindings } from "./print-findings.ts";

/** `extra`: scripts that come from elsewhere and are strongest. */
export async function readAsked(
  io: Io,
  { request }: Pick<Asked, "request">,
  extra: readonly Source[] = [],
): Promise<Inputs> {
  const inputs = await whileReading(io, () => readInputs(request, extra));
  printFindings(inputs.warnings, io);
  return inputs;
}
