/** How the command line takes what people type: usage, words of other tools, exit codes, streams. */
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

describe("usage", () => {
  test("alone it offers five first commands and says what is attached", async () => {
    const { code, out, err } = await dbgseq();
    expect(code).toBe(0);
    expect(out.match(/^ {2}dbgseq /gm)).toHaveLength(5);
    expect(out).toMatch(/No probe: |Attached:|No CMSIS-DAP probe is attached/);
    expect(err).toBe("");
  });

  test("--help lists every command and the exit codes, on stdout", async () => {
    const { code, out, err } = await dbgseq("--help");
    expect(code).toBe(0);
    expect(err).toBe("");
    for (const { name, summary } of COMMANDS) {
      expect(out).toMatch(new RegExp(`^ +${name} +${summary.split(" ")[0] ?? ""}`, "m"));
    }
    expect(out).toContain("Exit codes: 0 success");
  });

  test.each([
    ["no such command", ["frobnicate"], "unknown command 'frobnicate'"],
    ["a misspelt command", ["chekc"], "did you mean check?"],
    ["an unknown option", ["run", "X", "--frob"], "unknown option '--frob'"],
    ["a misspelt option", ["run", "X", "--prob", "sim"], "did you mean --probe?"],
    ["an option without its value", ["run", "X", "--pack"], "argument missing"],
    ["a required option left out", ["devices"], "required option '--pack <file>' not specified"],
    ["too many arguments", ["run", "A", "B"], "too many arguments"],
    ["a subcommand left out", ["recipe"], "Usage: dbgseq recipe"],
    ["options before the command", ["--pack", "x", "list"], "options follow the command"],
    ["nothing to run", ["run"], "what should run?"],
    ["a choice that is none", ["run", "X", "--connect", "gently"], "must be one of none, attach"],
  ])("%s ends with 2 and says what is right", async (_what, argv, message) => {
    const { code, out, err } = await dbgseq(...argv);
    expect(err).toContain(message);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test.each([
    ["download", "flash"],
    ["server", "serve"],
    ["lint", "check"],
  ])("the word %s of other tools gets a hint at %s", async (word, ours) => {
    const { code, err } = await dbgseq(word, "x");
    expect(err).toContain(`"${word}" is called ${ours} here`);
    expect(code).toBe(2);
  });

  test.each([
    ["gdbserver", "dbgseq does not have a GDB server"],
    ["commander", "dbgseq does not have an interactive shell"],
  ])("the word %s of other tools gets an answer, though dbgseq has no such command", async (word, says) => {
    const { code, err } = await dbgseq(word, "x");
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  test.each([
    ["--target", "--device"],
    ["--chip=x", "--device"],
    ["--frequency", "--clock"],
    ["--speed", "--clock"],
    ["-u", "--probe"],
  ])("the option %s of other tools gets a hint at %s", async (option, ours) => {
    const { code, err } = await dbgseq("run", "ResetSystem", option, "x");
    expect(err).toContain(`is called ${ours} here`);
    expect(code).toBe(2);
  });

  test("--core is understood as --pname", async () => {
    const pack = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
    const { code, err } = await dbgseq("list", "--pack", pack, "--core", "cm7");
    expect(err).toContain('there is no processor "cm7"');
    expect(code).toBe(2);
  });

  test("flags may stand before or behind arguments", async () => {
    const before = await dbgseq("run", "--trace", "--probe", "sim", "ResetSystem");
    const behind = await dbgseq("run", "ResetSystem", "--probe", "sim", "--trace");
    expect(before.code).toBe(0);
    expect(before.out).toContain("> ResetSystem");
    expect(behind.out).toBe(before.out);
  });

  test("a clock without a unit is refused, and both readings are offered", async () => {
    const { code, err } = await dbgseq("run", "ResetSystem", "--probe", "sim", "--clock", "4000");
    expect(err).toContain("4000Hz or 4000kHz");
    expect(code).toBe(2);
  });
});

describe("exit codes", () => {
  const script = (text: string): string => `${folderWith({ "x.seq": text })}/x.seq`;

  test.each([
    ["a sequence that fails", 'Message(2, "no");', 1],
    ["a __Result of -1", "__Result = -1;", 1],
    ["a division by zero", "__var x = 1 / (__protocol - __protocol);", 1],
    ["an undeclared variable, before anything runs", "x = 7;", 1],
    ["text that cannot be parsed", "__var = ;", 2],
    ["an access that nothing answers", "Read32(0x90000000);", 4],
  ])("%s", async (_what, text, wanted) => {
    const { code, err } = await dbgseq("run", script(text), "--probe", "sim:generic-m4");
    expect(err).toContain("x.seq:1:");
    expect(code).toBe(wanted);
  });

  test("no probe is 3, and the simulator is offered rather than taken", async () => {
    const { code, err } = await dbgseq("run", "ResetSystem", "--probe", "no-such-probe");
    expect(err).toMatch(/--probe sim|attached/);
    expect(code).toBe(3);
  });

  test.each([
    ["a missing pack", ["list", "--pack", "nowhere.pdsc"]],
    ["a missing script", ["run", "nowhere.seq", "--probe", "sim"]],
    ["a missing override", ["list", "--seq", "nowhere.seq"]],
    ["a missing recipe", ["recipe", "run", "nowhere.yaml"]],
    ["a missing model", ["run", "ResetSystem", "--probe", "sim:nowhere"]],
    ["an unknown option of a model", ["run", "ResetSystem", "--probe", "sim:generic-m4?frob=1"]],
    ["a malformed probe", ["run", "ResetSystem", "--probe", "tcp:/x"]],
  ])("%s is 2 and is named", async (_what, argv) => {
    const { code, err } = await dbgseq(...argv);
    expect(err).toMatch(/^error: .*(nowhere|frob|tcp:)/);
    expect(err).not.toMatch(/\n +at /);
    expect(code).toBe(2);
  });
});
