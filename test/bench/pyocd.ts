/** The same texts through a pyOCD checkout and through dbgseq, in one run. Knows how to start it; judges nothing. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../src/language/check/checker.ts";
import { parseBlock, parseExpression } from "../../src/language/text/parse.ts";
import type { Item, Sequence } from "../../src/language/tree.ts";
import { Source, whole, type Span } from "../../src/lib/source.ts";
import { runOnce } from "./interpreter.ts";
import { measuredPacks, textsOf, type NamedParts, type Part } from "./texts.ts";

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Rounds, and those before, which only a compiler that learns while it runs needs; theirs take twenty times as long. */
const WARM = 100;
const ROUNDS = 100;
const PEER_WARM = 2;
const PEER_ROUNDS = 20;

interface Run extends NamedParts {
  readonly statements: number;
}

const PURE = `i += 1; x = x + y; x ^= i; y = (x & 0xFF) | 1; x += y * 3; x = x >> 1; x -= 1; y += 2; x |= 1; y = x & 0xFFFF;`;
const ACCESSES = `x = Read32(0x20000000 + i); Write32(0x20000000 + i, x | y);`;
const COUNT = 400;

/** The last part is what is measured on its own where it is a block. */
const RUNS: readonly Run[] = [
  {
    name: "expressions",
    statements: 10 * COUNT,
    parts: [{ block: "__var i = 0; __var x = 0; __var y = 3;" }, { block: `${PURE}\n`.repeat(COUNT) }],
  },
  {
    name: "accesses",
    statements: 2 * COUNT,
    parts: [{ block: "__var i = 0; __var x = 0; __var y = 3;" }, { block: `${ACCESSES}\n`.repeat(COUNT) }],
  },
  {
    name: "loop",
    statements: 10 * COUNT,
    parts: [
      { block: "__var i = 0; __var x = 0; __var y = 3;" },
      { while: `i < ${COUNT}`, parts: [{ block: PURE }] },
    ],
  },
];

interface Answer {
  readonly check: readonly number[];
  readonly run: Readonly<Record<string, readonly number[]>>;
}

/** Why there is nothing to compare with; undefined where there is. */
export function missingPeer(): string | undefined {
  const checkout = process.env["PYOCD"];
  if (checkout === undefined || checkout === "") return "PYOCD does not name a checkout of pyOCD";
  if (!existsSync(`${checkout}/pyocd/debug/sequences`)) return `${checkout} holds no pyocd/debug/sequences`;
  return pythonWithLark() === undefined
    ? "no Python here has the package lark, which pyOCD's parser is made with (PYTHON names another interpreter)"
    : undefined;
}

/** Debian's packages belong to /usr/bin/python3, whatever python3 is on the path. */
function pythonWithLark(): string | undefined {
  const named = process.env["PYTHON"];
  const candidates = named === undefined || named === "" ? ["python3", "/usr/bin/python3"] : [named];
  return candidates.find((python) => spawnSync(python, ["-c", "import lark"]).status === 0);
}

/** Asked only where `missingPeer` misses nothing; throws with pyOCD's own words where it cannot run. */
export async function comparisons(folder: string): Promise<readonly Comparison[]> {
  const checkout = process.env["PYOCD"] ?? "";
  const packs = measuredPacks(folder);
  const sequences = packs.flat();
  const theirs = askPeer(checkout, sequences);
  const texts = sequences.flatMap(({ parts }) => textsOf(parts));
  const results: Comparison[] = [
    {
      name: "parse and check",
      unit: "texts",
      count: texts.length,
      ours: fastest(
        await timed(() => {
          parseAndCheck(packs);
        }),
      ),
      theirs: fastest(theirs.check),
    },
  ];
  for (const run of RUNS) {
    const sequence = parsed(run);
    results.push({
      name: `interpret: ${run.name}`,
      unit: "statements",
      count: run.statements,
      ours: fastest(await timed(() => runOnce(sequence))),
      theirs: fastest(theirs.run[run.name] ?? []),
    });
  }
  return results;
}

function askPeer(checkout: string, sequences: readonly NamedParts[]): Answer {
  const python = pythonWithLark() ?? "python3";
  const input = JSON.stringify({
    names: [...new Set(sequences.map(({ name }) => name))],
    texts: sequences.flatMap(({ parts }) => textsOf(parts)),
    runs: RUNS,
    warm: PEER_WARM,
    rounds: PEER_ROUNDS,
  });
  const script = new URL("../test/bench/pyocd.py", import.meta.url);
  const { status, stdout, stderr, error } = spawnSync(python, [fileURLToPath(script), checkout], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${python} could not run pyOCD's sequences from ${checkout}:\n${stderr}`);
  return JSON.parse(stdout) as Answer;
}

async function timed(action: () => Promise<void> | void): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < WARM + ROUNDS; round++) {
    const startMs = performance.now();
    await action();
    if (round >= WARM) seconds.push((performance.now() - startMs) / 1000);
  }
  return seconds;
}

/** The round that other work of the machine disturbed least. */
function fastest(seconds: readonly number[]): number {
  return Math.min(...seconds);
}

function parseAndCheck(packs: readonly (readonly NamedParts[])[]): void {
  for (const sequences of packs) {
    check(sequences.map(parsed), {
      debugVars: new Set<string>(),
      sequences: new Set(sequences.map(({ name }) => name)),
    });
  }
}

export function parsed({ name, parts }: NamedParts): Sequence {
  const source = new Source("bench", name);
  const span = { source, start: 0, end: name.length };
  return {
    kind: "sequence",
    name: { text: name, span },
    disabled: false,
    requires: [],
    items: parts.map((part) => itemOf(part, span)),
    attributes: [],
    span,
  };
}

function itemOf(part: Part, span: Span): Item {
  if ("block" in part) {
    const { entries } = parseBlock(whole(new Source("bench", part.block)));
    return { kind: "block", atomic: false, entries, attributes: [], span };
  }
  const text = "if" in part ? part.if : part.while;
  const { expression } = parseExpression(whole(new Source("bench", text)));
  if (expression === undefined) throw new Error(`cannot be parsed: ${text}`);
  return {
    kind: "control",
    ...("if" in part ? { if: expression } : { while: expression }),
    items: part.parts.map((inner) => itemOf(inner, span)),
    comments: [],
    attributes: [],
    span,
  };
}
