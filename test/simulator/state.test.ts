/** A simulated device that goes on from what an earlier one had kept. */
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { Failure } from "../../src/lib/fault.ts";
import { shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { drw, tar, TestFixture, write } from "./fixture.ts";

const goOn = (model: string, text: string, options: Readonly<Record<string, string>> = {}) =>
  openSimulator({ model, options }, { state: new Source("kept.json", text) });

test.each(shippedModelNames)(
  "the state of %s is the same after it was kept, restored and kept again",
  (model) => {
    const first = openSimulator({ model }).keep();
    const again = goOn(model, first).keep();
    expect(JSON.parse(again)).toEqual(JSON.parse(first));
  },
);

describe("a kept state", () => {
  test("holds memory, registers of peripherals, core registers, a halt, breakpoints, and the time", async () => {
    const fixture = new TestFixture({ model: "generic-m4" });
    await fixture.connect();
    await fixture.writeWord(0xe000edf0, 0xa05f0003);
    await fixture.writeWord(0x20000010, 0xcafe0001);
    await fixture.writeWord(0xe0002008, 0x08000201);
    await fixture.writeWord(0xe000ed08, 0x20000000);
    await fixture.words(tar(0xe000edf8), drw(0x12345678), tar(0xe000edf4), drw(0x10005));
    const { simulator } = fixture;
    const { soc, clock } = goOn("generic-m4", simulator.keep());
    expect(clock.nowUs()).toBe(simulator.clock.nowUs());
    expect(soc.core().halted).toBe(true);
    expect(soc.core().registers.read(5)).toBe(0x12345678);
    expect(soc.bus().read(0x20000010, 4)).toBe(0xcafe0001);
    expect(soc.bus().read(0xe0002008, 4)).toBe(0x08000201);
    expect(soc.bus().read(0xe000ed08, 4)).toBe(0x20000000);
  });

  test("lets a running core go on from where it was", () => {
    const { soc, clock } = goOn("generic-m4", openSimulator({ model: "generic-m4" }).keep());
    clock.advance(1000);
    soc.catchUp();
    expect(soc.core().running).toBe(true);
  });

  test("contains the result of an erase that had begun", async () => {
    const fixture = new TestFixture({ model: "nrf52840", options: { protected: "yes" } });
    await fixture.wake();
    await fixture.words(...[{ kind: "read", port: "DP", address: 0 } as const, write("DP", 0x4, 0x50000000)]);
    fixture.simulator.clock.advance(10_000);
    await fixture.words(write("DP", 0x8, 0x01000000), write("AP", 0x4, 1), write("DP", 0x8, 0));
    const { soc } = goOn("nrf52840", fixture.simulator.keep());
    expect(soc.memAp(0).enabled()).toBe(true);
    expect(soc.memory("flash").read(0, 4)).toBe(0xffff_ffff);
  });

  test("wins over an option that only sets a part up the first time", () => {
    const closed = openSimulator({ model: "stm32f407", options: { rdp: "level1" } }).keep();
    const { soc } = goOn("stm32f407", closed);
    soc.onDebugPower?.(0, true);
    expect(soc.memory("flash").unreadable).toBe(true);
  });
});

describe("a file that does not fit is refused", () => {
  const kept = openSimulator({ model: "generic-m4" }).keep();
  const reasonOf = (text: string, model = "generic-m4"): string => {
    try {
      goOn(model, text);
    } catch (error) {
      if (error instanceof Failure && (error.fault as { kind: string }).kind === "bad-state")
        return error.message;
      throw error;
    }
    return "taken";
  };
  /** Of the first memory. */
  const withContent = (content: Readonly<Record<string, string>>): string => {
    const state = JSON.parse(kept) as { memories: Record<string, { content: unknown }> };
    for (const memory of Object.values(state.memories)) memory.content = content;
    return JSON.stringify(state);
  };

  test.each([
    ["no JSON", "hello", "kept.json: it is not the state of a simulated device (no JSON)"],
    ["other JSON", "{}", "kept.json: it is not the state of a simulated device"],
    [
      "another version",
      kept.replace('"version": 1', '"version": 2'),
      "kept.json: it has version 2 of the format, and version 1 is read here",
    ],
    [
      "a number that is none",
      kept.replace(/"timeUs": [\d.]+/, '"timeUs": "soon"'),
      /^kept\.json: timeUs is not as the format has it: /,
    ],
    [
      "a memory that the model does not have",
      kept.replace('"memories": {', '"memories": { "more": { "size": 4, "fill": 0, "content": {} },'),
      "kept.json: its memories are not those of the model, which has changed since: more",
    ],
    [
      "a memory of another size",
      kept.replace(/"size": \d+/, '"size": 4096'),
      /^kept\.json: the memory \S+ has 4096 bytes there and \d+ in the model$/,
    ],
    [
      "content that is no base 64",
      withContent({ "0": "?" }),
      "kept.json: a piece of a memory is not in base 64",
    ],
    [
      "content outside of its memory",
      withContent({ fffffff0: "AAAA" }),
      /^kept\.json: a piece of the memory \S+ at fffffff0 is outside of it$/,
    ],
  ])("%s", (_what, text, reason) => {
    expect(reasonOf(text)).toMatch(reason);
  });

  test("because it is of another model", () => {
    expect(reasonOf(kept, "generic-m33")).toBe(
      "kept.json: it is the state of the model generic-m4, not of generic-m33",
    );
  });

  test("but is accepted if it is unchanged", () => {
    expect(reasonOf(kept)).toBe("taken");
  });
});
