/** A doctor's finding as a person reads it. */
import type { Finding } from "../api/node/advice.ts";

/** No newline at the end. */
export function findingLines({ code, severity, probe, says, steps }: Finding): string {
  const mark = severity === "problem" ? "finding" : "note";
  return [
    `${mark} ${code}: ${probe === undefined ? "" : `${probe}: `}${says}`,
    ...steps.map((step) => `  try: ${step.replaceAll("\n", "\n       ")}`),
  ].join("\n");
}
