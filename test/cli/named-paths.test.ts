/**
 * What files may lead to that nobody typed: recipes and dbgseq.yaml name paths and probes. Below the file's folder they have
 * their way; anything else ends with 5 and the option that would permit it, before anything is read, written or connected.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { openPack } from "../../src/pack/open.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const posix = process.platform !== "win32";
const SCRIPT = 'sequence Extra { Message(0, "extra"); }\n';
const PDSC = `<package schemaVersion="1.7.28"><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases>
<devices><family Dfamily="F" Dvendor="V:1"><debugvars>__var Value = 1;</debugvars><device Dname="D">
<processor Dcore="Cortex-M4"/></device></family></devices></package>`;
const MODEL = "model: no\n";

interface Tree {
  /** Real. */
  readonly root: string;
  /** Of the recipe, or of dbgseq.yaml. */
  readonly own: string;
}

/** A folder `own`, beside a folder that nothing allows; links lead from the one into the other. */
function tree(files: Readonly<Record<string, string>> = {}): Tree {
  const root = realpathSync(
    folderWith({
      "out/profile": "old\n",
      "out/image.bin": "abcd",
      "out/extra.seq": SCRIPT,
      "out/V.N.pdsc": PDSC,
      "out/v.dbgconf": "Value = 2;\n",
      "out/model.yaml": MODEL,
      "own/image.bin": "abcd",
      "own/back/image.bin": "abcd",
      "own/back/profile": "",
      "own/extra.seq": SCRIPT,
      "own/V.N.pdsc": PDSC,
      ...files,
    }),
  );
  const own = join(root, "own");
  symlinkSync("../out", join(own, "folder"));
  for (const name of ["profile", "image.bin", "extra.seq", "V.N.pdsc", "v.dbgconf", "model.yaml"])
    symlinkSync(`../out/${name}`, join(own, `link-${name}`));
  symlinkSync("../out/made", join(own, "dangling"));
  if (!posix) return { root, own };
  // Names that look like those of packs, and names with a separator of another system, beside what that would lead to.
  for (const name of ["extra.seq", "V.N.pdsc", "v.dbgconf"])
    symlinkSync(`../out/${name}`, join(own, `V::${name}`));
  for (const name of ["profile", "image.bin"]) symlinkSync(`../out/${name}`, join(own, `back\\${name}`));
  symlinkSync("back\\image.bin", join(own, "hop"));
  return { root, own };
}

function recipe({ own, root }: Tree, text: string, ...argv: readonly string[]): Promise<Finished> {
  writeFileSync(join(own, "r.yaml"), text.replaceAll("ROOT", root));
  return dbgseqIn({ cwd: root, env: {} }, "recipe", "run", join(own, "r.yaml"), ...argv);
}

const SIM = "probe: sim:generic-m4\n";
const BACK = "probe: 'sim:generic-m4?state=back\\profile'";

