/** `check`: every kind of file, right and wrong; folders; formats; exit codes. */
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PACK = `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.7"><vendor>V</vendor><name>P</name>
  <devices><family Dfamily="F" Dvendor="V:1">
      <processor Dcore="Cortex-M4"/>
      <debugvars>__var Known = 1;</debugvars>
      <sequences>
        <sequence name="Custom"><block>Write32(0x20000000, Known);</block></sequence>
      </sequences>
      <device Dname="D1"/>
      <device Dname="D2"/>
  </family></devices>
</package>
`;

const RECIPE = "device: D1\nsteps:\n  - connect\n";

describe("files that cannot be read or parsed end with 2 and say where", () => {
  test.each([
    ["bad XML", "x.pdsc", PACK.replace("</devices>", "</device>"), "x.pdsc:11:"],
    ["XML of something else", "x.pdsc", "<html/>", "a pack description begins with <package>"],
    ["an empty pack", "x.pdsc", "", "x.pdsc"],
    ["a binary pack", "x.pdsc", new Uint8Array([0, 1, 2, 0xff]), "x.pdsc"],
    ["an archive that is none", "x.pack", "PK but no archive", "x.pack"],
    ["bad .seq syntax", "x.seq", "sequence A {\n  __var = 1;\n}\n", "x.seq:2:"],
    ["an empty .seq", "x.seq", " \n", "x.seq:1:1: error: the file is empty"],
    ["a binary .seq", "x.seq", new Uint8Array([0x20, 0, 1]), "x.seq:1:1: expected text, not a binary file"],
    ["bad YAML", "x.yaml", "steps:\n  - [\n", "x.yaml:"],
    ["a recipe with an unknown key", "x.yaml", RECIPE.replace("device", "devcie"), "x.yaml:1:1"],
    ["a recipe with an unknown step", "x.yaml", "steps:\n  - jump\n", "x.yaml:2:5"],
    ["a recipe whose condition is none", "x.yaml", 'steps:\n  - expect: "1 +"\n', "x.yaml:2:"],
    ["a model with an unknown key", "x.yaml", "model: m\nfrob: 1\n", "x.yaml:2:1"],
    ["a YAML of something else", "x.yaml", "a: 1\n", "neither a recipe"],
    ["an empty YAML", "x.yaml", "", "neither a recipe"],
    ["another kind of file", "x.txt", "hello", "only .pdsc"],
  ])("%s", async (_what, name, content, message) => {
    const root = folderWith({ [name]: content });
    const { code, all } = await dbgseq("check", `${root}/${name}`);
    expect(all).toContain(message);
    expect(all).not.toMatch(/internal error/);
    expect(code).toBe(2);
  });

  test("a cbuild-run.yml is read as one", async () => {
    const text = "cbuild-run:\n  device: 7\n";
    const { code, all } = await dbgseq(
      "check",
      `${folderWith({ "x.cbuild-run.yml": text })}/x.cbuild-run.yml`,
    );
    expect({ code, all }).toEqual({ code: 1, all: expect.stringContaining("x.cbuild-run.yml:2:") as string });
  });

  test("a missing file ends with 2", async () => {
    const { code, err } = await dbgseq("check", "nowhere.seq");
    expect(err).toContain("nowhere.seq: there is no such file");
    expect(code).toBe(2);
  });
});

test.skipIf(process.platform === "win32").each(["pdsc", "pack", "seq", "dbgconf", "yaml"])(
  "a pipe instead of a .%s is refused, for it may never end",
  async (ending) => {
    const root = folderWith({ "x.txt": "" });
    execFileSync("mkfifo", [join(root, `pipe.${ending}`)]);
    const { code, err } = await dbgseq("check", root);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`pipe.${ending}: not a regular file`) as string,
    });
  },
);

