/** A device without a model of its own: what a pack says about it becomes one. */
import { describe, expect, test } from "vitest";
import type { DeviceDescription, Memory, Processor } from "../../src/device/description.ts";
import { Source, type Span } from "../../src/lib/source.ts";
import { deriveModel } from "../../src/simulator/model/derive.ts";
import { csw, drw, DRW, select, tar, TestFixture } from "./fixture.ts";

const span: Span = { source: new Source("device.pdsc", ""), start: 0, end: 0 };

function memory(
  name: string,
  range: readonly [number, number],
  access: string,
  more: Partial<Memory> = {},
): Memory {
  const [start, size] = range;
  return {
    name,
    start: BigInt(start),
    size: BigInt(size),
    access,
    isDefault: false,
    startup: false,
    init: false,
    uninit: false,
    span,
    ...more,
  };
}

function processor(core: string, pname?: string): Processor {
  return { core, units: 1, span, ...(pname === undefined ? {} : { pname }) };
}

function device(parts: Partial<DeviceDescription>): DeviceDescription {
  return {
    vendor: "Acme",
    family: "ACME1",
    device: "ACME100",
    pack: { id: "Acme::ACME_DFP@1.0.0", path: "device.pdsc" },
    processors: [processor("Cortex-M3")],
    debugs: [],
    debugPorts: [],
    accessPorts: [],
    memories: [],
    algorithms: [],
    flashInfos: [],
    shadowedDebugVars: [],
    traceSetup: "legacy",
    sequences: [],
    span,
    ...parts,
  };
}

describe("a derived model", () => {
  test("has the memories, the core, and storage for peripherals", async () => {
    const { model, notes } = deriveModel(
      device({
        memories: [memory("FLASH", [0x08000000, 0x10000], "rx"), memory("RAM", [0x20000000, 0x4000], "rwx")],
      }),
    );
    expect(model.name).toBe("acme100");
    expect(notes).toHaveLength(1);
    const fixture = new TestFixture({ model });
    await fixture.connect();
    expect(await fixture.readWord(0xe000ed00)).toBe(0x412fc231);
    expect(await fixture.readWord(0x08000004)).toBe(0x08000101);
    await fixture.writeWord(0x40021018, 0x55);
    expect(await fixture.readWord(0x40021018)).toBe(0x55);
    expect((await fixture.transfer(tar(0x20004000), DRW)).ack).toBe(4);
  });

  test("sees a memory again at its alias, and keeps overlapping descriptions apart", async () => {
    const { model } = deriveModel(
      device({
        memories: [
          memory("SRAM", [0x20000000, 0x4000], "rw"),
          memory("SRAM_S", [0x30000000, 0x4000], "rw", { alias: "SRAM" }),
          memory("SRAM_ALL", [0x20000000, 0x8000], "rw"),
        ],
      }),
    );
    const fixture = new TestFixture({ model });
    await fixture.connect();
    await fixture.writeWord(0x30000010, 0xcafe);
    expect(await fixture.readWord(0x20000010)).toBe(0xcafe);
    await fixture.writeWord(0x20007ffc, 1);
    expect(await fixture.readWord(0x20007ffc)).toBe(1);
  });

  test("puts each core behind its access port, with the memories of its Pname", async () => {
    const { model } = deriveModel(
      device({
        processors: [processor("Cortex-M7", "CM7"), processor("Cortex-M4", "CM4")],
        debugs: [
          { pname: "CM7", ap: 0, datapatches: [], span },
          { pname: "CM4", ap: 3, datapatches: [], span },
        ],
        memories: [
          memory("DTCM", [0x20000000, 0x1000], "rw", { pname: "CM7" }),
          memory("SHARED", [0x30000000, 0x1000], "rw"),
        ],
      }),
    );
    const fixture = new TestFixture({ model });
    await fixture.connect();
    expect(await fixture.readWord(0xe000ed00)).toBe(0x411fc271);
    await fixture.words(tar(0x20000000), drw(1));
    const onM4 = [select(3), csw()] as const;
    expect(await fixture.words(...onM4, tar(0xe000ed00), DRW)).toEqual([0x410fc241]);
    expect((await fixture.transfer(tar(0x30000000), DRW)).ack).toBe(1);
    expect((await fixture.transfer(tar(0x20000000), DRW)).ack).toBe(4);
  });

  test("has TARGETSEL if the pack names one", async () => {
    const { model } = deriveModel(device({ debugPorts: [{ dp: 0, swd: { targetsel: 0x01002927 }, span }] }));
    const fixture = new TestFixture({ model });
    await fixture.wake();
    const { ack } = await fixture.transfer({ kind: "read", port: "DP", address: 0 });
    expect(ack).toBe(7);
  });

  test.each([
    ["no Cortex-M", { processors: [processor("Cortex-A7")] }, "none of its cores is a Cortex-M"],
    [
      "an access port of version 2 beyond 32 bits",
      {
        debugs: [{ apid: 1, datapatches: [], span }],
        accessPorts: [{ version: 2, apid: 1, dp: 0, address: 0x1_0000_0000n, span }],
      },
      "an access port has an address above 4 GiB",
    ],
  ] satisfies [string, Partial<DeviceDescription>, string][])("is refused for %s", (_, parts, reason) => {
    expect(() => deriveModel(device(parts))).toThrow(reason);
  });
});
