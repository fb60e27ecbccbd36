/** What is offered behind a command line that is being typed, and the scripts by which shells ask for it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { SHELLS } from "../../src/cli/completion/scripts.ts";
import { printing } from "../../src/cli/terminal/printing.ts";
import { createProgram } from "../../src/cli/program.ts";
import { dbgseq, dbgseqIn } from "../support/command-line.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await dbgseq("completion", "--candidates", "--", ...words);
  expect([code, err]).toEqual([0, ""]);
  return out.split("\n").slice(0, -1);
}

test("the first word is a command", async () => {
  expect(await offered("")).toEqual(
    [...COMMANDS.map(({ name }) => name), "help", "--help", "--version"].sort(),
  );
  expect(await offered("re")).toEqual(["read", "recipe", "regs", "reset", "resume"]);
  expect(await offered("help", "dum")).toEqual(["dump"]);
  expect(await offered("no-such", "")).toEqual([]);
});

test.each(COMMANDS.map((entry) => [entry.name, entry] as const))(
  "%s: its own options",
  async (name, entry) => {
    const silent = printing({
      out: () => undefined,
      err: () => undefined,
      cwd: ".",
      env: {},
      terminal: false,
      color: false,
    });
    const command = (await createProgram(silent, [entry])).commands.find((one) => one.name() === name);
    const help = command?.helpInformation() ?? "";
    const flags = await offered(name, "--");
    expect(flags).toContain("--help");
    for (const flag of flags) expect(help).toContain(flag);
    const shown = [...help.matchAll(/^  (?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag ?? "");
    expect(shown.filter((flag) => !flags.includes(flag))).toEqual([]);
  },
);

test("subcommands, and options of theirs", async () => {
  expect(await offered("recipe", "")).toContain("run");
  expect(await offered("model", "init", "--forc")).toEqual(["--force"]);
});

describe("values", () => {
  test("of a closed list", async () => {
    expect(await offered("run", "--protocol", "")).toEqual(["jtag", "swd"]);
    expect(await offered("check", "--format=s")).toEqual(["--format=sarif"]);
  });

  test("what doc explains", async () => {
    const found = await offered("doc", "cl");
    expect(found).toEqual(["clock", "clockHz", "closed", "closed-again", "closed-port"]);
    expect(await offered("doc", "--cl")).toEqual(["--clock"]);
    expect(await offered("doc", "strict-t")).toEqual(["strict-timeouts"]);
    expect(await offered("doc", "DBGSEQ_CO")).toEqual(["DBGSEQ_CONNECT"]);
    expect(await offered("run", "--cl")).toEqual(["--clock"]);
  });

  test("probes: what is attached, and the simulated ones", async () => {
    expect(await offered("info", "--probe", "sim:nrf5")).toEqual(["sim:nrf52840", "sim:nrf5340"]);
  });

  test("devices of the pack", async () => {
    expect(await offered("list", "--pack", PACK, "--device", "ex")).toEqual(["EX32M4"]);
    expect(await offered("list", "--pack", "no-such.pdsc", "--device", "")).toEqual([]);
  });

  test("sequences: the defaults, the pack's, the project's", async () => {
    expect(await offered("run", "ResetC")).toEqual(["ResetCatchClear", "ResetCatchSet"]);
    expect(await offered("run", "--pack", PACK, "DebugDev")).toEqual(["DebugDeviceUnlock"]);
    expect(await offered("show", "--seq", "sequences/vendor/nordic/nrf52.seq", "Rec")).toEqual(["Recover"]);
    const env = { DBGSEQ_PACK: PACK };
    const { out } = await dbgseqIn({ cwd: ".", env }, "completion", "--candidates", "--", "run", "DebugDev");
    expect(out).toBe("DebugDeviceUnlock\n");
  });

  test("elsewhere nothing is offered, so that the shell offers files", async () => {
    expect(await offered("flash", "")).toEqual([]);
    expect(await offered("run", "--pack", "")).toEqual([]);
    expect(await offered("run", "--clock", "bad", "--probe", "tcp")).toEqual(["tcp://"]);
  });
});

test("PowerShell hands over the word that is typed as a value, for it drops empty words", async () => {
  const { out } = await dbgseq("completion", "--candidates", "--typed=", "--", "recipe");
  expect(out).toContain("run\n");
});

describe.each(SHELLS)("the script for %s", (shell) => {
  test("asks this program", async () => {
    const { code, out } = await dbgseq("completion", shell);
    expect(code).toBe(0);
    expect(out).toContain("dbgseq completion --candidates");
  });

  const isThere = shell !== "powershell" && spawnSync(shell, ["--version"]).status === 0;
  test.skipIf(!isThere)("is read by the shell itself", async () => {
    const { out } = await dbgseq("completion", shell);
    const folder = mkdtempSync(join(tmpdir(), "dbgseq-completion-"));
    const file = join(folder, `script.${shell}`);
    writeFileSync(file, out);
    const { status, stderr } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

test("another shell is an error that names the supported ones", async () => {
  const { code, err } = await dbgseq("completion", "tcsh");
  expect(code).toBe(2);
  expect(err).toContain("expected a shell: bash, zsh, fish, powershell");
});
