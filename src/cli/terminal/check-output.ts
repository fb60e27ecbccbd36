/**
 * Prints what `dbgseq check` found, in each of its formats, and decides its exit code. Text is printed file by
 * file and then forgotten, so that a folder of packs needs the memory of its largest.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { renderGithub } from "../../diagnostics/github.ts";
import { findingJson, type FindingJson } from "../../diagnostics/json.ts";
import { toSarif } from "../../diagnostics/sarif.ts";
import { findingPieces } from "../../diagnostics/text.ts";
import { JSON_VERSION } from "../../report/json.ts";
import { EXIT } from "../../api/exit-codes.ts";
import type { Io, Piece } from "./io.ts";
import { VERSION } from "../version.ts";
import { append } from "../../lib/lists.ts";
import { plural } from "../../lib/plural.ts";

export type Format = "text" | "json" | "sarif" | "github";
export type Warnings = "show" | "error" | "hide";

export interface CheckOutput {
  /** Adds the findings of one file, or of several. */
  add(findings: readonly Diagnostic[]): void;
  /** Prints what is left; returns the exit code. */
  end(files: number): number;
}

export function checkOutput(format: Format, warnings: Warnings, io: Io): CheckOutput {
  const counts = { error: 0, warning: 0, note: 0, malformed: 0 };
  const printed = FORMATS[format](io);
  return {
    add(findings) {
      const shown = findings.filter(({ severity }) => warnings !== "hide" || severity === "error");
      for (const { severity, malformed } of shown) {
        counts[severity] += 1;
        if (severity === "error" && malformed === true) counts.malformed += 1;
      }
      printed.add(shown);
    },
    end(files) {
      const code = codeOf(counts, warnings);
      printed.end(files, counts, code);
      return code;
    },
  };
}

function codeOf(counts: Counts & { readonly malformed: number }, warnings: Warnings): number {
  if (counts.malformed > 0) return EXIT.usage;
  if (counts.error > 0) return EXIT.failed;
  return warnings === "error" && counts.warning > 0 ? EXIT.failed : EXIT.success;
}

type Counts = Readonly<Record<Diagnostic["severity"], number>>;

interface Printed {
  add(findings: readonly Diagnostic[]): void;
  end(files: number, counts: Counts, code: number): void;
}

const FORMATS: Readonly<Record<Format, (io: Io) => Printed>> = {
  text: (io) => lines(io, findingPieces),
  github: (io) => lines(io, (finding) => [{ text: renderGithub(finding) }]),
  json: (io) => {
    const all: FindingJson[] = [];
    return {
      add: (findings) => {
        append(all, findings.map(findingJson));
      },
      end: (files, { error: errors, warning: warnings }, exitCode) => {
        io.json({ version: JSON_VERSION, exitCode, files, errors, warnings, findings: all });
      },
    };
  },
  sarif: (io) => {
    const all: Diagnostic[] = [];
    return {
      add: (findings) => {
        append(all, findings);
      },
      end: () => {
        io.json(toSarif(all, VERSION));
      },
    };
  },
};

/** Writes findings, which are the data of this command, to standard output; the summary goes to the person who waits. */
function lines(io: Io, render: (finding: Diagnostic) => readonly Piece[]): Printed {
  return {
    add: (findings) => {
      for (const finding of findings) io.out([...render(finding), { text: "\n" }]);
    },
    end: (files, { error, warning, note }) => {
      const sums = [plural(error, "error"), plural(warning, "warning"), plural(note, "note")];
      io.err(`${plural(files, "file")} checked: ${sums.join(", ")}\n`);
    },
  };
}
