/** What a sequence may do on the user's machine: nothing by itself, and with a grant what the grant says. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

/** A folder `project` to run in, beside one that is nobody's business. */
function place(): string {
  const root = folderWith({
    "project/in/data.bin": "12345678",
    "project/tool.mjs": TOOL,
    "secret/key.txt": "secret",
  });
  mkdirSync(join(root, "project/out"));
  symlinkSync(join(root, "secret"), join(root, "project/out/way"));
  symlinkSync(join(root, "secret/key.txt"), join(root, "project/in/link.txt"));
  return root;
}

/** `echo TEXT`, `exit N`, `flood`, `hang`, and `leave FILE`: a child that outlives it and writes the file later. */
const TOOL = `#!/usr/bin/env node
import { spawn } from "node:child_process";
const [what, rest] = process.argv.slice(2);
if (what === "echo") console.log(rest);
if (what === "exit") process.exit(Number(rest));
if (what === "flood") for (let i = 0; i < 4000; i++) console.log("x".repeat(100));
if (what === "hang") setInterval(() => {}, 1000);
if (what === "leave") spawn(process.execPath, ["-e", \`setTimeout(() => require("fs").writeFileSync(\${JSON.stringify(rest)}, ""), 1500)\`], { stdio: "ignore" }).unref();
`;

const node = JSON.stringify(process.execPath).slice(1, -1);

function attempt(root: string, statements: string, ...more: readonly string[]): Promise<Finished> {
  return dbgseqIn(
    { cwd: join(root, "project"), env: {} },
    "run",
    "-e",
    statements,
    "--probe",
    "sim:generic-m4",
    ...more,
  );
}

const FILL = "BufferSet(0, 0, 8, 1, 0x41); ";

describe("without a grant everything is refused with the option that would permit it", () => {
  test.each([
    [`${FILL}BufferStreamOut(0, 0, 8, "out/x.bin", 0, 0);`, /--allow write=\S+project\/out/],
    ['BufferStreamIn(0, 0, 8, "in/data.bin", 0, 0);', /--allow read=\S+project\/in/],
    ['FilePathExists("/etc/passwd", 0);', /--allow read=\/etc/],
    ['RunApplication("./tool.mjs", "", "", 1000000);', /--allow run=\S+project\/tool\.mjs/],
    ['RunPythonScript("x.py", "", "", 1000000);', /--allow run=\S+project\/x\.py/],
  ])("%s", async (statements, option) => {
    const root = place();
    const { code, err } = await attempt(root, statements);
    expect(code).toBe(5);
    expect(err).toMatch(option);
    expect(err).toMatch(/<command line>:1:\d+/);
    expect(existsSync(join(root, "project/out/x.bin"))).toBe(false);
  });
});

describe("with a grant", () => {
  test("files are written, appended to, looked for and read", async () => {
    const root = place();
    const { code, out, err } = await attempt(
      root,
      `${FILL}BufferStreamOut(0, 0, 8, "out/x.bin", 0, 0); BufferStreamOut(0, 0, 2, "$Pout/x.bin", 0x10, 0);
       Message(0, "%d %d %d", FilePathExists("out/x.bin", 0), FilePathExists("out/no.bin", 1000),
         BufferStreamIn(1, 0, 0xFFFFFFFFFFFFFFFF, "out/x.bin", 0, 0));
       Message(0, "%x", BufferGet(1, 9, 1));`,
      "--allow",
      "write=out",
      "--allow",
      "read=out",
      "--trace",
    );
    expect(err).not.toContain("error");
    expect(code).toBe(0);
    expect(readFileSync(join(root, "project/out/x.bin"), "utf8")).toBe("AAAAAAAAAA");
    expect(out).toContain("message: 0 1 10");
    expect(out).toContain("message: 41");
  });

  test("a program runs without a shell, with its words, and its exit code is the value", async () => {
    const root = place();
    const grant = ["--allow", `run=${process.execPath}`, "--trace"];
    const echo = await attempt(
      root,
      `RunApplication("${node}", "tool.mjs echo \\"a  b; rm -rf $$HOME\\"", "$P", 5000000);`,
      ...grant,
    );
    expect(echo.err).toContain("a  b; rm -rf $HOME");
    expect(echo.code).toBe(0);
    const exit = await attempt(
      root,
      `Message(0, "%d", RunApplication("${node}", "tool.mjs exit 7", "", 5000000));`,
      ...grant,
    );
    expect(exit.out).toContain("message: 7");
  });
});

