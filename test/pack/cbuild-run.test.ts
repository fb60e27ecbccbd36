/** What a cbuild-run.yml says about the target, and what is said of one that is none. */
import { expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run.ts";
import { shown } from "../support/pdsc.ts";

const read = (text: string): ReturnType<typeof readCbuildRun> =>
  readCbuildRun(new Source("x.cbuild-run.yml", text));

test("device, pack, connection and images", () => {
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
  expect(diagnostics).toEqual([]);
  expect(run).toEqual({
    device: "STMicroelectronics::STM32H745BGTx:Cortex-M7",
    devicePack: "Keil::STM32H7xx_DFP@4.1.0",
    protocol: "swd",
    clockHz: 4_000_000,
    dbgconf: "../.cmsis/Board.dbgconf",
    startPname: "Cortex-M7",
    images: [
      { file: "../out/cm7.axf", type: "elf", load: "image+symbols", pname: "Cortex-M7" },
      { file: "../out/cm4.hex", type: "hex", load: "image" },
    ],
  });
});

test("hardly anything is needed", () => {
  expect(read("cbuild-run:\n  device: X\n")).toEqual({ run: { device: "X", images: [] }, diagnostics: [] });
});

test.each([
  ["cbuild-run:\n  device: [", "x.cbuild-run.yml:2:12: malformed-yaml"],
  ["device: X\n", "x.cbuild-run.yml:1:1: not-a-cbuild-run: a cbuild-run.yml begins with the key cbuild-run"],
  ["", "x.cbuild-run.yml:1:1: not-a-cbuild-run: a cbuild-run.yml begins with the key cbuild-run"],
  [
    "cbuild-run:\n  debugger:\n    clock: fast\n",
    "x.cbuild-run.yml:3:12: wrong-value: a number is wanted for clock",
  ],
  ["cbuild-run:\n  device: 5\n", "x.cbuild-run.yml:2:11: wrong-value: a text is wanted for device"],
])("%j says where", (text, message) => {
  expect(read(text).diagnostics.map(shown)[0]).toContain(message);
});
