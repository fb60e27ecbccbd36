/**
 * What a sequence may do to the machine that it runs on. Every way in is tried with a hostile script or pack: each ends with
 * 5 and the option that would permit it, or with 2 at a stated limit. Links and processes are those of a POSIX host.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const posix = process.platform !== "win32";
/** Elsewhere names may differ in case, and nobody sees who left its process group. */
const linux = process.platform === "linux";
const PATH = process.env["PATH"] ?? "";

/** A project with one script, beside a folder that nothing allows. */
function project(files: Readonly<Record<string, string>> = {}): {
  readonly root: string;
  readonly at: string;
} {
  const root = realpathSync(
    folderWith({
      "outside/secret.txt": "secret",
      "project-other/x": "secret",
      "project/in.bin": "abcd",
      ...files,
    }),
  );
  return { root, at: join(root, "project") };
}

function run(at: string, statements: string, ...allow: readonly string[]): Promise<Finished> {
  const grants = allow.flatMap((one) => ["--allow", one]);
  return dbgseqIn(
    { cwd: at, env: { PATH } },
    "run",
    "-e",
    statements,
    "--probe",
    "sim:generic-m4",
    ...grants,
  );
}

function program(at: string, name: string, script: string): string {
  const path = join(at, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const BYTES = "sequences may hold 67108864 bytes at a time";
const FILL = "BufferSet(0, 0, 8, 1, 0x41);\n";

describe.skipIf(!posix)(
  "without consent nothing happens, and the option that would permit it is named",
  () => {
    test.each([
      ["a program", 'RunApplication("/bin/ls", "-l", "", 1000);', /^run=\/.*\/ls$/],
      ["a program found on PATH", 'RunApplication("ls", "", "", 1000);', /^run=\/.*\/ls$/],
      [
        "a program of the project",
        'RunApplication("$P/tool.sh", "", "", 1000);',
        /^run=ROOT\/project\/tool\.sh$/,
      ],
      ["a Python script", 'RunPythonScript("$P/x.py", "", "", 1000);', /^run=ROOT\/project\/x\.py$/],
      ["reading", 'BufferStreamIn(0, 0, 4, "$P/in.bin", 0, 0);', /^read=ROOT\/project\/in\.bin$/],
      ["reading what there is not", 'BufferStreamIn(0, 0, 4, "/etc/nothing", 0, 0);', /^read=\/etc$/],
      ["writing", `${FILL}BufferStreamOut(0, 0, 8, "$P/out.bin", 0, 0);`, /^write=ROOT\/project$/],
      [
        "appending",
        `${FILL}BufferStreamOut(0, 0, 8, "$P/in.bin", 0x10, 0);`,
        /^write=ROOT\/project\/in\.bin$/,
      ],
      ["looking", 'FilePathExists("/etc/passwd", 0);', /^read=\/etc\/passwd$/],
      ["debug information outside of the pack", 'LoadDebugInfo("../outside/secret.txt");', undefined],
    ])("%s", async (_, statements, option) => {
      const { root, at } = project({ "project/tool.sh": "" });
      const { code, err } = await run(at, statements);
      expect({ code, err }).toMatchObject({ code: 5 });
      const named = /allow it with --allow (\S+)$/m.exec(err)?.[1]?.replace(root, "ROOT");
      if (option === undefined) expect(err).toContain("is refused: it is not in the pack");
      else expect(named).toMatch(option);
      expect(existsSync(join(at, "out.bin"))).toBe(false);
      expect(readFileSync(join(at, "in.bin"), "utf8")).toBe("abcd");
    });

    test("nothing but the command line consents: not dbgseq.yaml, a variable or the script", async () => {
      const { at } = project({ "project/dbgseq.yaml": "allow: run=/bin/ls\n" });
      expect((await run(at, 'RunApplication("ls", "", "", 0);')).code).toBe(2);
      const { code } = await dbgseqIn(
        { cwd: join(at, ".."), env: { PATH, DBGSEQ_ALLOW: "run=ls" } },
        ...["run", "-e", 'RunApplication("ls", "", "", 0);', "--probe", "sim:generic-m4"],
      );
      expect(code).toBe(5);
    });

    test("the option that is named is the one that helps", async () => {
      const { at } = project();
      const statements = 'Message(0, "%d", BufferStreamIn(0, 0, 100, "$P/in.bin", 0, 0));';
      const option = /allow it with --allow (\S+)$/m.exec((await run(at, statements)).err)?.[1] ?? "";
      expect(await run(at, statements, option)).toMatchObject({ code: 0, out: "4\n" });
    });
  },
);

describe.skipIf(!posix)("consent for one folder does not extend to another", () => {
  type Way = readonly [string, string, (root: string) => void];
  const ANOTHER_CASE: Way = ["another case", "ROOT/PROJECT/in.bin", () => undefined];
  const ways: readonly Way[] = [
    ["..", "$P/../outside/secret.txt", () => undefined],
    [".. with the other separator", "$P\\..\\outside\\secret.txt", () => undefined],
    [".. behind a folder that there is not", "$P/none/../../outside/secret.txt", () => undefined],
    ["an absolute path", "ROOT/outside/secret.txt", () => undefined],
    ["a folder whose name begins the same", "ROOT/project-other/x", () => undefined],
    [
      "a link to a file",
      "$P/link",
      (root) => {
        symlinkSync("../outside/secret.txt", join(root, "project/link"));
      },
    ],
    [
      "a link to a folder",
      "$P/link/secret.txt",
      (root) => {
        symlinkSync(join(root, "outside"), join(root, "project/link"));
      },
    ],
    [
      ".. out of a link",
      "$P/link/../outside/secret.txt",
      (root) => {
        mkdirSync(join(root, "outside/deep"));
        symlinkSync(join(root, "outside/deep"), join(root, "project/link"));
      },
    ],
    [
      "a link to a link",
      "$P/a",
      (root) => {
        symlinkSync("b", join(root, "project/a"));
        symlinkSync("../outside/secret.txt", join(root, "project/b"));
      },
    ],
    [
      "a link that goes round",
      "$P/a",
      (root) => {
        symlinkSync("b", join(root, "project/a"));
        symlinkSync("a", join(root, "project/b"));
      },
    ],
    ...(linux ? [ANOTHER_CASE] : []),
    ["a drive", "C:/Windows/win.ini", () => undefined],
    ["a drive with the other separator", "C:\\Windows\\win.ini", () => undefined],
    ["another computer", "//server/share/x", () => undefined],
    ["another computer, with the other separator", "\\\\server\\share\\x", () => undefined],
    ["a device", "/dev/zero", () => undefined],
    ["a process", "/proc/self/environ", () => undefined],
    ["NUL", "$P/in.bin\0.txt", () => undefined],
  ];
  test.each(ways)("%s", async (_, text, prepare) => {
    const { root, at } = project();
    prepare(root);
    const path = text.replace("ROOT", root);
    const own = ["read=.", "write=."];
    const before = readFileSync(join(root, "outside/secret.txt"), "utf8");
    const tries = [
      `BufferStreamIn(0, 0, 100, "${path}", 0, 0); Message(0, "got %x", BufferGet(0, 0, 6));`,
      `${FILL}BufferStreamOut(0, 0, 8, "${path}", 0, 0);`,
      `FilePathExists("${path}", 0);`,
      `RunApplication("${path}", "", "", 1000);`,
      `RunApplication("ls", "", "${path.replace(/\/[^/]*$/, "/")}", 1000000);`,
    ];
    for (const [index, statements] of tries.entries()) {
      // The folder of the last try may be the project's own.
      if (index === 4 && (/^\$P.[^/]*$/.test(path) || path.includes("\\") || path.includes("PROJECT")))
        continue;
      const { code, err, out } = await run(at, statements, ...own, ...(index === 4 ? ["run=ls"] : []));
      if (path.includes("\0")) expect([2, 5], err).toContain(code);
      else expect({ code, err }, statements).toMatchObject({ code: 5 });
      expect(out).not.toContain("got");
    }
    expect(readFileSync(join(root, "outside/secret.txt"), "utf8")).toBe(before);
  });

  test.each([
    ["a device", "/dev/zero", "/dev"],
    ["a pipe", "$P/pipe", "."],
  ])("what may never end is refused also where it may be used: %s", async (_, path, allowed) => {
    const { at } = project();
    execFileSync("mkfifo", [join(at, "pipe")]);
    for (const statements of [
      `BufferStreamIn(0, 0, 0xFFFFFFFFFFFFFFFF, "${path}", 0, 0);`,
      `${FILL}BufferStreamOut(0, 0, 8, "${path}", 0, 0);`,
    ]) {
      const { code, err } = await run(at, statements, `read=${allowed}`, `write=${allowed}`);
      expect({ code, err }).toMatchObject({
        code: 5,
        err: expect.stringContaining("may never end") as string,
      });
    }
  });

  test("a pack's own sequences and a recipe are refused as scripts are", async () => {
    const { at } = project({
      "project/V.N.pdsc": `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1">
        <processor Dcore="Cortex-M4" Dclock="1000000"/><device Dname="D"><sequences>
        <sequence name="DebugCoreStart"><block>RunApplication("$S/tool.sh", "", "", 600000000);</block></sequence>
        </sequences></device></family></devices></package>`,
      "project/r.yaml": "allow: run=tool.sh\nsteps:\n  - connect: halt\n",
    });
    program(at, "tool.sh", "touch ran");
    const device = ["--pack", join(at, "V.N.pdsc"), "--device", "D", "--probe", "sim:generic-m4"];
    const here = { cwd: at, env: { PATH } };
    const reset = await dbgseqIn(here, "reset", ...device);
    expect(reset).toMatchObject({
      code: 5,
      err: expect.stringContaining(`allow it with --allow run=${join(at, "tool.sh")}`) as string,
    });
    expect((await dbgseqIn(here, "recipe", "run", join(at, "r.yaml"), ...device)).code).toBe(2);
    expect(existsSync(join(at, "ran"))).toBe(false);
    expect((await dbgseqIn(here, "reset", ...device, "--allow", "run=./tool.sh")).code).toBe(0);
    expect(existsSync(join(at, "ran"))).toBe(true);
  });

  test("a file with a second name elsewhere is not written", async () => {
    const { root, at } = project();
    linkSync(join(root, "outside/secret.txt"), join(at, "twin"));
    const { code, err } = await run(at, `${FILL}BufferStreamOut(0, 0, 8, "$P/twin", 0, 0);`, "write=.");
    expect({ code, err }).toMatchObject({
      code: 5,
      err: expect.stringContaining("2 names (hard links)") as string,
    });
    expect(readFileSync(join(root, "outside/secret.txt"), "utf8")).toBe("secret");
  });

  test.each([
    ["the folder of the program", "write=."],
    ["a folder above it", "write=.."],
    ["the program itself", "write=tool.sh"],
    ["the folder of what its name leads to", "write=../real"],
  ])("consent to a program and to writing %s is refused before anything runs", async (_what, write) => {
    const { root, at } = project({ "real/x": "" });
    program(join(root, "real"), "real.sh", "exit 7");
    if (write === "write=../real") symlinkSync("../real/real.sh", join(at, "tool.sh"));
    else program(at, "tool.sh", "exit 7");
    const { code, out, err } = await run(at, 'Message(0, "ran");', write, "run=tool.sh");
    expect({ code, out, err }).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringMatching(/run=\S+ and write=\S+ together .*another folder/) as string,
    });
    expect((await run(at, 'Message(0, "ran");', "write=../outside", "run=tool.sh")).out).toBe("ran\n");
  });

  test("a name of a program that has several is consent to that name alone", async () => {
    const { root, at } = project({ "bin/x": "" });
    const bin = join(root, "bin");
    program(bin, "multi", 'basename "$0" > name');
    for (const name of ["alpha", "beta"]) symlinkSync("multi", join(bin, name));
    const here = { cwd: at, env: { PATH: `${bin}:${PATH}` } };
    const named = (name: string): Promise<Finished> =>
      dbgseqIn(
        here,
        ...["run", "--probe", "sim:generic-m4", "--allow", "run=alpha"],
        ...["-e", `RunApplication("${name}", "", "", 600000000);`],
      );
    expect((await named("alpha")).code).toBe(0);
    expect((await named(`${bin}/alpha`)).code).toBe(0);
    expect(readFileSync(join(at, "name"), "utf8")).toBe("alpha\n");
    for (const other of ["beta", "multi", `${bin}/multi`])
      expect(await named(other)).toMatchObject({
        code: 5,
        err: expect.stringContaining(`--allow run=${bin}/`) as string,
      });
  });

  test("consent to one program is not consent to a shell behind it", async () => {
    const { at } = project();
    program(at, "tool.sh", 'printf "%s|" "$@"');
    const { code, out } = await run(
      at,
      'RunApplication("$P/tool.sh", "a;touch$P/x \\"b c\\" $(touch y) `z` > out && ls", "", 600000000);',
      "run=tool.sh",
    );
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(["x", "y", "z", "out"].filter((name) => existsSync(join(at, name)))).toEqual([]);
  });
});

