/** Probes that people really own: each quirk of cheap firmware, and that a run and a long transfer work all the same. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { openFixture, RAM } from "./fixture.ts";

const QUIRKS = ["none", "full-reports", "packet-count", "pins-after-connect", "abort-answered"];

describe.each(QUIRKS)("wire rule 12: quirk %s", (quirk) => {
  test.each(["hid-fs", "bulk-fs", "bulk-hs"])("16 KiB each way over %s", async (latency) => {
    const fixture = await openFixture({ options: { latency, quirk }, clockHz: 10_000_000 });
    const data = Uint32Array.from({ length: 4096 }, (_, at) => Math.imul(at + 1, 0x9e37_79b1) >>> 0);
    await fixture.memory.writeWords(RAM, data);
    expect(await fixture.memory.readWords(RAM, data.length)).toEqual(data);
  });

  test("a halting reset under nRESET", async () => {
    const args = ["run", "ResetSystem", "--probe", `sim:generic-m4?quirk=${quirk}`, "--halt"];
    const { code, err } = await dbgseq(...args, "--connect", "under-reset");
    expect(err).not.toContain("error");
    expect(code).toBe(0);
  });
});

test("wire rule 12: a packet count is tried before it is believed, once, and one packet at a time is what is left", async () => {
  const fixture = await openFixture({
    options: { latency: "bulk-fs", quirk: "packet-count" },
    clockHz: 10_000_000,
  });
  await fixture.memory.writeWords(RAM, new Uint32Array(1024));
  // Seven requests for information, of which one was answered.
  expect(fixture.commands.filter((id) => id === 0)).toHaveLength(7);
  fixture.commands.length = 0;
  await fixture.memory.writeWords(RAM, new Uint32Array(1024));
  expect(fixture.commands).not.toContain(0);
});
