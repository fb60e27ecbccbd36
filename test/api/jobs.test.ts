/** The jobs on a simulated target: each connects, works, and leaves, and yields data. */
import { expect, test } from "vitest";
import {
  fillMemory,
  gatherSettings,
  haltCore,
  readPlaces,
  readRegisters,
  resetTarget,
  stepCore,
  writeValues,
  type Session,
} from "../../src/index.ts";

async function target(): Promise<Session> {
  const settings = await gatherSettings({ probe: "sim:generic-m4", config: false });
  return (await settings.inputs()).session();
}

test("a value is read by its address", async () => {
  const session = await target();
  const [[cpuid] = []] = await readPlaces(session, [{ kind: "value", address: 0xe000_ed00, bits: 32 }]);
  expect(cpuid).toMatchObject({ kind: "value", value: 0x410f_c241n });
  expect(session.isOpen).toBe(false);
});

test("values that do not fit are refused before anything is connected", async () => {
  const session = await target();
  await writeValues(session, { address: 0x2000_0000, bits: 16 }, [1n, 2n]);
  await fillMemory(session, { address: 0x2000_0000, size: 8, bits: 32 }, 5n);
  await expect(writeValues(session, { address: 0x2000_0000, bits: 8 }, [0x100n])).rejects.toMatchObject({
    fault: { kind: "bad-request" },
  });
});

test("a core is halted, stepped and read", async () => {
  expect(Object.keys(await haltCore(await target()))).toEqual(["pc"]);
  const { pc } = await stepCore(await target(), 2);
  expect(pc).toBeGreaterThan(0);
  expect(Object.keys(await readRegisters(await target()))).toHaveLength(21);
  await expect(stepCore(await target(), 0)).rejects.toThrow("1 to 100000 steps");
});

test("a reset is a debug sequence, or goes without the sequences", async () => {
  await resetTarget(await target());
  await resetTarget(await target(), { type: "sysresetreq", halt: true });
  await expect(resetTarget(await target(), { type: "hard" as never })).rejects.toMatchObject({
    fault: { kind: "bad-argument" },
  });
});
