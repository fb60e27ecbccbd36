/** The job smoke: the devices of a pack on simulated targets, as data. */
import { expect, test } from "vitest";
import { openSmoke, type SmokeResult } from "../../src/index.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";

async function all(results: AsyncIterable<SmokeResult>): Promise<readonly SmokeResult[]> {
  const list: SmokeResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test("each device of a pack has a result", async () => {
  const smoke = await openSmoke(PACK);
  const results = await all(smoke.results());
  expect(smoke.pack).toMatch(/^Example::EX32_DFP@/);
  expect(results.length).toBeGreaterThan(0);
  expect(results.filter(({ failed }) => failed !== undefined)).toEqual([]);
});

test("an unknown device and a misspelt option are refused", async () => {
  const smoke = await openSmoke(PACK);
  await expect(all(smoke.results({ device: "NOPE" }))).rejects.toMatchObject({
    fault: { kind: "unknown-device" },
  });
  await expect(all(smoke.results({ devise: "EX32" } as object))).rejects.toMatchObject({
    fault: { kind: "bad-argument" },
  });
  await expect(openSmoke(5 as never)).rejects.toMatchObject({ fault: { kind: "bad-argument" } });
});

test("a signal ends the trials with its reason", async () => {
  const smoke = await openSmoke(PACK);
  const reason = new Error("enough");
  await expect(all(smoke.results({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
});