describe.skipIf(!posix)("a recipe", () => {
  const dump = (to: string): string => `${SIM}steps:\n  - { dump: "0x20000000:8", to: "${to}" }\n`;
  const verify = (file: string): string => `${SIM}steps:\n  - { verify: "${file}", base: 0 }\n`;
  const steps = "steps: [connect]\n";

  test.each([
    ["dump, ..", dump("../out/profile"), "write", "out/profile"],
    ["dump, a full path", dump("ROOT/out/profile"), "write", "out/profile"],
    ["dump, a new file", dump("../out/new"), "write", "out"],
    ["dump, a link to a file", dump("link-profile"), "write", "out/profile"],
    ["dump, a link to a folder", dump("folder/profile"), "write", "out/profile"],
    ["dump, a link that leads nowhere yet", dump("dangling"), "write", "out"],
    ["verify, ..", verify("../out/image.bin"), "read", "out/image.bin"],
    ["verify, a link", verify("link-image.bin"), "read", "out/image.bin"],
    ["flash, ..", `${SIM}steps:\n  - { flash: ../out/image.bin, base: 0 }\n`, "read", "out/image.bin"],
    ["pack, ..", `${SIM}pack: ../out/V.N.pdsc\n${steps}`, "read", "out/V.N.pdsc"],
    ["pack, a link", `${SIM}pack: link-V.N.pdsc\n${steps}`, "read", "out/V.N.pdsc"],
    ["seq, ..", `${SIM}seq: [../out/extra.seq]\n${steps}`, "read", "out/extra.seq"],
    ["seq, a link", `${SIM}seq: [link-extra.seq]\n${steps}`, "read", "out/extra.seq"],
    [
      "dbgconf, a link",
      `${SIM}pack: V.N.pdsc\ndevice: D\ndbgconf: link-v.dbgconf\n${steps}`,
      "read",
      "out/v.dbgconf",
    ],
    ["a model, ..", `probe: sim:../out/model.yaml\n${steps}`, "read", "out/model.yaml"],
    ["a model, a link", `probe: sim:./link-model.yaml\n${steps}`, "read", "out/model.yaml"],
    ["a state, ..", `probe: sim:generic-m4?state=../out/profile\n${steps}`, "write", "out/profile"],
    ["seq, a link like a pack's name", `${SIM}seq: ["V::extra.seq"]\n${steps}`, "read", "out/extra.seq"],
    ["pack, a link like a pack's name", `${SIM}pack: "./V::V.N.pdsc"\n${steps}`, "read", "out/V.N.pdsc"],
    [
      "dbgconf, a link like a pack's name",
      `${SIM}pack: V.N.pdsc\ndevice: D\ndbgconf: "V::v.dbgconf"\n${steps}`,
      "read",
      "out/v.dbgconf",
    ],
    ["verify, a link with a backslash", verify("back\\\\image.bin"), "read", "out/image.bin"],
    ["verify, a link to a link with a backslash", verify("hop"), "read", "out/image.bin"],
    ["a state, a link with a backslash", `${BACK}\n${steps}`, "write", "out/profile"],
    ["a state, a link", `probe: sim:generic-m4?state=link-profile\n${steps}`, "write", "out/profile"],
  ])("may not leave its folder: %s", async (_what, text, effect, wanted) => {
    const at = tree();
    const { code, out, err } = await recipe(at, text);
    expect({ code, out }).toEqual({ code: 5, out: "" });
    expect(err).toContain(`allow it with --allow ${effect}=${join(at.root, wanted)}`);
    expect(readFileSync(join(at.root, "out/profile"), "utf8")).toBe("old\n");
    for (const name of ["made", "new", "profile.lock"])
      expect(existsSync(join(at.root, "out", name))).toBe(false);
  });

  test("may not import from outside of it, not even by a script of its own", async () => {
    const at = tree({
      "own/first.seq": 'import "lib/second.seq";\n',
      "own/lib/second.seq": 'import "../../out/extra.seq";\n',
    });
    const { code, err } = await recipe(at, `${SIM}seq: [first.seq]\n${steps}`);
    expect(code).toBe(5);
    expect(err).toContain(`allow it with --allow read=${join(at.root, "out/extra.seq")}`);
  });

  test("with a grant may leave it, but not through a link that was put in its place", async () => {
    const at = tree();
    const { code, err } = await recipe(at, dump("../out/profile"), "--allow", "write=out");
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringContaining(`the recipe writes ${at.root}/out/profile\n`) as string,
    });
    expect(readFileSync(join(at.root, "out/profile"))).toHaveLength(8);
    expect((await recipe(at, verify("../out/image.bin"), "--allow", "read=out")).code).toBe(1);
    expect((await recipe(at, `${SIM}seq: [../out/extra.seq]\n${steps}`, "--allow", "read=out")).code).toBe(0);
  });

  test("may write below its folder, and reports what it writes", async () => {
    const at = tree({ "own/deep/x": "" });
    symlinkSync("image.bin", join(at.own, "inside"));
    for (const to of ["new.bin", "deep/new.bin", "./deep/../new2.bin", "inside"]) {
      const { code, err } = await recipe(at, dump(to));
      expect({ code, err }).toMatchObject({
        code: 0,
        err: expect.stringContaining(`the recipe writes ${at.own}/`) as string,
      });
    }
    // The link stays, and leads to what was written.
    expect(readlinkSync(join(at.own, "inside"))).toBe("image.bin");
    expect(readFileSync(join(at.own, "image.bin"))).toHaveLength(8);
    const { code, err } = await recipe(at, `probe: sim:generic-m4?state=s.json\n${steps}`);
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringContaining(`kept in ${at.own}/s.json\n`) as string,
    });
    expect(existsSync(join(at.own, "s.json"))).toBe(true);
  });

  test("is told of a missing folder before anything is connected", async () => {
    const { code, out, err } = await recipe(
      tree(),
      dump("none/new.bin").replace("steps:", "steps:\n  - read: 0"),
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("there is no such folder");
  });

  test("may not write beside a program that may be run", async () => {
    const at = tree();
    const { code, err } = await recipe(at, dump("image.bin"), "--allow", "run=own/image.bin");
    expect({ code, err }).toMatchObject({ code: 5, err: expect.stringContaining("it may be run") as string });
    const beside = await recipe(at, dump("other.bin"), "--allow", "run=own/image.bin");
    expect(beside.err).toContain("a program that may be run lies in its folder");
    expect(beside.code).toBe(5);
  });

  test("a path that the command line names needs no grant", async () => {
    const at = tree();
    const pack = join(at.root, "out/V.N.pdsc");
    expect((await recipe(at, `${SIM}pack: ../out/none.pdsc\n${steps}`, "--pack", pack)).code).toBe(0);
  });
});