describe("a hostile sequence", () => {
  const grants = ["--allow", "write=out", "--allow", "read=in"];

  test.each([
    ["a link out of the folder", `${FILL}BufferStreamOut(0, 0, 8, "out/way/x.bin", 0, 0);`],
    ["a link that is read", 'BufferStreamIn(0, 0, 8, "in/link.txt", 0, 0);'],
    ["..", `${FILL}BufferStreamOut(0, 0, 8, "out/../../secret/x.bin", 0, 0);`],
    ["an absolute path", `${FILL}BufferStreamOut(0, 0, 8, "/tmp/dbgseq-no.bin", 0, 0);`],
    ["separators of Windows", `${FILL}BufferStreamOut(0, 0, 8, "out\\\\..\\\\..\\\\secret\\\\x.bin", 0, 0);`],
    ["a drive", `${FILL}BufferStreamOut(0, 0, 8, "C:\\\\x.bin", 0, 0);`],
    ["another machine", `${FILL}BufferStreamOut(0, 0, 8, "\\\\\\\\host\\\\share\\\\x.bin", 0, 0);`],
    ["a neighbour with the same beginning", `${FILL}BufferStreamOut(0, 0, 8, "outside.bin", 0, 0);`],
    ["a read where writing was allowed", 'BufferStreamIn(0, 0, 8, "out/x.bin", 0, 0);'],
    ["a program where files were allowed", 'RunApplication("out/x", "", "", 1000000);'],
    ["a placeholder that leads away", `${FILL}BufferStreamOut(0, 0, 8, "$P../secret/x.bin", 0, 0);`],
  ])("%s is refused", async (_what, statements) => {
    const root = place();
    writeFileSync(join(root, "project/out/x.bin"), "there");
    const { code } = await attempt(root, statements, ...grants);
    expect(code).toBe(5);
    expect(existsSync(join(root, "secret/x.bin"))).toBe(false);
    expect(readFileSync(join(root, "secret/key.txt"), "utf8")).toBe("secret");
  });

  test.each([
    ["fills memory", "BufferSet(0, 0, 0x100000000, 8, 0);"],
    ["fills memory bit by bit", "__var i = 0; while (i < 1000) { BufferSet(i, 0, 0x100000, 1, 0); i += 1; }"],
    ["reads what never ends", 'BufferStreamIn(0, 0, 0xFFFFFFFFFFFFFFFF, "/dev/zero", 0, 0);', "read=/dev"],
  ])("that %s ends with 2", async (_what, statements, grant = "read=in") => {
    const { code, err } = await attempt(place(), statements, "--allow", grant);
    expect(code).toBe(2);
    expect(err).toMatch(/may hold|no file/);
  });

  test("that fills the disk ends at the stated limit", async () => {
    const root = place();
    // A file that is nearly as long as it may be takes no place on the disk, and no time.
    const file = join(root, "project/out/big.bin");
    writeFileSync(file, "");
    const { truncateSync } = await import("node:fs");
    truncateSync(file, 1024 * 1024 * 1024 - 4);
    const { code, err } = await attempt(
      root,
      `${FILL}BufferStreamOut(0, 0, 8, "out/big.bin", 0x10, 0);`,
      ...grants,
    );
    expect(code).toBe(2);
    expect(err).toContain("1073741824 bytes");
    expect(statSync(file).size).toBe(1024 * 1024 * 1024 - 4);
  });

  const run = (args: string): string => `RunApplication("${node}", "tool.mjs ${args}", "", 700000);`;
  const granted = ["--allow", `run=${process.execPath}`];

  test("whose program never ends is stopped", async () => {
    const { code, err } = await attempt(place(), run("hang"), ...granted);
    expect(err).toContain("did not end within 700 ms and was stopped");
    expect(code).toBe(1);
  });

  test("whose program never stops talking is heard in part", async () => {
    const { code, err } = await attempt(place(), run("flood"), ...granted);
    expect(err).toMatch(/\d+ more characters/);
    expect(err.length).toBeLessThan(80_000);
    expect(code).toBe(0);
  });

  test("whose program leaves something behind leaves nothing behind", async () => {
    const root = place();
    const file = join(root, "late.txt");
    const { code } = await attempt(root, run(`leave ${file}`), ...granted);
    expect(code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(existsSync(file)).toBe(false);
  });

  test("no file grants anything: neither dbgseq.yaml nor a recipe", async () => {
    const root = place();
    writeFileSync(join(root, "project/dbgseq.yaml"), "allow: write=out\n");
    const { code, err } = await attempt(root, `${FILL}BufferStreamOut(0, 0, 8, "out/x.bin", 0, 0);`);
    expect(code).not.toBe(0);
    expect(err).toContain("allow");
  });
});

describe("LoadDebugInfo", () => {
  test.each([
    ["what is no ELF file", "in/data.bin"],
    ["what lies outside of the pack", "../secret/key.txt"],
    ["what is missing", "nowhere.axf"],
  ])("yields 1 for %s, with the reason", async (_what, file) => {
    const root = place();
    writeFileSync(
      join(root, "project/V.N.pdsc"),
      '<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1"><device Dname="D"/></family></devices></package>',
    );
    const { code, out, err } = await attempt(
      root,
      `Message(0, "%d", LoadDebugInfo("${file}"));`,
      "--pack",
      join(root, "project/V.N.pdsc"),
      "--device",
      "D",
      "--trace",
    );
    expect(out).toContain("message: 1");
    expect(err).toContain(`LoadDebugInfo "${file}": `);
    expect(code).toBe(0);
  });
});
