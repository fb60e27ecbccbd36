import { expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";

/** More than fit on the stack as arguments. */
const MANY = 140_000;

test("a pack with more findings than a call can have arguments is checked to its end", () => {
  const nested = `${'<control if="1">'.repeat(90)}<block>Read32(0);</block>${"</control>".repeat(90)}`;
  const sequences = Array.from(
    { length: Math.ceil(MANY / 90) },
    (_, at) => `<sequence name="S${at}">${nested}</sequence>`,
  ).join("");
  const text = `<package schemaVersion="1.7.28"><vendor>E</vendor><name>X_DFP</name>
<releases><release version="1.0.0">x</release></releases><devices><family Dfamily="F" Dvendor="ARM:82">
<processor Dcore="Cortex-M4"/><device Dname="D"/><sequences>${sequences}</sequences>
</family></devices></package>`;
  expect(packFindings(readPdsc(new Source("x.pdsc", text))).length).toBeGreaterThanOrEqual(MANY);
});
