/** `dbgseq info`: debug port, access ports, ROM tables and cores of simulated targets, as people and as programs see them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";

function info(model: string, ...more: readonly string[]): Promise<Finished> {
  return dbgseq("info", "--probe", `sim:${model}`, "--no-config", ...more);
}

describe("info", () => {
  test("a device of ADIv6: nested ROM tables of class 9, power domains, access ports behind access ports", async () => {
    const { code, out, err } = await info("adiv6");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "probe dbgseq simulated CMSIS-DAP, SIM-adiv6
      DP 0: DPv3, Arm, part 0x0C0 (DPIDR 0x4C013477)
        TARGETID 0x00040927: Raspberry Pi, part 0x040
        0x00000000 ROM table, Raspberry Pi, part 0x004
          0x00002000 MEM-AP, Arm, part 0x9E3
          0x00004000 MEM-AP, Arm, part 0x9E3
          0x0000A000 MEM-AP, Arm, part 0x9E2
        AP 0x2000: AHB5 with enhanced HPROT MEM-AP, Arm (IDR 0x34770008)
          core Cortex-M33 r0p4 (CPUID 0x410FD214)
          0xE00FF000 ROM table, Arm, part 0x4C9
            0xE000E000 SCS (v8-M), Arm, part 0xD21
            0xE0001000 DWT, Arm, part 0xD21
            0xE0002000 FPB, Arm, part 0xD21
            0xE0000000 ITM, Arm, part 0xD21
        AP 0x4000: AHB5 with enhanced HPROT MEM-AP, Arm (IDR 0x34770008)
          core Cortex-M33 r0p4 (CPUID 0x410FD214)
          0xE00FF000 ROM table, Arm, part 0x4C9
            0xE000E000 SCS (v8-M), Arm, part 0xD21
            0xE0001000 DWT, Arm, part 0xD21
            0xE0002000 FPB, Arm, part 0xD21
            0xE0000000 ITM, Arm, part 0xD21
        AP 0xA000: APB4/5 MEM-AP, Arm (IDR 0x34770006)
          0x00000000 ROM table, Raspberry Pi, part 0x5E5
            0x00010000 MEM-AP, Arm, part 0x9E3, power domain 1
          AP 0x10000 behind AP 0xA000: AHB5 with enhanced HPROT MEM-AP, Arm (IDR 0x34770008)
            core Cortex-M23 r1p0 (CPUID 0x411CD200)
            0xE00FF000 ROM table, Arm, part 0x4CB
              0xE000E000 SCS (v8-M), Arm, part 0xD20
              0xE0001000 DWT, Arm, part 0xD20
              0xE0002000 FPB, Arm, part 0xD20
      "
    `);
  });

  test("one Cortex-M0+ with its ROM table of class 1", async () => {
    expect((await info("generic-m0plus")).out).toMatchInlineSnapshot(`
      "probe dbgseq simulated CMSIS-DAP, SIM-generic-m0plus
      DP 0: DPv1, Arm, part 0x0BC (DPIDR 0x0BC11477)
        AP 0: AHB3 MEM-AP, Arm (IDR 0x04770031)
          core Cortex-M0+ r0p1 (CPUID 0x410CC601)
          0xE00FF000 ROM table, Arm, part 0x4C0
            0xE000E000 SCS (v6-M), Arm, part 0x008
            0xE0001000 DWT, Arm, part 0x00A
            0xE0002000 BPU, Arm, part 0x00B
        AP 2 to 255 were not asked, because some devices hang if an absent one is asked; --all-aps asks them
      "
    `);
  });

  test.each([
    ["generic-m33", [], "core Cortex-M33 r0p4"],
    ["generic-m33", [], "SCS (v8-M), Arm, part 0xD21"],
    ["rp2040", ["--dormant"], "TARGETID 0x01002927: Raspberry Pi, part 0x1002"],
    ["mk64fn1m0", [], "AP 1: vendor's own AP, Freescale (IDR 0x001C0000)"],
    ["nrf52840?protected=yes", [], "AP 1: vendor's own AP, Nordic Semiconductor (IDR 0x02880000)"],
    ["nrf52840?protected=yes", [], "0xE00FF000 no answer: it does not answer"],
  ])("%s %j: %s", async (model, more, line) => {
    const { code, out } = await info(model, ...more);
    expect(code).toBe(0);
    expect(out).toContain(line);
  });

  test("--json has the same tree", async () => {
    const { out } = await info("adiv6", "--json");
    expect(JSON.parse(out)).toMatchObject({
      command: "info",
      debugPort: { version: 3, dpidr: "0x4C013477", targetId: "0x00040927" },
      romTable: { components: [{ address: "0x00002000", name: "MEM-AP" }, {}, {}] },
      accessPorts: [
        { name: "AP 0x2000", cores: [{ name: "Cortex-M33 r0p4", pname: null }] },
        { name: "AP 0x4000" },
        {
          romTable: { components: [{ powerDomain: 1 }] },
          accessPorts: [{ name: "AP 0x10000 behind AP 0xA000", cores: [{ name: "Cortex-M23 r1p0" }] }],
        },
      ],
      exitCode: 0,
    });
  });

  test("without a connection there is nothing to tell", async () => {
    expect((await info("generic-m4", "--connect", "none")).code).toBe(2);
  });
});

const PDSC = `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.28">
  <vendor>Own</vendor><name>Bound_DFP</name><description>what may be looked at</description>
  <releases><release version="1.0.0">first</release></releases>
  <devices><family Dfamily="Bound" Dvendor="Generic:5">
    <processor Pname="main" Dcore="Cortex-M4"/>
    <debug Pname="main" __ap="0"/>
    <memory name="RAM" start="0x20000000" size="0x4000" access="rw" default="1"/>
    <device Dname="Open"/>
    <device Dname="Shut"><memory name="Keys" start="0xE00FF000" size="0x1000" access="p"/></device>
  </family></devices>
</package>`;

describe("the pack's description limits what is examined", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dbgseq-info-"));
    writeFileSync(join(folder, "bound.pdsc"), PDSC);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const look = (device: string): Promise<Finished> =>
    info("mk64fn1m0", "--pack", join(folder, "bound.pdsc"), "--device", device);

  test("an access port that it does not name is not asked; cores have its names", async () => {
    const { out } = await look("Open");
    expect(out).toContain("core main: Cortex-M4");
    expect(out).not.toContain("AP 1");
    expect(out).toContain("only what the pack describes was looked at");
  });

  test("a memory that it does not let be read is not read", async () => {
    const { out } = await look("Shut");
    expect(out).toContain("0xE00FF000 not read: the pack does not let Keys be read");
    expect(out).not.toContain("SCS");
  });
});
