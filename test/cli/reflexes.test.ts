/** Words of other tools get the right command of this one, or an honest answer, and never one that does harm. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { REFLEXES, type Reflex } from "./reflexes.ts";

/** Commands, and options of commands, that change what the target holds. */
const WRITES = /dbgseq (?:erase|flash|write|fill|load)\b|did you mean (?:erase|flash|write|fill|load)\b/;
const ERASES = /dbgseq erase\b|did you mean erase\b|--erase chip|requires erase|#Recover\b/;
const CONSENT = /--allow (?:erase|lock=forever)|--force/;

function forbidden({ wants }: Reflex): readonly RegExp[] {
  if (wants === "erase") return [];
  return wants === "write" ? [ERASES] : [WRITES, ERASES, CONSENT];
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([whole, quoted]) => quoted ?? whole);
}

describe("words of other tools", () => {
  test("the list is long enough, and each line stands in it once", () => {
    expect(REFLEXES.length).toBeGreaterThanOrEqual(80);
    const lines = REFLEXES.map(({ line }) => line);
    expect(new Set(lines).size).toBeGreaterThan(REFLEXES.length - 3);
  });

  test.each(REFLEXES)("$tool: dbgseq $line", async (reflex) => {
    const { code, err } = await dbgseq(...wordsOf(reflex.line));
    expect(err).toContain(reflex.says);
    expect([2, 5]).toContain(code);
    for (const harm of forbidden(reflex)) expect(err).not.toMatch(harm);
  });
});
