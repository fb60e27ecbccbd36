/** What a cbuild-run.yml says about the target, and what is said of one that is none. */
import { expect, test } from "vitest";
import { Source, where } from "../../src/lib/source.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { shown } from "../support/pdsc.ts";

const nowhere = { source: new Source("nowhere", ""), start: 0, end: 0 };

const read = (text: string): ReturnType<typeof readCbuildRun> =>
  readCbuildRun(new Source("x.cbuild-run.yml", text));

test("gives device, pack, connection and images", () => {
  const { run, diagnostics } = read(`cbuild-run:
  generated-by: csolution version 2.9.0
  target-type: Board
  device: STMicroelectronics::STM32H745BGTx:Cortex-M7
  device-pack: Keil::STM32H7xx_DFP@4.1.0
  output:
    - file: ../out/cm7.axf
      info: generate by Project.Debug
      type: elf
      load: image+symbols
      pname: Cortex-M7
    - file: ../out/cm4.hex
      type: hex
      load: image
  debugger:
    name: CMSIS-DAP
    protocol: swd
    clock: 4000000
    dbgconf: ../.cmsis/Board.dbgconf
    start-pname: Cortex-M7
  debug-topology:
    dormant: true
`);
  expect(diagnostics.map(shown)).toEqual([
    "x.cbuild-run.yml:1:1: unused-section: taken from the device's pack instead: debug-topology",
  ]);
  expect(run).toMatchObject({
    device: "STMicroelectronics::STM32H745BGTx:Cortex-M7",
    devicePack: { name: "Keil::STM32H7xx_DFP@4.1.0" },
    protocol: "swd",
    clockHz: 4_000_000,
    dbgconf: "../.cmsis/Board.dbgconf",
    startPname: "Cortex-M7",
    images: [
      { file: "../out/cm7.axf", type: "elf", isLoaded: true, pname: "Cortex-M7" },
      { file: "../out/cm4.hex", type: "hex", isLoaded: true },
    ],
  });
});

test("needs hardly anything", () => {
  const { run, diagnostics } = read("cbuild-run:\n  device: X\n");
  expect(run).toMatchObject({ device: "X", images: [], algorithms: [], memories: [] });
  expect(diagnostics).toEqual([]);
});

test("gives memories, algorithms, variables and settings of the project", () => {
  const { run } = read(`cbuild-run:
  system-resources:
    memory:
      - name: QSPI
        access: rx
        start: 0x90000000
        size: 0x01000000
        pname: cm7
  programming:
    - algorithm: \${CMSIS_PACK_ROOT}/V/N/1.0.0/Q.FLM
      start: 0x90000000
      size: 0x01000000
      ram-start: 0x20000000
      ram-size: 0x00008000
      pname: cm7
  debug-vars:
    vars: |
      // Pins
      __var Clk = 0x00040002;   // PE2
      __var Sum = Clk + 1;
  debugger:
    name: CMSIS-DAP@pyOCD
    device-settings:
      Clk: 0x10
      trace-port: enabled
`);
  expect(run?.memories).toMatchObject([{ name: "QSPI", start: 0x9000_0000n, access: "rx", pname: "cm7" }]);
  expect(run?.algorithms).toMatchObject([
    { file: "${CMSIS_PACK_ROOT}/V/N/1.0.0/Q.FLM", size: 0x100_0000n, ramSize: 0x8000n, pname: "cm7" },
  ]);
  const [clock, sum] = (run?.debugVars?.entries ?? []).filter(({ kind }) => kind === "declaration");
  expect(where(clock?.span ?? nowhere)).toBe("x.cbuild-run.yml:19:7");
  expect(where(sum?.span ?? nowhere)).toBe("x.cbuild-run.yml:20:7");
  expect(run?.settings).toMatchObject([{ name: "Clk", value: 0x10n }]);
});

test.each([
  ["a mode without image", "load: symbols", false],
  ["image and symbols", "load: image+symbols", true],
  ["nothing", "load: none", false],
  ["no mode", "type: hex", true],
  ["a library without a mode", "type: lib", false],
])("%s tells whether a file is programmed", (_what, line, isLoaded) => {
  const { run } = read(`cbuild-run:\n  output:\n    - file: x\n      ${line}\n`);
  expect(run?.images[0]?.isLoaded).toBe(isLoaded);
});

test("names what is not used", () => {
  const { diagnostics } = read(`cbuild-run:
  debug-sequences: []
  flash-info: []
  system-resources:
    processors: []
  debugger:
    name: X
    gdbserver:
      - port: 3333
    load-setup:
      halt: on
    device-settings:
      trace-port: enabled
  surprise: 1
`);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "taken from the device's pack instead: debug-sequences, flash-info, system-resources: processors",
    "not used: surprise, debugger: gdbserver, debugger: load-setup, device-settings: trace-port",
  ]);
});

test("reads the debugger of version 2.8 and before, a list with the protocol as port", () => {
  const { run } = read(
    "cbuild-run:\n  debugger:\n    - name: <default>\n      port: jtag\n      clock: 1000\n",
  );
  expect(run).toMatchObject({ protocol: "jtag", clockHz: 1000 });
});

test.each([
  ["cbuild-run:\n  device: [", "x.cbuild-run.yml:2:12: malformed-yaml"],
  ["device: X\n", "x.cbuild-run.yml:1:1: not-a-cbuild-run: a cbuild-run.yml begins with the key cbuild-run"],
  ["", "x.cbuild-run.yml:1:1: not-a-cbuild-run: a cbuild-run.yml begins with the key cbuild-run"],
  [
    "cbuild-run:\n  debugger:\n    clock: fast\n",
    "x.cbuild-run.yml:3:12: wrong-value: clock must be a whole number from 0 on",
  ],
  ["cbuild-run:\n  device: 5\n", "x.cbuild-run.yml:2:11: wrong-value: device must be a text"],
  ["cbuild-run:\n  debugger:\n    clock: 0\n", "x.cbuild-run.yml:3:12: wrong-value: clock must be above 0"],
  [
    "cbuild-run:\n  debugger:\n    protocol: cjtag\n",
    'x.cbuild-run.yml:3:15: wrong-value: protocol must be one of swd, jtag, not "cjtag"',
  ],
  [
    "cbuild-run:\n  programming:\n    - algorithm: X.FLM\n      start: 0\n",
    "x.cbuild-run.yml:3:7: wrong-value: size is missing",
  ],
  [
    "cbuild-run:\n  output:\n    - file: x.hex\n      type: hex\n      load-offset: 0x1000\n",
    "x.cbuild-run.yml:5:20: wrong-value: load-offset is for files of the type bin",
  ],
])("reports %j at its place", (text, message) => {
  expect(read(text).diagnostics.map(shown)[0]).toContain(message);
});
