/** Every sequence of the vendors' packs runs to an end that the sequence itself chose, whatever the target reads. */
import { expect, test } from "vitest";
import { VirtualClock } from "../../src/lib/clock.ts";
import { debugVarValues } from "../../src/device/debug-vars.ts";
import type { DeviceDescription, SequenceDefinition } from "../../src/device/description.ts";
import { resolveSequence } from "../../src/device/precedence.ts";
import { InterpreterFailure } from "../../src/interpreter/faults.ts";
import { runSequence } from "../../src/interpreter/run/run.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { corpusText, describeCorpus } from "../support/corpus.ts";
import { DEFAULTS, ENVIRONMENT } from "./support/run.ts";
import { MemoryTarget } from "./support/target.ts";

const PACKS = [
  "Infineon__Infineon.PSoC6_DFP",
  "Microchip__Microchip.SAML11_DFP",
  "Nuvoton__Nuvoton.Gerda",
  "RaspberryPi__RaspberryPi.RP2xxx_DFP",
  "ST__Keil.STM32H7xx_DFP",
  "pyOCDtest__NXP.LPC55S36_DFP.13.0.0",
];

/** A target that answers everything with 0, with all ones, or with a powered-up DP. */
const WORDS = [0n, 0xffff_ffffn, 0xf000_0000n];

/** Ends that are the sequence's own decision, or that nobody allowed. */
const ENDS = ["returned", "message-abort", "sequence-failed", "host-failed"];

describeCorpus("sequences of real packs", () => {
  test.each(PACKS)("%s", async (name) => {
    const { pack } = readPdsc(corpusText(`pdsc/${name}.pdsc`));
    const seen = new Set<number>();
    let runs = 0;
    for (const { description } of pack?.descriptions() ?? []) {
      for (const definition of description.sequences) {
        // Inherited ones come again with each device.
        if (seen.has(definition.sequence.span.start)) continue;
        seen.add(definition.sequence.span.start);
        for (const word of WORDS) {
          const { end, sentence } = await endOf(definition, description, word);
          expect(ENDS, sentence).toContain(end);
          runs += 1;
        }
      }
    }
    expect(runs).toBeGreaterThan(0);
  });
});

async function endOf(
  { name, pname }: SequenceDefinition,
  description: DeviceDescription,
  word: bigint,
): Promise<{ readonly end: string; readonly sentence?: string }> {
  const clock = new VirtualClock();
  const answer = (): bigint => {
    // What one access takes on a slow probe, so that polling for seconds needs few turns.
    clock.advance(500);
    return word;
  };
  const layers = { project: [], pack: description.sequences, defaults: [] };
  const debugVars = debugVarValues(description.debugVars, []);
  try {
    await runSequence(name, {
      access: new MemoryTarget({ answer }, clock),
      sequences: {
        find: (called) => {
          const winner = resolveSequence(called, pname, layers)?.winner;
          return winner && { sequence: winner.sequence, origin: winner.origin.label };
        },
      },
      environment: ENVIRONMENT,
      debugVars: new Map([...debugVars].map(([variable, { value }]) => [variable, value])),
      operator: DEFAULTS,
      clock,
      deadlineUs: 60_000_000,
    });
    return { end: "returned" };
  } catch (error) {
    if (!(error instanceof InterpreterFailure)) throw error;
    return { end: error.fault.kind, sentence: error.message };
  }
}
