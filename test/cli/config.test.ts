import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseqIn, type Finished } from "../support/command-line.ts";

interface Place {
  readonly env?: Readonly<Record<string, string>>;
  readonly yaml?: string;
}

/** Runs in a folder below one that may hold a dbgseq.yaml. */
function run({ env = {}, yaml }: Place, ...argv: readonly string[]): Promise<Finished> {
  const top = mkdtempSync(join(tmpdir(), "dbgseq-"));
  if (yaml !== undefined) writeFileSync(join(top, "dbgseq.yaml"), yaml);
  const cwd = join(top, "deep", "er");
  mkdirSync(cwd, { recursive: true });
  return dbgseqIn({ cwd, env }, ...argv);
}

describe("settings say where they come from", () => {
  test("dbgseq.yaml is found upwards", async () => {
    const { out } = await run({ yaml: "probe: sim:generic-m4\nclock: 2MHz\n" }, "config");
    expect(out).toMatch(/^probe +sim:generic-m4 {2}\(.*dbgseq\.yaml\)$/m);
    expect(out).toMatch(/^clockHz +2000000 {2}\(.*dbgseq\.yaml\)$/m);
  });

  test("environment over file, command line over both", async () => {
    const env = { DBGSEQ_CONNECT: "pre-reset", DBGSEQ_PROBE: "sim:lpc55s36" };
    const { out } = await run({ yaml: "connect: halt\nprobe: sim\n", env }, "config", "--connect", "none");
    expect(out).toMatch(/^connect +none {2}\(command line\)$/m);
    expect(out).toMatch(/^probe +sim:lpc55s36 {2}\(DBGSEQ_PROBE\)$/m);
  });

  test("scripts say it, too", async () => {
    const { out } = await run({ yaml: "seq: [own.seq]\n" }, "config", "--seq", "mine.seq");
    expect(out).toMatch(/^seq +mine\.seq {2}\(command line\)$/m);
    expect(out).toMatch(/^seq +\S*own\.seq {2}\(.*dbgseq\.yaml\)$/m);
  });

  test("--no-config leaves the file unread", async () => {
    const { out } = await run({ yaml: "connect: halt\n" }, "config", "--no-config");
    expect(out).toMatch(/^connect +attach {2}\(default\)$/m);
  });

  test("wire rule 24: the strongest giver of a clock wins, even with a faster one", async () => {
    const { out } = await run({ yaml: "clock: 1MHz\n" }, "config", "--clock", "20MHz");
    expect(out).toMatch(/^clockHz +20000000 {2}\(command line\)$/m);
  });

  test("a run takes its probe from the file", async () => {
    const { code, out } = await run({ yaml: "probe: sim:generic-m4\n" }, "run", "-e", 'Message(0, "here");');
    expect(code).toBe(0);
    expect(out).toContain("here");
  });

  test.each([
    ["an unknown key", "prob: sim\n", /dbgseq\.yaml:1:1.*prob/s],
    ["a bare clock", 'clock: "4000"\n', /dbgseq\.yaml:1:8.*4000Hz or 4000kHz/s],
    ["a clock that is a number", "clock: 4000000\n", /dbgseq\.yaml:1:8.*4000000Hz or 4000000kHz/s],
    ["a time that is a number", "deadline: 500\n", /dbgseq\.yaml:1:11.*500ms or 500s/s],
    ["a list in place of a clock", "clock: [4MHz]\n", /expected a frequency such as 4MHz, not a list/],
    ["a key without a value", "probe:\n", /expected a text that is not empty, not nothing/],
    ["a blank text", 'probe: "  "\n', /expected a text that is not empty, not " {2}"/],
    ["consent, which is never read from it", "allow: erase\n", /dbgseq\.yaml:1:1/],
  ])("%s is refused with its place", async (_what, yaml, wanted) => {
    const { code, err } = await run({ yaml }, "config");
    expect(code).toBe(2);
    expect(err).toMatch(wanted);
  });

  test("a misspelt variable is named, with the right one", async () => {
    const { code, err } = await run({ env: { DBGSEQ_CLOK: "1MHz" } }, "config");
    expect(err).toBe("note: DBGSEQ_CLOK is not a setting; did you mean DBGSEQ_CLOCK?\n");
    expect(code).toBe(0);
  });

  test.each([
    ["fast", 'expected a frequency such as 4MHz, 500kHz or 32768Hz, not "fast"'],
    ["8", "without a unit this may be 8Hz or 8kHz; write the one that you mean"],
  ])("a clock of %s is refused in one plain sentence", async (clock, says) => {
    const { code, err } = await run({ env: { DBGSEQ_CLOCK: clock } }, "config");
    expect(err).toContain(`: error: ${says} [bad-project-file]`);
    expect(code).toBe(2);
  });

  test("a line end in a variable does not begin another key", async () => {
    const { code, err } = await run({ env: { DBGSEQ_DORMANT: "true\nclock: 1MHz" } }, "config");
    expect(err).toContain("DBGSEQ_DORMANT:1:1: error: must be true or false");
    expect(code).toBe(2);
  });

  test("a wrong variable names the variable", async () => {
    const { code, err } = await run({ env: { DBGSEQ_CONNECT: "hold" } }, "config");
    expect(code).toBe(2);
    expect(err).toContain("DBGSEQ_CONNECT");
  });
});