function inProject(
  { root, own }: Tree,
  yaml: string,
  below: string,
  ...argv: readonly string[]
): Promise<Finished> {
  writeFileSync(join(own, "dbgseq.yaml"), yaml.replaceAll("ROOT", root));
  return dbgseqIn({ cwd: join(own, below), env: {} }, ...argv);
}

const RUN = ["run", "-e", 'Message(0, "ran");'];

describe.skipIf(!posix)("a dbgseq.yaml", () => {
  test.each([
    ["pack: ../out/V.N.pdsc\n", "out/V.N.pdsc"],
    ["pack: link-V.N.pdsc\n", "out/V.N.pdsc"],
    ["seq: [folder/extra.seq]\n", "out/extra.seq"],
    ["dbgconf: ROOT/out/v.dbgconf\n", "out/v.dbgconf"],
  ])("may not leave its folder, whatever the command: %j", async (yaml, wanted) => {
    const at = tree();
    for (const argv of [RUN, ["list"], ["config"], ["serve"], ["doctor", "--target"]]) {
      const { code, err } = await inProject(at, `${SIM}${yaml}`, ".", ...argv);
      expect({ argv, code }).toEqual({ argv, code: 5 });
      expect(err).toContain(`allow it with --allow read=${join(at.root, wanted)}`);
    }
    const allowed = await inProject(at, `${SIM}${yaml}`, ".", "config", "--allow", "read=../out");
    expect(allowed.code).toBe(0);
  });

  test("of another folder says which pack, scripts and probe it brings", async () => {
    const at = tree({
      "own/deep/x": "",
      "own/lib/a.seq": 'import "../extra.seq";\nsequence A { Message(0, "a"); }\n',
    });
    const yaml = `${SIM}pack: V.N.pdsc\ndevice: D\nseq: [lib/a.seq]\n`;
    const { err, out } = await inProject(at, yaml, "deep", "run", "A");
    expect(out).toBe("a\n");
    expect(err).toContain(`${at.own}/dbgseq.yaml: the sequences of the pack ${at.own}/V.N.pdsc are used\n`);
    expect(err).toContain(`${at.own}/dbgseq.yaml: the sequences of ${at.own}/lib/a.seq are used\n`);
    expect(err).toContain(
      `${at.own}/dbgseq.yaml: the sequences of ${at.own}/extra.seq are used, which ${at.own}/lib/a.seq imports\n`,
    );
    expect((await inProject(at, yaml, ".", "run", "A")).err).not.toContain("are used");
  });

  test("cannot choose a probe on another machine; the user can", async () => {
    const at = tree({ "own/deep/x": "" });
    for (const probe of ["tcp://192.0.2.1", "pyocd://host.example:1", "tcp://[2001:db8::1]:4441"])
      for (const below of [".", "deep"]) {
        const { code, err } = await inProject(at, `probe: "${probe}"\n`, below, ...RUN);
        expect({ code, err }).toMatchObject({
          code: 5,
          err: expect.stringContaining(`--probe ${probe} asks for it; so does --allow remote`) as string,
        });
      }
    const refused = await recipe(at, "probe: tcp://192.0.2.1\nsteps: [connect]\n");
    expect(refused.code).toBe(5);
    // On this machine one may be chosen, and is named if the file was found above.
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const near = await inProject(at, `probe: tcp://localhost:${port}\n`, "deep", ...RUN);
    expect(near).toMatchObject({
      code: 3,
      err: expect.stringContaining(`the probe is tcp://localhost:${port}\n`) as string,
    });
    const yaml = `probe: tcp://192.0.2.1\n`;
    expect((await inProject(at, yaml, ".", "config", "--allow", "remote")).code).toBe(0);
    expect((await inProject(at, yaml, ".", ...RUN, "--probe", "sim:generic-m4")).code).toBe(0);
  });

  test("names a model and a state relative to its own folder", async () => {
    const at = tree({ "own/deep/x": "" });
    const { out } = await inProject(at, "probe: sim:./m.yaml?state=s.json&seed=2\n", "deep", "config");
    expect(out).toContain(`sim:${at.own}/m.yaml?state=${at.own}/s.json&seed=2`);
  });

  test("is held to the same by the library", async () => {
    const at = tree();
    writeFileSync(join(at.own, "dbgseq.yaml"), `${SIM}pack: ../out/V.N.pdsc\n`);
    const before = process.cwd();
    onTestFinished(() => {
      process.chdir(before);
    });
    process.chdir(at.own);
    const open = ConnectHelper.sessionWithChosenProbe({ autoOpen: false });
    await expect(open).rejects.toMatchObject({ fault: { kind: "not-allowed", effect: "read" } });
    writeFileSync(join(at.own, "dbgseq.yaml"), "probe: tcp://192.0.2.1\n");
    const remote = ConnectHelper.sessionWithChosenProbe({ autoOpen: false });
    await expect(remote).rejects.toMatchObject({ fault: { kind: "remote-probe" } });
  });
});

