/** Each finding of the checker, at the place that is drawn in the source; and what must not be one. */
import { describe, expect, test } from "vitest";
import { check, type CheckContext } from "../../src/language/check/checker.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { Source } from "../../src/lib/source.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { drawn, marked } from "../support/marked.ts";

const DEVICE: CheckContext = {
  debugVars: new Set(["TraceClk_Pin"]),
  sequences: new Set(["ResetSystem", "DAP_poll"]),
  hasAccessPorts: false,
  processors: new Set(["cm33_core0"]),
};

function findings(text: string, context: CheckContext = DEVICE): readonly Diagnostic[] {
  const { script, diagnostics } = parseScript(new Source("t.seq", text));
  expect(diagnostics).toEqual([]);
  const sequences = script.items.filter((item) => item.kind === "sequence");
  const own = new Set([...context.sequences, ...sequences.map(({ name }) => name.text)]);
  return check(sequences, { ...context, sequences: own });
}

/** Findings of one code alone: a small example often has a second one. */
function expectFinding(source: string, code: string, context: CheckContext = DEVICE): Diagnostic {
  const { text } = marked(source);
  const found = findings(text, context);
  const wanted = found.filter((finding) => finding.code === code);
  const others = found.map((finding) => finding.code).join(", ");
  expect(drawn(text, wanted), `found: ${others}`).toBe(source);
  const [first] = wanted;
  if (first === undefined) throw new Error(`no ${code} in ${source}`);
  return first;
}

describe("names", () => {
  test.each([
    ["__var x = 1; x = ⟦y⟧;", "undeclared-variable", "error"],
    ["⟦x⟧ = 7;", "undeclared-variable", "error"],
    ["__var x = 1; __var ⟦x⟧ = 2;", "redefinition", "error"],
    ["__var x = 1; if (x) { __var ⟦x⟧ = 2; }", "redefinition", "error"],
    ["if (TraceClk_Pin) { __var x = 1; } ⟦x⟧ = 1;", "undeclared-variable", "error"],
    ["⟦TraceClk_Pin⟧ = 1;", "read-only-variable", "error"],
    ["⟦__protocol⟧ = 1;", "read-only-variable", "error"],
    ["⟦__FlashAddr⟧ += 4;", "read-only-variable", "error"],
    ["__var ⟦TraceClk_Pin⟧ = 1;", "shadowed-variable", "warning"],
    ["__var ⟦__dp⟧ = 1;", "shadowed-variable", "warning"],
    ["__var ⟦x⟧;", "no-initial-value", "warning"],
    ["__var x; DAP_Delay(⟦x⟧);", "use-before-assignment", "warning"],
    ["__var ⟦x⟧ = 1;", "unused-variable", "note"],
    ["__var ⟦x⟧ = 1; x = 2;", "unused-variable", "note"],
  ])("%s", (source, code, severity) => {
    expect(expectFinding(source, code).severity).toBe(severity);
  });

  test.each([
    ["__dp = 1; __ap = 2; __errorcontrol = 1; __Result = -1;"],
    ["__var x = TraceClk_Pin + __protocol; DAP_Delay(x);"],
    ["__var a = 1; if (a) { a = 2; __var b = a; DAP_Delay(b); } if (a) { __var b = 1; DAP_Delay(b); }"],
    ["__var x; while (x == 0) timeout 1s { x = Read32(0x20000000); }"],
    ["if (TraceClk_Pin) { DAP_Delay(1); } else { DAP_Delay(2); }"],
  ])("nothing in %s", (text) => {
    expect(findings(text).filter(({ code }) => code !== "no-initial-value")).toEqual([]);
  });

  test("a misspelt name gets a hint, and the first declaration is shown", () => {
    expect(
      expectFinding("__var DHCSR_Addr = 4; DAP_Delay(⟦DHCSR_Adr⟧ + DHCSR_Addr);", "undeclared-variable").hint,
    ).toBe("did you mean 'DHCSR_Addr'?");
    const [finding] = findings("__var x = 1; DAP_Delay(x); __var x = 2;");
    expect(finding?.related?.[0]?.span.start).toBe("__var ".length);
  });
});

