/** Checks of texts and files, and their fixes, as calls of the library. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkText, deviceContext, showFixes } from "../../src/browser.ts";
import { checkFiles, fixFiles, watchFiles, type Diagnostic } from "../../src/index.ts";
import { Source } from "../../src/lib/source.ts";
import { fault } from "../support/fault.ts";
import { folderWith } from "../support/folder.ts";

const codes = (findings: readonly Diagnostic[]): readonly string[] => findings.map(({ code }) => code);

const PACK = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1"><processor Dcore="Cortex-M7"/>
<debugvars>__var Mine = 1;</debugvars><device Dname="D"/></family></devices></package>`;

describe("checkText", () => {
  test.each([
    ["a.seq", "sequence A { x = 1; }", ["undeclared-variable"]],
    ["a.seq", "sequence A {", ["syntax"]],
    ["a.pdsc", "<package>", ["malformed-xml"]],
    ["a.dbgconf", "Mine = ;", ["malformed-dbgconf"]],
    ["a.yaml", "steps: 5", ["bad-recipe"]],
    ["a.yml", "model: mine", ["bad-model"]],
  ])("%s with %j has %j", async (path, text, expected) => {
    const found = codes(await checkText(new Source(path, text)));
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  test("names of a device are known if it is given", async () => {
    const source = new Source("a.seq", 'sequence A { Message(0, "%d", Mine); }');
    const context = await deviceContext({ pack: new Source("a.pdsc", PACK) });
    expect(codes(await checkText(source))).toContain("undeclared-variable");
    expect(await checkText(source, { context })).toEqual([]);
  });

  test("imports are read by the caller, or are mistakes", async () => {
    const source = new Source("a.seq", 'import "b.seq";\nsequence A { Sequence("B"); }');
    const readImport = () => Promise.resolve(new Source("b.seq", "sequence B { }"));
    expect(await checkText(source, { readImport })).toEqual([]);
    expect(codes(await checkText(source))).toContain("unreadable-import");
  });

  test.each(["a.txt", "a", "a.yaml"])("%s is not one of its kinds", async (path) => {
    await expect(checkText(new Source(path, "other: 1"))).rejects.toThrow(fault("bad-request"));
  });
});

describe("checkFiles", () => {
  const BAD = "sequence A { x = 1; }";

  test("yields each file that it checks, and skips others", async () => {
    const folder = folderWith({ "a.seq": BAD, "b.seq": "sequence B { }", "c.yaml": "x: 1", "d.txt": "" });
    const seen: [string, readonly string[]][] = [];
    for await (const { path, findings } of checkFiles([folder])) seen.push([path, codes(findings)]);
    expect(seen).toEqual([
      [join(folder, "a.seq"), ["undeclared-variable"]],
      [join(folder, "b.seq"), []],
    ]);
  });

  test("a signal ends it between two files", async () => {
    const folder = folderWith({ "a.seq": BAD, "b.seq": BAD });
    const control = new AbortController();
    const files = checkFiles([folder], { signal: control.signal });
    await files.next();
    control.abort(new Error("enough"));
    await expect(files.next()).rejects.toThrow("enough");
  });

  test("takes names from a pack", async () => {
    const folder = folderWith({ "V.N.pdsc": PACK, "a.seq": 'sequence A { Message(0, "%d", Mine); }' });
    const files = checkFiles([join(folder, "a.seq")], { pack: join(folder, "V.N.pdsc"), device: "D" });
    expect((await files.next()).value).toEqual({ path: join(folder, "a.seq"), findings: [] });
  });
});

describe("fixes", () => {
  const DOUBLED = "sequence A { __var x = 1;; Write32(0x10, x); }\n";

  test("are shown as they are made", async () => {
    const folder = folderWith({ "a.seq": DOUBLED });
    const path = join(folder, "a.seq");
    const findings: Diagnostic[] = [];
    for await (const one of checkFiles([path])) findings.push(...one.findings);
    const [shown] = showFixes(findings);
    expect(shown?.diff).toContain("+sequence A { __var x = 1; Write32(0x10, x); }");
    const fixed = [];
    for await (const one of fixFiles(findings)) fixed.push(one);
    expect(fixed).toEqual([{ path, fixed: 1 }]);
    expect(readFileSync(path, "utf8")).toBe("sequence A { __var x = 1; Write32(0x10, x); }\n");
    expect(showFixes([])).toEqual([]);
  });

  test("a file that changed meanwhile is left as it is", async () => {
    const path = join(folderWith({ "a.seq": DOUBLED }), "a.seq");
    const findings: Diagnostic[] = [];
    for await (const one of checkFiles([path])) findings.push(...one.findings);
    writeFileSync(path, "other");
    const fixed = [];
    for await (const one of fixFiles(findings)) fixed.push(one);
    expect(fixed).toEqual([{ path, fixed: 0 }]);
    expect(readFileSync(path, "utf8")).toBe("other");
  });
});

test("watchFiles works once, and stops with its signal", async () => {
  const control = new AbortController();
  let times = 0;
  await watchFiles(
    [folderWith({ "a.seq": "" })],
    () => {
      times += 1;
      control.abort();
      return Promise.resolve();
    },
    { signal: control.signal },
  );
  expect(times).toBe(1);
});