describe.skipIf(!posix)("an allowed effect works as the specification says", () => {
  test("a program: its exit code, its words, its folder, its output in the report", async () => {
    const { at } = project();
    program(at, "my tool.sh", 'printf "%s\\n" "$@"; pwd; echo bad >&2; exit 42');
    const { code, out } = await dbgseqIn(
      { cwd: at, env: { PATH } },
      ...["run", "--probe", "sim:generic-m4", "--json", "--allow", "run=my tool.sh", "-e"],
      'Message(0, "%d", RunApplication("$P/my tool.sh", "--in $P/a \\"b  c\\" $$P %% ##", "", 10000000));',
    );
    expect(code).toBe(0);
    const { events } = JSON.parse(out) as {
      events: readonly { kind: string; text?: string; ended?: object }[];
    };
    expect(events.find(({ kind }) => kind === "outside")).toMatchObject({
      value: "0x2A",
      ended: {
        exitCode: 42,
        stdout: ["--in", `${at}/a`, "b  c", "$P", "%", "#", at, ""].join("\n"),
        stderr: "bad\n",
        dropped: 0,
      },
    });
    expect(events.find(({ kind }) => kind === "message")?.text).toBe("42");
  });

  test("a Python script", async () => {
    const { at } = project({ "project/x.py": "import sys\nsys.exit(len(sys.argv))" });
    const statements = 'Message(0, "%d", RunPythonScript("x.py", "a b", "", 20000000));';
    expect(await run(at, statements, "run=x.py")).toMatchObject({ code: 0, out: "3\n" });
  });

  test("a signal that ends a program is an exit code above 128", async () => {
    const { at } = project();
    program(at, "t.sh", "kill -SEGV $$");
    const { out } = await run(
      at,
      'Message(0, "%d", RunApplication("t.sh", "", "", 0));'.replace("t.sh", "./t.sh"),
      "run=t.sh",
    );
    expect(out).toBe("139\n");
  });

  test("out and in again, appended, with the specification's counts", async () => {
    const { at } = project();
    const { code, out, err } = await run(
      at,
      `__var set = BufferSet(0, 4, 3, 2, 0xBBAA);
       __var first = BufferStreamOut(0, 0, 100, "$P\\out.bin", 0, 0);
       __var more = BufferStreamOut(0, 4, 2, "$P/out.bin", 0x10, 0);
       __var there = FilePathExists("$P/out.bin", 0);
       __var none = FilePathExists("$P/none.bin", 50000);
       __var all = BufferStreamIn(7, 1, 0xFFFFFFFFFFFFFFFF, "$P/out.bin", 0, 1000000);
       __var part = BufferStreamIn(8, 0, 3, "$P/out.bin", 0, 0);
       Message(0, "%d %d %d %d %d %d %d %d", set, first, more, there, none, all, part, BufferSize(7));`,
      "read=.",
      "write=.",
    );
    expect({ code, out, err }).toMatchObject({ code: 0, out: "6 10 2 0 1 12 3 13\n" });
    expect(readFileSync(join(at, "out.bin")).toString("hex")).toBe("00000000aabbaabbaabbaabb");
  });
});

