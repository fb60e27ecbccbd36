/**
 * What the checker finds of slips that were made in real sequences, and that every place is drawn, not chosen.
 * `npm run check:mutations` prints each one; SEED=n and COUNT=n (per kind) in the environment draw others.
 */
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Sequence } from "../../src/language/tree.ts";
import { Source, where } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";
import { corpusFiles, corpusText, describeCorpus } from "../support/corpus.ts";
import { KINDS, pick, seeded, slips, type Kind, type Random, type Slip } from "./mutate.ts";

const SEED = Number(process.env["SEED"] ?? 1);
/** Of each kind; five kinds make 50. */
const COUNT = Number(process.env["COUNT"] ?? 10);

interface Sample {
  readonly source: Source;
  readonly sequences: readonly Sequence[];
  readonly known: ReadonlyMap<string, number>;
}

function samples(): readonly Sample[] {
  return corpusFiles("pdsc").flatMap((path) => {
    const source = corpusText(path);
    const read = readPdsc(source);
    const sequences = new Set<Sequence>();
    for (const { description, inSequence } of read.pack?.descriptions() ?? []) {
      for (const one of description.sequences) if (!inSequence.has(one)) sequences.add(one.sequence);
    }
    const known = counted(packFindings(read));
    return sequences.size === 0 ? [] : [{ source, sequences: [...sequences], known }];
  });
}

/** How often each thing is said. Places move with the text, so they do not count. */
function counted(findings: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code, message } of findings) {
    const key = `${code}: ${message}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

interface Tried {
  readonly kind: Kind;
  readonly place: string;
  readonly before: string;
  readonly after: string;
  /** What is said now and was not said before. */
  readonly found: readonly string[];
}

/** A file is drawn first, so that a large pack does not stand for all. */
function attempt(kind: Kind, among: readonly Sample[], random: Random): Tried {
  for (;;) {
    const sample = pick(among, random);
    const slip = pick(sample?.sequences.flatMap((one) => slips(kind, one, random)) ?? [], random);
    if (sample !== undefined && slip !== undefined) return { kind, ...judged(sample, slip) };
  }
}

function judged({ source, known }: Sample, { start, end, text }: Slip): Omit<Tried, "kind"> {
  const changed = new Source(source.path, source.text.slice(0, start) + text + source.text.slice(end));
  const now = counted(packFindings(readPdsc(changed)));
  const { line } = source.position(start);
  return {
    place: where({ source, start, end }),
    before: source.line(line).trim(),
    after: changed.line(line).trim(),
    found: [...now].filter(([key, count]) => count > (known.get(key) ?? 0)).map(([key]) => key),
  };
}

function told({ kind, place, before, after, found }: Tried): string {
  return [`${found.length > 0 ? "found " : "MISSED"} ${kind}  ${place}`, before, after, ...found].join(
    "\n    ",
  );
}

describeCorpus("slips in real sequences", () => {
  test("are found, four of five", () => {
    const random = seeded(SEED);
    const among = samples();
    const tried = KINDS.flatMap((kind) => Array.from({ length: COUNT }, () => attempt(kind, among, random)));
    const found = tried.filter((one) => one.found.length > 0);
    const byKind = KINDS.map(
      (kind) => `${kind} ${found.filter((one) => one.kind === kind).length} of ${COUNT}`,
    ).join(", ");
    console.log(
      `${tried.map(told).join("\n")}\nseed ${SEED}: ${found.length} of ${tried.length} found: ${byKind}`,
    );
    expect(found.length / tried.length).toBeGreaterThanOrEqual(0.8);
  });
});
