/**
 * Gives each code an example of what it finds and of what is meant instead, as `dbgseq doc CODE` and
 * grammar/diagnostics.md show them; the tests check every one. It holds text alone: the kind of file decides
 * how an example is checked.
 */
import type { Code } from "./codes.ts";

/** The text is the inside of a sequence, a whole file, or the inside of a `<device>`. */
export type PageKind =
  "statements" | "seq" | "device" | "pdsc" | "dbgconf" | "recipe" | "model" | "project" | "cbuild-run";

export interface Page {
  readonly kind?: PageKind;
  readonly bad: string;
  readonly good: string;
}

const MODEL = `model: mine
about: a core and its RAM
sources: ["the part's reference manual"]
debugPort: { dpidr: 0x2BA01477 }
accessPorts:
  - { index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003, csw: 0x23000052 }
processors:
  - { name: cm4, type: Cortex-M4, vectors: 0x00000000 }
memories:
  - { name: ram, start: 0x20000000, size: 0x10000, access: rwx }
`;

/** Makes a family with debugvars and a device D. */
function levels(before: string, inside: string): string {
  return `<package schemaVersion="1.7.7">
<vendor>V</vendor>
<name>N</name>
<devices>
<family Dfamily="F" Dvendor="V:1">
<debugvars>
  __var TraceClk = 0;
</debugvars>
${before}${before === "" ? "" : "\n"}<device Dname="D">
${inside}${inside === "" ? "" : "\n"}</device>
</family>
</devices>
</package>`;
}

/** Returns the text of an example as a file of its own, for kinds that are shown in part. */
export function wholeFile({ kind }: Page, text: string): string {
  return kind === "device" ? levels("", text) : text;
}