describe("calls", () => {
  test.each([
    ["⟦Raed32⟧(0);", "unknown-function", "error"],
    ["⟦ResetSystem⟧();", "unknown-function", "error"],
    ['⟦sequence⟧("ResetSystem");', "nonstandard-spelling", "warning"],
    ["⟦Write32(0x20000000)⟧;", "wrong-arguments", "error"],
    ["⟦Read32(0, 4)⟧;", "wrong-arguments", "error"],
    ["⟦Message(0)⟧;", "wrong-arguments", "error"],
    ['Read32(⟦"x"⟧);', "not-a-number", "error"],
    ['__dp = ⟦"x"⟧;', "not-a-number", "error"],
    ["Sequence(⟦1⟧);", "not-a-string", "error"],
    ["Query(1, ⟦2⟧, 3);", "not-a-string", "error"],
    ['Sequence(⟦"Nope"⟧);', "unknown-sequence", "error"],
    ['Message(0, ⟦"%x %x"⟧, 1);', "message-format", "warning"],
    ['Message(0, ⟦"none"⟧, 1);', "message-format", "warning"],
    ['Message(0, ⟦"%q"⟧, 1);', "message-format", "warning"],
    ['Message(0, "%s", ⟦1⟧);', "message-format", "warning"],
    ['Message(0, "%x", ⟦"a"⟧);', "message-format", "warning"],
    ['Message(⟦3⟧, "x");', "argument-range", "warning"],
    ["DAP_SWJ_Sequence(⟦65⟧, 0);", "argument-range", "warning"],
    ["DAP_JTAG_Sequence(1, ⟦2⟧, 0);", "argument-range", "warning"],
    ["DAP_JTAG_Sequence(7, 0, ⟦0xFE⟧);", "data-wider-than-count", "note"],
    ["⟦DAP_SWJ_Pins(0x80, 0x00, 0)⟧;", "unselected-pins", "warning"],
    ["Read32(⟦0x20000002⟧);", "misaligned-address", "warning"],
    ["__var A = 0x20000001; Read16(⟦A⟧);", "misaligned-address", "warning"],
    ["Read32(⟦0xE000EDF00⟧);", "address-too-wide", "warning"],
    ["Write8(0x20000000, ⟦0x100⟧);", "value-too-wide", "warning"],
    ["Write32(0xE000EDF0, ⟦0xA05F00010⟧);", "value-too-wide", "warning"],
    ["__dp = Read32(0x20000000) & ⟦0x0200000000⟧;", "value-too-wide", "warning"],
    ["__var A = 0xE000EDF0; __var v = Read32(A); ⟦Write32(v, A)⟧;", "swapped-arguments", "warning"],
    ["⟦Write32(Read32(0x40001000) | 1, 0x40001000)⟧;", "swapped-arguments", "warning"],
    ["__var v = Read32(0x40001000); ⟦Write32(v, 0x40001000)⟧;", "swapped-arguments", "warning"],
    ["Write32(0xF1000004, 1); ⟦Write32(0, 0xF1000000)⟧;", "swapped-arguments", "warning"],
    ["__var DP_SELECT = 8; ⟦WriteDP(0, DP_SELECT)⟧;", "swapped-arguments", "warning"],
    [
      "__var A = 0xE000EDFC; __var v = Read32(A); Write32(A, v & ⟦(0x00000001)⟧);",
      "lost-complement",
      "warning",
    ],
    ["__var v = Read32(0x40001000); v &= ⟦1⟧; Write32(0x40001000, v);", "lost-complement", "warning"],
    ["Write32(0x40001000, (Read32(0x40001000) & ⟦0xF0⟧) | 0x20);", "lost-complement", "warning"],
    [
      "__var i = Read8(0x20000000); Write32(0x40001000, Read32(0x40001000) & ⟦(15 << i)⟧);",
      "lost-complement",
      "warning",
    ],
    ["__var b = ReadAP(0xF8) & ⟦3⟧; Read32(b + 0xFE0);", "lost-complement", "warning"],
    ["if (__traceout & ⟦0x33⟧) { DAP_Delay(1); }", "value-too-wide", "warning"],
    ["__dp = Read32(0x20000000) & ⟦0x00000FFFF⟧;", "padded-number", "warning"],
  ])("%s", (source, code, severity) => {
    expect(expectFinding(source, code).severity).toBe(severity);
  });

  test.each([
    ['Message(0, "%% %u %llx %08X %-4d %b %Lf %s", 1, 2, 3, 4, 5, 6, "a");'],
    ['Sequence("ResetSystem"); Sequence("DAP_poll");'],
    ["Write8(0x20000000, ~0x20); Write16(0x20000000, -1); Write32(0x20000000, ~0);"],
    ["DAP_SWJ_Pins(0x00, 0x80, 0); DAP_SWJ_Pins(0x80, 0x80, 1000000);"],
    ["DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF); DAP_SWJ_Sequence(64, 0x86852D956209F392);"],
    ["__var A = 0xE000EDFC; __var v = Read32(A); Write32(A, v & ~0x00000001); Write32(A, v & 0xFFFFFFFE);"],
    ["__var v = Read32(0x40001000); v &= 0xF00; v |= 1; Write32(0x40001000, v);"],
    ["__var v = Read32(0x40001000) & 1; Write32(0x40001004, v); Write32(0x20000000, 0x40001000);"],
    ["Write32(0xE000EDF0, 0xA05F0000 | (Read32(0xE000EDF0) & 0xF));"],
    [
      "Write32(0x10000000, 0x47704800); Write32(0x10000004, 0x40001000); DAP_JTAG_Sequence(33, 0, 0x002001400);",
    ],
    ["WriteDP(0x8, 0x01000000); ReadAP(0xFC); WriteAP(0xD00, 1);"],
  ])("nothing in %s", (text) => {
    expect(findings(text)).toEqual([]);
  });

  test.each([
    ["⟦Raed32⟧(0);", "unknown-function", "did you mean Read32?"],
    ["⟦DAP_poll⟧();", "unknown-function", 'it is a sequence; write Sequence("DAP_poll")'],
    ['Sequence(⟦"ResetSytem"⟧);', "unknown-sequence", 'did you mean "ResetSystem"?'],
    ["⟦Write32(1)⟧;", "wrong-arguments", "Write32(addr, val)"],
    ["__dp = ⟦TRUE⟧;", "undeclared-variable", "write 1"],
  ])("%s: %s: %s", (source, code, hint) => {
    expect(expectFinding(source, code).hint).toBe(hint);
  });
});

