/**
 * A simulated device that is code, `sim:./chip.mjs`: it runs in the process of dbgseq, so only its user may consent to it.
 * The command line is a file that Node runs, and the device's file has no package beside it.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseqIn, unwrapped } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const CHIP = "examples/09-models/mailbox-chip.mjs";
/** It opens the mailbox, and then reads behind it. */
const UNLOCK =
  'Sequence("DebugPortSetup"); Sequence("DebugPortStart"); __ap = 1; WriteAP(4, 0xC0FFEE); __ap = 0; Message(0, "%08X", Read32(0));';

let bundle: Awaited<ReturnType<typeof bundledCli>>;
beforeAll(async () => {
  bundle = await bundledCli();
});
afterAll(() => {
  rmSync(bundle.folder, { recursive: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(cwd: string, ...argv: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-deprecation", bundle.cli, ...argv], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return { code: status, out: stdout, err: unwrapped(stderr.replaceAll(/^\(node:.*\n/gm, "")) };
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  const root = realpathSync(folderWith(files));
  copyFileSync(CHIP, join(root, "chip.mjs"));
  return root;
}

const TYPED = ["--probe", "sim:./chip.mjs", "--no-config"];
const ALLOWED = ["--allow", "model=chip.mjs"];

describe("with consent", () => {
  test("it runs, beside no package, with its options and its state", () => {
    const root = folder();
    const unlocked = run(root, "run", "-e", UNLOCK, ...TYPED, "--connect", "none", ...ALLOWED);
    expect(unlocked).toEqual({ code: 0, out: "20004000\n", err: "" });
    expect(
      run(root, "read", "0", "--probe", "sim:chip.mjs?mailbox=open", "--no-config", ...ALLOWED),
    ).toMatchObject({
      code: 0,
      out: "0x00000000  0x20004000\n",
    });
    expect(
      run(root, "read", "0", "--probe", "sim:chip.mjs?mailbx=open", "--no-config", ...ALLOWED),
    ).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'sim:mailbox-chip has no option "mailbx", did you mean "mailbox"?',
      ) as unknown,
    });
  });

  test("a recipe names it relative to itself", () => {
    const recipe =
      "probe: sim:./chip.mjs?mailbox=open\nsteps:\n  - read: 0\n    as: sp\n  - expect: sp == 0x20004000\n";
    const root = folder();
    mkdirSync(join(root, "deep"));
    writeFileSync(join(root, "deep", "recipe.yaml"), recipe);
    copyFileSync(CHIP, join(root, "deep", "chip.mjs"));
    const argv = ["recipe", "run", "deep/recipe.yaml"];
    expect(run(root, ...argv)).toMatchObject({ code: 5 });
    // The grant is for one file, not for another one of that name.
    expect(run(root, ...argv, ...ALLOWED)).toMatchObject({ code: 5 });
    expect(run(root, ...argv, "--allow", "model=deep/chip.mjs")).toMatchObject({ code: 0 });
  });

  test("a mistake of its code has the code's place", () => {
    const chip = readFileSync(CHIP, "utf8");
    const broken = (before: string, text: string): string =>
      folderWith({ "chip.mjs": chip.replace(before, `\n${text}\n${before}`) });
    const built = run(
      broken("let isOpen", 'throw new Error("the glue does not hold");'),
      ...["read", "0", ...TYPED, ...ALLOWED],
    );
    expect(built.code).toBe(2);
    expect(built.err).toMatch(
      /^error: sim:\.\/chip\.mjs: the code failed while the device was built, at chip\.mjs:\d+:7: Error: the glue does not hold$/m,
    );
    const written = run(
      broken("if (register === 4)", 'throw new Error("the mailbox is jammed");'),
      ...["run", "-e", UNLOCK, ...TYPED, "--connect", "none", ...ALLOWED],
    );
    expect(written.code).toBe(2);
    expect(written.err).toMatch(
      /the code failed while it was simulated, at chip\.mjs:\d+:7: Error: the mailbox is jammed/,
    );
  });

  test.each([
    [
      "export const other = 1;\n",
      'exports no model: a default export or "model" is expected (it exports other)',
    ],
    [
      "export default { create: () => 1 };\n",
      'its export "default" must be what defineModel of dbgseq/sim returned',
    ],
    [
      "export const model = 1;\nnull.x;\n",
      "the code failed while it was loaded, at chip.mjs:2:6: TypeError:",
    ],
    ["export const = 1;\n", "the code failed while it was loaded: SyntaxError: Unexpected token"],
    ['import "not-there";\n', "the code failed while it was loaded: Error: Cannot find package 'not-there'"],
    ['import { nothing } from "dbgseq/sim";\n', "does not provide an export named 'nothing'"],
  ])("%j is refused", (text, message) => {
    const root = realpathSync(folderWith({ "chip.mjs": text }));
    const { code, err } = run(root, "read", "0", ...TYPED, ...ALLOWED);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("without consent nothing of it runs", () => {
  const PROOF = 'import { writeFileSync } from "node:fs";\nwriteFileSync("proof", "");\n';

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ["typed", {}, TYPED],
    ["in a dbgseq.yaml", { "dbgseq.yaml": "probe: sim:./chip.mjs\n" }, []],
    [
      "with every other grant",
      {},
      [...TYPED, "--allow", "read=chip.mjs", "--allow", "remote", "--allow", "erase"],
    ],
  ])("%s", async (_how, files, argv) => {
    const root = realpathSync(folderWith({ "chip.mjs": PROOF, ...files }));
    // This process must not run it, either.
    const { code, err } = await dbgseqIn(
      { cwd: root, env: {} },
      "read",
      "0",
      ...argv.map((word) => word.replace("./chip", `${root}/chip`)),
    );
    expect(code).toBe(5);
    expect(err.replaceAll(/\s+/g, " ")).toContain(
      "is code that would run in this process with all rights of its user",
    );
    expect(err).toContain(`--allow model=${join(root, "chip.mjs")}`);
    expect(() => readFileSync(join(root, "proof"))).toThrow();
  });

  test("a file or a variable cannot consent", async () => {
    const root = realpathSync(
      folderWith({ "chip.mjs": PROOF, "dbgseq.yaml": "allow: ['model=chip.mjs']\n" }),
    );
    const around = {
      cwd: root,
      env: { DBGSEQ_ALLOW: "model=chip.mjs", DBGSEQ_PROBE: `sim:${root}/chip.mjs` },
    };
    expect((await dbgseqIn(around, "read", "0")).code).toBe(2);
    writeFileSync(join(root, "dbgseq.yaml"), "");
    expect((await dbgseqIn(around, "read", "0")).code).toBe(5);
  });

  test("a link that leads to another file than the granted one is that file", async () => {
    const root = realpathSync(folderWith({ "chip.mjs": PROOF, "other.mjs": PROOF }));
    symlinkSync("chip.mjs", join(root, "link.mjs"));
    const argv = ["read", "0", "--probe", `sim:${root}/link.mjs`, "--allow", `model=${root}/other.mjs`];
    expect((await dbgseqIn({ cwd: root, env: {} }, ...argv)).code).toBe(5);
  });

  test("a grant to write where the code lies is refused beside it", async () => {
    const root = realpathSync(folderWith({ "chip.mjs": PROOF }));
    const argv = [
      "read",
      "0",
      "--probe",
      `sim:${root}/chip.mjs`,
      "--allow",
      "model=chip.mjs",
      "--allow",
      "write=.",
    ];
    const { code, err } = await dbgseqIn({ cwd: root, env: {} }, ...argv);
    expect([code, err.replaceAll(/\s+/g, " ")]).toEqual([
      2,
      expect.stringContaining("together would allow everything"),
    ]);
  });

  test("the library refuses likewise, and asks its caller", async () => {
    const root = realpathSync(folderWith({ "chip.mjs": PROOF }));
    const asked: string[] = [];
    const open = (): Promise<unknown> =>
      ConnectHelper.withSession(
        {
          probe: `sim:${root}/chip.mjs`,
          config: false,
          consent: (grant) => {
            asked.push(grant);
            return Promise.resolve(false);
          },
        },
        () => Promise.resolve(),
      );
    await expect(open()).rejects.toMatchObject({ fault: { kind: "not-allowed", effect: "model" } });
    expect(asked).toEqual([`model=${join(root, "chip.mjs")}`]);
    expect(() => readFileSync(join(root, "proof"))).toThrow();
  });
});
