/**
 * A process in which everything is used, and goes wrong, holds afterwards what it held at first: handles, listeners, open files, memory.
 * Here a few rounds; `npm run soak` goes on for SOAK_MINUTES with SOAK_SEED, compares memory too, and prints what it has seen.
 */
import { expect, test } from "vitest";
import { folderWith } from "../support/folder.ts";
import { difference } from "./held.ts";
import { soak, type Wanted } from "./soak.ts";
import { grown, table } from "./table.ts";

const ROUNDS = 2;
const minutes = process.env["SOAK_MINUTES"];
const seed = Number(process.env["SOAK_SEED"] ?? 1);

if (minutes !== undefined) process.stdout.write(`SOAK_SEED=${seed} SOAK_MINUTES=${minutes}\n`);

test("sessions, clients, recipes and faults leave nothing behind", async () => {
  const soaked = await soak({
    seed,
    folder: folderWith({}),
    goesOn: minutes === undefined ? ({ length }) => length < ROUNDS : within(Number(minutes)),
  });
  if (minutes !== undefined) process.stdout.write(table(soaked));
  expect(soaked.warnings).toBe(0);
  expect(grown(soaked.rounds)).toBeUndefined();
});

function within(limitMinutes: number): Wanted["goesOn"] {
  const endMs = performance.now() + limitMinutes * 60_000;
  return (rounds) => {
    if (rounds.length > 0 && rounds.length % 50 === 0) process.stdout.write(`${rounds.length} rounds\n`);
    return performance.now() < endMs;
  };
}

test.each([
  [0, undefined],
  [0.2, "the heap in use grew from 58.4 MB to 74.4 MB"],
])("a heap that grows by %d MB a round", (step, said) => {
  const rounds = Array.from({ length: 140 }, (_, at) => ({
    handles: 1,
    listeners: 1,
    files: undefined,
    settledMs: 0,
    heap: (50 + step * at + (at % 2)) * 1e6,
    rss: 1,
  }));
  expect(grown(rounds)).toBe(said);
});

test("a handle, a listener or an open file more is told", () => {
  const first = { handles: { TCPSocketWrap: 1 }, listeners: {}, files: 7 };
  const now = { handles: { TCPSocketWrap: 2 }, listeners: { "lasting signal": 1 }, files: 8 };
  expect(difference(first, first)).toEqual([]);
  expect(difference(first, now)).toEqual([
    "TCPSocketWrap: 1, now 2",
    "lasting signal: 0, now 1",
    "open files: 7, now 8",
  ]);
});
