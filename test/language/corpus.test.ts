/** Real packs work. What the checker says about them was read by a person, and nothing else may be said. */
import { expect, test } from "vitest";
import { resolveSequence, sequenceNames } from "../../src/device/precedence.ts";
import { check } from "../../src/language/checker.ts";
import { PREDEFINED_SEQUENCES } from "../../src/language/predefined.ts";
import { where } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";

/** Each is a true mistake of its pack. */
const TRUE_ERRORS: readonly string[] = [
  // A device of the E3 subfamily whose own level lacks the sequence that the family's ResetSystem calls.
  'pdsc/Alif__AlifSemiconductor.Ensemble.pdsc:164:22 unknown-sequence no sequence "DisableWarmResetHandshake" is defined for this device',
  // Declared in another sequence.
  "pdsc/ArmTest__ARM.RteTest_DFP__5a884f.pdsc:90:35 undeclared-variable 'DP_CTRL_STAT' is not declared",
];

/** Findings that were looked at one by one: true each time, and no reason for a pack not to work. */
const USUAL: ReadonlySet<string> = new Set([
  "nonstandard-spelling",
  "no-initial-value",
  "unused-variable",
  "not-available",
  "forbidden-access",
  // ArmTest__ARM.RteTest_DFP__5a884f sets __ap beside access port elements; Nuvoton.Gerda has while="0".
  "wrong-port-variable",
  "constant-condition",
]);

function findingsOf(path: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const { pack } = readPdsc(corpusText(path));
  for (const { name } of pack?.devices() ?? []) {
    const description = pack?.describe(name)?.description;
    if (description === undefined) continue;
    const layers = { project: [], pack: description.sequences, defaults: [] };
    const names = new Set([...sequenceNames(layers), ...PREDEFINED_SEQUENCES.map((one) => one.name)]);
    const debugVars = new Set(
      description.debugVars?.entries.flatMap((entry) =>
        entry.kind === "declaration" ? [entry.name.text] : [],
      ),
    );
    for (const { pname } of description.processors.length > 0
      ? description.processors
      : [{ pname: undefined }]) {
      const sequences = [...names].flatMap(
        (one) => resolveSequence(one, pname, layers)?.winner.sequence ?? [],
      );
      const context = { debugVars, sequences: names, hasAccessPorts: description.accessPorts.length > 0 };
      for (const { code, severity, message, span } of check(sequences, context)) {
        if (severity === "error") found.set(`${where(span)} ${code} ${message}`, code);
        else found.set(`${where(span)} ${code}`, code);
      }
    }
  }
  return found;
}

describeCorpus("findings in real packs", () => {
  test("are true", () => {
    const errors: string[] = [];
    const unusual: string[] = [];
    for (const path of corpusFiles("pdsc")) {
      for (const [finding, code] of findingsOf(path)) {
        if (finding.split(" ").length > 2) errors.push(finding);
        else if (!USUAL.has(code)) unusual.push(finding);
      }
    }
    expect(errors).toEqual(TRUE_ERRORS);
    expect(unusual).toEqual([]);
  });
});