export const PAGES: Readonly<Record<Code, Page>> = {
  // Text that cannot be read.
  syntax: { bad: "__dp = 1\n__ap = 2;", good: "__dp = 1;\n__ap = 2;" },
  "c-syntax": { bad: "__var i = 0;\ni++;\nDAP_Delay(i);", good: "__var i = 0;\ni += 1;\nDAP_Delay(i);" },
  "stray-character": {
    bad: "#define DELAY 100\nDAP_Delay(DELAY);",
    good: "__var DELAY = 100;\nDAP_Delay(DELAY);",
  },
  "unterminated-string": { bad: 'Message(0, "hello);', good: 'Message(0, "hello");' },
  "unterminated-comment": { bad: "__dp = 1; /* never ended", good: "__dp = 1; /* ended */" },
  "malformed-number": { bad: "__dp = 0x1G;", good: "__dp = 0x1F;" },
  "number-too-large": { bad: "__dp = 0x10000000000000000;", good: "__dp = 0xFFFFFFFFFFFFFFFF;" },
  "looks-octal": { bad: "DAP_Delay(010);", good: "DAP_Delay(10);" },
  "malformed-timeout": {
    bad: "while (Read32(0x20000000)) timeout 5x;",
    good: "while (Read32(0x20000000)) timeout 5ms;",
  },
  "assignment-target": { bad: "1 = __dp;", good: "__dp = 1;" },
  "empty-statement": { bad: "__dp = 1;;", good: "__dp = 1;" },
  "bare-braces": { bad: "{ __dp = 1; }", good: "block { __dp = 1; }" },
  "misplaced-attribute": {
    bad: '@note("wait")\nDAP_Delay(1);',
    good: '@note("wait")\nblock { DAP_Delay(1); }',
  },
  "unknown-requirement": {
    kind: "seq",
    bad: "sequence Mine requires magic { DAP_Delay(1); }",
    good: "sequence Mine requires erase { DAP_Delay(1); }",
  },
  "outside-sequence": {
    kind: "seq",
    bad: "__dp = 1;\nsequence ResetSystem { }",
    good: "sequence ResetSystem {\n  __dp = 1;\n}",
  },
  "too-complex": {
    bad: `__dp = ${"(".repeat(300)}1${")".repeat(300)};`,
    good: "__dp = ((1));",
  },

  // Text of packs and settings.
  "malformed-xml": {
    kind: "pdsc",
    bad: "<package>\n  <vendor>V</name>\n</package>",
    good: "<package>\n  <vendor>V</vendor>\n  <name>N</name>\n</package>",
  },
  "malformed-yaml": {
    kind: "recipe",
    bad: "steps:\n  - run: [ResetSystem",
    good: "steps:\n  - run: ResetSystem",
  },
  "not-a-cbuild-run": {
    kind: "cbuild-run",
    bad: "build:\n  device: V::D",
    good: "cbuild-run:\n  device: V::D\n  device-pack: V::N@1.0.0",
  },
  "unused-section": {
    kind: "cbuild-run",
    bad: "cbuild-run:\n  device: V::D\n  debugger:\n    name: CMSIS-DAP\n    gdbserver:\n      - port: 3333",
    good: "cbuild-run:\n  device: V::D\n  debugger:\n    name: CMSIS-DAP",
  },
  "missing-pack": {
    kind: "cbuild-run",
    bad: "cbuild-run:\n  device: V::D\n  device-pack-path: example.pdsc\n  board: V::B\n  board-pack-path: ../bsp",
    good: "cbuild-run:\n  device: V::D\n  device-pack-path: example.pdsc",
  },
  "unknown-board": {
    kind: "cbuild-run",
    bad: "cbuild-run:\n  device: V::D\n  device-pack-path: example.pdsc\n  board: V::B",
    good: "cbuild-run:\n  device: V::D\n  device-pack-path: example.pdsc",
  },
  "malformed-dbgconf": { kind: "dbgconf", bad: "TraceClk = fast", good: "TraceClk = 0x00040003;" },
  "missing-element": {
    kind: "pdsc",
    bad: "<package>\n  <vendor>V</vendor>\n</package>",
    good: "<package>\n  <vendor>V</vendor>\n  <name>N</name>\n</package>",
  },
  "unknown-attribute": {
    kind: "device",
    bad: '<memory name="Flash" start="0x0" size="0x1000" access="rx" type="rom"/>',
    good: '<memory name="Flash" start="0x0" size="0x1000" access="rx"/>',
  },
  "ineffective-attribute": {
    kind: "device",
    bad: '<sequences>\n  <sequence name="Mine"><block if="__protocol">DAP_Delay(1);</block></sequence>\n</sequences>',
    good: '<sequences>\n  <sequence name="Mine"><control if="__protocol"><block>DAP_Delay(1);</block></control></sequence>\n</sequences>',
  },
  "text-outside-block": {
    kind: "device",
    bad: '<sequences>\n  <sequence name="Mine">DAP_Delay(1);</sequence>\n</sequences>',
    good: '<sequences>\n  <sequence name="Mine"><block>DAP_Delay(1);</block></sequence>\n</sequences>',
  },
  "unknown-processor": {
    kind: "device",
    bad: '<processor Dcore="Cortex-M4" Pname="main"/>\n<sequences>\n  <sequence name="Mine" Pname="other"><block>DAP_Delay(1);</block></sequence>\n</sequences>',
    good: '<processor Dcore="Cortex-M4" Pname="main"/>\n<sequences>\n  <sequence name="Mine" Pname="main"><block>DAP_Delay(1);</block></sequence>\n</sequences>',
  },
  "unknown-debug-variable": { kind: "dbgconf", bad: "Trace_Clk = 1;", good: "TraceClk = 1;" },
  "set-twice": { kind: "dbgconf", bad: "TraceClk = 1;\nTraceClk = 2;", good: "TraceClk = 2;" },
  "not-a-declaration": {
    kind: "device",
    bad: "<debugvars>\n  DAP_Delay(1);\n</debugvars>",
    good: "<debugvars>\n  __var Wait = 1;\n</debugvars>",
  },
  "not-constant": {
    kind: "device",
    bad: "<debugvars>\n  __var Id = Read32(0xE00FFFE0);\n</debugvars>",
    good: "<debugvars>\n  __var Id = 0x00040003;\n</debugvars>",
  },
  "division-by-zero": { bad: "__dp = 8 / 0;", good: "__dp = 8 / 2;" },
  "possible-division-by-zero": {
    bad: "if (Read32(0x20000000)) {\n  __dp = 8 / 0;\n}",
    good: "if (Read32(0x20000000)) {\n  __dp = 8 / 2;\n}",
  },
  "unknown-element": {
    kind: "device",
    bad: '<sequences>\n  <sequence name="Mine"><blok>DAP_Delay(1);</blok></sequence>\n</sequences>',
    good: '<sequences>\n  <sequence name="Mine"><block>DAP_Delay(1);</block></sequence>\n</sequences>',
  },
  "wrong-value": {
    kind: "device",
    bad: '<debugconfig default="swd" clock="fast" swj="1"/>',
    good: '<debugconfig default="swd" clock="4000000" swj="1"/>',
  },
  "missing-attribute": {
    kind: "device",
    bad: '<algorithm start="0x0" size="0x1000"/>',
    good: '<algorithm name="Flash/Mine.FLM" start="0x0" size="0x1000" default="1"/>',
  },
  "bad-recipe": {
    kind: "recipe",
    bad: "steps:\n  - rnu: ResetSystem",
    good: "steps:\n  - run: ResetSystem",
  },
  "bad-model": { kind: "model", bad: `${MODEL}colour: red\n`, good: MODEL },
  "empty-file": { kind: "seq", bad: "", good: "sequence ResetSystem { }" },
  "unreadable-import": {
    kind: "seq",
    bad: 'import "nowhere.seq";\nsequence Mine { DAP_Delay(1); }',
    good: "sequence Mine { DAP_Delay(1); }",
  },
  "import-cycle": {
    kind: "seq",
    bad: 'import "example.seq";\nsequence Mine { DAP_Delay(1); }',
    good: "sequence Mine { DAP_Delay(1); }",
  },
  "bad-project-file": {
    kind: "project",
    bad: "probe: sim:generic-m4\nclock: fast",
    good: "probe: sim:generic-m4\nclock: 4MHz",
  },
  "import-in-convert": {
    kind: "seq",
    bad: 'import "helpers.seq";\nsequence Mine { DAP_Delay(1); }',
    good: "sequence Mine { DAP_Delay(1); }",
  },
  "not-convertible": {
    kind: "seq",
    bad: "sequence Mine { // a -- b\n  DAP_Delay(1);\n}",
    good: "sequence Mine { // a, b\n  DAP_Delay(1);\n}",
  },
  "not-a-pack": {
    kind: "pdsc",
    bad: "<html></html>",
    good: "<package>\n  <vendor>V</vendor>\n  <name>N</name>\n</package>",
  },

  // Names.
  "undeclared-variable": {
    bad: "__var DHCSR = 0xE000EDF0;\nWrite32(DHCRS, 0xA05F0001);",
    good: "__var DHCSR = 0xE000EDF0;\nWrite32(DHCSR, 0xA05F0001);",
  },
  redefinition: {
    bad: "__var x = 1;\nif (x) { __var x = 2; DAP_Delay(x); }",
    good: "__var x = 1;\nif (x) { x = 2; DAP_Delay(x); }",
  },
  "shadowed-variable": {
    bad: "__var __dp = 1;\nDAP_Delay(__dp);",
    good: "__var port = 1;\nDAP_Delay(port);",
  },
  "read-only-variable": { bad: "__protocol = 2;", good: "if ((__protocol & 0xFFFF) == 2) { DAP_Delay(1); }" },
  "no-initial-value": { bad: "__var x;\nx = 1;\nDAP_Delay(x);", good: "__var x = 1;\nDAP_Delay(x);" },
  "use-before-assignment": { bad: "__var x;\nDAP_Delay(x);\nx = 1;", good: "__var x = 1;\nDAP_Delay(x);" },
  "unused-variable": { bad: "__var x = 1;\nDAP_Delay(1);", good: "__var x = 1;\nDAP_Delay(x);" },
  "reserved-prefix": { bad: "__var __pin = 1;\nDAP_Delay(__pin);", good: "__var pin = 1;\nDAP_Delay(pin);" },
  "unused-debug-variable": {
    kind: "device",
    bad: "<debugvars>\n  __var Wait = 1;\n</debugvars>",
    good: '<debugvars>\n  __var Wait = 1;\n</debugvars>\n<sequences>\n  <sequence name="ResetSystem"><block>DAP_Delay(Wait + TraceClk);</block></sequence>\n</sequences>',
  },

  // Calls.
  "unknown-function": { bad: "Raed32(0xE000EDF0);", good: "Read32(0xE000EDF0);" },
  "nonstandard-spelling": { bad: 'sequence("ResetSystem");', good: 'Sequence("ResetSystem");' },
  "wrong-arguments": { bad: "Write32(0xE000EDF0);", good: "Write32(0xE000EDF0, 0xA05F0001);" },
  "not-a-string": { bad: "Sequence(1);", good: 'Sequence("ResetSystem");' },
  "not-a-number": { bad: 'DAP_Delay("1000");', good: "DAP_Delay(1000);" },
  "unknown-sequence": { bad: 'Sequence("ResetSytem");', good: 'Sequence("ResetSystem");' },
  "message-format": { bad: 'Message(0, "%x and %x", 1);', good: 'Message(0, "%x and %x", 1, 2);' },
  "argument-range": { bad: 'Message(3, "stop");', good: 'Message(2, "stop");' },
  "misaligned-address": { bad: "Read32(0x20000002);", good: "Read16(0x20000002);" },
  "address-too-wide": { bad: "Read32(0xE000EDF00);", good: "Read32(0xE000EDF0);" },
  "value-too-wide": { bad: "Write8(0x20000000, 0x100);", good: "Write16(0x20000000, 0x100);" },
  "swapped-arguments": {
    bad: "__var v = Read32(0x40001000);\nWrite32(v, 0x40001000);",
    good: "__var v = Read32(0x40001000);\nWrite32(0x40001000, v);",
  },
  "lost-complement": {
    bad: "__var v = Read32(0xE000EDFC);\nWrite32(0xE000EDFC, v & 0x00000001);",
    good: "__var v = Read32(0xE000EDFC);\nWrite32(0xE000EDFC, v & ~0x00000001);",
  },
  "unselected-pins": { bad: "DAP_SWJ_Pins(0x80, 0x00, 0);", good: "DAP_SWJ_Pins(0x80, 0x80, 0);" },
  "data-wider-than-count": { bad: "DAP_SWJ_Sequence(8, 0x1FF);", good: "DAP_SWJ_Sequence(8, 0xFF);" },

  // Controls and expressions.
  "constant-condition": { bad: "if (1) { DAP_Delay(1); }", good: "if (__protocol) { DAP_Delay(1); }" },
  "constant-comparison": {
    bad: "if ((Read32(0x20000000) & 0xF0) == 0x100) { DAP_Delay(1); }",
    good: "if ((Read32(0x20000000) & 0xF0) == 0x10) { DAP_Delay(1); }",
  },
  "unbounded-loop": {
    bad: "while ((Read32(0xE000EDF0) & 0x20000) == 0);",
    good: "while ((Read32(0xE000EDF0) & 0x20000) == 0) timeout 500ms;",
  },
  "timeout-without-while": {
    bad: "if (__dp) timeout 1s { DAP_Delay(1); }",
    good: "while (Read32(0x20000000)) timeout 1s { DAP_Delay(1); }",
  },
  "deep-nesting": {
    bad: `${"if (__dp) { ".repeat(11)}DAP_Delay(1);${" }".repeat(11)}`,
    good: "if (__dp && __ap) { DAP_Delay(1); }",
  },
  unreachable: { bad: 'Message(2, "stop");\nDAP_Delay(1);', good: 'DAP_Delay(1);\nMessage(2, "stop");' },
  "no-effect": { bad: "__dp == 1;", good: "__dp = 1;" },
  "assignment-as-condition": {
    bad: "if (__dp = 1) { DAP_Delay(1); }",
    good: "if (__dp == 1) { DAP_Delay(1); }",
  },
  "surprising-precedence": {
    bad: "if (Read32(0x20000000) & 0xF0 == 0x10) { DAP_Delay(1); }",
    good: "if ((Read32(0x20000000) & 0xF0) == 0x10) { DAP_Delay(1); }",
  },
  "padded-number": {
    bad: "__dp = Read32(0x20000000) & 0x00000FFFF;",
    good: "__dp = Read32(0x20000000) & 0x0000FFFF;",
  },
  "shift-too-far": { bad: "__dp = 1 << 64;", good: "__dp = 1 << 63;" },

  // Sequences and where they stand.
  "forbidden-access": {
    kind: "seq",
    bad: "sequence DebugPortStart {\n  ReadAP(0xFC);\n}",
    good: "sequence DebugDeviceUnlock {\n  ReadAP(0xFC);\n}",
  },
  "wrong-place": {
    kind: "seq",
    bad: 'sequence Mine {\n  FlashLoadAlgorithm("Mine.FLM", 0, 4);\n}',
    good: 'sequence FlashProgramSetup {\n  FlashLoadAlgorithm("Mine.FLM", 0, 4);\n}',
  },
  "wrong-port-variable": {
    kind: "device",
    bad: '<accessportV1 __apid="1" index="1"/>\n<sequences>\n  <sequence name="Mine"><block>__ap = 1; ReadAP(0xFC);</block></sequence>\n</sequences>',
    good: '<accessportV1 __apid="1" index="1"/>\n<sequences>\n  <sequence name="Mine"><block>__apid = 1; ReadAP(0xFC);</block></sequence>\n</sequences>',
  },
  "reserved-result": { bad: "__Result = 2;", good: "__Result = -1;" },
  "not-atomic": { bad: 'atomic { Query(0, "ready?", 1); }', good: "atomic { DAP_SWJ_Sequence(8, 0xFF); }" },
  recursion: {
    kind: "seq",
    bad: 'sequence A { Sequence("B"); }\nsequence B { Sequence("A"); }',
    good: 'sequence A { Sequence("B"); }\nsequence B { DAP_Delay(1); }',
  },
  "unknown-ignore": {
    bad: "// dbgseq-ignore reserved-result\n__Result = 2;",
    good: "// dbgseq-ignore reserved-result: read by a tool of ours\n__Result = 2;",
  },
  "uncalled-sequence": {
    kind: "device",
    bad: '<sequences>\n  <sequence name="Helper"><block>DAP_Delay(1);</block></sequence>\n</sequences>',
    good: '<sequences>\n  <sequence name="Helper"><block>DAP_Delay(1);</block></sequence>\n  <sequence name="ResetSystem"><block>Sequence("Helper");</block></sequence>\n</sequences>',
  },
  "duplicate-sequence": {
    kind: "seq",
    bad: "sequence ResetSystem { DAP_Delay(1); }\nsequence ResetSystem { DAP_Delay(2); }",
    good: "sequence ResetSystem { DAP_Delay(1); }\nsequence ResetProcessor { DAP_Delay(2); }",
  },
  "lost-debug-variable": {
    kind: "pdsc",
    bad: levels("", "<debugvars>\n  __var Wait = 1;\n</debugvars>"),
    good: levels("", "<debugvars>\n  __var TraceClk = 0;\n  __var Wait = 1;\n</debugvars>"),
  },
  "missing-algorithm": {
    kind: "device",
    bad: '<algorithm name="Flash/There.FLM" start="0x0" size="0x1000"/>\n<algorithm name="Flash/Gone.FLM" start="0x1000" size="0x1000"/>',
    good: '<algorithm name="Flash/There.FLM" start="0x0" size="0x1000"/>',
  },
  "missing-file": {
    kind: "device",
    bad: '<algorithm name="Flash/There.FLM" start="0x0" size="0x1000"/>\n<debug svd="SVD/Gone.svd"/>',
    good: '<algorithm name="Flash/There.FLM" start="0x0" size="0x1000"/>\n<debug/>',
  },
  "unknown-port": {
    kind: "device",
    bad: '<accessportV1 __apid="1" index="0"/>\n<debug __apid="2"/>',
    good: '<accessportV1 __apid="1" index="0"/>\n<debug __apid="1"/>',
  },
  "parent-loop": {
    kind: "device",
    bad: '<accessportV2 __apid="0" address="0x2000" parent="1"/>\n<accessportV2 __apid="1" address="0x3000" parent="0"/>',
    good: '<accessportV2 __apid="0" address="0x2000" parent="1"/>\n<accessportV2 __apid="1" address="0x3000"/>',
  },
  "unknown-memory": {
    kind: "device",
    bad: '<memory name="Flash" start="0x0" size="0x1000" access="rx"/>\n<memory name="Mirror" start="0x08000000" size="0x1000" access="rx" alias="Falsh"/>',
    good: '<memory name="Flash" start="0x0" size="0x1000" access="rx"/>\n<memory name="Mirror" start="0x08000000" size="0x1000" access="rx" alias="Flash"/>',
  },
  "duplicate-element": {
    kind: "device",
    bad: '<accessportV1 __apid="1" index="0"/>\n<accessportV1 __apid="1" index="1"/>',
    good: '<accessportV1 __apid="1" index="0"/>\n<accessportV1 __apid="2" index="1"/>',
  },
  "duplicate-device": {
    kind: "pdsc",
    bad: levels('<device Dname="D"/>', ""),
    good: levels('<device Dname="D2"/>', ""),
  },
  "stray-scope": {
    kind: "seq",
    bad: 'scope family "FF" {\n  sequence ResetSystem { DAP_Delay(1); }\n}',
    good: 'scope family "F" {\n  sequence ResetSystem { DAP_Delay(1); }\n}',
  },
  "guarded-write": {
    kind: "seq",
    bad: "sequence Clean { Write32(0x4001E50C, 1); }",
    good: "sequence Clean requires erase { Write32(0x4001E50C, 1); }",
  },
  "misspelt-sequence": {
    kind: "seq",
    bad: "sequence ResetHardwareDeAssert { DAP_Delay(1); }",
    good: "sequence ResetHardwareDeassert { DAP_Delay(1); }",
  },
};
