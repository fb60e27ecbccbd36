/**
 * A file that is exchanged for a link after it was decided about, and before it is opened: what then would be read is not what was
 * decided about. The exchange takes place in the call that opens, so that nothing depends on time.
 */
import fs, { readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { openPack } from "../../src/pack/open.ts";
import { zip } from "../support/zip.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package schemaVersion="1.7.28"><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases>
<devices><family Dfamily="F" Dvendor="V:1"><debugvars>__var Value = 1;</debugvars><device Dname="D">
<processor Dcore="Cortex-M4"/></device></family></devices></package>`;

const FILES = {
  "image.bin": "abcd",
  "extra.seq": 'sequence Extra { Message(0, "extra"); }\n',
  "V.N.pdsc": PDSC,
  "v.dbgconf": "Value = 2;\n",
  "model.yaml": "model: no\n",
  "main.seq": 'import "extra.seq";\n',
  "P.cbuild-run.yml": "cbuild-run:\n  device: V::D\n  device-pack: V::N@1.0.0\n  device-pack-path: .\n",
};

interface Tree {
  readonly root: string;
  readonly own: string;
}

function tree(): Tree {
  const files = Object.entries(FILES).flatMap(([name, text]): readonly (readonly [string, string])[] => [
    [`own/in/${name}`, text],
    [`out/${name}`, text],
  ]);
  const root = realpathSync(folderWith({ ...Object.fromEntries(files), "out/s.json": "old\n" }));
  const own = join(root, "own");
  for (const at of [join(own, "in/V.N.pack"), join(root, "out/V.N.pack")])
    writeFileSync(at, zip([{ name: "V.N.pdsc", content: PDSC }]));
  return { root, own };
}

/** All the ways in which a file is opened, for callers that have imported them already too. */
const OPENERS = [
  [fs, "open"],
  [fs, "openSync"],
  [fs.promises, "open"],
  [fs.promises, "readFile"],
  [fs.promises, "writeFile"],
] as const;

/** `swap` runs once, when a file of that name is being opened. */
function beforeOpening(
  name: string,
  swap: () => void,
  calls: readonly (readonly [object, string])[] = OPENERS,
): { readonly isDone: () => boolean } {
  let isDone = false;
  for (const [module, how] of calls) {
    const functions = module as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = functions[how];
    if (original === undefined) throw new Error(how);
    functions[how] = (...args) => {
      if (!isDone && typeof args[0] === "string" && basename(args[0]) === name) {
        isDone = true;
        swap();
      }
      return original.apply(module, args);
    };
    onTestFinished(() => {
      functions[how] = original;
      syncBuiltinESMExports();
    });
  }
  syncBuiltinESMExports();
  return { isDone: () => isDone };
}

/** The file, or its folder, becomes a link to what lies outside. */
const SWAPS = {
  file: ({ root, own }: Tree, name: string): void => {
    renameSync(join(own, "in", name), join(own, "in", `was-${name}`));
    symlinkSync(join(root, "out", name), join(own, "in", name));
  },
  folder: ({ root, own }: Tree): void => {
    renameSync(join(own, "in"), join(own, "was"));
    symlinkSync(join(root, "out"), join(own, "in"));
  },
};

const SIM = "probe: sim:generic-m4\n";
const STEPS = "steps: [connect]\n";

const CASES: readonly (readonly [string, string, string])[] = [
  ["pack, as a description", "V.N.pdsc", `${SIM}pack: in/V.N.pdsc\ndevice: D\n${STEPS}`],
  ["pack, as a folder", "V.N.pdsc", `${SIM}pack: in\ndevice: D\n${STEPS}`],
  ["pack, as an archive", "V.N.pack", `${SIM}pack: in/V.N.pack\ndevice: D\n${STEPS}`],
  ["script", "extra.seq", `${SIM}seq: [in/extra.seq]\n${STEPS}`],
  ["import", "extra.seq", `${SIM}seq: [in/main.seq]\n${STEPS}`],
  ["configuration", "v.dbgconf", `${SIM}pack: in/V.N.pdsc\ndevice: D\ndbgconf: in/v.dbgconf\n${STEPS}`],
  ["cbuild-run.yml", "P.cbuild-run.yml", `${SIM}pack: in/P.cbuild-run.yml\n${STEPS}`],
  ["model", "model.yaml", `probe: sim:in/model.yaml\n${STEPS}`],
  ["image", "image.bin", `${SIM}steps:\n  - { verify: in/image.bin, base: 0x20000000 }\n`],
];

describe.skipIf(process.platform === "win32")("only the decided file is opened", () => {
  for (const how of ["file", "folder"] as const)
    test.each(CASES)(`a recipe's %s whose ${how} becomes a link meanwhile`, async (_what, name, text) => {
      const at = tree();
      writeFileSync(join(at.own, "r.yaml"), text);
      const swap = beforeOpening(name, () => {
        SWAPS[how](at, name);
      });
      const { code, err } = await recipe(at);
      expect(swap.isDone()).toBe(true);
      expect({ code, err }).toMatchObject({
        code: 5,
        err: expect.stringContaining("was exchanged for something else while it was being opened") as string,
      });
    });

  test.each(["file", "folder"] as const)(
    "a state is not written through a %s that became a link",
    async (how) => {
      const at = tree();
      writeFileSync(join(at.own, "r.yaml"), `probe: sim:generic-m4?state=in/s.json\n${STEPS}`);
      const swap = beforeOpening("s.json.lock", () => {
        if (how === "folder") SWAPS.folder(at);
        else symlinkSync(join(at.root, "out/s.json"), join(at.own, "in/s.json"));
      });
      const { code } = await recipe(at);
      expect(swap.isDone()).toBe(true);
      expect(code).toBe(5);
      expect(readFileSync(join(at.root, "out/s.json"), "utf8")).toBe("old\n");
    },
  );

  test("an import that leads out while it is read is not shown", async () => {
    const at = tree();
    writeFileSync(join(at.root, "out/extra.seq"), "hunter2: [\n");
    fs.rmSync(join(at.own, "in/extra.seq"));
    symlinkSync(join(at.root, "out/extra.seq"), join(at.own, "in/extra.seq"));
    const harmless = (): void => {
      fs.rmSync(join(at.own, "in/extra.seq"));
      writeFileSync(join(at.own, "in/extra.seq"), FILES["extra.seq"]);
    };
    // It is a file of the folder again as soon as its name is looked at.
    beforeOpening("extra.seq", harmless, [[fs.promises, "realpath"]]);
    const words = ["run", join(at.own, "in/main.seq"), "--probe", "sim:generic-m4"];
    const { all, code } = await dbgseqIn({ cwd: at.own, env: {} }, ...words);
    expect(code).not.toBe(0);
    expect(all).toContain("it lies outside of the folders that were named");
    expect(all).not.toContain("hunter2");
  });

  test("a file that check found in a folder is not shown if it leads out by then", async () => {
    const at = tree();
    writeFileSync(join(at.root, "out/extra.seq"), "hunter2: [\n");
    const swap = beforeOpening("extra.seq", () => {
      SWAPS.file(at, "extra.seq");
    });
    const { all, code } = await dbgseqIn({ cwd: at.own, env: {} }, "check", join(at.own, "in"));
    expect(swap.isDone()).toBe(true);
    expect(code).toBe(5);
    expect(all).not.toContain("hunter2");
  });

  test("a file of a pack that becomes a link out of its folder is not the pack's any more", async () => {
    const at = tree();
    const { files } = await openPack(join(at.own, "in/V.N.pdsc"));
    beforeOpening("image.bin", () => {
      SWAPS.file(at, "image.bin");
    });
    await expect(files.read("image.bin")).rejects.toThrow("has no file image.bin");
  });

  test("the library holds dbgseq.yaml to the same", async () => {
    const at = tree();
    writeFileSync(join(at.own, "dbgseq.yaml"), `${SIM}seq: [in/extra.seq]\n`);
    const before = process.cwd();
    onTestFinished(() => {
      process.chdir(before);
    });
    process.chdir(at.own);
    beforeOpening("extra.seq", () => {
      SWAPS.file(at, "extra.seq");
    });
    const open = ConnectHelper.sessionWithChosenProbe({ autoOpen: false });
    await expect(open).rejects.toMatchObject({ fault: { kind: "refused-path" } });
  });

  test("a file that is created again in its place is read", async () => {
    const at = tree();
    writeFileSync(join(at.own, "r.yaml"), `${SIM}seq: [in/extra.seq]\n${STEPS}`);
    beforeOpening("extra.seq", () => {
      writeFileSync(join(at.own, "in/new"), FILES["extra.seq"]);
      renameSync(join(at.own, "in/new"), join(at.own, "in/extra.seq"));
    });
    expect((await recipe(at)).code).toBe(0);
  });
});

function recipe({ root, own }: Tree): Promise<Finished> {
  return dbgseqIn({ cwd: root, env: {} }, "recipe", "run", join(own, "r.yaml"));
}
