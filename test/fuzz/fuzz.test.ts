/**
 * Whatever it is given, dbgseq answers. Here a few thousand cases of a fixed seed; `npm run fuzz` takes 120,000 of a new
 * one, FUZZ_SEED, FUZZ_CASES and FUZZ_FIRST set them. FUZZ_ONLY=faulty takes programs with random errors alone.
 */
import { expect, test } from "vitest";
import { folderWith } from "../support/folder.ts";
import { FAULTY, kindsOf } from "./cases.ts";
import { runCases } from "./run.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

test("generated and damaged inputs, and programs against an oracle", async () => {
  const only = process.env["FUZZ_ONLY"] === "faulty";
  const kinds = only ? [{ ...FAULTY, share: 100 }] : kindsOf(folderWith({}));
  const seed = number("FUZZ_SEED", 1);
  const count = number("FUZZ_CASES", 3000);
  const { byKind, slowest, heapMb } = await runCases(kinds, { seed, first: number("FUZZ_FIRST", 0), count });
  if (process.env["FUZZ_SAY"] !== undefined) {
    const kinds = Object.entries(byKind).map(([name, of]) => `${of} ${name}`);
    process.stdout.write(`seed ${seed}: ${count} cases (${kinds.join(", ")})\n`);
    process.stdout.write(
      `slowest: case ${slowest.index}, ${slowest.ms.toFixed(0)} ms; heap ${heapMb.toFixed(0)} MB\n`,
    );
  }
  expect(count < 100 ? kinds.length : Object.keys(byKind).length).toBe(kinds.length);
});
