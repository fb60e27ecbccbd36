/** What a device answers wrongly is corrected for whoever reads it (wire rule 27), from the pack down to the simulated lines. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DataPatches } from "../../src/coresight/wire/data-patches.ts";
import { Dp } from "../../src/coresight/adi/dp.ts";
import { TargetAccess } from "../../src/session/access/debug-access.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { openFixture, RAM, type WireFixture } from "./fixture.ts";

/** generic-m4: 0x23000052 is its CSW, 0xE00FF003 its BASE; RAM is 0 until it is written. */
function pack(patches: string, body: string): string {
  return `<package schemaVersion="1.7.28"><vendor>V</vendor><name>P</name>
  <releases><release version="1.0.0"/></releases>
  <devices><family Dfamily="F" Dvendor="Generic:5">
    <processor Dcore="Cortex-M4"/>
    <debug __dp="0" __ap="0">${patches}</debug>
    <sequences><sequence name="Own"><block>${body}</block></sequence></sequences>
    <device Dname="D"/>
  </family></devices></package>`;
}

async function run(patches: string, body: string, ...more: readonly string[]): Promise<Finished> {
  return runOn("sim:generic-m4", patches, body, ...more);
}

async function runOn(
  probe: string,
  patches: string,
  body: string,
  ...more: readonly string[]
): Promise<Finished> {
  const folder = folderWith({ "V.P.pdsc": pack(patches, body) });
  const path = join(folder, "V.P.pdsc");
  return dbgseq("run", "Own", "--pack", path, "--device", "D", "--probe", probe, ...more);
}

describe("wire rule 27: datapatch", () => {
  test("is memory unless it says otherwise, and sequences read what it says", async () => {
    const { code, all } = await run(
      '<datapatch address="0x20000010" value="0xFFF0F003"/>',
      'Message(0, "patched %x, beside %x", Read32(0x20000010), Read32(0x20000014));',
    );
    expect(code).toBe(0);
    expect(all).toContain("patched fff0f003, beside 0");
  });

  test("replaces the bits of its mask and leaves the others", async () => {
    const { all } = await run(
      '<datapatch address="0x20000010" value="0x000000A1" mask="0xFF"/>',
      'Write32(0x20000010, 0x12345678); Message(0, "word %x, half %x, byte %x, upper %x", Read32(0x20000010), Read16(0x20000010), Read8(0x20000010), Read16(0x20000012));',
    );
    expect(all).toContain("word 123456a1, half 56a1, byte a1, upper 1234");
  });

  test("of an access port is read from its register, by sequences and by the debugger itself", async () => {
    const { all } = await run(
      '<datapatch type="AP" address="0xFC" value="0x24770099" info="IDR"/>',
      'Message(0, "IDR %x, BASE %x", ReadAP(0xFC), ReadAP(0xF8));',
      "--trace",
    );
    expect(all).toContain("IDR 24770099, BASE e00ff003");
    expect(all).toMatch(/AP 0 .*0x24770099/);
  });

  test("of a debug port is read from its register", async () => {
    const { all } = await run(
      '<datapatch type="DP" address="0x0" value="0x0BC12477"/>',
      'Message(0, "DPIDR %x", ReadDP(0x0));',
    );
    expect(all).toContain("DPIDR bc12477");
  });

  test("applies after the read, and a trace shows both", async () => {
    const { all } = await run(
      '<datapatch address="0x20000010" value="0xA1" mask="0xFF"/>',
      "Write32(0x20000010, 0x55); __var x = Read32(0x20000010);",
      "--trace",
    );
    expect(all).toContain("patched: 0x20000010 reads 0x00000055, taken as 0x000000A1");
    expect(all).toMatch(/Read32\(0x20000010\).* -> 0xA1/);
  });

  test("for another access port does not concern this one", async () => {
    const { all } = await run(
      '<datapatch __ap="1" address="0x20000010" value="0xFFFFFFFF"/>',
      'Message(0, "still %x", Read32(0x20000010));',
    );
    expect(all).toContain("still 0");
  });

  test("of bits that a loop waits for is known without the probe", async () => {
    // With the latency of a real probe the second wait takes few turns.
    const { all } = await runOn(
      "sim:generic-m4?latency=hid-fs",
      '<datapatch address="0x20000010" value="0x1" mask="0x3"/>',
      `Write32(0x20000010, 0x10);</block>
       <control while="(Read32(0x20000010) &amp; 0x13) != 0x11" timeout="100000"/>
       <control while="(Read32(0x20000010) &amp; 0x03) == 0x01" timeout="200000"/>
       <block>Message(0, "done");`,
      "--trace",
    );
    expect(all).toContain("message: done");
    // The first wait is over at once, the second never.
    expect(all.match(/timeout after .*/g)).toEqual([expect.stringContaining("timeout after 200 ms")]);
  });
});

function patchedMemory(fixture: WireFixture, patches: DataPatches): TargetAccess {
  const port = new Dp(fixture.wire, { patches });
  return new TargetAccess(port, { apOf: () => undefined });
}

describe("wire rule 27: datapatch and the library", () => {
  test("blocks and single bytes are patched at any address, even between words", async () => {
    const fixture = await openFixture();
    const patches = new DataPatches([
      { space: "Mem", dp: 0, ap: 0, address: RAM + 8, value: 0xddcc_bbaan, mask: 0xffff_ffffn },
      { space: "Mem", dp: 0, ap: 0, address: RAM + 0x12, value: 0x4433_2211n, mask: 0xffff_ffff_ffff_ffffn },
      { space: "Mem", dp: 1, ap: 0, address: RAM, value: 0xffn, mask: 0xffn },
    ]);
    const { memory } = { memory: patchedMemory(fixture, patches).memory(0) };
    await memory.writeBytes(
      RAM,
      Uint8Array.from({ length: 24 }, (_, at) => at),
    );
    expect([...(await memory.readBytes(RAM + 6, 13))]).toEqual([
      6, 7, 0xaa, 0xbb, 0xcc, 0xdd, 12, 13, 14, 15, 16, 17, 0x11,
    ]);
    expect([...(await memory.readBytes(RAM + 0x10, 8))]).toEqual([16, 17, 0x11, 0x22, 0x33, 0x44, 22, 23]);
    expect(await memory.read(RAM + 9, 8)).toBe(0xbb);
    expect(fixture.peek(RAM + 8)).toBe(0x0b0a0908);
    expect(fixture.events.filter(({ kind }) => kind === "patched")[0]).toMatchObject({
      place: "0x20000008",
      raw: 0x0b0a0908,
      value: 0xddccbbaa,
    });
  });

  test("values of 64 bits are patched", async () => {
    const fixture = await openFixture();
    const value = 0x1122_3344_5566_7788n;
    const patches = new DataPatches([
      { space: "Mem", dp: 0, ap: 0, address: RAM, value, mask: 0xffff_ffff_ffff_ffffn },
    ]);
    const read = await patchedMemory(fixture, patches).memory(0).readWords(RAM, 3);
    expect([...read]).toEqual([0x5566_7788, 0x1122_3344, 0]);
  });
});
