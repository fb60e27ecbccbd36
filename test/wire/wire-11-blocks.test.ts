/** Block transfers: as few packets as can be, several of them under way, and what is certain when one fails (wire rules 1, 11, 12). */
import { describe, expect, test } from "vitest";
import { openFixture, RAM, type WireFixture } from "./fixture.ts";

const KIB = 1024;
const WORDS_OF_WINDOW = 256;
const CLOCKS_PER_WORD = 46;
/** How many packets the probe holds is asked once. */
const DAP_INFO = 0;

/** A model of the wire at 10 MHz with RAM enough. */
function fixture(latency: string): Promise<WireFixture> {
  return openFixture({ options: { latency }, clockHz: 10_000_000 });
}

const words = (count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, index) => Math.imul(index + 1, 0x9e37_79b1) >>> 0);

/**
 * The fewest packets for whole windows, CSW standing right already, by trying: each window begins with TAR, singles share
 * DAP_Transfer packets across windows, blocks hold words only.
 */
function fewestPackets(kind: "read" | "write", windows: number, packetSize: number): number {
  const block = kind === "write" ? (packetSize - 5) >> 2 : (packetSize - 4) >> 2;
  const requestRoom = packetSize - 3;
  const answerRoom = packetSize - 3;
  // Room of the DAP_Transfer that is still open, in bytes of request and answer; -1 where none is.
  type Room = readonly [request: number, answer: number];
  type Best = Map<string, { room: Room; packets: number }>;
  const closed: Room = [-1, -1];
  const cost: Room = kind === "write" ? [5, 0] : [1, 4];
  const key = ([request, answer]: Room): string => `${request} ${answer}`;
  let best: Best = new Map([[key(closed), { room: closed, packets: 0 }]]);
  const put = (into: Best, room: Room, packets: number): void => {
    const old = into.get(key(room));
    if (old === undefined || packets < old.packets) into.set(key(room), { room, packets });
  };
  const single = (from: Best, [request, answer]: Room): Best => {
    const next: Best = new Map();
    for (const { room, packets } of from.values()) {
      if (room[0] >= request && room[1] >= answer) put(next, [room[0] - request, room[1] - answer], packets);
      else put(next, [requestRoom - request, answerRoom - answer], packets + 1);
    }
    return next;
  };
  for (let window = 0; window < windows; window++) {
    best = single(best, [5, 0]); // TAR
    // After so many words of the window, at least so many packets.
    const reached: Best[] = Array.from({ length: WORDS_OF_WINDOW + 1 }, (): Best => new Map());
    reached[0] = best;
    const after = (word: number): Best => reached[word] ?? new Map<string, never>();
    for (let at = 0; at < WORDS_OF_WINDOW; at++) {
      const here = after(at);
      for (const { room, packets } of single(here, cost).values()) put(after(at + 1), room, packets);
      const fewest = Math.min(...[...here.values()].map(({ packets }) => packets));
      for (let count = 1; count <= Math.min(block, WORDS_OF_WINDOW - at); count++)
        put(after(at + count), closed, fewest + 1);
    }
    best = after(WORDS_OF_WINDOW);
  }
  return Math.min(...[...best.values()].map(({ packets }) => packets));
}

describe.each(["hid-fs", "bulk-fs", "bulk-hs"] as const)("wire rule 11: %s", (latency) => {
  const packetSize = latency === "bulk-hs" ? 512 : 64;

  test.each(["read", "write"] as const)("a %s of 8 KiB takes as few packets as possible", async (kind) => {
    const own = await fixture(latency);
    const count = (8 * KIB) / 4;
    if (kind === "write") await own.memory.writeWords(RAM, words(count));
    else await own.memory.readWords(RAM, count);
    expect(own.commands.filter((id) => id !== DAP_INFO).length).toBe(fewestPackets(kind, 8, packetSize));
  });
});

/** KiB of data in a second of the simulated probe's time, and the part of its SWCLK cycles that carried words. */
async function rates(own: WireFixture, bytes: number): Promise<{ kibPerSecond: number; used: number }> {
  const data = words(bytes / 4);
  const startUs = own.simulator.clock.nowUs();
  await own.memory.writeWords(RAM, data);
  const seconds = (own.simulator.clock.nowUs() - startUs) / 1e6;
  expect(await own.memory.readWords(RAM, data.length)).toEqual(data);
  const clocks = seconds * 10_000_000;
  return { kibPerSecond: bytes / KIB / seconds, used: ((bytes / 4) * CLOCKS_PER_WORD) / clocks };
}

test("wire rule 12: on a high-speed probe at 10 MHz at least 97 % of the clocks carry words", async () => {
  const { used } = await rates(await fixture("bulk-hs"), 64 * KIB);
  expect(used).toBeGreaterThan(0.97);
});

test.each([
  ["hid-fs", 55],
  ["bulk-fs", 492],
])("wire rule 12: %s reaches 90 %% of its limit of %d KiB/s", async (latency, limit) => {
  const { kibPerSecond } = await rates(await fixture(latency), 64 * KIB);
  expect(kibPerSecond).toBeGreaterThan(0.9 * limit);
});

test("wire rule 12: one place of the probe's packets stays free for DAP_TransferAbort", async () => {
  const own = await openFixture({ options: { latency: "bulk-fs" }, clockHz: 10_000_000 });
  await own.memory.writeWords(RAM, words(1024));
  expect(own.mostInFlight).toBe(7);
});

/** A write with bad parity is dropped by the DP, which says so by WDATAERR: that is a FAULT of the transfer behind it. */
const FAILURES = [
  ["WAIT", "WAIT"],
  ["FAULT", "FAULT"],
  ["NO_ACK", "NO_ACK"],
  ["PARITY", "FAULT"],
] as const;

test.each(FAILURES)(
  "wire rule 1: %s in the middle of a block says from where on memory is undefined",
  async (disturbance, ack) => {
    const own = await openFixture({ options: { latency: "bulk-fs" }, clockHz: 10_000_000, waitRetries: 2 });
    own.simulator.injection.disturb(disturbance, 100, disturbance === "WAIT" ? 3 : 1);
    const data = words(1024);
    const error: unknown = await own.memory.writeWords(RAM, data).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ fault: { kind: "target-fault", ack } });
    const { undefinedMemory } = (error as { fault: { undefinedMemory?: { address: number; size: number } } })
      .fault;
    const wrong = Array.from(data.keys()).filter((at) => own.peek(RAM + 4 * at) !== data[at]);
    const written = Array.from(data.keys()).filter((at) => own.peek(RAM + 4 * at) !== 0);
    const lastWritten = RAM + 4 * (written.at(-1) ?? 0);
    if (ack === "FAULT") {
      // The sticky bit keeps out everything behind it.
      expect(undefinedMemory).toBeUndefined();
      expect(written.length).toBe(wrong[0]);
    } else {
      const { address = 0, size = 0 } = undefinedMemory ?? {};
      expect(RAM + 4 * (wrong[0] ?? 0)).toBeGreaterThanOrEqual(address);
      expect(lastWritten).toBeLessThan(address + size);
      expect(String(error)).toMatch(/memory from 0x\w+ to 0x\w+ is undefined/);
    }
    // The next transfer works; a port that is lost needs a line reset, which belongs to the session (wire rule 5).
    if (ack === "NO_ACK") await own.lineReset();
    await own.memory.writeWords(RAM, data);
    expect(await own.memory.readWords(RAM, data.length)).toEqual(data);
  },
);