describe.skipIf(!posix)("an effect that fills disk, memory or time ends at a stated limit", () => {
  const HUGE = "BufferSet(0, 0, 0x1000000, 1, 0);";
  test.each([
    ["a buffer", "BufferSet(0, 0, 0x4000001, 1, 0);", BYTES],
    ["a buffer by its offset", "BufferSet(0, 0xFFFFFFFFFFFFFFF8, 1, 8, 0);", BYTES],
    ["a buffer by a count that wraps", "BufferSet(0, 0, 0xFFFFFFFFFFFFFFFF, 8, 0);", BYTES],
    ["a read", "BufferRead(0, 0, 0x20000000, 0x4000004, 33);", BYTES],
    [
      "many buffers",
      "__var n = 0; while (n < 300) { BufferSet(n, 0, 1, 1, 0); n += 1; }",
      "sequences may hold 256 buffers at a time",
    ],
    ["large buffers", "__var n = 0; while (n < 10) { BufferSet(n, 0, 0x1000000, 1, 0); n += 1; }", BYTES],
    [
      "files that get longer",
      `${HUGE} while (1) { BufferStreamOut(0, 0, 0x1000000, "$P/out.bin", 0x10, 0); }`,
      "sequences may write 64 MiB in one run at most",
    ],
    [
      "endless small writes",
      'BufferSet(0, 0, 1, 1, 0); while (1) { BufferStreamOut(0, 0, 1, "$P/out.bin", 0, 0); }',
      "sequences may touch this machine 1000 times in one run at most",
    ],
    ["a file that is too long", 'BufferStreamIn(0, 0, 0xFFFFFFFFFFFFFFFF, "$P/big.bin", 0, 0);', BYTES],
  ])("%s", async (_, statements, sentence) => {
    const { at } = project();
    if (statements.includes("big.bin")) writeFileSync(join(at, "big.bin"), Buffer.alloc(65 * 1024 * 1024));
    const { code, err } = await run(at, statements, "read=.", "write=.");
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(sentence) as string });
    expect(err).toMatch(/<command line>:\d+:\d+, the script/);
  });

  test("buffers of a sequence are gone when it returns", async () => {
    const { at } = project({
      "project/a.seq": `sequence A { __var n = 0; while (n < 20) timeout 10s { Sequence("B"); n += 1; } }
        sequence B { BufferSet(0, 0, 0x1000000, 1, 0xFF); }`,
    });
    const { code, err } = await dbgseqIn(
      { cwd: at, env: {} },
      "run",
      join(at, "a.seq#A"),
      "--probe",
      "sim:generic-m4",
    );
    expect({ code, err }).toMatchObject({ code: 0 });
  });

  test.each([
    ["a program that does not end", "sleep 60", "ran longer than its 0.3 s"],
    ["one that waits for input", "cat > /dev/null; sleep 60", "ran longer than its 0.3 s"],
    ["endless output", "yes", "ran longer than its 0.3 s|printed more than 64 MiB"],
    [
      "one that does not want to end",
      "trap '' TERM INT HUP; sleep 60 & wait; sleep 60",
      "ran longer than its 0.3 s",
    ],
  ])("%s", async (_, script, sentence) => {
    const { at } = project();
    program(at, "t.sh", script);
    const { code, err } = await run(at, 'RunApplication("./t.sh", "", "", 300000);', "run=t.sh");
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
  });

  test("the kept part of its output is bounded", async () => {
    const { at } = project();
    program(at, "t.sh", "head -c 1000000 /dev/zero | tr '\\0' x");
    const { out } = await dbgseqIn(
      { cwd: at, env: { PATH } },
      ...["run", "--probe", "sim:generic-m4", "--json", "--allow", "run=t.sh", "-e"],
      'RunApplication("./t.sh", "", "", 20000000);',
    );
    const { events } = JSON.parse(out) as {
      events: readonly { ended?: { stdout: string; dropped: number } }[];
    };
    const ended = events.find((event) => event.ended !== undefined)?.ended;
    expect(ended?.stdout.length).toBe(65_536);
    expect(ended?.dropped).toBe(1_000_000 - 65_536);
  });

  const LEAVERS = [
    [
      "in a session of its own",
      "setsid sh -c 'while :; do echo x >> ticks; sleep 0.05; done' > /dev/null 2>&1 &",
    ],
    ["twice removed", "(setsid sh -c 'while :; do echo x >> ticks; sleep 0.05; done' &) &"],
  ];

  test.each([
    ["in the background", "(while :; do echo x >> ticks; sleep 0.05; done) &"],
    ...(linux ? LEAVERS : []),
  ])("nothing that it started outlives it: %s", async (_, script) => {
    const { at } = project();
    program(at, "t.sh", `${script}\nsleep 0.2; exit 3`);
    const { code, out } = await run(
      at,
      'Message(0, "%d", RunApplication("./t.sh", "", "", 600000000));',
      "run=t.sh",
    );
    expect({ code, out }).toEqual({ code: 0, out: "3\n" });
    const ticks = readFileSync(join(at, "ticks"), "utf8").length;
    expect(ticks).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(readFileSync(join(at, "ticks"), "utf8").length).toBe(ticks);
  });
});

