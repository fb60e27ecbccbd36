/**
 * A fault in the midst of moving 64 KiB, each way: what is said to be sure is sure, nothing lands outside of what is said
 * to be undefined, and the next transfer works. `npm run test:faults` does it at many more places, and with FAULT_STRIDE=1
 * at every one.
 */
import { describe, expect, test } from "vitest";
import { asFailure } from "../../src/lib/fault.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { openFixture, RAM, type WireFixture } from "../wire/fixture.ts";
import { DisturbedPipe, type PacketDisturbance } from "./disturbed.ts";

const WORDS = 0x1_0000 / 4;
const STRIDE = Number(process.env["FAULT_STRIDE"] ?? 3001);
/** TAR of the second 4 KiB: lost, it goes back to the beginning of the first (behind 1024 words, 4 TARs and what is read once). */
const SECOND_WINDOW = 1037;
const UNTOUCHED = 0xffff_ffff;
/** Packets of the trial before the first long transfer: as many as may be in flight. */
const TRIAL = 3;
/** A short transfer that needs TAR, several packets and every flag to be right. */
const AFTER = 300;

const data = Uint32Array.from({ length: WORDS }, (_, at) => Math.imul(at + 1, 0x9e37_79b1) >>> 0);

type Protocol = "swd" | "jtag";

const open = (protocol: Protocol): Promise<WireFixture> =>
  openFixture({ options: { latency: "bulk-hs" }, clockHz: 10_000_000, waitRetries: 2, protocol });

type Direction = "read" | "write";

async function move(fixture: WireFixture, direction: Direction): Promise<Uint32Array> {
  if (direction === "read") return fixture.memory.readWords(RAM, WORDS);
  await fixture.memory.writeWords(RAM, data);
  return data;
}

async function transfersOf(direction: Direction, protocol: Protocol): Promise<number> {
  const fixture = await open(protocol);
  const before = fixture.simulator.injection.transfers;
  await move(fixture, direction);
  return fixture.simulator.injection.transfers - before;
}

interface Dark {
  readonly undefinedMemory?: { readonly address: number; readonly size: number };
}

interface Report extends Dark {
  readonly ack: string;
}

function expectTruth(fixture: WireFixture, { undefinedMemory }: Dark): void {
  const first = undefinedMemory === undefined ? undefined : (undefinedMemory.address - RAM) / 4;
  const memory = Uint32Array.from(data, (_, at) => fixture.peek(RAM + 4 * at));
  const wrong = memory.findIndex((word, at) => word !== data[at]);
  // The last transfer only asks whether all went well; and what may be out of place may also be where it belongs.
  if (wrong < 0) return;
  if (undefinedMemory === undefined || first === undefined) {
    // What was done is a beginning, and what stands behind it was not touched.
    expect(memory.subarray(wrong).every((word) => word === UNTOUCHED)).toBe(true);
    return;
  }
  const end = first + undefinedMemory.size / 4;
  expect(wrong).toBeGreaterThanOrEqual(first);
  expect(memory.subarray(end).every((word) => word === UNTOUCHED)).toBe(true);
}

/** Packets of the same transfer, for faults of the probe. */
async function disturbedMove(
  direction: Direction,
  how: PacketDisturbance,
  at: number,
): Promise<{ readonly fixture: WireFixture; readonly error: unknown }> {
  let pipe: DisturbedPipe | undefined;
  const fixture = await openFixture({
    options: { latency: "bulk-hs" },
    clockHz: 10_000_000,
    over: (simulator) => (pipe = new DisturbedPipe(simulator)),
  });
  const ram = fixture.simulator.soc.memory("ram");
  if (direction === "write") ram.fill(0, 4 * WORDS, 0xff);
  else ram.load(0, new Uint8Array(data.buffer));
  pipe?.disturb(how, pipe.sent + at);
  const error: unknown = await move(fixture, direction).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { fixture, error };
}

const total = {
  swd: { read: await transfersOf("read", "swd"), write: await transfersOf("write", "swd") },
  jtag: { read: await transfersOf("read", "jtag"), write: await transfersOf("write", "jtag") },
};

const KINDS = [
  ["WAIT", 3, ["WAIT"]],
  ["FAULT", 1, ["FAULT"]],
  ["NO_ACK", 1, ["NO_ACK"]],
  // A word that the DP did not take is a FAULT of the next one; JTAG has no parity.
  ["PARITY", 1, ["PARITY", "FAULT"]],
] as const;

describe.each([
  ["write", "swd"],
  ["read", "swd"],
  ["write", "jtag"],
  ["read", "jtag"],
] as const)("wire rules 1, 3, 12: a %s of 64 KiB over %s", (direction, protocol) => {
  describe.each(KINDS.filter(([kind]) => protocol === "swd" || kind !== "PARITY"))(
    "%s",
    (kind, times, acks) => {
      const regular = Array.from(
        { length: Math.ceil(total[protocol][direction] / STRIDE) },
        (_, at) => at * STRIDE,
      );
      const places = [...new Set([...regular, SECOND_WINDOW])];
      test.each(places)("at transfer %d", async (place) => {
        const fixture = await open(protocol);
        const ram = fixture.simulator.soc.memory("ram");
        if (direction === "write") ram.fill(0, 4 * WORDS, 0xff);
        else ram.load(0, new Uint8Array(data.buffer));
        fixture.simulator.injection.disturb(kind, place, times);
        const error: unknown = await move(fixture, direction).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        const report = (error as { fault?: Report } | undefined)?.fault;
        expect(report).toMatchObject({ kind: "target-fault" });
        expect(acks).toContain(report?.ack);
        if (direction === "write" && report !== undefined) expectTruth(fixture, report);
        if (kind === "NO_ACK") await fixture.lineReset();
        await fixture.memory.writeWords(RAM, data.subarray(0, AFTER));
        expect(await fixture.memory.readWords(RAM, AFTER)).toEqual(data.subarray(0, AFTER));
      });
    },
  );
});

describe.each(["write", "read"] as const)("wire rule 12: the probe in a %s of 64 KiB", (direction) => {
  describe.each(["no answer", "one too few", "foreign answer", "unplug"] as const)("%s", (how) => {
    test.each([0, 1, 2, 5, 17, 40, 63])("at packet %d", async (at) => {
      const { fixture, error } = await disturbedMove(direction, how, at);
      if (at < TRIAL && how !== "unplug") {
        // The trial of how much the probe holds failed: it is not asked for more than one packet at a time.
        expect(error).toBeUndefined();
        expect(await fixture.memory.readWords(RAM, WORDS)).toEqual(data);
        return;
      }
      const failure = asFailure(error);
      expect(exitCodeOf(error)).toBe(3);
      if (failure?.fault.kind !== "in-the-dark") {
        // It was gone before anything of the transfer was sent.
        expect(how).toBe("unplug");
        expect(at).toBeLessThanOrEqual(TRIAL);
        return;
      }
      expect(failure.message).toMatch(/^what became of .* is not known/);
      if (direction === "write") expectTruth(fixture, failure.fault as Dark);
    });
  });
});
