/** OpenOCD drives the simulated target that `dbgseq serve` lends: its `cmsis-dap backend tcp`, newer than release 0.12. */
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { serve, type Served } from "../support/served.ts";
import { OPENOCD, openocdArguments, openocdObstacle, openocdProbe } from "./openocd-peer.ts";

const why = openocdObstacle();

describe.skipIf(why !== undefined)(why === undefined ? "OpenOCD over TCP" : `skipped: ${why}`, () => {
  let folder = "";
  let cli = "";
  let served: Served;

  beforeAll(async () => {
    ({ folder, cli } = await bundledCli());
    served = await serve(cli, "--probe", "sim:generic-m4", "--target-log", join(folder, "target.jsonl"));
  });
  afterAll(async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function over(transport: "swd" | "jtag", commands: readonly string[]): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)(
      OPENOCD,
      openocdArguments([
        ...openocdProbe(served.port, transport),
        transport === "swd" ? "swd newdap chip cpu" : "jtag newtap chip cpu -irlen 4",
        "dap create chip.dap -chain-position chip.cpu",
        "target create chip.cpu cortex_m -dap chip.dap",
        "gdb port disabled",
        "init",
        ...commands,
        "shutdown",
      ]),
      { timeout: 60_000 },
    );
    return stdout + stderr;
  }

  const openocd = (...commands: readonly string[]): Promise<string> => over("swd", commands);

  const log = async (): Promise<string> => readFile(join(folder, "target.jsonl"), "utf8");

  test("finds the debug port and the core", async () => {
    const said = await openocd("chip.dap info");
    expect(said).toContain("SWD DPIDR 0x2ba01477");
    expect(said).toMatch(/Cortex-M4 r0p1 processor detected/);
    expect(said).toMatch(/MEM-AP AHB3/);
    expect(said).toMatch(/SCS \(System Control Space\)|Cortex-M4 SCS/);
  });

  test.each(["swd", "jtag"] as const)(
    "halts over %s, and core registers hold what it wrote",
    async (transport) => {
      const said = await over(transport, [
        "halt",
        "reg r7 0x12345678",
        "reg pc 0x20000000",
        "reg r7 force",
        "reg pc force",
      ]);
      expect(said).toMatch(/r7 \(\/32\): 0x12345678/);
      expect(said).toMatch(/pc \(\/32\): 0x20000000/);
    },
  );

  test("words, half-words and bytes land where they should", async () => {
    const said = await openocd(
      "halt",
      "mww 0x20001000 0xcafebabe",
      "mwh 0x20001004 0x1234",
      "mwb 0x20001007 0x56",
      "mdw 0x20001000",
      "mdh 0x20001004",
      "mdb 0x20001007",
    );
    expect(said).toMatch(/0x20001000: cafebabe/);
    expect(said).toMatch(/0x20001004: 1234/);
    expect(said).toMatch(/0x20001007: 56/);
    expect(await log()).toContain('"address":536875012,"size":2,"access":"write","value":4660');
  });

  test.each(["swd", "jtag"] as const)(
    "64 KiB go in and come out as they were, over %s",
    async (transport) => {
      const image = Buffer.from(Array.from({ length: 0x10000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
      await writeFile(join(folder, "in.bin"), image);
      await over(transport, [
        "halt",
        `load_image ${join(folder, "in.bin")} 0x20004000 bin`,
        `dump_image ${join(folder, "out.bin")} 0x20004000 0x10000`,
      ]);
      expect(image.equals(await readFile(join(folder, "out.bin")))).toBe(true);
    },
  );

  test.each([
    ["sysresetreq", '"reset":"system"'],
    ["vectreset", '"reset":"core"'],
  ])("reset halt by %s stops at the reset vector", async (kind, logged) => {
    const before = (await log()).length;
    const said = await openocd(`cortex_m reset_config ${kind}`, "reset halt", "reg xpsr", "reg pc");
    expect(said).toMatch(/xpsr \(\/32\): 0x01000000/i);
    expect((await log()).slice(before)).toContain(logged);
  });

  test("pulls nRESET, and the target is reset by it", async () => {
    const before = (await log()).length;
    await openocd("reset_config srst_only srst_nogate connect_deassert_srst", "reset run");
    expect((await log()).slice(before)).toMatch(
      /"kind":"reset","atUs":[\d.]+,"reset":"[a-z]+","by":".*nRESET/,
    );
  });

  test.each(["swd", "jtag"] as const)(
    "a read from where nothing is fails over %s, and the next one works",
    async (transport) => {
      const said = await over(transport, ["halt", "catch {mdw 0xA0000000}", "mdw 0xe000ed00"]);
      expect(said).toMatch(/0xe000ed00: 410fc241/);
    },
  );
});
