/** SARIF as programs read it: what check prints is held against the published types of the format, member by member. */
import { spawnSync } from "node:child_process";
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

/** What the type checker says of each document as a literal of the type of a log; nothing if it is one. It is started once. */
function judge(...documents: readonly string[]): readonly string[] {
  const names = documents.map((_, at) => `log${at}.ts`);
  const folder = folderWith({
    ...Object.fromEntries(
      documents.map((document, at) => [
        `log${at}.ts`,
        `import type { Log } from "sarif";\nexport const log: Log = ${document};\n`,
      ]),
    ),
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        // Without the browser's types.
        lib: ["es2022"],
        skipLibCheck: true,
        module: "nodenext",
        types: [],
        paths: { sarif: [resolve("node_modules/@types/sarif/index.d.ts")] },
      },
      files: names,
    }),
  });
  const { status, stdout } = spawnSync(
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), "-p", folder],
    { encoding: "utf8", cwd: folder },
  );
  const said = names.map((name) => stdout.split(/^(?=log)/m).filter((one) => one.startsWith(name)));
  // Errors of no file would be the judge's own.
  expect(status === 0 ? "" : stdout).toBe(said.flat().join(""));
  return said.map((lines) => lines.join(""));
}

describe("SARIF 2.1.0", () => {
  test("what check prints is a log", async () => {
    const cwd = folderWith({});
    writeFileSync(join(cwd, "a.seq"), SCRIPT);
    const { out } = await dbgseqIn({ cwd, env: {} }, "check", join(cwd, "a.seq"), "--format", "sarif");
    const { runs } = JSON.parse(out) as { runs: readonly { results: readonly unknown[] }[] };
    expect(runs[0]?.results.length).toBeGreaterThan(3);
    const log = { version: "2.1.0", runs: [{ tool: { driver: { name: "x" } }, results: [] }] };
    const [printed, whole, strange, old] = judge(
      out,
      ...[log, { ...log, rans: [] }, { ...log, version: "2.2" }].map((one) => JSON.stringify(one)),
    );
    expect(printed).toBe("");
    // The judge sees members that there are not, and values of another kind.
    expect(whole).toBe("");
    expect(strange).toContain("rans");
    expect(old).toContain("2.2");
  });
});
