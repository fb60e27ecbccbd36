/**
 * pyOCD drives the simulated target that `dbgseq serve --as pyocd` lends, alone and by the sequences of a pack; and our client
 * drives a real `pyocd server`, whose probe is again the simulator.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseq } from "../support/command-line.ts";
import { freePort } from "../support/free-port.ts";
import { serve, type Served } from "../support/served.ts";
import { zip } from "../support/zip.ts";
import { findPyocd, type Pyocd } from "./pyocd-checkout.ts";
import { serverProcess } from "./server-process.ts";

const found = findPyocd();
const why = typeof found === "string" ? found : undefined;

/** What the sequences below touch, and nothing else does. */
const SCRATCH = 0x2000_8000;

/** Something of everything that sequences do. `__ap` is declared, for without that pyOCD takes access port -1. */
const PDSC = `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.28">
  <vendor>Example</vendor><name>Peer_DFP</name><description>for two engines</description><url></url>
  <releases><release version="1.0.0">first</release></releases>
  <devices><family Dfamily="PEER" Dvendor="Generic:5">
    <processor Dcore="Cortex-M4" DcoreVersion="r0p1" Dfpu="0" Dmpu="1" Dendian="Little-endian" Dclock="16000000"/>
    <debugconfig default="swd" clock="4000000" swj="1"/>
    <sequences>
      <sequence name="DebugDeviceUnlock"><block>
        Write32(0x20008000, Read32(0xE000ED00));
        Write16(0x20008004, 0x1234); Write8(0x20008006, 0x56); Write8(0x20008007, Read8(0x20008004));
      </block></sequence>
      <sequence name="ResetSystem">
        <block>__var i = 0; __var sum = 0;</block>
        <control while="i &lt; 4" timeout="100000"><block>
          Write32(0x20008010 + i * 4, (i &lt;&lt; 8) ^ 0xFFFFFFFF);
          sum = sum + Read32(0x20008010 + i * 4);
          i = i + 1;
        </block></control>
        <control if="(sum &amp; 1) == 0"><block>Write32(0x20008020, sum);</block></control>
        <control if="(sum &amp; 1) != 0"><block>Write32(0x20008024, sum);</block></control>
        <block atomic="1">Write32(0x20008028, sum &gt;&gt; 4);</block>
        <block>
          Write32(0xE000ED0C, 0x05FA0004);
          DAP_Delay(1000);
          Read32(0xE000EDF0);
        </block>
      </sequence>
    </sequences>
    <device Dname="PEER1">
      <memory name="Flash" access="rx" start="0x00000000" size="0x00100000" startup="1" default="1"/>
      <memory name="RAM" access="rwx" start="0x20000000" size="0x00040000" default="1"/>
      <debug __dp="0" __ap="0"/>
    </device>
  </family></devices>
</package>
`;

