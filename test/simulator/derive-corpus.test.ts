/** Every device of real packs either becomes a simulated one that answers, or says why it cannot. */
import { expect, test } from "vitest";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { Failure } from "../../src/lib/fault.ts";
import type { ModelFault } from "../../src/simulator/faults.ts";
import { deriveModel, type Derived } from "../../src/simulator/model/derive.ts";
import type { DeviceDescription } from "../../src/device/description.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";
import { csw, DPIDR, DRW, select, tar, TestFixture, write } from "./fixture.ts";

function derived(description: DeviceDescription): Derived | string {
  try {
    return deriveModel(description);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { fault } = error as Failure<ModelFault>;
    if (fault.kind !== "underivable") throw error;
    return fault.reason;
  }
}

/** One of each kind: devices that differ in name only add nothing. */
function* kinds(file: string): Generator<DeviceDescription> {
  const seen = new Set<string>();
  for (const { description } of readPdsc(corpusText(file)).pack?.descriptions() ?? []) {
    const { processors, memories, accessPorts, debugPorts } = description;
    const key = JSON.stringify([
      processors.map(({ core, pname }) => [core, pname]),
      memories.length,
      accessPorts.length,
      debugPorts.length,
    ]);
    if (seen.has(key)) continue;
    seen.add(key);
    yield description;
  }
}

describeCorpus("devices of real packs", () => {
  test.each(corpusFiles("pdsc").filter((file) => file.endsWith(".pdsc")))("%s", async (file) => {
    const reasons = new Set<string>();
    for (const description of kinds(file)) {
      const found = derived(description);
      if (typeof found === "string") {
        reasons.add(found);
        continue;
      }
      const fixture = new TestFixture({ model: found.model });
      await fixture.wake();
      const { debugConfig, debugPorts, accessPorts } = description;
      // Access ports of version 2 are reached in test/wire/wire-16-adiv6.test.ts and by the smoke test.
      if (accessPorts.some(({ version }) => version === 2)) continue;
      if (debugConfig?.dormant === true || debugPorts.some(({ swd }) => swd?.targetsel !== undefined))
        continue;
      await fixture.words(DPIDR, write("DP", 0x4, 0x50000000));
      await fixture.connect();
      for (const ap of fixture.simulator.soc.accessPorts.keys()) {
        const [cpuid = 0] = await fixture.words(select(ap), csw(), tar(0xe000ed00), DRW);
        expect(cpuid >>> 24).toBe(0x41);
      }
    }
    expect([...reasons]).toEqual([]);
  });
});
