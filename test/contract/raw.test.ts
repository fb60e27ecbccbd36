/**
 * The raw answers to every command of CMSIS-DAP 2.1 in each class of its arguments (raw/ lists them): the simulated probe
 * gives those of raw/answers.txt, and a probe that DBGSEQ_TEST_PROBE names gives those of the simulated one. The file holds
 * what a probe of the reference firmware's behaviour answered; UPDATE_ANSWERS=1 writes it anew from the named probe.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { disturbable, FAULTS_COMMAND } from "./faults-by-packet.ts";
import { AskedProbe } from "./raw/asked.ts";
import type { RawCase } from "./raw/case.ts";
import { GENERAL } from "./raw/general.ts";
import { LINES } from "./raw/lines.ts";
import { randomCase } from "./raw/random.ts";
import { DISTURBED, TRANSFERS } from "./raw/transfers.ts";
import { isLong, MODEL, pipeTo, probesUnderTest, type UnderTest } from "./under-test.ts";

const FILE = new URL("raw/answers.txt", import.meta.url);
const RANDOM = Number(process.env["RAW_CASES"] ?? (isLong ? 3000 : 50));
const SMALLEST = 64;
/** Of the listed cases the everyday tests put every so many over TCP. */
const SHORT = 10;
const listed: readonly RawCase[] = [...GENERAL, ...LINES, ...TRANSFERS, ...DISTURBED];
if (new Set(listed.map(nameOf)).size !== listed.length) throw new Error("two classes have one name");
if (listed.some(({ packets }) => packets.some(({ length }) => length > SMALLEST)))
  throw new Error("a request does not fit the smallest packet");
const byCommand = [...new Set(listed.map(({ command }) => command))].map(
  (command) => [command, listed.filter((one) => one.command === command)] as const,
);

function simulated(): AskedProbe {
  return new AskedProbe(disturbable(openSimulator({ model: MODEL })), FAULTS_COMMAND);
}

/** The class of a case as a line of the file names it. */
function nameOf({ command, state, about }: RawCase): string {
  return `${command} | ${state} | ${about}`;
}

async function answersOf(probe: AskedProbe, cases: readonly RawCase[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const one of cases) lines.push(`${nameOf(one)} = ${(await probe.answersTo(one)).join(" / ")}`);
  return lines;
}

describe("the simulated probe", () => {
  const recorded = new Set(readFileSync(FILE, "utf8").split("\n"));
  const probe = simulated();

  beforeAll(() => probe.learn());

  test.each(byCommand)("answers %s as the reference does, in each class", async (_command, cases) => {
    const lines = await answersOf(probe, cases);
    expect(lines.filter((line) => !recorded.has(line))).toEqual([]);
  });
});

describe.each(Object.entries(probesUnderTest()))("%s", (_name, open) => {
  let underTest: UnderTest | undefined;
  let pipe: PacketPipe | undefined;
  let found: AskedProbe;
  const wanted = simulated();
  const all: string[] = [];

  beforeAll(async () => {
    underTest = await open();
    pipe = await pipeTo(underTest);
    found = new AskedProbe(pipe, underTest.faults);
    await wanted.learn();
    await found.learn();
  });
  afterAll(async () => {
    await pipe?.close();
    await underTest?.close();
    if (process.env["UPDATE_ANSWERS"] === "1") writeFileSync(FILE, `${all.join("\n")}\n`);
  });

  test.each(byCommand)("answers %s as the simulated probe does", async (command, list) => {
    const asked = list.filter((one, at) => (isLong || at % SHORT === 0) && found.canBeAsked(one));
    if (isLong && asked.length < list.length)
      console.log(
        `${command}: ${list.length - asked.length} left out: it has outputs for trace or UART, no timer, takes no faults, or holds too few packets`,
      );
    const lines = await answersOf(found, asked);
    all.push(...lines);
    const differing = await differences(lines, asked);
    if (isLong) console.log(`${command}: ${lines.length - differing.length} of ${lines.length} equal`);
    expect(differing).toEqual([]);
  });

  test(`answers ${RANDOM} random lists of transfers as the simulated probe does`, async () => {
    const canFault = underTest?.faults !== undefined;
    const asked = Array.from({ length: RANDOM }, (_, seed) => randomCase(seed, canFault));
    expect(await differences(await answersOf(found, asked), asked)).toEqual([]);
  });

  async function differences(
    lines: readonly string[],
    asked: readonly RawCase[],
  ): Promise<readonly string[]> {
    const expected = await answersOf(wanted, asked);
    return lines.flatMap((line, at) => (line === expected[at] ? [] : [`${line}, not ${expected[at] ?? ""}`]));
  }
});