test.skipIf(!posix)(
  "a link in the folder of a pack does not lead out of it, one below it does its work, and a pipe is no file of it",
  async () => {
    const { own } = tree();
    symlinkSync("image.bin", join(own, "inside.bin"));
    const { files } = await openPack(join(own, "V.N.pdsc"));
    expect(await files.has("link-image.bin")).toBe(false);
    expect(await files.has("folder/image.bin")).toBe(false);
    await expect(files.read("link-image.bin")).rejects.toThrow("has no file link-image.bin");
    expect(await files.has("inside.bin")).toBe(true);
    execFileSync("mkfifo", [join(own, "pipe.bin")]);
    await expect(files.read("pipe.bin")).rejects.toThrow("has no file pipe.bin");
  },
);

test.skipIf(!posix)(
  "text that a script imports from elsewhere is not shown, whatever the command",
  async () => {
    const { root, own } = tree({
      "out/key": "hunter2: [\n",
      "own/s.seq": 'import "../out/key";\nsequence A { }\n',
    });
    symlinkSync("../out/key", join(own, "key.seq"));
    writeFileSync(join(own, "t.seq"), 'import "key.seq";\nsequence A { }\n');
    for (const script of ["s.seq", "t.seq"])
      for (const argv of [
        ["run", join(own, script), "--probe", "sim:generic-m4"],
        ["list", "--seq", join(own, script)],
        ["check", join(own, script)],
        ["convert", "--flatten", join(own, script)],
      ]) {
        const { code, all } = await dbgseqIn({ cwd: own, env: {} }, ...argv);
        expect(all).toMatch(/is not a script; it lies outside of the folders that were named/);
        expect(all).not.toContain("hunter2");
        expect(code).not.toBe(0);
      }
    const { all } = await dbgseqIn({ cwd: root, env: {} }, "check", join(own, "s.seq"));
    expect(all).toContain("hunter2");
  },
);