describe.skipIf(!posix)("LoadDebugInfo", () => {
  const PDSC =
    '<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1"><device Dname="D"/></family></devices></package>';

  test.each([
    ["what is no ELF file", "in.bin", "it does not begin as an ELF file does"],
    ["what is missing", "nowhere.axf", "there is no such file or folder"],
    ["what is cut off", "cut.axf", "its header is cut off"],
    ["a folder", "sub", "this is a folder"],
  ])("yields 1 for %s, with the reason", async (_, file, reason) => {
    const { at } = project({ "project/V.N.pdsc": PDSC, "project/cut.axf": "\x7fELF", "project/sub/x": "" });
    const statements = `Message(0, "%d", LoadDebugInfo("${file}"));`;
    const { code, out, err } = await dbgseqIn(
      { cwd: at, env: {} },
      ...[
        "run",
        "-e",
        statements,
        "--probe",
        "sim:generic-m4",
        "--pack",
        join(at, "V.N.pdsc"),
        "--device",
        "D",
      ],
    );
    expect({ code, out }).toEqual({ code: 0, out: "1\n" });
    expect(err).toMatch(new RegExp(`^warning: LoadDebugInfo\\("${file}"\\): .*${reason}`, "m"));
  });

  test.each(["../outside/secret.txt", "ROOT/outside/secret.txt", "link", "..\\outside\\secret.txt"])(
    "is refused outside of the pack: %s",
    async (file) => {
      const { root, at } = project({ "project/V.N.pdsc": PDSC });
      symlinkSync("../outside/secret.txt", join(at, "link"));
      const { code, err } = await dbgseqIn(
        { cwd: at, env: {} },
        ...["run", "-e", `LoadDebugInfo("${file.replace("ROOT", root)}");`, "--probe", "sim:generic-m4"],
        ...["--pack", join(at, "V.N.pdsc"), "--device", "D"],
      );
      expect({ code, err }).toMatchObject({ code: 5 });
      expect(err).toContain(`allow it with --allow read=${root}/outside/secret.txt`);
    },
  );
});

