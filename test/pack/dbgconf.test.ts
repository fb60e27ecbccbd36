/** Configuration files of packs: assignments, comments, and what is said of anything else. */
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";
import { shown } from "../support/pdsc.ts";

const read = (text: string): ReturnType<typeof readDbgconf> =>
  readDbgconf(new Source("x.dbgconf", text), ["DbgMCU_CR", "TraceClk_Pin", "Key"]);

test("assignments are read among the annotations of the wizard, with CRLF", () => {
  const { overrides, diagnostics } = read(
    [
      "\ufeff// <<< Use Configuration Wizard in Context Menu >>>",
      "// <h> DBGMCU (a = 5;)",
      "//   <o.0> DBG_SLEEP <i> Debug = sleep;",
      "DbgMCU_CR = 0x00000007;   // trailing",
      "/* Key = 1; */ TraceClk_Pin=12;Key = 0XFFFFFFFFFFFFFFFFul ;",
      "// <<< end of configuration section >>>",
    ].join("\r\n"),
  );
  expect(diagnostics).toEqual([]);
  expect(
    overrides.map(({ name, value, origin, span }) => [
      name,
      value,
      origin,
      span?.source.position(span.start),
    ]),
  ).toEqual([
    ["DbgMCU_CR", 7n, "x.dbgconf", { line: 4, column: 1 }],
    ["TraceClk_Pin", 12n, "x.dbgconf", { line: 5, column: 16 }],
    ["Key", 0xffff_ffff_ffff_ffffn, "x.dbgconf", { line: 5, column: 32 }],
  ]);
});

test("a configuration of comments alone sets nothing", () => {
  expect(read("// Version: 1.0\n\n")).toEqual({ overrides: [], diagnostics: [] });
  expect(read("")).toEqual({ overrides: [], diagnostics: [] });
});

describe("findings have their place, and the rest is read", () => {
  test.each([
    [
      "Key = 1;\nTraceClk_Pn = 2;",
      "x.dbgconf:2:1: unknown-debug-variable: the pack declares no debug variable TraceClk_Pn; the line has no effect",
    ],
    ["Key = 1;\nKey = 1;", "x.dbgconf:2:1: set-twice: Key is set a second time; this value counts"],
    ["Key = 1;\n\n  what is this;", "x.dbgconf:3:3: malformed-dbgconf: expected an assignment"],
    ["Key = 1;\n#define X", "x.dbgconf:2:1: malformed-dbgconf: expected an assignment"],
    ["Key = 1;\nDbgMCU_CR = on;", "x.dbgconf:2:13: malformed-dbgconf: expected a number"],
    ["Key = 1;\nDbgMCU_CR = 1 + 1;", "x.dbgconf:2:13: malformed-dbgconf: expected a number"],
    ["Key = 1;\nDbgMCU_CR = 1", "x.dbgconf:2:13: malformed-dbgconf: the assignment has no end"],
    [
      "Key = 1;\nDbgMCU_CR = 0x10000000000000000;",
      "x.dbgconf:2:13: malformed-dbgconf: the number has more than 64 bits",
    ],
    ["Key = 1;\n/* DbgMCU_CR = 1;", "x.dbgconf:2:1: malformed-dbgconf: the comment has no end"],
    ["Key = 1;\nDbgMCU_CR = 1\nTraceClk_Pin = 2;", "x.dbgconf:2:13: malformed-dbgconf: expected a number"],
  ])("%j", (text, message) => {
    const { overrides, diagnostics } = read(text);
    expect(diagnostics.map(shown)).toEqual([message]);
    expect(overrides[0]).toMatchObject({ name: "Key", value: 1n });
  });

  test("a binary file", () => {
    const { overrides, diagnostics } = read("Key = 1;\n\0");
    expect(overrides).toEqual([]);
    expect(diagnostics.map(shown)).toEqual([
      "x.dbgconf:2:1: malformed-dbgconf: this is a binary file, not a configuration",
    ]);
  });

  test("a name that may be meant", () => {
    expect(read("TraceClk_Pn = 2;").diagnostics[0]?.hint).toBe("did you mean TraceClk_Pin?");
  });
});

describeCorpus("real configuration files", () => {
  test.each(corpusFiles("dbgconf"))("%s", (path) => {
    const source = corpusText(path);
    const names = [...source.text.matchAll(/^\s*(\w+)\s*=/gm)].map((found) => found[1] ?? "");
    const { overrides, diagnostics } = readDbgconf(source, names);
    expect(diagnostics).toEqual([]);
    expect(overrides.map(({ name }) => name)).toEqual(names);
  });
});
