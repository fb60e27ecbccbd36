/** Scripts that ship with dbgseq, by name: from any folder, wherever a path of a .seq file may stand. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ConnectHelper,
  deviceContext,
  listShipped,
  readSource,
  scriptToPack,
  followImports,
} from "../../src/index.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const LOCKED = ["--probe", "sim:nrf52840?protected=yes", "--connect", "none"];

/** Runs in a folder that is not this one. */
function inFolder(files: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Finished> {
  return dbgseqIn({ cwd: folderWith(files), env: {} }, ...argv);
}

describe("a shipped script", () => {
  test("runs by name, and its places have its name", async () => {
    const { code, out } = await inFolder({}, "run", "shipped:nordic/nrf52#Status", ...LOCKED, "--trace");
    expect(code).toBe(0);
    expect(out).toMatch(/> Status +project \(shipped:nordic\/nrf52:19:1\)/);
    expect(out).toMatch(/ shipped:nordic\/nrf52:20:3$/m);
    expect(out).toContain("protected: AP 0 is closed");
  });

  test("has the same name with the ending of the file", async () => {
    const { out } = await inFolder({}, "show", "shipped:nordic/nrf52.seq#Status");
    expect(out).toMatch(/^\/\/ project \(shipped:nordic\/nrf52:19:1\)\nsequence Status /);
  });

  test("gives the sequences of --seq", async () => {
    const { code, out } = await inFolder({}, "run", "Status", "--seq", "shipped:nordic/nrf52", ...LOCKED);
    expect([code, out]).toEqual([0, expect.stringContaining("protected")]);
  });

  test("is not a path below the folder of a dbgseq.yaml or a recipe, and needs no grant to be read", async () => {
    const recipe =
      "seq: ['shipped:nordic/nrf52']\nprobe: sim:nrf52840?protected=yes\nconnect: none\nsteps:\n  - run: Recover\n";
    const root = folderWith({
      "dbgseq.yaml": "seq: ['shipped:nordic/nrf52']\n",
      "deep/recipe.yaml": recipe,
    });
    const listed = await dbgseqIn({ cwd: join(root, "deep"), env: {} }, "list");
    expect(listed.out).toMatch(/Recover +project \(shipped:nordic\/nrf52:40:1\)/);
    const run = ["recipe", "run", join(root, "deep", "recipe.yaml")];
    // What it does still needs its grant.
    const refused = await dbgseqIn({ cwd: root, env: {} }, ...run);
    expect(refused.code).toBe(5);
    expect(refused.err).toContain("--allow erase");
    expect(await dbgseqIn({ cwd: root, env: {} }, ...run, "--allow", "erase")).toMatchObject({ code: 0 });
  });

  test("is imported by a script, and by a script that a file names", async () => {
    const root = folderWith({
      "mine.seq": 'import "shipped:nordic/nrf52";\nsequence Mine { Sequence("Status"); }\n',
      "dbgseq.yaml": "seq: [mine.seq]\n",
    });
    const around = { cwd: root, env: {} };
    expect(await dbgseqIn(around, "run", "Mine", ...LOCKED)).toMatchObject({ code: 0 });
    expect(await dbgseqIn(around, "check", join(root, "mine.seq"))).toMatchObject({ code: 0 });
    const path = join(root, "mine.seq");
    const text = await scriptToPack(await readSource(path), await followImports([path], root));
    expect(text).toContain('<sequence name="Recover"');
  });

  test("is checked, converted and formatted to standard output, and never written", async () => {
    expect(await inFolder({}, "check", "shipped:nordic/nrf52")).toMatchObject({ code: 0 });
    expect((await inFolder({}, "convert", "shipped:nordic/nrf52")).out).toContain('name="Recover"');
    expect((await inFolder({}, "fmt", "shipped:nordic/nrf52", "--stdout")).out).toContain("sequence Recover");
    expect(await inFolder({}, "fmt", "shipped:nordic/nrf52")).toMatchObject({
      code: 2,
      err: "error: shipped:nordic/nrf52: it ships with dbgseq and is not changed\n",
    });
  });

  test("has a nearest name, and a list of its sequences, if a name is wrong", async () => {
    expect((await inFolder({}, "run", "shipped:nordic/nrf25#Status")).err).toContain(
      "did you mean shipped:nordic/nrf52?",
    );
    expect((await inFolder({}, "run", "shipped:nothing")).err).toContain("known: infineon/psoc6, ");
    expect((await inFolder({}, "run", "shipped:nordic/nrf52#Recoverr")).err).toContain(
      'has no sequence "Recoverr", did you mean "Recover"?; it has CtrlApConnect, Status, Recover',
    );
    expect((await inFolder({}, "run", "shipped:../default/ResetSystem")).code).toBe(2);
  });

  test("works in the library", async () => {
    const context = await deviceContext({ seq: [await readSource("shipped:nordic/nrf52")] });
    expect(context.names()).toContain("Recover");
    await ConnectHelper.withSession(
      { probe: "sim:nrf52840", connect: "none", config: false, seq: ["shipped:nordic/nrf52"] },
      async (session) => {
        await session.run("Status");
      },
    );
  });
});

describe("list --shipped", () => {
  test("says what each sequence does, and which of them erase", async () => {
    const { code, out } = await inFolder({}, "list", "--shipped");
    expect(code).toBe(0);
    expect(out).toMatch(/^shipped:nordic\/nrf52: nRF52: a part whose APPROTECT closes AP 0 /m);
    expect(out).toMatch(/^ {2}Recover +erase everything through the CTRL-AP.* \(erases: --allow erase\)$/m);
    expect(out).toMatch(/^ {2}Status +say whether the part is protected; changes nothing$/m);
  });

  test("prints the same as JSON", async () => {
    const { out } = await inFolder({}, "list", "--shipped", "--json");
    expect(JSON.parse(out)).toMatchObject({ shipped: await listShipped() });
  });

  test("every script says what it is for, and erases only by a sequence that says so", async () => {
    const scripts = await listShipped();
    for (const { name, about, sequences } of scripts) {
      expect(about, name).not.toBe("");
      for (const one of sequences.filter(({ erases }) => erases))
        expect(one.about, `${name}#${one.name}`).toMatch(/erase/);
    }
  });
});

test("completion offers the scripts, and then their sequences", async () => {
  const offered = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await inFolder({}, "completion", "--candidates", "--", ...words)).out.split("\n").slice(0, -1);
  expect(await offered("run", "shipped:nordic/")).toEqual([
    "shipped:nordic/nrf52",
    "shipped:nordic/nrf53",
    "shipped:nordic/nrf91",
  ]);
  expect(await offered("run", "shipped:nordic/nrf52#")).toEqual([
    "shipped:nordic/nrf52#CtrlApConnect",
    "shipped:nordic/nrf52#Recover",
    "shipped:nordic/nrf52#Status",
  ]);
  expect(await offered("run", "--seq", "sh")).toContain("shipped:st/stm32f4");
  expect(await offered("run", "--seq=shipped:st")).toEqual(["--seq=shipped:st/stm32f4"]);
  // The shell offers files.
  expect(await offered("run", "--seq", "")).toEqual([]);
});