describe("a mistake in the request ends with 2", () => {
  test.each([
    [
      "an effect that there is not",
      "format=/",
      "cannot be allowed; erase, lock, lock=forever, remote, run=PROGRAM, model=FILE, write=PATH and read=PATH are",
    ],
    [
      "no path",
      "read=",
      "cannot be allowed; erase, lock, lock=forever, remote, run=PROGRAM, model=FILE, write=PATH and read=PATH are",
    ],
    ["a folder that there is not", "read=none", "the grant read=none: no such file or folder"],
    [
      "a program that there is not",
      "run=no-such-program",
      "no such program on PATH or in the working folder",
    ],
  ])("%s", async (_, allow, sentence) => {
    const { at } = project();
    const { code, err } = await run(at, "__var x = 1;", allow);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(sentence) as string });
  });

  test.each([
    ['RunApplication("$L/x", "", "", 0);', "$L has no value; name the project's main output file"],
    ['FilePathExists("%L", 0);', "%L has no value"],
    ['FilePathExists("$S/x", 0);', "$S has no value; name a pack"],
    ['FilePathExists("$D", 0);', "$D has no value; name a device"],
  ])("%s", async (statements, sentence) => {
    const { at } = project();
    const { code, err } = await run(at, statements);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(sentence) as string });
  });
});
