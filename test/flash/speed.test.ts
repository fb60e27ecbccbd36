/** What `npm run bench` prints of flash, held on a smaller image: times are the simulated target's, so they are the same everywhere. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flashRates } from "../bench/flash.ts";
import { vendorRates } from "../bench/vendor-flash.ts";
import { corpus, describeCorpus } from "../support/corpus.ts";

test("programming costs little more than the flash itself needs, and the same image again next to nothing", async () => {
  const rates = await flashRates(readFileSync("examples/05-flash/EX52.FLM"), 0x1_0000);
  const { erased, old, again, programUs, eraseUs } = rates;
  expect(erased.totalUs / programUs).toBeLessThan(1.13);
  expect(old.totalUs / (programUs + eraseUs)).toBeLessThan(1.1);
  expect(again.totalUs / erased.totalUs).toBeLessThan(1 / 8);
});

describeCorpus("vendors' own algorithms", () => {
  test("the probe and the host cost at most a tenth of what algorithm and flash take", async () => {
    const rates = await vendorRates(corpus(""), 0x8000);
    if (typeof rates === "string") throw new Error(rates);
    expect(rates.map(({ name }) => name)).toEqual(["K64", "STM32F407"]);
    for (const { programUs, aloneUs } of rates) expect(programUs / aloneUs).toBeLessThan(1.1);
  });
});
