/** Writes a doctor's finding for a person. */
import type { Finding } from "../../api/node/advice.ts";
import type { Piece } from "./io.ts";

/** Returns whole lines. Those of a step after its first are commands or a file's content, which are copied. */
export function findingPieces({ code, severity, probe, says, steps }: Finding): readonly Piece[] {
  const isProblem = severity === "problem";
  return [
    { text: isProblem ? "finding" : "note", style: isProblem ? "error" : "note" },
    { text: ` ${code}: ${probe === undefined ? "" : `${probe}: `}${says}\n` },
    ...steps.flatMap((step): readonly Piece[] => {
      const [first = "", ...more] = step.split("\n");
      return [
        { text: `  try: ${first}\n` },
        ...more
          .map((line) => ({ text: `       ${line}`, exact: true }))
          .flatMap((line) => [line, { text: "\n" }]),
      ];
    }),
  ];
}
