/** Every sequence of real packs, as .seq and back, and as PDSC and back: the same tree, and text that stays as it is. */
import { expect, test } from "vitest";
import { readSequence } from "../../src/pack/pdsc/sequence.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { printSequenceXml } from "../../src/language/print/pdsc-printer.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { printSequence } from "../../src/language/print/printer.ts";
import type { Sequence } from "../../src/language/tree.ts";
import { Source } from "../../src/lib/source.ts";
import { parseXml } from "../../src/lib/formats/xml.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";
import { shape } from "../support/shape.ts";

function ownSequences(source: Source): readonly Sequence[] {
  const { pack } = readPdsc(source);
  const all = new Set<Sequence>();
  for (const { name } of pack?.devices() ?? []) {
    for (const { sequence } of pack?.describe(name)?.description.sequences ?? []) all.add(sequence);
  }
  return [...all];
}

describeCorpus("real packs", () => {
  test("survive both round trips", () => {
    let count = 0;
    for (const path of corpusFiles("pdsc")) {
      const source = corpusText(path);
      for (const sequence of ownSequences(source)) {
        const text = printSequence(sequence);
        const { script, diagnostics } = parseScript(new Source("round.seq", text));
        expect(
          diagnostics.filter(({ severity }) => severity === "error"),
          text,
        ).toEqual([]);
        const [again] = script.items;
        if (script.items.length !== 1 || again?.kind !== "sequence")
          throw new Error(`one sequence expected:\n${text}`);
        expect(shape(again), text).toEqual(shape(sequence));
        expect(printSequence(again)).toBe(text);
        const xml = printSequenceXml(again);
        const back = readSequence(parseXml(new Source("round.pdsc", xml)));
        expect(
          back.diagnostics.filter(({ severity }) => severity === "error"),
          xml,
        ).toEqual([]);
        expect(shape(back.sequence), xml).toEqual(shape(sequence));
        expect(printSequence(back.sequence), xml).toBe(text);
        count++;
      }
    }
    expect(count).toBeGreaterThan(500);
  });
});
