/** Reads what a command works on, and reports findings in it at once: a later failure may come from them. */
import type { DeviceInputs } from "../../api/node/gather.ts";
import type { Source } from "../../lib/source.ts";
import type { Asked } from "./asked.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { printFindings } from "../terminal/print-findings.ts";

/** `extra` are scripts from elsewhere, which are the strongest. */
export async function readAsked(io: Io, asked: Asked, extra: readonly Source[] = []): Promise<DeviceInputs> {
  const inputs = await whileReading(io, asked.pack ?? "the scripts", () => asked.inputs(extra));
  printFindings(inputs.warnings, io);
  return inputs;
}
