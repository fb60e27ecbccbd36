/** `dbgseq explain`: all of the last failure, registers field by field, and what a code means. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lastFailureFile } from "../../src/host/files/last-failure.ts";
import { dbgseq, dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const SCRIPT = `sequence Inner { __var where = 0xA0000000; Write32(where, Read32(where)); }
sequence Outer { Sequence("Inner"); }`;

function kept(): {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
} {
  const cwd = folderWith({ "a.seq": SCRIPT });
  const env = { XDG_CACHE_HOME: join(cwd, "cache") };
  return { cwd, env, file: join(cwd, "cache", "dbgseq", "last-failure.json") };
}

const failing = (cwd: string): readonly string[] => [
  "run",
  `${join(cwd, "a.seq")}#Outer`,
  "--probe",
  "sim:generic-m4",
];

describe("the last failure", () => {
  test("is shown with its command line, chain, places, variables, registers, evidence and tries", async () => {
    const at = kept();
    const { screen } = await dbgseqIn(at, ...failing(at.cwd));
    expect(screen).toContain("  with: where = 0xA0000000\n");
    const { code, out } = await dbgseqIn(at, "explain");
    expect(code).toBe(0);
    expect(out).toMatch(/^command: dbgseq run \S+a\.seq#Outer --probe\s+sim:generic-m4\n/);
    expect(out).toContain("no-memory (likely)");
    expect(out).toMatch(/a\.seq:1:59, sequence Inner\n.*\n.*\^{13}\n.*a\.seq:2:18, sequence Outer\n/);
    expect(out).toContain("  where = 0xA0000000\n");
    expect(out).toMatch(
      /CTRL\/STAT = 0x[0-9A-F]{8}.*\n(?:.*\n)*.*STICKYERR +5 +1 +an access through an access port/,
    );
    expect(out).toContain("try:\n");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("is data with --json", async () => {
    const at = kept();
    await dbgseqIn(at, ...failing(at.cwd));
    const { out } = await dbgseqIn(at, "explain", "--json");
    expect(JSON.parse(out)).toMatchObject({
      failure: {
        exitCode: 4,
        diagnosis: { code: "no-memory" },
        variables: [{ name: "where", value: "0xA0000000" }],
      },
    });
  });

  test("has the ways to connect that were tried", async () => {
    const at = kept();
    const { err } = await dbgseqIn(at, "read", "0", "--probe", "sim:lpc55s36", "--connect", "auto");
    expect(err).toContain("  more: dbgseq explain\n");
    const { out } = await dbgseqIn(at, "explain");
    expect(out).toMatch(/tried:\n {2}attach +the connection failed at the step "read CPUID"/);
  });

  test("only its user may read it, and the next one takes its place", async () => {
    const at = kept();
    await dbgseqIn(at, ...failing(at.cwd));
    if (process.platform !== "win32") expect(statSync(at.file).mode & 0o777).toBe(0o600);
    await dbgseqIn(at, "eval", "1 / 0");
    expect(readFileSync(at.file, "utf8")).toContain("dbgseq eval");
  });

  test.each([
    ["with --no-config", ["--no-config"], {}],
    ["if DBGSEQ_NO_HISTORY is set", [], { DBGSEQ_NO_HISTORY: "1" }],
    ["without a folder for it", [], { XDG_CACHE_HOME: "" }],
  ] as const)("is not kept %s", async (_, more, variables) => {
    const at = kept();
    const { code } = await dbgseqIn({ ...at, env: { ...at.env, ...variables } }, ...failing(at.cwd), ...more);
    expect(code).toBe(4);
    expect((await dbgseqIn(at, "explain")).out).toBe("no failure was kept\n");
  });

  test("a cache that cannot be written, or is damaged, fails no command", async () => {
    const at = kept();
    writeFileSync(join(at.cwd, "cache"), "a file in the place of the folder");
    expect((await dbgseqIn(at, ...failing(at.cwd))).code).toBe(4);
    const other = kept();
    await dbgseqIn(other, ...failing(other.cwd));
    for (const text of ["{", "[]", "null", '{"version":1}', '{"version":1,"sentences":[3]}']) {
      writeFileSync(other.file, text);
      expect(await dbgseqIn(other, "explain")).toMatchObject({ code: 0, out: "no failure was kept\n" });
    }
  });

  test.each([
    ["linux", { HOME: "/home/a" }, "/home/a/.cache/dbgseq/last-failure.json"],
    ["darwin", { HOME: "/Users/a" }, "/Users/a/Library/Caches/dbgseq/last-failure.json"],
    ["win32", { LOCALAPPDATA: "C:/a" }, "C:/a/dbgseq/last-failure.json"],
    ["linux", {}, undefined],
  ] as const)("on %s it is kept in the user's cache: %o", (platform, env, file) => {
    expect(lastFailureFile(env, platform)?.replaceAll("\\", "/")).toBe(file);
  });
});

test("the variables of a sequence that has ended are those of its end", async () => {
  const cwd = folderWith({
    "a.seq": 'sequence A { Sequence("B"); } sequence B { __var at = 0xA0000000; Write32(at, 1); at = 7; }',
  });
  const { err } = await dbgseq("run", `${join(cwd, "a.seq")}#A`, "--probe", "sim:generic-m4");
  expect(err).toContain("  later: at = 0x7\n");
});

describe("a register", () => {
  test.each([
    ["DHCSR=0x00030003", /S_HALT +17 +1 +the core is halted/],
    ["ctrl/stat=0x20", /STICKYERR +5 +1 +an access through an access port failed/],
    ["CTRL_STAT=0x20", /CTRL\/STAT = 0x00000020 {2}\(of the debug port at 0x04/],
    ["IDR=0x84770001", /DESIGNER +27:17 +0x23B +Arm/],
    ["CPUID=0x410FC241", /Cortex-M4 r0p1/],
    ["CFSR=0x8200", /PRECISERR +9 +1 +the bus refused an access/],
    ["DAUTHSTATUS=0x2A", /SID +5:4 +2 +exists and is not allowed/],
    ["DFSR=0x80000000", /0x80000000 is in no field/],
  ])("%s", async (word, says) => {
    const { code, out } = await dbgseq("explain", word);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(says) as string });
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("of the device is named by its SVD file, with the names of its values", async () => {
    const svd = `<device schemaVersion="1.3"><name>D</name><width>32</width><size>32</size><peripherals><peripheral>
<name>PORT</name><baseAddress>0x40000000</baseAddress><registers><register><name>MODE</name><addressOffset>4</addressOffset>
<fields><field><name>M0</name><bitRange>[1:0]</bitRange><enumeratedValues><enumeratedValue><name>Output</name><value>1</value>
</enumeratedValue></enumeratedValues></field></fields></register></registers></peripheral></peripherals></device>`;
    const cwd = folderWith({ "d.svd": svd });
    const { code, out } = await dbgseqIn(
      { cwd: process.cwd(), env: {} },
      "explain",
      "PORT.MODE=1",
      "--svd",
      join(cwd, "d.svd"),
    );
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/M0 +1:0 +1 +Output/) as string,
    });
  });

  test("several at once, as data", async () => {
    const { out } = await dbgseq(
      "explain",
      "HFSR=0x40000000",
      "SELECT=0x010000F0",
      "unknown-sequence",
      "--json",
    );
    expect(JSON.parse(out)).toMatchObject({
      explained: [{ name: "HFSR" }, { name: "SELECT" }, { kind: "finding" }, { kind: "fault" }],
    });
  });

  test.each([
    ["DHCRS=1", 'no register "DHCRS".*did you mean DHCSR'],
    ["DHCSR=x", "DHCSR=x: "],
    ["DHCSR=", "expected REGISTER=VALUE"],
    ["no-such-thing", 'no topic "no-such-thing"'],
  ])("%s is refused", async (word, says) => {
    const { code, err } = await dbgseq("explain", word);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(says) as string });
  });
});

test("a code means what `doc` says", async () => {
  expect((await dbgseq("explain", "no-consent")).out).toBe((await dbgseq("doc", "no-consent")).out);
});
