/** Writes a doctor's finding for a person. */
import type { Finding } from "../../api/node/advice.ts";

/** Returns lines without a newline at the end. */
export function findingLines({ code, severity, probe, says, steps }: Finding): string {
  const mark = severity === "problem" ? "finding" : "note";
  return [
    `${mark} ${code}: ${probe === undefined ? "" : `${probe}: `}${says}`,
    ...steps.map((step) => `  try: ${step.replaceAll("\n", "\n       ")}`),
  ].join("\n");
}
