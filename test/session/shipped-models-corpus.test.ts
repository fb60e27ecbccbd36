/**
 * Shipped models under the real packs that name them, and grammar/models.md, which says so; its column of flash is written and
 * compared by `npm run test:corpus`.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { describeCorpus } from "../support/corpus.ts";
import { meetings, STEPS } from "./meetings.ts";
import { modelRow, whose } from "./models-document.ts";

const DOCUMENT = readFileSync(new URL("../../grammar/models.md", import.meta.url), "utf8");
const OUT_OF_DATE = "UPDATE=1 npm run test:corpus writes grammar/models.md anew";

describeCorpus("shipped models under real packs", () => {
  test("every model is connected to, read, reset and halted, and stands in the document", async () => {
    const met = await meetings({ programs: false });
    for (const one of met) {
      // A description that was made to test something else, without the sequence for the part's mailbox.
      const refused = one.pack === "NXP::LPC55S36_DFP";
      const row = DOCUMENT.split("\n").find((line) => line.startsWith(`| ${whose(one)} |`));
      expect(row, `${OUT_OF_DATE}: ${whose(one)}`).toBeDefined();
      if (refused) expect(one.steps.connect).toContain("the device keeps this access port closed");
      else expect({ ...one.steps }).toEqual(Object.fromEntries(STEPS.map((step) => [step, "yes"])));
    }
    expect(DOCUMENT.match(/^\| `[^`]+` \| [^|]+::/gm)).toHaveLength(met.length);
  });
});

test.each(shippedModelNames)("the document has %s with its options", (name) => {
  expect(DOCUMENT, OUT_OF_DATE).toContain(modelRow(name));
});
