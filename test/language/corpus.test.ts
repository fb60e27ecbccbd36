/** Real packs work. What the checker says about them was read by a person, and nothing else may be said. */
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { openPack } from "../../src/pack/open.ts";
import { fileFindings, packFindings } from "../../src/lint/pack-findings.ts";
import { corpusFiles, corpusPath, describeCorpus } from "../support/corpus.ts";

/** Each is a true mistake of its pack. */
const TRUE_ERRORS: readonly string[] = [
  // A device of the E3 subfamily whose own level lacks the sequence that the family's ResetSystem calls.
  'pdsc/Alif__AlifSemiconductor.Ensemble.pdsc:164:22 unknown-sequence no sequence "DisableWarmResetHandshake" is defined for this device',
  // The corpus has it for this.
  "pdsc/ArmTest__InvalidSchema.pdsc:85:3 malformed-xml </conditions> stands where <condition> of line 82 must be closed first",
  // Each processor's own reset, and no such sequence.
  'pdsc/ArmTest__ARM.RteTest_DFP__5a884f.pdsc:155:9 unknown-sequence the default reset sequence "ResetSystem0" is not defined',
  'pdsc/ArmTest__ARM.RteTest_DFP__5a884f.pdsc:156:9 unknown-sequence the default reset sequence "ResetSystem1" is not defined',
  // Declared in another sequence.
  "pdsc/ArmTest__ARM.RteTest_DFP__5a884f.pdsc:90:35 undeclared-variable 'DP_CTRL_STAT' is not declared",
];

/** Findings that were looked at one by one: true each time, and no reason for a pack not to work. */
const USUAL: ReadonlySet<string> = new Set([
  "nonstandard-spelling",
  "no-initial-value",
  "unused-variable",
  "forbidden-access",
  // ArmTest__ARM.RteTest_DFP__5a884f sets __ap beside access port elements; Nuvoton.Gerda has while="0".
  "wrong-port-variable",
  "constant-condition",
  // Helpers that lost their callers: SAML11 Bootrom_CMD_*, Nuvoton.Gerda *_Local and CM7_SELECT.
  "uncalled-sequence",
  // HC32F460 and HC32F003 have an attribute that no tool reads; AIROC shifts more bits than it counts.
  "unknown-attribute",
  "data-wider-than-count",
  // AlifSemiconductor.Ensemble: debug elements of E1 and E1C with the __apid of larger devices.
  "unknown-port",
  // Pins of a trace that only a .dbgconf shows (ArmTest, LPC55S36), clocks that are set up unasked (CAT1A).
  "unused-debug-variable",
  // ArmTest__ARM.RteTest_DFP: a device's debugvars without TraceD1_Pin of its family.
  "lost-debug-variable",
]);

async function findingsOf(path: string): Promise<readonly Diagnostic[]> {
  const opened = await openPack(corpusPath(path));
  try {
    return [...packFindings(opened), ...(await fileFindings(opened, opened.files))];
  } finally {
    await opened.files.close();
  }
}

describeCorpus("findings in real packs", () => {
  test("are true", async () => {
    const errors: string[] = [];
    const unusual: string[] = [];
    for (const path of [...corpusFiles("pdsc"), ...corpusFiles("packs")]) {
      if (!/\.(?:pdsc|pack)$/i.test(path)) continue;
      for (const { code, severity, message, span } of await findingsOf(path)) {
        const { line, column } = span.source.position(span.start);
        if (severity === "error") errors.push(`${path}:${line}:${column} ${code} ${message}`);
        else if (!USUAL.has(code)) unusual.push(`${path}:${line}:${column} ${code}`);
      }
    }
    expect(errors.toSorted()).toEqual(TRUE_ERRORS.toSorted());
    expect(unusual).toEqual([]);
  });
});