describe("controls and expressions", () => {
  test.each([
    ["if (⟦1⟧) { DAP_Delay(1); }", "constant-condition"],
    ["while (⟦0⟧) timeout 16ms;", "constant-condition"],
    ["while (⟦Read32(0x20000000) == 0⟧);", "unbounded-loop"],
    ["while (⟦1⟧) { DAP_Delay(1); }", "unbounded-loop"],
    ["while (⟦Read32(0x20000000)⟧) timeout 0;", "unbounded-loop"],
    ["if (TraceClk_Pin) timeout ⟦1s⟧ { DAP_Delay(1); }", "timeout-without-while"],
    ['Message(2, "stop"); ⟦DAP_Delay(1);⟧ DAP_Delay(2);', "unreachable"],
    ['Message(2, "stop"); if (⟦__dp⟧) { DAP_Delay(1); }', "unreachable"],
    ["⟦__dp == 1⟧;", "no-effect"],
    ["⟦__dp = __dp⟧;", "no-effect"],
    ["if (⟦__dp = 1⟧) { DAP_Delay(1); }", "assignment-as-condition"],
    ["if (__dp & ⟦__ap == 1⟧) { DAP_Delay(1); }", "surprising-precedence"],
    ["if (⟦!__dp⟧ & 0x80) { DAP_Delay(1); }", "surprising-precedence"],
    ["if (⟦__dp < 0⟧) { DAP_Delay(1); }", "constant-comparison"],
    ["if (⟦(Read32(0x20000000) & 0xF0) == 0x100⟧) { DAP_Delay(1); }", "constant-comparison"],
    ["if (⟦Read8(0x20000000) == 0x100⟧) { DAP_Delay(1); }", "constant-comparison"],
    ["__dp = 1 << ⟦64⟧;", "shift-too-far"],
    ["__var z = 0; __dp = 1 / ⟦z⟧;", "division-by-zero"],
    ["__dp %= ⟦0⟧;", "division-by-zero"],
    ["__dp = 1 && 5 / ⟦0⟧;", "division-by-zero"],
    ["__dp = 0 || 5 % ⟦0⟧;", "division-by-zero"],
    ["__dp = Read32(0x20000000) ? 3 : 5 % ⟦0⟧;", "possible-division-by-zero"],
    ["__dp = __ap && 5 / ⟦0⟧;", "possible-division-by-zero"],
    ["if (__ap) { __dp = 8 / ⟦0⟧; }", "possible-division-by-zero"],
    ['if (__ap) { Message(2, "stop"); } __dp = 8 / ⟦0⟧;', "possible-division-by-zero"],
    ['if (__ap) { if (1) { if (__dp) { Message(2, "a"); } } } __dp = 8 / ⟦0⟧;', "possible-division-by-zero"],
    [
      'sequence S { if (__ap) { Message(2, "a"); } } sequence T { Sequence("S"); __dp = 8 / ⟦0⟧; }',
      "possible-division-by-zero",
    ],
    [
      'sequence S { if (0) { Message(2, "a"); } Sequence("S"); } sequence T { Sequence("S"); __dp = 8 / ⟦0⟧; }',
      "division-by-zero",
    ],
  ])("%s", (source, code) => {
    expectFinding(source, code);
  });

  test("control nesting beyond ten", () => {
    const source = `${"if (__dp) { ".repeat(10)}if (⟦__dp⟧) { DAP_Delay(1); }${" }".repeat(10)}`;
    expectFinding(source, "deep-nesting");
    expect(findings(`${"if (__dp) { ".repeat(10)}DAP_Delay(1);${" }".repeat(10)}`)).toEqual([]);
  });

  test.each([
    ["__dp = 0 && 5 / 0;"],
    ["__dp = 1 || 5 / 0;"],
    ["__dp = 1 ? 3 : 5 % 0;"],
    ["__var on = 0; if (on) { __dp = 7 / (on & 0); }"],
    ['sequence S { Message(2, "a"); } sequence T { Sequence("S"); __dp = 8 / 0; }'],
    ["while (1) timeout 50ms;"],
    ["while ((Read32(0xE000EDF0) & 0x02000000)) timeout 500ms;"],
    ["__var i = 0; while (i < 4) { i += 1; }"],
    ["__var a = 0x100; while (__Result == 0 && a < 0x200) { a = a + 4; Write32(a, 0); }"],
    ["__var r = 0; if (r |= Read32(0x20000000)) { DAP_Delay(1); }"],
    ["__var v = 0; while ((v = Read32(0x20000000)) != 1) timeout 1s { DAP_Delay(1); }"],
    ['if ((Read32(0x20000000) & 0xF0) == 0x10) { Message(2, "stop"); } DAP_Delay(1);'],
    ["if (__ap == 2 || __dp != 0x10) { DAP_Delay(1); }"],
    ["if (!(__dp & 0x80)) { DAP_Delay(1); }"],
  ])("nothing in %s", (text) => {
    expect(findings(text)).toEqual([]);
  });
});

