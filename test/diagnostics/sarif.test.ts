/** SARIF as programs read it: what check prints is held against the published types of the format, member by member. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const SCRIPT = `sequence A {
  __var x = 1;
  __var x = 2;
  Write32(0x20000001, Raed32(0));
  while (1) { Read32(0); }
}
`;

/** The type checker's words about a document that stands as a literal where a log is wanted; nothing where it is one. */
function judge(document: string): string {
  const folder = folderWith({
    "log.ts": `import type { Log } from "sarif";\nexport const log: Log = ${document};\n`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "nodenext",
        types: [],
        paths: { sarif: [resolve("node_modules/@types/sarif/index.d.ts")] },
      },
      files: ["log.ts"],
    }),
  });
  try {
    execFileSync(process.execPath, [resolve("node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}

describe("SARIF 2.1.0", () => {
  test("what check prints is a log", async () => {
    const cwd = folderWith({});
    writeFileSync(join(cwd, "a.seq"), SCRIPT);
    const { out } = await dbgseqIn({ cwd, env: {} }, "check", join(cwd, "a.seq"), "--format", "sarif");
    const { runs } = JSON.parse(out) as { runs: readonly { results: readonly unknown[] }[] };
    expect(runs[0]?.results.length).toBeGreaterThan(3);
    expect(judge(out)).toBe("");
  });

  test("the judge sees members that there are not, and values of another kind", () => {
    const log = { version: "2.1.0", runs: [{ tool: { driver: { name: "x" } }, results: [] }] };
    expect(judge(JSON.stringify(log))).toBe("");
    expect(judge(JSON.stringify({ ...log, rans: [] }))).toContain("rans");
    expect(judge(JSON.stringify({ ...log, version: "2.2" }))).toContain("2.2");
  });
});
