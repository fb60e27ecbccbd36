/** `check` over time: findings that are known, mends that are made, files that change. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/program.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PACK = `\uFEFF<package schemaVersion="1.7.7"><vendor>V</vendor><name>N</name><!-- é -->
<devices><family Dfamily="F" Dvendor="V:1"><device Dname="D"><sequences>
<sequence name="ResetSystem"><block>
  __var DHCSR_Addr = 0xE000EDF0;   // "&lt;" stays
  if (__dp &lt; 2) { }
</block><block>
  Raed32(DHCSR_Addr); sequence(&quot;ResetSytem&quot;);; Write32(DHCSR_Adr, 1);
</block></sequence>
</sequences></device></family></devices></package>
`;

describe("--fix", () => {
  test("changes nothing but the slips, in XML too, and keeps mark and entities", async () => {
    const file = join(folderWith({ "x.pdsc": PACK.replace("  if (__dp &lt; 2) { }\n", "") }), "x.pdsc");
    const before = readFileSync(file, "utf8");
    const diff = await dbgseq("check", file, "--diff");
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(diff.out).toContain(
      "+  Read32(DHCSR_Addr); Sequence(&quot;ResetSystem&quot;); Write32(DHCSR_Addr, 1);",
    );
    expect(diff.out.match(/^[-+](?![-+]{2} )/gm)).toHaveLength(2);
    const fixed = await dbgseq("check", file, "--fix");
    expect(fixed.err).toContain("x.pdsc: 5 fixed");
    expect(readFileSync(file, "utf8")).toBe(
      before
        .replace("Raed32", "Read32")
        .replace("sequence(&quot;ResetSytem&quot;);;", "Sequence(&quot;ResetSystem&quot;);")
        .replace("DHCSR_Adr,", "DHCSR_Addr,"),
    );
  });

  test("the diff is one that patch can use where the file does not end with a line break", async () => {
    const root = folderWith({
      "a.seq": "sequence A {\n  __var x;\n  Write32(0, x);\n}",
      "b.seq": "__var x;\nDAP_Delay(x);\n",
    });
    expect((await dbgseq("check", join(root, "a.seq"), "--diff")).out).toMatch(
      /@@ -1,4 \+1,4 @@\n sequence A \{\n- {2}__var x;\n\+ {2}__var x = 0;\n {3}Write32\(0, x\);\n \}\n\\ No newline at end of file\n$/,
    );
    expect((await dbgseq("check", join(root, "b.seq"), "--diff")).out).toMatch(
      /@@ -1,2 \+1,2 @@\n-__var x;\n\+__var x = 0;\n DAP_Delay\(x\);\n$/,
    );
  });

  test("a slip that two names are as close to is left to the author", async () => {
    const file = join(
      folderWith({
        "x.seq": "__var Port1 = 1; __var Port2 = 2; DAP_Delay(Port1 + Port2); DAP_Delay(Port3);\n",
      }),
      "x.seq",
    );
    const before = readFileSync(file, "utf8");
    expect((await dbgseq("check", file, "--fix")).code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("--baseline", () => {
  const OLD = "sequence ResetSystem { __var x; Write32(0x20000000, x); }\n";

  test("what is known is not reported, also where it has moved; what is new is", async () => {
    const root = folderWith({ "x.seq": OLD });
    const known = join(root, "known.json");
    const check = (...more: readonly string[]) =>
      dbgseq("check", root, "--warnings", "error", "--baseline", known, ...more);
    expect(await check("--update-baseline")).toMatchObject({ code: 0, out: "" });
    expect(await check()).toMatchObject({ code: 0, out: "" });
    writeFileSync(join(root, "x.seq"), `// moved\n\n${OLD}`);
    expect(await check()).toMatchObject({ code: 0, out: "" });
    writeFileSync(
      join(root, "x.seq"),
      `${OLD}sequence ResetProcessor { __var y; Write32(0x20000000, y); }\n`,
    );
    const fresh = await check();
    expect(fresh.code).toBe(1);
    expect(fresh.out).toContain("'y'");
    expect(fresh.out).not.toContain("'x'");
  });

  test("a missing one is created, and that is reported", async () => {
    const root = folderWith({ "x.seq": OLD });
    const check = () =>
      dbgseq("check", join(root, "x.seq"), "--warnings", "error", "--baseline", join(root, "k.json"));
    const first = await check();
    expect(first.err).toContain("k.json: 2 findings recorded");
    expect(first.code).toBe(0);
    expect(await check()).toMatchObject({ code: 0, out: "" });
  });

  test.each(["{}", "", '{ "version": 2, "known": {} }', '{ "version": 1, "known": { "a": "b" } }'])(
    "a file that is not a baseline ends with 2: %s",
    async (content) => {
      const root = folderWith({ "x.seq": OLD, "k.json": content });
      const { code, err } = await dbgseq("check", join(root, "x.seq"), "--baseline", join(root, "k.json"));
      expect(err).toContain("this is not a baseline of dbgseq check");
      expect(code).toBe(2);
    },
  );
});

describe("--watch", () => {
  test("checks again after a change, in lines that the problem matcher of an editor reads", async () => {
    const root = folderWith({ "x.seq": "sequence ResetSystem { x = 1; }\n" });
    const abort = new AbortController();
    const lines: string[] = [];
    let rounds = 0;
    let wake = (): void => undefined;
    const take = (text: string): void => {
      lines.push(...text.split("\n").filter((line) => line !== ""));
      if (/^\d+ files? checked/m.test(text)) {
        rounds += 1;
        wake();
      }
    };
    const round = async (number: number): Promise<void> => {
      while (rounds < number) await new Promise<void>((resolve) => (wake = resolve));
    };
    const ended = main(["check", root, "--watch"], {
      out: take,
      err: take,
      cwd: root,
      env: {},
      terminal: false,
      color: false,
      signal: abort.signal,
    });
    await round(1);
    writeFileSync(join(root, "x.seq"), "sequence ResetSystem { __dp = 1; }\n");
    await round(2);
    abort.abort();
    await ended;
    const tasks = JSON.parse(
      readFileSync(new URL("../../grammar/vscode-tasks.json", import.meta.url), "utf8"),
    ) as {
      tasks: {
        problemMatcher: {
          pattern: { regexp: string };
          background: { beginsPattern: string; endsPattern: string };
        };
      }[];
    };
    const matcher = tasks.tasks[0]?.problemMatcher;
    const matching = (pattern = "^$"): readonly number[] =>
      lines.flatMap((line, at) => (new RegExp(pattern).test(line) ? [at] : []));
    const begins = matching(matcher?.background.beginsPattern);
    const ends = matching(matcher?.background.endsPattern);
    const problems = matching(matcher?.pattern.regexp);
    expect(begins.length).toBeGreaterThanOrEqual(2);
    expect(ends.length).toBeGreaterThanOrEqual(2);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toBeGreaterThan(begins[0] ?? 0);
    expect(problems[0]).toBeLessThan(ends[0] ?? 0);
  });
});
