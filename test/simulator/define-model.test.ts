/** Models that somebody writes: mistakes in YAML with their line, options with their values, devices in code. */
import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/lib/fault.ts";
import {
  defineModel,
  Nvmc,
  NVMC_OPTION,
  openSimulator,
  Source,
  wordDevice,
  yamlModel,
} from "../../src/sim.ts";
import type { ModelFault } from "../../src/simulator/faults.ts";
import { drw, DRW, tar, TestFixture } from "./fixture.ts";

const HEAD = `model: mine
about: for a test
sources: []
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011 }]
`;

function source(body: string): Source {
  return new Source("mine.yaml", HEAD + body);
}

function mistakes(text: Source): readonly string[] {
  try {
    yamlModel(text);
    return [];
  } catch (error) {
    const { fault, message } = error as Failure<ModelFault>;
    expect(fault).toMatchObject({ kind: "bad-model", diagnostics: expect.any(Array) as unknown });
    return message.split("\n");
  }
}

describe("a wrong YAML model is reported at its place", () => {
  test.each([
    ["memorys: []", ['mine.yaml:6:1: "memorys" is not a key here (did you mean "memories"?)']],
    [
      "memories: [{ name: ram, start: 0x20000000, size: 0 }]",
      ["mine.yaml:6:50: expected a size above 0, not 0"],
    ],
    [
      "processors: [{ name: c, type: Cortex-M5 }]",
      [
        'mine.yaml:6:31: "Cortex-M5" is not one of Cortex-M0, Cortex-M0+, Cortex-M1, Cortex-M3, Cortex-M4, Cortex-M7, Cortex-M23, Cortex-M33, Cortex-M55, Cortex-M85 (did you mean "Cortex-M0"?)',
      ],
    ],
    [
      "registers: [{ name: U, start: 0, size: 16, items: { A: { offset: 2 }, B: { offset: 4, w1x: 1 } } }]",
      [
        "mine.yaml:6:66: expected an offset that is a multiple of 4, not 2",
        'mine.yaml:6:87: "w1x" is not a key here (did you mean "w1c"?)',
      ],
    ],
    [
      "registers: [{ name: U, start: 0, size: 16, items: { CMD: { offset: 0 }, S: { offset: 4, clears: CND } } }]",
      ['mine.yaml:6:97: U has no register "CND" (did you mean "CMD"?)'],
    ],
    [
      "memories:\n  - { name: a, start: 0, size: 32 }\n  - { name: b, start: 16, size: 32 }",
      ["mine.yaml:8:23: b at 0x00000010 overlaps a at 0x00000000 on bus main"],
    ],
    ["memories: [", ["mine.yaml:7:1: deficient indentation"]],
    ["x: 1\nx: 2", ['mine.yaml:7:1: the key "x" is there twice']],
  ])("%j", (body, expected) => {
    expect(mistakes(source(`${body}\n`))).toEqual(expected);
  });

  test("an empty file", () => {
    expect(mistakes(new Source("empty.yaml", ""))).toEqual([
      "empty.yaml:1:1: expected a mapping, not nothing",
    ]);
  });

  test("a binary file", () => {
    expect(mistakes(new Source("a.bin", "\u0000\u0001\u007fELF"))[0]).toMatch(/^a\.bin:1:\d+: /);
  });
});

describe("options", () => {
  test.each([
    [
      "stm32h743",
      { jep160: "1" },
      /^sim:stm32h743 has no option "jep160", did you mean "jep106"\?; it has jep106=0x0\.\.0x7F \(default 0x20\), flash=/,
    ],
    ["stm32h743", { jep106: "0x80" }, /^sim:stm32h743 has no jep106=0x80; expected jep106=0x0\.\.0x7F/],
    ["lpc55s36", { mailbox: "of" }, /expected mailbox=on\|off\|silent\|refuses \(default on\)$/],
    ["generic-m4", { x: "1" }, /^sim:generic-m4 has no option "x"; it has none$/],
    ["generic-m4", { latency: "usb" }, /expected latency=none\|hid-fs\|bulk-fs\|bulk-hs \(default none\)$/],
    [
      "stm32h734",
      {},
      /^there is no shipped model "stm32h734", did you mean "stm32h743"\?; there are adiv6, atsamd21j18, [a-z0-9, ]*generic-m0plus, generic-m33, generic-m4, /,
    ],
  ])("%s %j", (model, options, message) => {
    expect(() => openSimulator({ model, options })).toThrow(message);
  });
});