describe("sequences", () => {
  test.each([
    ["sequence DebugPortSetup { ⟦Read32(0x20000000)⟧; ReadDP(0); WriteDP(0xC, 1); }", "forbidden-access"],
    ["sequence DebugPortSetup { ⟦ReadDP(4)⟧; }", "forbidden-access"],
    ["sequence DebugPortStart { ReadDP(4); ⟦ReadAP(0)⟧; }", "forbidden-access"],
    ["sequence DebugPortStop { ⟦Write32(0x20000000, 1)⟧; }", "forbidden-access"],
    ['sequence X { ⟦FlashLoadAlgorithm("a", 0, 4)⟧; }', "wrong-place"],
    ["__Result = ⟦2⟧;", "reserved-result"],
    ["⟦__apid⟧ = 1;", "wrong-port-variable"],
    ['atomic { ⟦Query(0, "x", 1)⟧; }', "not-atomic"],
    ["atomic { __var v = ReadDP(0); ⟦WriteDP(8, v)⟧; }", "not-atomic"],
    ['sequence A { Sequence(⟦"B"⟧); }\nsequence B { Sequence(⟦"A"⟧); }', "recursion"],
    ["sequence ⟦ResetHardwareDeAssert⟧ { }", "misspelt-sequence"],
    ['sequence X for ⟦"cm4"⟧ { }', "unknown-processor"],
  ])("%s", (source, code) => {
    expect(expectFinding(source, code).severity).toBe("warning");
  });

  test("__ap beside access port elements", () => {
    expectFinding("⟦__ap⟧ = 1;", "wrong-port-variable", { ...DEVICE, hasAccessPorts: true });
  });
});

describe("ignores", () => {
  test.each([
    ["if (1) { // dbgseq-ignore constant-condition: a switch for trials\n DAP_Delay(1); }"],
    ["// dbgseq-ignore constant-condition: a switch for trials\nif (1) { DAP_Delay(1); }"],
    ["/* dbgseq-ignore constant-condition: a switch for trials */\nif (1) { DAP_Delay(1); }"],
    ["DAP_Delay(1);\n// dbgseq-ignore constant-condition: a switch for trials\nif (1) { DAP_Delay(1); }"],
    ["__Result = 2; // dbgseq-ignore reserved-result: read by our own tool"],
    ["// dbgseq-ignore reserved-result: read by our own tool\n__Result = 2;"],
  ])("%s", (text) => {
    expect(findings(text)).toEqual([]);
  });

  test("an ignore reaches no further, needs a reason, and no error goes away", () => {
    expect(findings("// dbgseq-ignore reserved-result: one\n__Result = 2;\n__Result = 3;")).toHaveLength(1);
    expectFinding("⟦// dbgseq-ignore reserved-result⟧\n__Result = 0;", "unknown-ignore");
    expectFinding("⟦// dbgseq-ignore undeclared-variable: why⟧\n__Result = 0;", "unknown-ignore");
    expectFinding("⟦// dbgseq-ignore no-such-code: why⟧\n__Result = 0;", "unknown-ignore");
    expectFinding("// dbgseq-ignore undeclared-variable: why\n__Result = ⟦nope⟧;", "undeclared-variable");
  });
});