describe.skipIf(why !== undefined)(why === undefined ? "pyOCD" : `skipped: ${why}`, () => {
  let pyocd: Pyocd;
  let folder = "";
  let cli = "";
  let served: Served;
  const image = Buffer.from(Array.from({ length: 0x10000 }, (_, at) => (at * 11 + (at >> 8)) & 0xff));
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    if (typeof found !== "string") pyocd = found;
    ({ folder, cli } = await bundledCli());
    await writeFile(at("in.bin"), image);
    await writeFile(at("Example.Peer_DFP.pdsc"), PDSC);
    const entries = [{ name: "Example.Peer_DFP.pdsc", content: PDSC }];
    await writeFile(at("Example.Peer_DFP.1.0.0.pack"), zip(entries));
    served = await serve(cli, "--as", "pyocd", "--probe", "sim:generic-m4", "--target-log", at("log"));
  });
  afterAll(async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const commander = (target: readonly string[], ...commands: readonly string[]): Promise<string> =>
    pyocd.run(
      "commander",
      "--no-config",
      "-v",
      "-u",
      `remote:127.0.0.1:${served.port}`,
      ...target,
      ...commands.flatMap((command) => ["-c", command]),
    );
  const plain = ["-t", "cortex_m"];
  const log = (): Promise<string> => readFile(at("log"), "utf8");

  test("finds the debug port and the core, and halts it", async () => {
    const said = await commander(plain, "halt", "status");
    expect(said).toMatch(/DP IDR = 0x2ba01477/);
    expect(said).toMatch(/Cortex-M4 r0p1/);
    expect(said).toMatch(/Halted/i);
  });

  test("registers of the core hold what it wrote", async () => {
    const said = await commander(plain, "halt", "wreg r7 0x12345678", "reg r7");
    expect(said).toMatch(/r7\s*[=:] 0x12345678/);
  });

  test("64 KiB go in and come out as they were", async () => {
    await commander(plain, "halt", `loadmem 0x20000000 ${at("in.bin")}`);
    await commander(plain, "halt", `savemem 0x20000000 65536 ${at("out.bin")}`);
    expect(image.equals(await readFile(at("out.bin")))).toBe(true);
  });

  test("reset halt stops at the reset vector", async () => {
    const before = (await log()).length;
    const said = await commander(plain, "reset halt", "reg pc xpsr");
    expect(said).toMatch(/pc\s*[=:] 0x00000100/);
    expect((await log()).slice(before)).toContain('"reset":"system"');
  });

  test("pulls nRESET", async () => {
    const before = (await log()).length;
    await commander(plain, "reset hw");
    expect((await log()).slice(before)).toMatch(/"kind":"reset".*nRESET/);
  });

  test("the sequences of a pack make the same accesses as ours", async () => {
    const pack = ["--pack", at("Example.Peer_DFP.1.0.0.pack"), "-t", "peer1"];
    const theirs = await scratchAccesses(async () => {
      await commander(pack, "reset");
    });
    const ours = await scratchAccesses(async () => {
      const probe = [
        "--probe",
        served.address,
        "--pack",
        at("Example.Peer_DFP.pdsc"),
        "--atomic",
        "best-effort",
      ];
      expect(await dbgseq("run", "ResetSystem", ...probe)).toMatchObject({ code: 0 });
    });
    expect(ours).toHaveLength(15);
    expect(theirs).toEqual(ours);
  });

  interface Access {
    readonly kind: string;
    readonly access: string;
    readonly address: number;
    readonly size: number;
    readonly value: number;
  }

  async function scratchAccesses(work: () => Promise<void>): Promise<readonly string[]> {
    const before = (await log()).length;
    await work();
    return (await log())
      .slice(before)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Access)
      .filter(({ kind, address }) => kind === "memory" && address >= SCRATCH && address < SCRATCH + 0x100)
      .map(({ access, address, size, value }) => [access, size, address.toString(16), value].join(" "));
  }

  describe("as a server", () => {
    let probe = "";
    let stop: () => Promise<unknown> = () => Promise.resolve();

    beforeAll(async () => {
      const port = await freePort();
      const argv = ["--no-config", "--port", String(port), "-v", "-u", `remote:127.0.0.1:${served.port}`];
      ({ stop } = await serverProcess(pyocd.start("server", ...argv), /Serving debug probe/));
      probe = `pyocd://127.0.0.1:${port}`;
    });
    afterAll(() => stop());

    test("our client runs a reset sequence through it", async () => {
      const before = (await log()).length;
      expect(await dbgseq("run", "ResetSystem", "--probe", probe)).toMatchObject({ code: 0, err: "" });
      expect((await log()).slice(before)).toContain('"reset":"system"');
    });

    test("our client writes words and reads 64 KiB through it", async () => {
      const script = at("fill.seq");
      const words = Array.from(
        { length: 16 },
        (_, word) => `Write32(${SCRATCH + 4 * word}, ${image.readUInt32LE(4 * word)});`,
      );
      await writeFile(script, words.join("\n"));
      expect(await dbgseq("run", script, "--probe", probe)).toMatchObject({ code: 0 });
      const dump = await dbgseq("dump", "0x20000000:0x10000", "-o", at("ours.bin"), "--probe", probe);
      expect(dump).toMatchObject({ code: 0 });
      const got = await readFile(at("ours.bin"));
      expect(got).toHaveLength(0x10000);
      expect(got.subarray(0x8000, 0x8040).equals(image.subarray(0, 0x40))).toBe(true);
    });

    test("a failed write is blamed on its statement", async () => {
      const script = "Write32(0x20000000, 1); Write32(0xA0000000, 2); Write32(0x20000004, 3);";
      const { code, err } = await dbgseq("run", "-e", script, "--probe", probe);
      expect(err).toMatch(/<command line>:1:25: /);
      expect(code).toBe(4);
    });
  });
});