describe("a device that is written in code", () => {
  const model = defineModel({
    extends: source("memories: [{ name: ram, start: 0x20000000, size: 0x1000 }]\n"),
    options: {
      delayUs: { type: "integer", min: 0, max: 1000, default: 10, about: "how long a command takes" },
      answer: { type: "choice", values: ["yes", "no"], default: "yes", about: "what it answers" },
    },
    build(soc, { clock, log, options, random }) {
      let status = 0;
      let seenUs = 0;
      soc.map(
        { name: "unit", start: 0x4000_0000, size: 0x10 },
        wordDevice({
          tick: (nowUs) => {
            seenUs = nowUs;
          },
          read: (offset) =>
            offset === 0
              ? status
              : offset === 4
                ? Math.floor(seenUs)
                : offset === 8
                  ? random() * 2 ** 32
                  : "error",
          write: (offset, value) => {
            if (offset !== 0) return "error";
            clock.after(options.delayUs, () => {
              status = options.answer === "yes" ? value : 0;
              log(`command ${String(value)}`);
            });
            return undefined;
          },
        }),
      );
    },
  });

  async function opened(options: Record<string, string> = {}): Promise<TestFixture> {
    const fixture = new TestFixture({ model, options });
    await fixture.connect();
    return fixture;
  }

  test("acts with the target's time and its options", async () => {
    const fixture = await opened({ delayUs: "500" });
    await fixture.writeWord(0x40000000, 7);
    expect(await fixture.readWord(0x40000000)).toBe(0);
    fixture.simulator.clock.advance(500);
    expect(await fixture.readWord(0x40000000)).toBe(7);
    expect(fixture.simulator.log.events).toContainEqual(
      expect.objectContaining({ kind: "note", text: "command 7" }),
    );

    const other = await opened({ answer: "no" });
    await other.writeWord(0x40000000, 7);
    other.simulator.clock.advance(500);
    expect(await other.readWord(0x40000000)).toBe(0);
  });

  test("is ticked before an access", async () => {
    const fixture = await opened();
    const value = await fixture.readWord(0x40000004);
    const nowUs = fixture.simulator.clock.nowUs();
    expect(nowUs - value).toBeGreaterThan(0);
    expect(nowUs - value).toBeLessThan(200);
  });

  test("refuses with a bus error", async () => {
    const fixture = await opened();
    expect((await fixture.transfer(tar(0x4000000c), DRW)).ack).toBe(4);
    await fixture.words({ kind: "write", port: "DP", address: 0, value: 4 });
    expect((await fixture.transfer(tar(0x40000004), drw(0))).ack).toBe(4);
  });

  test("has the same chance for the same seed", async () => {
    const values = await Promise.all(
      ["1", "1", "2"].map(async (seed) => (await opened({ seed })).readWord(0x40000008)),
    );
    expect(values[0]).toBe(values[1]);
    expect(values[0]).not.toBe(values[2]);
  });

  test("throws for the name of a missing part", () => {
    const wrong = defineModel({
      extends: source(""),
      build(soc) {
        soc.memory("rom");
      },
    });
    expect(() => openSimulator({ model: wrong })).toThrow('the model has no memory "rom"; it has none');
  });
});

describe("a flash controller that ships, in a user's own model", () => {
  const model = defineModel({
    extends: source(`memories:
  - { name: code, start: 0, size: 0x4000, access: rx, fill: 0xFF }
  - { name: options, start: 0x10001000, size: 0x1000, access: rx, fill: 0xFF }
`),
    options: { nvmc: NVMC_OPTION },
    build(soc, context) {
      new Nvmc(soc, context, {
        ...{ place: { name: "NVMC", start: 0x4001_0000 }, flash: "code", uicr: "options" },
        ...{ behaves: context.options.nvmc, pageSize: 0x400, erasesPagesBy: "register" },
        times: { writeUs: 10, erasePageUs: 100, eraseAllUs: 1000 },
      });
    },
  });

  test.each([
    ["works", 0xcafe_f00d],
    ["locked", 0xffff_ffff],
  ])("programs its memory, or does not: %s", async (nvmc, value) => {
    const fixture = new TestFixture({ model, options: { nvmc } });
    await fixture.connect();
    await fixture.writeWord(0x4001_0504, 1);
    await fixture.writeWord(0x100, 0xcafe_f00d);
    expect(await fixture.readWord(0x100)).toBe(value);
  });
});
