/** The kinds of cases, how each is made of chance, and who judges it. */
import { readFileSync, writeFileSync } from "node:fs";
import { PackFailure } from "../../src/pack/faults.ts";
import { openPack } from "../../src/pack/open.ts";
import { run } from "../interpreter/support/run.ts";
import { zip } from "../support/zip.ts";
import { dbgconfFile, expression, pdscFile, seqFile } from "./generate.ts";
import { judgeBlock, judgeDbgconf, judgePdsc, judgeScript } from "./judge.ts";
import { mutated, mutatedBytes } from "./mutate.ts";
import { faultyProgram } from "./faulty-programs.ts";
import { judgeFaulty } from "./faulty-runs.ts";
import { foretell, memory, printProgram, randomProgram } from "./programs.ts";
import type { Random } from "./random.ts";

export interface Kind {
  readonly name: string;
  /** How many of a hundred cases. */
  readonly share: number;
  /** Throws where something does not hold. What it was given is told to `input` first. */
  judge(random: Random, input: (text: string) => void): void | Promise<void>;
}

const QUIRKS = readFileSync(new URL("../pack/fixtures/quirks.pdsc", import.meta.url), "utf8");
const CBUILD = "cbuild-run:\n  device: V::D\n  output:\n    - file: a.elf\n  debugger:\n    clock: 1000\n";

function text(
  name: string,
  share: number,
  make: (random: Random) => string,
  judge: (text: string) => void,
): Kind {
  return {
    name,
    share,
    judge(random, input) {
      const made = make(random);
      const given = random.oneIn(3) ? made : mutated(made, random, [seqFile(random), QUIRKS]);
      input(given);
      judge(given);
    },
  };
}

const soup = (random: Random): string => mutated("", random, [QUIRKS]).repeat(1 + random.int(4));

/** Programs on a simulated target, through packets, with errors of the target's and of the wire's own. */
export const FAULTY: Kind = {
  name: "faulty runs",
  share: 10,
  async judge(random, input) {
    const program = faultyProgram(random);
    const protocol = random.pick(["swd", "jtag"] as const);
    const kind = random.pick([
      "WAIT",
      "FAULT",
      "NO_ACK",
      ...(protocol === "swd" ? ["PARITY" as const] : []),
    ] as const);
    const setting = {
      protocol,
      latency: random.pick(["none", "hid-fs", "bulk-fs", "bulk-hs"]),
      ...(random.oneIn(3)
        ? {}
        : {
            disturbance: {
              kind,
              place: random.int(10_000),
              times: kind === "WAIT" ? random.pick([1, 5]) : 1,
            },
          }),
    };
    input(`${JSON.stringify(setting)}\n${program.text}`);
    await judgeFaulty(program, setting);
  },
};

/** `folder` is where archives may be written. */
export const kindsOf = (folder: string): readonly Kind[] => [
  text("sequence files", 26, (random) => (random.oneIn(8) ? soup(random) : seqFile(random)), judgeScript),
  text("blocks", 14, (random) => `${expression(random, 4)};`, judgeBlock),
  text("pack descriptions", 28, (random) => (random.oneIn(6) ? QUIRKS : pdscFile(random)), judgePdsc),
  text("settings", 6, (random) => (random.oneIn(3) ? CBUILD : dbgconfFile(random)), judgeDbgconf),
  {
    name: "archives",
    share: 6,
    async judge(random, input) {
      const bytes = mutatedBytes(
        zip([
          { name: random.pick(["a.pdsc", "in\\side\\a.pdsc", "/a.pdsc"]), content: pdscFile(random) },
          { name: "b.FLM", content: "stored", stored: true, ...(random.oneIn(9) ? { encrypted: true } : {}) },
        ]),
        random,
      );
      input(Buffer.from(bytes).toString("base64"));
      const path = `${folder}/fuzz.pack`;
      writeFileSync(path, bytes);
      await opened(path);
    },
  },
  FAULTY,
  {
    name: "programs",
    share: 10,
    async judge(random, input) {
      const program = randomProgram(random);
      const source = printProgram(program);
      input(source);
      const { variables, accesses, stopped } = foretell(program);
      const ran = await run(source, {
        answer: (_shown, { fn, args }) => (fn === "Read32" ? memory(args[0] ?? 0n) : 0n),
      });
      agree(ran.fault?.kind, stopped ? "division-by-zero" : undefined);
      const seen = Object.entries(ran.values).filter(([name]) => name in variables);
      agree(JSON.stringify(Object.fromEntries(seen), shown), JSON.stringify(variables, shown));
      // What was still queued when the division stopped the run never left.
      const sent = ran.log.filter((line) => !line.startsWith("--"));
      agree((stopped ? accesses.slice(0, sent.length) : accesses).join("\n"), sent.join("\n"));
    },
  },
];

const shown = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}` : value);

function agree(one: string | undefined, other: string | undefined): void {
  if (one !== other) throw new Error(`the oracle disagrees:\n${one}\n${other}`);
}

async function opened(path: string): Promise<void> {
  try {
    const { files } = await openPack(path);
    await files.read("b.FLM").finally(() => files.close());
  } catch (error) {
    if (!(error instanceof PackFailure)) throw error;
  }
}
