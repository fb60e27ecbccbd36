/** JTAG answers "OK or FAULT" with one code; CTRL/STAT says which (WIRE.md 3). */
import { expect, test } from "vitest";
import { DebugPort } from "../../src/coresight/dp.ts";
import type { Origin } from "../../src/coresight/access.ts";
import { Wire } from "../../src/coresight/wire.ts";
import { VirtualClock } from "../../src/lib/clock.ts";
import { scriptedLink, shown, type Reply } from "../coresight/scripted-link.ts";

const POWERED = 0xf000_0000;
const STICKYERR = 0x20;

const ctrlStat =
  (value: number): Reply =>
  () => ({ values: [Uint32Array.of(value)] });
const fine: Reply = () => ({});

function openJtag(replies: readonly Reply[]) {
  const link = scriptedLink(replies);
  const wire = new Wire({ link, clock: new VirtualClock(), protocol: "jtag" });
  return { link, wire, dp: new DebugPort(wire) };
}

function write(
  dp: DebugPort,
  wire: Wire,
  label: string,
  tolerate = false,
): { by: Origin; wait: Promise<void> | undefined } {
  const by = { label, tolerate };
  return { by, wait: wire.post(() => dp.apWriteSteps(0, 0x0c, 1), by) };
}

test("WIRE 3: every batch ends by reading CTRL/STAT", async () => {
  const { link, wire, dp } = openJtag([fine, ctrlStat(POWERED)]);
  write(dp, wire, "A");
  write(dp, wire, "B");
  await wire.settle("poll");
  expect(link.runs.map((ops) => ops.map(shown))).toEqual([
    ["DP write 0x8", "AP write 0xC", "AP write 0xC"],
    ["DP read 0x4"],
  ]);
});

test("WIRE 3: a sticky error is laid to the batch, and cleared by writing 1s to CTRL/STAT", async () => {
  const { link, wire, dp } = openJtag([fine, ctrlStat(POWERED | STICKYERR), ctrlStat(POWERED | STICKYERR)]);
  write(dp, wire, "A");
  write(dp, wire, "B");
  await expect(wire.settle("poll")).rejects.toMatchObject({
    fault: {
      certainty: "one-of",
      origins: [{ label: "A" }, { label: "B" }],
      ctrlStat: (POWERED | STICKYERR) >>> 0,
    },
  });
  const clearing = link.runs[3]?.[0];
  expect(clearing).toMatchObject({ kind: "write", register: { port: "DP", address: 0x4 } });
  expect(clearing?.kind === "write" ? clearing.words[0] : 0).toBe((POWERED | 0xb2) >>> 0);
});

test("WIRE 3: where failures are tolerated a batch is one statement", async () => {
  const { link, wire, dp } = openJtag([fine, ctrlStat(POWERED), fine, ctrlStat(POWERED)]);
  await write(dp, wire, "A", true).wait;
  await write(dp, wire, "B", true).wait;
  expect(link.runs).toHaveLength(4);
});
