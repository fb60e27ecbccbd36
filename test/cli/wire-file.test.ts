/** `--wire FILE.vcd`: what a logic analyser would have seen, read back by a decoder that knows only SWD. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { swdioBits, swdTransfers, wordAccesses, type WordAccess } from "../support/swd-decoder.ts";

const SCRIPT = `
  Write32(0x20000000, 0xCAFEF00D); Write32(0x20000010, 0xFFFFFFFF);
  Write32(0x20000004, Read32(0x20000000) ^ Read32(0x20000010));
  Read32(0xE000ED00);`;

const SIM = ["--probe", "sim:generic-m4"];

/** As `--trace` shows them. */
function traced(text: string): readonly WordAccess[] {
  const shown = /(Read|Write)32\((0x[0-9A-F]+)(?:, (0x[0-9A-F]+))?\)(?: +AP 0(?: -> (0x[0-9A-F]+))?)?/g;
  return [...text.matchAll(shown)].map(([, kind, address, written, read]) => ({
    access: kind === "Read" ? "read" : "write",
    address: Number(address),
    value: Number(written ?? read),
  }));
}

test("the wire carries the accesses of the trace, and no others to memory", async () => {
  const file = join(folderWith({}), "wire.vcd");
  const { code, out } = await dbgseq("run", "-e", SCRIPT, ...SIM, "--trace", "--wire", file);
  expect(code).toBe(0);
  const ours = traced(out).filter(({ address }) => address >>> 28 === 2);
  expect(ours).toHaveLength(5);
  const vcd = await readFile(file, "utf8");
  const transfers = swdTransfers(swdioBits(vcd));
  expect(transfers[0]).toMatchObject({ port: "DP", read: true, address: 0, ack: 1, data: 0x2ba01477 });
  const seen = wordAccesses(transfers);
  expect(seen.filter(({ address }) => address >>> 28 === 2)).toEqual(ours);
  expect(seen).toContainEqual({ access: "read", address: 0xe000ed00, value: 0x410fc241 });
});

test("is the same to the bit in every run, and time never goes back in it", async () => {
  const folder = folderWith({});
  const runs = [];
  for (const name of ["a.vcd", "b.vcd"]) {
    await dbgseq("run", "ResetSystem", ...SIM, "--wire", join(folder, name));
    runs.push(await readFile(join(folder, name), "utf8"));
  }
  expect(runs[0]).toBe(runs[1]);
  const times = [...(runs[0] ?? "").matchAll(/^#(\d+)$/gm)].map(([, time]) => Number(time));
  expect(times.length).toBeGreaterThan(1000);
  expect(times.every((time, at) => time > (times[at - 1] ?? -1))).toBe(true);
});

test("a fault shows as the acknowledge that it was", async () => {
  const file = join(folderWith({}), "wire.vcd");
  const { code } = await dbgseq("run", "-e", "Write32(0xA0000000, 1);", ...SIM, "--wire", file);
  expect(code).toBe(4);
  const transfers = swdTransfers(swdioBits(await readFile(file, "utf8")));
  expect(transfers.filter(({ ack }) => ack === 4)).not.toEqual([]);
});

test("nRESET is in it", async () => {
  const file = join(folderWith({}), "wire.vcd");
  await dbgseq("run", "ResetHardware", ...SIM, "--wire", file);
  const levels = (await readFile(file, "utf8")).match(/^[01]r$/gm);
  expect(levels?.slice(0, 3)).toEqual(["1r", "0r", "1r"]);
});

test.each(["tcp://127.0.0.1:1", "pyocd://127.0.0.1:1", "no-such-probe"])(
  "a real probe (%s) cannot show it",
  async (probe) => {
    const file = join(folderWith({}), "wire.vcd");
    const { code, err } = await dbgseq("run", "ResetSystem", "--probe", probe, "--wire", file);
    expect(err).toMatch(/simulator only/);
    expect(code).toBe(2);
  },
);

test("a file that cannot be written is reported before anything runs", async () => {
  const { code, err } = await dbgseq("run", "ResetSystem", ...SIM, "--wire", "/nowhere/wire.vcd");
  expect(err).toMatch(/nowhere\/wire\.vcd/);
  expect(code).toBe(2);
});
