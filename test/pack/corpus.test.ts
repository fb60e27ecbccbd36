/** Every real pack description reads without a finding that is not true; the broken one says where it breaks. */
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { where } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";

/** What is truly wrong in these files. */
const TRUE_FINDINGS: Readonly<Record<string, readonly string[]>> = {
  "pdsc/ArmTest__InvalidSchema.pdsc": [
    "pdsc/ArmTest__InvalidSchema.pdsc:85:3: </conditions> stands where <condition> of line 82 must be closed first",
  ],
  "pdsc/HDSC__HDSC.HC32F460.pdsc": [
    'pdsc/HDSC__HDSC.HC32F460.pdsc:69:26: <debugconfig> has no attribute "type"; it is left out',
  ],
};

describeCorpus("pack descriptions", () => {
  test.each(corpusFiles("pdsc"))("%s", (path) => {
    const { pack, diagnostics } = readPdsc(corpusText(path));
    const found = new Set(diagnostics.map(shown));
    for (const { diagnostics: ofDevice, inSequence } of pack?.descriptions() ?? []) {
      for (const one of [...ofDevice, ...[...inSequence.values()].flat()]) found.add(shown(one));
    }
    expect([...found]).toEqual(TRUE_FINDINGS[path] ?? []);
  });
});

function shown({ message, span }: Diagnostic): string {
  return `${where(span)}: ${message}`;
}
