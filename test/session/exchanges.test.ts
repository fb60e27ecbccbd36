import { expect, test } from "vitest";
import { exchangesPerSequence, exchangesText } from "../bench/packets.ts";

test("wire rule 17: each default sequence takes its listed exchanges, each for its reason", async () => {
  // Every one is a sync point: DebugPortStart leaves its waits for power to the probe; ResetSystem's 100 ms are two delays of at most 65535 us.
  expect(`\n${exchangesText(await exchangesPerSequence())}\n`).toBe(`
DebugPortSetup            2  1 atomic, 1 end of sequence
DebugPortStart            6  3 value used, 2 poll, 1 end of sequence
DebugCoreStart            1  1 end of sequence
ResetSystem               5  3 delay, 2 value used
ResetProcessor            2  2 value used
ResetHardware             2  2 line command
ResetHardwareAssert       1  1 line command
ResetHardwareDeassert     2  2 line command
ResetCatchSet             2  1 value used, 1 end of sequence
ResetCatchClear           2  1 value used, 1 end of sequence
DebugCoreStop             1  1 end of sequence
DebugPortStop             1  1 end of sequence
`);
});

/** Packets that one sync point takes by itself: what was gathered before a delay, and its parts of at most 65535 us; a limit before a match. */
const PACKETS: Readonly<Record<string, number>> = { delay: 1 + Math.ceil(100_000 / 65_535), poll: 2 };

test("wire rule 17: the number of exchanges is the larger of sync points and needed packets", async () => {
  for (const { sequence, reasons, syncs } of await exchangesPerSequence()) {
    const total = [...reasons.values()].reduce((sum, count) => sum + count, 0);
    const needed = syncs.reduce((sum, reason) => sum + (PACKETS[reason] ?? 1), 0);
    expect({ sequence, total }).toEqual({ sequence, total: Math.max(syncs.length, needed) });
  }
});
