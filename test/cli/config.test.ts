import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith } from "../support/folder.ts";
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
    expect(out).toMatch(/^clockHz +2MHz {2}\(.*dbgseq\.yaml\)$/m);
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
    expect(out).toMatch(/^clockHz +20MHz {2}\(command line\)$/m);
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
    ["consent, which is never read from it", "allow: erase\n", /:1:1.*a key cannot give consent \(allow\)/s],
    [
      "another tool's word",
      "frequency: 4MHz\n",
      /:1:1.*"frequency" is not a key here.*did you mean "clock"/s,
    ],
    ["an option without a key", "wait: 5s\n", /:1:1.*the option waitMs has no key/s],
    [
      "a name that objects have",
      "variables:\n  __proto__: 3\n",
      /:2:3: error: "__proto__" must not be a name here/,
    ],
    ["a name that classes have", "variables: {constructor: 3}\n", /:1:13: error: "constructor" must not be/],
    ["yes", "dormant: yes\n", /:1:10: error: expected true or false, not "yes"/],
    [
      "a number in place of a text",
      "probe: 0123\n",
      /:1:8: error: a number is not a text; write it in quotes/,
    ],
    ["a number that is too large", "clock: 1e999\n", /:1:8: error: expected a frequency.*, not Infinity/],
    ["a time of nothing", "deadline: 0s\n", /:1:11: error: must be longer than 0/],
    ["an endless key", `${"k".repeat(3000)}: 1\n`, /"k{100}… \(2900 more characters\)" is not a key here/],
    ["an anchor that does not fit", "connect: &c halt\nleave: *c\n", /:2:8: error: "halt" is not one of/],
    ["an alias without an anchor", "clock: *x\n", /:1:8: error: the alias \*x has no anchor before it/],
    [
      "a key that is there twice",
      "clock: 4MHz\nclock: 5MHz\n",
      /:2:1: error: the key "clock" is there twice/,
    ],
    ["a mapping in place of a clock", "clock: {value: 4MHz}\n", /:1:8: error: .*not a mapping/],
    ["a text in place of a list", "seq: a.seq\n", /:1:6: error: expected a list, not "a.seq"/],
    [
      "a negative value",
      "variables: {A: -1}\n",
      /:1:16: error: expected an integer of 0 to 2\^64 - 1, not -1/,
    ],
  ])("%s is refused with its place", async (_what, yaml, wanted) => {
    const { code, err } = await run({ yaml }, "config");
    expect(code).toBe(2);
    expect(err).toMatch(wanted);
  });

  test.each([["# nothing\n"], ["---\n"]])("a file of %j says nothing", async (yaml) => {
    const { code, err } = await run({ yaml }, "config");
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  test("a recipe's header is refused alike", async () => {
    const cwd = folderWith({ "r.yaml": "allow: erase\nvariables: {a: 1}\nsteps: [connect]\n" });
    const { code, err } = await dbgseqIn({ cwd, env: {} }, "config", "--recipe", join(cwd, "r.yaml"));
    expect(err).toContain('r.yaml:1:1: error: "allow" is not a key here');
    expect(err).toContain("a key cannot give consent (allow)");
    expect(code).toBe(2);
  });

  test.each([
    ["DBGSEQ_FREQUENCY", 'did you mean "DBGSEQ_CLOCK"?'],
    ["DBGSEQ_CLOCK_HZ", 'did you mean "DBGSEQ_CLOCK"?'],
    ["DBGSEQ_ALLOW", "a variable cannot give consent (allow)"],
    ["DBGSEQ_SEQ", "the option seq has no variable"],
    ["DBGSEQ_SET", "the option variables has no variable"],
    ["DBGSEQ_WAIT", "the option waitMs has no variable"],
  ])("%s is not silent", async (variable, hint) => {
    const { code, err } = await run({ env: { [variable]: "1" } }, "config");
    expect(err).toBe(`note: ${variable} is not a setting; ${hint}\n`);
    expect(code).toBe(0);
  });

  test.each([
    [["--dormant=true"], "hint: give --dormant without a value"],
    [["--no-config=false"], "hint: give --no-config without a value"],
    [["--answer", "maybe"], 'must be yes, no, ok, cancel or a number, not "maybe".'],
    [["--connect", "HALT"], 'did you mean "halt"?\n'],
  ])("%j is refused with what is right", async (words, says) => {
    const { code, err } = await run({}, "config", ...words);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  test("a misspelt variable is named, with the right one", async () => {
    const { code, err } = await run({ env: { DBGSEQ_CLOK: "1MHz" } }, "config");
    expect(err).toBe('note: DBGSEQ_CLOK is not a setting; did you mean "DBGSEQ_CLOCK"?\n');
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
