/** JTAG answers "OK or FAULT" with one code; CTRL/STAT says which (wire rule 3). */
import { expect, test } from "vitest";
import { Dp } from "../../src/coresight/adi/dp.ts";
import type { Origin } from "../../src/coresight/wire/access.ts";
import { Wire } from "../../src/coresight/wire/wire.ts";
import { VirtualClock } from "../../src/lib/clock.ts";
import { scriptedLink, shown, type Reply } from "../coresight/scripted-link.ts";

const POWERED = 0xf000_0000;
const STICKYERR = 0x20;

/** Values for the reads of CTRL/STAT of a run, in order. */
const checks =
  (...values: readonly number[]): Reply =>
  (ops) => {
    let next = 0;
    return {
      values: ops.map((op) =>
        op.kind === "read" ? Uint32Array.of(values[next++] ?? POWERED) : new Uint32Array(),
      ),
    };
  };

function openJtag(replies: readonly Reply[]) {
  const link = scriptedLink(replies);
  const wire = new Wire({ link, clock: new VirtualClock(), protocol: "jtag" });
  return { link, wire, dp: new Dp(wire) };
}

function write(
  dp: Dp,
  wire: Wire,
  label: string,
  tolerate = false,
): { by: Origin; wait: Promise<void> | undefined } {
  const by = { label, tolerate };
  return { by, wait: wire.post(() => dp.apWriteSteps(0, 0x0c, 1), by) };
}

test("wire rule 3: CTRL/STAT is read after each access, in the same list", async () => {
  const { link, wire, dp } = openJtag([checks()]);
  write(dp, wire, "A");
  write(dp, wire, "B");
  await wire.settle("poll");
  expect(link.runs.map((ops) => ops.map(shown))).toEqual([
    ["DP write 0x8", "AP write 0xC", "DP read 0x4", "AP write 0xC", "DP read 0x4"],
  ]);
});

test("wire rule 3: a sticky error is laid to the access before it, and cleared by writing 1s to CTRL/STAT", async () => {
  const { link, wire, dp } = openJtag([checks(POWERED, POWERED | STICKYERR), checks(POWERED | STICKYERR)]);
  write(dp, wire, "A");
  write(dp, wire, "B");
  write(dp, wire, "C");
  await expect(wire.settle("poll")).rejects.toMatchObject({
    fault: { certainty: "certain", origins: [{ label: "B" }], ctrlStat: (POWERED | STICKYERR) >>> 0 },
  });
  const clearing = link.runs[2]?.[0];
  expect(clearing).toMatchObject({ kind: "write", register: { port: "DP", address: 0x4 } });
  expect(clearing?.kind === "write" ? clearing.words[0] : 0).toBe((POWERED | 0xb2) >>> 0);
});

test("wire rule 3: a batch is one statement if failures are tolerated", async () => {
  const { link, wire, dp } = openJtag([checks(), checks()]);
  await write(dp, wire, "A", true).wait;
  await write(dp, wire, "B", true).wait;
  expect(link.runs).toHaveLength(2);
});

test("wire rules 3, 14: CTRL/STAT is in bank 0, and the bank of the sequence is chosen again when it is used", async () => {
  const { link, wire, dp } = openJtag([checks()]);
  const by = { label: "sequence", tolerate: false };
  void wire.post(() => dp.writeSteps(0x8, 2), by);
  write(dp, wire, "A");
  await wire.ask(() => dp.readSteps(0x4, 2), by);
  expect(link.runs.map((ops) => ops.map(selecting))).toEqual([
    ["SELECT 0x2", "AP write 0xC", "SELECT 0x0", "DP read 0x4", "SELECT 0x2", "DP read 0x4"],
  ]);
});

function selecting(op: Parameters<typeof shown>[0]): string {
  return op.kind === "write" && op.register.port === "DP"
    ? `SELECT 0x${op.words[0]?.toString(16) ?? ""}`
    : shown(op);
}