test.skipIf(!posix)("nothing is written through a link that was put where a file is prepared", async () => {
  const at = tree();
  for (let number = 1; number < 200; number++)
    symlinkSync("../out/profile", join(at.own, `.dbgseq-${process.pid}-${number}.tmp`));
  await recipe(at, `${SIM}steps:\n  - { dump: "0x20000000:8", to: new.bin }\n`);
  expect(readFileSync(join(at.root, "out/profile"), "utf8")).toBe("old\n");
});

describe.skipIf(!posix)("a cbuild-run.yml", () => {
  const lines = (image: string): string =>
    `cbuild-run:\n  device: V::D\n  device-pack: V::N@1.0.0\n  device-pack-path: ROOT/own/pack\n  output:\n    - file: ${image}\n      type: bin\n      load-offset: 0x1000\n`;

  function built(image: string, solution: boolean): { readonly at: Tree; readonly file: string } {
    const at = tree({
      "own/pack/V.N.pdsc": PDSC,
      "own/out/x": "",
      "own/image.bin": "abcd",
      ...(solution ? { "own/P.csolution.yml": "solution:\n" } : {}),
    });
    const file = join(at.own, "out/P.cbuild-run.yml");
    writeFileSync(file, lines(image).replaceAll("ROOT", at.root));
    return { at, file };
  }

  const verify = (file: string, cwd: string, ...argv: readonly string[]): Promise<Finished> =>
    dbgseqIn({ cwd, env: {} }, "verify", "--pack", file, "--probe", "sim:generic-m4", ...argv);

  test("names what lies in its solution, and nothing else without a grant", async () => {
    const inside = built("../image.bin", true);
    expect((await verify(inside.file, inside.at.root)).code).not.toBe(5);
    const { at, file } = built("../../out/image.bin", true);
    const refused = await verify(file, at.root);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain(`allow it with --allow read=${at.root}/out/image.bin`);
    expect((await verify(file, at.root, "--allow", "read=out")).code).not.toBe(5);
    // What is never read is nobody's harm.
    expect((await dbgseqIn({ cwd: at.root, env: {} }, "list", "--pack", file)).code).toBe(0);
  });

  test("is held to the same by the library, which has no grants", async () => {
    const { at, file } = built("../../out/image.bin", true);
    const session = await ConnectHelper.sessionWithChosenProbe({
      probe: "sim:generic-m4",
      pack: file,
      config: false,
      autoOpen: false,
    });
    expect(() => session?.projectOutput()).toThrow(`${at.root}/out/image.bin, which is not allowed`);
    writeFileSync(file, readFileSync(file, "utf8").replace(`${at.own}/pack`, `${at.root}/out`));
    const opened = ConnectHelper.sessionWithChosenProbe({ pack: file, config: false, autoOpen: false });
    await expect(opened).rejects.toMatchObject({ fault: { kind: "not-allowed", effect: "read" } });
  });

  test("without a solution has its own folder alone", async () => {
    const { at, file } = built("../image.bin", false);
    const { code, err } = await verify(file, at.root);
    expect(code).toBe(5);
    expect(err).toContain(`allow it with --allow read=${at.own}/pack`);
  });
});
