/** ADIv6: access ports by their address, nested ones, and the registers at 0xD00 (wire rule 16), from a sequence to the wire. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectHelper, type Session } from "../../src/index.ts";
import { hex } from "../../src/lib/hex.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { openFixture } from "./fixture.ts";

const PORTS = `<accessportV2 __apid="0" address="0x2000"/>
    <accessportV2 __apid="1" address="0x4000"/>
    <accessportV2 __apid="2" address="0xA000"/>
    <accessportV2 __apid="3" address="0x10000" parent="2"/>`;

const PDSC = `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.28">
  <vendor>Own</vendor><name>Six_DFP</name><description>ADIv6</description>
  <releases><release version="1.0.0">first</release></releases>
  <devices><family Dfamily="Six" Dvendor="Generic:5">
    <debugconfig default="swd" clock="1000000" swj="1"/>
    ${PORTS}
    <processor Pname="core0" Dcore="Cortex-M33"/>
    <processor Pname="core1" Dcore="Cortex-M33"/>
    <processor Pname="sensor" Dcore="Cortex-M23"/>
    <debug Pname="core0" __apid="0"/>
    <debug Pname="core1" __apid="1"/>
    <debug Pname="sensor" __apid="3"/>
    <memory Pname="core0" name="ROM" start="0" size="0x8000" access="rx" default="1" startup="1"/>
    <memory Pname="core1" name="ROM1" start="0" size="0x8000" access="rx" default="1" startup="1"/>
    <memory Pname="sensor" name="ROM2" start="0" size="0x1000" access="rx" default="1" startup="1"/>
    <memory name="RAM" start="0x20000000" size="0x4000" access="rw" default="1"/>
    <sequences>
      <sequence name="DebugPortStart" Pname="sensor"><block>
        WriteDP(0x8, 0);
        WriteDP(0x4, 0x50000000);
      </block>
      <control while="(ReadDP(0x4) &amp; 0xA0000000) != 0xA0000000" timeout="10000"/>
      <block info="power domain 1, of the ROM table behind the APB-AP">
        __apid = 2;
        Write32(0xA04, 2);
      </block>
      <control while="Read32(0xA84) != 1" timeout="1000"/></sequence>
      <sequence name="Registers"><block>
        Message(0, "IDR %x, CSW.Size %x", ReadAP(0xDFC), ReadAP(0xD00) &amp; 7);
        WriteAP(0xD04, 0x20000000);
        WriteAP(0xD0C, 0x12345678);
        Message(0, "TAR %x, DRW %x, RAM %x", ReadAP(0xD04), ReadAP(0xD0C), Read32(0x20000000));
      </block></sequence>
      <sequence name="Space"><block>
        __var before = 0;
        before = ReadAccessAP(0x80000);
        WriteAccessAP(0x80000, 5);
        Message(0, "before %x, after %x, IDR %x", before, ReadAccessAP(0x80000), ReadAccessAP(0x80DFC));
        Message(0, "ROM table DEVARCH %x", ReadAccessAP(0xFBC));
      </block></sequence>
      <sequence name="Nothing"><block>Read32(0x20000000); ReadAccessAP(0x30000);</block></sequence>
    </sequences>
    <device Dname="Six"/>
  </family></devices>
</package>`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dbgseq-adiv6-"));
  writeFileSync(join(folder, "six.pdsc"), PDSC);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function open(options: Parameters<typeof ConnectHelper.sessionWithChosenProbe>[0]): Promise<Session> {
  const made = await ConnectHelper.sessionWithChosenProbe(options);
  if (made === null) throw new Error("nobody cancelled");
  return made;
}

function run(probe: string, ...more: readonly string[]): Promise<Finished> {
  return dbgseq("run", ...more, "--pack", join(folder, "six.pdsc"), "--device", "Six", "--probe", probe);
}

describe("wire rule 16: access ports of version 2", () => {
  test("ReadAP and WriteAP take the raw offset, CSW at 0xD00 and IDR at 0xDFC", async () => {
    const { code, out, err } = await run("sim:adiv6", "Registers");
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "IDR 34770008, CSW.Size 2\nTAR 20000000, DRW 12345678, RAM 12345678\n",
      err: "",
    });
  });

  test("ReadAccessAP and WriteAccessAP reach the debug port's own space, whatever __apid says", async () => {
    const { code, out, err } = await run("sim:adiv6", "Space");
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "before 0, after 5, IDR 9260001\nROM table DEVARCH 47700af7\n",
      err: "",
    });
  });

  test.each([
    ["core0", "0"],
    ["core1", "0"],
    ["sensor", "5a5a5a5a"],
  ])("the core %s is reached through its own access port", async (pname, word) => {
    const { code, out, err } = await run(
      "sim:adiv6",
      "-e",
      'Message(0, "%x", Read32(0x20000010));',
      "--pname",
      pname,
    );
    expect({ code, out, err }).toEqual({ code: 0, out: `${word}\n`, err: "" });
  });

  test("a core behind a nested access port is reset and halted like any other", async () => {
    const { code, err } = await run("sim:adiv6", "ResetSystem", "--halt", "--pname", "sensor");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("left halted") as string });
  });

  test("a failure names the access port by its address", async () => {
    const { code, err } = await run("sim:adiv6", "-e", "Read32(0x90000000);");
    expect(code).toBe(4);
    expect(err).toContain("through AP 0x2000 DRW, address 0x90000000");
  });

  test("behind a nested one it names both", async () => {
    const { code, err } = await run("sim:adiv6", "-e", "Read32(0x90000000);", "--pname", "sensor");
    expect(code).toBe(4);
    expect(err).toContain("through AP 0x10000 behind AP 0xA000 DRW, address 0x90000000");
  });

  test("an address without an access port is an error, not zero", async () => {
    const { code, err } = await run("sim:adiv6", "Nothing");
    expect(code).toBe(4);
    expect(err).toContain("ReadAccessAP(0x30000)");
  });

  test("a model derived from the pack has the same ports", async () => {
    const { code, out } = await run("sim", "-e", 'Message(0, "%x %x", ReadAP(0xDFC), Read32(0x20000010));');
    expect({ code, out }).toEqual({ code: 0, out: "34770008 0\n" });
  });
});

test("wire rule 16: SELECT holds the whole address, and is written only if bits 31:4 change", async () => {
  const fixture = await openFixture({ model: "adiv6", asleep: true });
  await fixture.lineReset();
  await fixture.dp.identify();
  await fixture.dp.powerUp();
  const steps = (offset: number): readonly string[] =>
    fixture.dp.apReadSteps({ address: 0x4000 }, offset).map(({ op }) => {
      if (op.kind === "write") return `SELECT ${hex(op.words[0] ?? 0)}`;
      return op.kind === "read" ? `read ${op.register.port} ${hex(op.register.address)}` : op.kind;
    });
  expect(steps(0xdfc)).toEqual(["SELECT 0x4DF0", "read AP 0xC"]);
  expect(steps(0xdf4)).toEqual(["read AP 0x4"]);
  expect(steps(0xd04)).toEqual(["SELECT 0x4D00", "read AP 0x4"]);
  expect(await fixture.dp.readBasePointer()).toBe(0);
  expect(await fixture.dp.readAp({ address: 0x4000 }, 0xfc)).toBe(0x3477_0008);
});

test("wire rule 16: without a pack the ROM tables say where the access ports and cores are, behind nested ones too", async () => {
  await using session = await open({ probe: "sim:adiv6" });
  const { target } = session;
  expect(target.dp.version).toBe(3);
  expect(target.aps.keys()).toEqual([0x2000, 0x4000, 0xa000]);
  const [first, , apb] = [...target.aps];
  expect(first?.idr).toBe(0x3477_0008);
  expect(await first?.readReg(0xdfc)).toBe(0x3477_0008);
  expect(apb?.aps.keys()).toEqual([0x10000]);
  expect(target.cores.map(({ name, ap, identity }) => [name, ap, identity.name])).toEqual([
    ["core 0", 0x2000, "Cortex-M33 r0p4"],
    ["core 1", 0x4000, "Cortex-M33 r0p4"],
    ["core 2", 0x10000, "Cortex-M23 r1p0"],
  ]);
  await target.core(2).halt();
  expect(await target.core(2).getState()).toBe("halted");
  expect(await target.core(2).read32(0x2000_0000)).toBe(0x5a5a_5a5a);
  expect(await target.read32(0x2000_0000)).toBe(0);
});

test("wire rule 16: with one they have the names of the pack, and only its access ports are looked at", async () => {
  await using session = await open({
    probe: "sim:adiv6",
    pack: join(folder, "six.pdsc"),
    device: "Six",
    pname: "core1",
  });
  const { target } = session;
  expect(target.aps.keys()).toEqual([0x2000, 0x4000, 0xa000]);
  // The ROM table behind 0xA000 was asked for the power of the last one.
  expect(target.cores.map(({ name }) => name)).toEqual(["core0", "core1", "sensor"]);
  expect(target.selectedCore.name).toBe("core1");
  await target.core("core1").halt();
  expect(await target.core("core0").getState()).toBe("running");
});
