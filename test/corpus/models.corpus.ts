/** Every shipped model under every real pack that names it, with programming: writes and compares grammar/models.md. */
import { expect, test } from "vitest";
import { meetings } from "../session/meetings.ts";
import { modelsDocument } from "../session/models-document.ts";
import { describeCorpus } from "../support/corpus.ts";
import { expectGenerated } from "../support/generated.ts";

describeCorpus("shipped models under real packs", () => {
  test("the document says what became of each of them", async () => {
    const met = await meetings({ programs: true });
    expect(met.filter(({ flash }) => flash === "yes").length).toBeGreaterThan(0);
    expectGenerated("grammar/models.md", modelsDocument(met));
  });
});
