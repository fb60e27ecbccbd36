/**
 * Whatever it is given, dbgseq answers. Here some thousand cases of a fixed seed; `npm run fuzz` takes very many of a new one.
 * FUZZ_SEED, FUZZ_CASES and FUZZ_FIRST set them, FUZZ_ONLY takes the kinds of one group alone.
 */
import { expect, test } from "vitest";
import { folderWith } from "../support/folder.ts";
import { FAULTY, kindsOf, type Kind } from "./cases.ts";
import { damagedKindsOf } from "./damaged.ts";
import { runCases } from "./run.ts";
import { TALKS } from "./talks.ts";

interface Group {
  readonly about: string;
  readonly kinds: (folder: string) => readonly Kind[];
  /** Every day. */
  readonly cases: number;
  /** Of those that `npm run fuzz` is asked for. */
  readonly part: number;
}

const GROUPS: Readonly<Record<string, Group>> = {
  generated: {
    about: "generated and damaged inputs, and programs against an oracle",
    kinds: kindsOf,
    cases: 3000,
    part: 1,
  },
  damaged: {
    about: "descriptions, archives, YAML and ELF files of damaged structure",
    kinds: damagedKindsOf,
    cases: 300,
    part: 1,
  },
  talk: {
    about: "probes, servers and clients that garble, lie and attack over TCP",
    kinds: () => TALKS,
    cases: 60,
    part: 1 / 40,
  },
};

if (process.env["FUZZ_SAY"] !== undefined)
  process.stdout.write(
    `FUZZ_SEED=${process.env["FUZZ_SEED"] ?? ""} FUZZ_CASES=${process.env["FUZZ_CASES"] ?? ""}\n`,
  );

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const asked = process.env["FUZZ_ONLY"];
const groups =
  asked === "faulty"
    ? {
        faulty: {
          about: "programs with random errors",
          kinds: () => [{ ...FAULTY, share: 100 }],
          cases: 100,
          part: 1,
        },
      }
    : Object.fromEntries(Object.entries(GROUPS).filter(([name]) => asked === undefined || asked === name));

test.each(Object.entries(groups))("%s", async (name, { kinds: kindsIn, cases, part, about }) => {
  const kinds = kindsIn(folderWith({}));
  const seed = number("FUZZ_SEED", 1);
  const long = process.env["FUZZ_CASES"] === undefined ? undefined : number("FUZZ_CASES", 0);
  const count = long === undefined ? cases : asked === undefined ? Math.ceil(long * part) : long;
  const { byKind, slowest, heapMb, peakMb } = await runCases(kinds, {
    only: name,
    seed,
    first: number("FUZZ_FIRST", 0),
    count,
  });
  if (process.env["FUZZ_SAY"] !== undefined) {
    const each = Object.entries(byKind).map(([kind, of]) => `${of} ${kind}`);
    process.stdout.write(`${about}\nseed ${seed}: ${count} cases (${each.join(", ")})\n`);
    process.stdout.write(
      `slowest: case ${slowest.index}, ${slowest.ms.toFixed(0)} ms; heap ${heapMb.toFixed(0)} MB, at most ${peakMb.toFixed(0)} MB of memory\n`,
    );
  }
  expect(count < 100 ? kinds.length : Object.keys(byKind).length).toBe(kinds.length);
});