describe("findings", () => {
  test("an error in a sequence ends with 1, and one that two devices inherit is reported once", async () => {
    const root = folderWith({ "x.pdsc": PACK.replace("Known);", "Unknown);") });
    const { code, out, err } = await dbgseq("check", root);
    expect(out.match(/'Unknown' is not declared/g)).toHaveLength(1);
    expect(out).toContain("x.pdsc:7:");
    expect(err).toBe("1 file checked: 1 error, 0 warnings, 2 notes\n");
    expect(code).toBe(1);
  });

  test("an unparsable block makes its sequence unusable, not the pack", async () => {
    const root = folderWith({ "x.pdsc": PACK.replace("Known);", "Known") });
    expect((await dbgseq("check", root)).code).toBe(1);
    expect((await dbgseq("devices", "--pack", `${root}/x.pdsc`)).code).toBe(0);
    const list = await dbgseq("list", "--pack", `${root}/x.pdsc`, "--device", "D1");
    expect(list).toMatchObject({ code: 0 });
  });

  test("warnings end with 0, or with 1 if they count as errors, and may be hidden", async () => {
    const root = folderWith({ "x.seq": "sequence A { __var x; Write32(0, x); }\n" });
    expect(await dbgseq("check", root)).toMatchObject({ code: 0 });
    expect(await dbgseq("check", root, "--warnings", "error")).toMatchObject({ code: 1 });
    expect(await dbgseq("check", root, "--warnings", "hide")).toMatchObject({ code: 0, out: "" });
  });

  test("a script may use the names of the pack it is for", async () => {
    const root = folderWith({
      "x.pdsc": PACK,
      "x.seq": 'sequence A { Write32(0, Known); Sequence("Custom"); }\n',
    });
    const alone = await dbgseq("check", `${root}/x.seq`);
    expect(alone.out).toContain("if it is the pack's, name the pack and the device");
    expect(alone.code).toBe(1);
    const pack = ["--pack", `${root}/x.pdsc`, "--device", "D1"];
    expect(await dbgseq("check", `${root}/x.seq`, ...pack)).toMatchObject({ code: 0, out: "" });
  });

  test("a slip in a predefined name, and a scope that no device is in", async () => {
    const root = folderWith({
      "x.pdsc": PACK,
      "x.seq":
        'sequence ResetSytem { }\nsequence ResetSystem2 { }\nscope family "FX" { sequence ResetSystem { } }\n',
    });
    const { out } = await dbgseq("check", `${root}/x.seq`, "--pack", `${root}/x.pdsc`, "--device", "D1");
    expect(out).toContain("x.seq:1:10: warning: no debugger runs 'ResetSytem' by itself");
    expect(out).not.toContain("ResetSystem2'");
    expect(out).toContain('x.seq:3:14: warning: the pack has no family "FX" here');
    expect((await dbgseq("check", `${root}/x.seq`)).out).not.toContain("FX");
  });

  test("configuration files: their form, and with a pack their names", async () => {
    const root = folderWith({
      "x.pdsc": PACK,
      "a.dbgconf": "Known = 2;\nKnwon = 3;\n",
      "b.dbgconf": "Known = ;\n",
    });
    const alone = await dbgseq("check", root);
    expect(alone.out).toMatch(/b\.dbgconf:1:8: error/);
    expect(alone.err).toContain("3 files checked");
    expect(alone.code).toBe(2);
    const named = await dbgseq("check", `${root}/a.dbgconf`, "--pack", `${root}/x.pdsc`, "--device", "D1");
    expect(named.out).toContain("a.dbgconf:2:1: warning");
    expect(named.code).toBe(0);
  });

  test("a use of a declaration that could not be read is not a second mistake", async () => {
    const root = folderWith({ "x.seq": "sequence A {\n  __var x = ;\n  x = 1;\n  Write32(x, x);\n}\n" });
    const { out, err } = await dbgseq("check", `${root}/x.seq`);
    expect(out).toContain("x.seq:2:13: error");
    expect(err).toBe("1 file checked: 1 error, 0 warnings, 0 notes\n");
  });

  test.each([
    [";", "0 errors, 1001 warnings", 0],
    ["}", "1001 errors, 0 warnings", 2],
  ])("a flood of %s is cut off, and says so", async (what, counts, exit) => {
    const root = folderWith({ "x.seq": `sequence A { DAP_Delay(1); }${what.repeat(100_000)}` });
    const { out, err, code } = await dbgseq("check", `${root}/x.seq`);
    expect(out).toMatch(/\d+ more findings follow, which are not shown \[too-complex\]/);
    expect(err).toContain(counts);
    expect(code).toBe(exit);
  });

  test("imports are followed: their names count, and what keeps them from being used is a finding", async () => {
    const root = folderWith({
      "x.seq": 'import "lib/y.seq";\nsequence A { Write32(0, Wanted); Sequence("Helper"); }\n',
      "lib/y.seq": 'import "z.seq";\ndebugvars { __var Wanted = 1; }\n',
      "lib/z.seq": "sequence Helper { DAP_Delay(1); }\n",
      "gone.seq": '\nimport "nowhere.seq";\nsequence A { DAP_Delay(1); }\n',
      "circle.seq": 'import "circle.seq";\n',
      "broken.seq": 'import "b.seq";\n',
      "b.seq": "sequence B {\n  x = ;\n}\n",
    });
    expect(await dbgseq("check", `${root}/x.seq`)).toMatchObject({ code: 0, out: "" });
    const gone = await dbgseq("check", `${root}/gone.seq`);
    expect(gone.out).toContain(`gone.seq:2:8: error: ${root}/nowhere.seq: there is no such file`);
    expect(gone.code).toBe(1);
    const circle = await dbgseq("check", `${root}/circle.seq`);
    expect(circle.out).toMatch(
      /circle\.seq:1:8: error: this import leads in a circle: .*circle\.seq -> .*circle\.seq/,
    );
    expect(circle.code).not.toBe(0);
    const broken = await dbgseq("check", `${root}/broken.seq`);
    expect(broken.out).toContain("b.seq:2:7: error: expected");
    expect(broken.code).not.toBe(0);
  });

  test.skipIf(process.platform === "win32")(
    "shows nothing of files outside of the folder it was given",
    async () => {
      const secret = "hunter2: [\n sequence x { hunter2 }\n";
      const root = folderWith({
        "secret.txt": secret,
        "secret.svd": "<device>hunter2 &</device>",
        "given/a.seq": 'import "../secret.txt";\n',
        "given/b.seq": 'import "link.txt";\n',
        "given/c.seq": 'import "d.seq";\n',
        "given/d.seq": 'import "../secret.txt";\n',
        "given/V.P.pdsc": PACK.replace('Dname="D1"/>', 'Dname="D1"><debug svd="far.svd"/></device>'),
      });
      const given = join(root, "given");
      symlinkSync("../secret.txt", join(given, "link.txt"));
      symlinkSync("../secret.txt", join(given, "link.seq"));
      symlinkSync("../secret.txt", join(given, "link.yaml"));
      symlinkSync("../secret.svd", join(given, "far.svd"));
      symlinkSync("d.seq", join(given, "near.seq"));
      for (const format of ["text", "json", "sarif", "github"]) {
        const { all, err, code } = await dbgseq("check", given, "--format", format);
        expect(all).not.toContain("hunter2");
        expect(err).toContain(`${given}/link.seq is passed over: it is a link that leads out of ${given}\n`);
        expect(err).toContain("link.yaml is passed over");
        expect(err).not.toContain("near.seq");
        expect(code).not.toBe(0);
      }
      const { out } = await dbgseq("check", given);
      expect(out).toMatch(/a\.seq:1:8: error: \S+secret\.txt is not a script; .* errors are not shown/);
      expect(out).toContain('import "../secret.txt";');
      await dbgseq("check", given, "--fix");
      await dbgseq("fmt", given);
      expect(readFileSync(join(root, "secret.txt"), "utf8")).toBe(secret);
      expect(lstatSync(join(given, "link.seq")).isSymbolicLink()).toBe(true);
      // Whoever names the folder above has given it.
      expect((await dbgseq("check", root)).all).toContain("hunter2");
    },
  );

  test("folders are walked, and files of other tools in them are left alone", async () => {
    const root = folderWith({
      "a/x.seq": 'Message(0, "hello");\n',
      "a/recipe.yaml": RECIPE,
      "a/other.yml": "jobs: {}\n",
      "a/broken.yaml": "jobs: [\n",
      "node_modules/y.seq": "broken(",
      ".hidden/y.seq": "broken(",
    });
    const { code, out, err } = await dbgseq("check", root);
    expect(out).toBe("");
    expect(err).toBe("2 files checked: 0 errors, 0 warnings, 0 notes\n");
    expect(code).toBe(0);
  });
});

describe("formats", () => {
  const broken = (): string => `${folderWith({ "x.seq": "sequence A {\n  x = 7;\n}\n" })}/x.seq`;

  test("json is one document with a version and places", async () => {
    const path = broken();
    const { out, err } = await dbgseq("check", path, "--json");
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      files: 1,
      errors: 1,
      warnings: 0,
      findings: [
        {
          code: "undeclared-variable",
          severity: "error",
          file: path,
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 4,
        },
      ],
    });
  });

  test("sarif and github name the place", async () => {
    const path = broken();
    const sarif = JSON.parse((await dbgseq("check", path, "--format", "sarif")).out) as object;
    expect(sarif).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ ruleId: "undeclared-variable" }] }],
    });
    expect((await dbgseq("check", path, "--format", "github")).out).toMatch(/^::error file=.*x\.seq,line=2/);
  });
});
