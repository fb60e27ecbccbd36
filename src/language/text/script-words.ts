/** Reads the words of .seq heads: durations and requirements. Knows no grammar. */
import type { Span } from "../../lib/source.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { MAX_TIMEOUT_US, readDurationUs } from "./literals.ts";
import type { Text, Timeout } from "../tree.ts";

const REQUIREMENTS: readonly string[] = ["erase", "host"];

export function readRequirement(word: Text, findings: Diagnostic[]): Text {
  if (!REQUIREMENTS.includes(word.text)) {
    findings.push({
      code: "unknown-requirement",
      severity: "error",
      message: `'${word.text}' is nothing that a sequence can require`,
      span: word.span,
      hint: `a sequence can require ${REQUIREMENTS.join(" and ")}`,
      malformed: true,
    });
  }
  return word;
}

export function readTimeout(text: string, span: Span, findings: Diagnostic[]): Timeout | undefined {
  const us = readDurationUs(text);
  if (us !== undefined && us <= MAX_TIMEOUT_US) return { us, span };
  findings.push({
    code: "malformed-timeout",
    severity: "error",
    message:
      us === undefined
        ? `'${text}' is not a duration`
        : `'${text}' is longer than ${MAX_TIMEOUT_US} microseconds`,
    span,
    hint: "write microseconds as a plain number, or a whole number with us, ms or s",
    malformed: true,
  });
  return undefined;
}
