import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

function file(text: string, name = "a.seq"): string {
  const path = join(mkdtempSync(join(tmpdir(), "dbgseq-")), name);
  writeFileSync(path, text);
  return path;
}

describe("fmt", () => {
  test("rewrites a file in the one style, comments where they were, and then leaves it alone", async () => {
    const path = file("sequence   A{ __var x=1 ;// one\nif(x){Write32( 0x10,x );}}");
    expect((await dbgseq("fmt", path)).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(
      "sequence A {\n  __var x = 1; // one\n  if (x) {\n    Write32(0x10, x);\n  }\n}\n",
    );
    expect((await dbgseq("fmt", "--check", path)).code).toBe(0);
    expect(readdirSync(join(path, ".."))).toEqual(["a.seq"]);
  });

  test("--check changes nothing and ends with 1", async () => {
    const path = file("sequence A{ }");
    const { code, err } = await dbgseq("fmt", "--check", path);
    expect(code).toBe(1);
    expect(err).toContain("would change");
    expect(readFileSync(path, "utf8")).toBe("sequence A{ }");
  });

  test("a file with errors is not touched", async () => {
    const path = file("sequence A { x = ; }");
    expect((await dbgseq("fmt", path)).code).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("sequence A { x = ; }");
  });
});

describe("convert", () => {
  test(".seq becomes the elements of a pack, with entities", async () => {
    const { code, out } = await dbgseq(
      "convert",
      file('sequence A { while ((Read32(0x10) & 1) == 0) timeout 50ms "wait"; }'),
    );
    expect(code).toBe(0);
    expect(out).toContain('<sequence name="A">');
    expect(out).toContain('<control while="(Read32(0x10) &amp; 1) == 0" timeout="50000" info="wait"/>');
  });

  test.each([
    ["sequence A { // a -- b\n}", /a\.seq:1:14: error.*'--'/],
    ["sequence A {\n  /* ends with - a dash -*/ x = 1; }", /a\.seq:2:3: error.*end with '-'/],
    ['@info("a") sequence A "b" { }', /a\.seq:1:2: error.*'info' twice/],
    ['sequence A { Message(0, "\u0001"); }', /a\.seq:1:26: error.*U\+0001/],
  ])("what XML cannot hold is refused with its place: %j", async (text, message) => {
    const { code, out, err } = await dbgseq("convert", file(text));
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(message);
  });

  test("a comment of a pack that .seq cannot hold is refused with its place", async () => {
    const pdsc = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1"><device Dname="D">
<sequences><sequence name="A"><!-- ends */ early --><block>__Result = 0;</block></sequence></sequences></device></family></devices></package>`;
    const path = file(pdsc, "V.N.pdsc");
    const { code, out, err } = await dbgseq("convert", "--pack", path, "--device", "D");
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(/V\.N\.pdsc:2:41: error.*'\*\/'/);
  });

  test("inside of a block // is text and holds everything", async () => {
    const { code, out } = await dbgseq("convert", file("sequence A { x = 1; // a -- b\n }"));
    expect(code).toBe(0);
    expect(out).toContain("// a -- b");
  });

  test("an import is not possible in a pack", async () => {
    const { code, err } = await dbgseq("convert", file('import "b.seq";\nsequence A { }'));
    expect(code).toBe(2);
    expect(err).toMatch(/a\.seq:1:1.*import-in-convert[^]*hint: --flatten/);
  });

  test("statements outside of a sequence are not possible in a pack", async () => {
    const { code, err } = await dbgseq("convert", file('Message(0, "x");'));
    expect(code).toBe(2);
    expect(err).toMatch(/a\.seq:1:1: error.*outside of a sequence/);
  });

  test("--flatten puts what is imported in the place of the import; the importing file is stronger", async () => {
    const root = folderWith({
      "a.seq": [
        'import "lib/b.seq";',
        "debugvars { __var One = 1; }",
        'sequence A { Sequence("B"); }',
        'sequence C { Message(0, "of a"); }',
      ].join("\n"),
      "lib/b.seq": [
        'import "../c.seq";',
        "// b",
        "sequence B { Write32(One, Two); }",
        'sequence C { Message(0, "of b"); }',
      ].join("\n"),
      "c.seq": 'debugvars { __var One = 9; __var Two = 2; }\nsequence C for "M0" { DAP_Delay(1); }\n',
    });
    const { code, out } = await dbgseq("convert", "--flatten", join(root, "a.seq"));
    expect(code).toBe(0);
    expect(out.match(/<sequence name="\w+"( Pname="M0")?/g)).toEqual([
      '<sequence name="C" Pname="M0"',
      '<sequence name="B"',
      '<sequence name="A"',
      '<sequence name="C"',
    ]);
    expect(out.match(/__var .*;/g)).toEqual(["__var Two = 2;", "__var One = 1;"]);
    expect(out).toContain("<!-- b -->");
    expect(out).toContain("of a");
    expect(out).not.toContain("of b");
  });

  test("--flatten refuses a circle and what cannot be read, with the place of the import", async () => {
    const root = folderWith({ "a.seq": 'import "b.seq";\n', "b.seq": '\nimport "a.seq";\n' });
    const circle = await dbgseq("convert", "--flatten", join(root, "a.seq"));
    expect(circle.code).toBe(2);
    expect(circle.err).toMatch(/b\.seq:2:8: error: this import leads in a circle/);
    const gone = await dbgseq("convert", "--flatten", file('import "gone.seq";\n'));
    expect(gone.code).toBe(2);
    expect(gone.err).toContain("gone.seq: there is no such file");
  });
});
