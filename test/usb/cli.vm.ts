/** The unmodified command line in the guest, with a simulated target behind a real USB cable. */
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { Fixture, noFixture } from "./fixture.ts";
import type { Finished, RunOptions } from "./machine/guest.ts";
import { v1, v2, type ProbeDescription } from "./usbip/device.ts";

const why = noFixture();
const NOBODY = 65534;
const CLI = resolve("dist/cli.js");

function simulated(latency: string): PacketPipe {
  const { pipe, clock, soc } = openSimulator({ model: "generic-m4", options: { latency } });
  return wallTime(pipe, clock, soc);
}

const DEVICE = {
  vendorId: 0x0d28,
  productId: 0x0204,
  manufacturer: "dbgseq",
  product: "Test CMSIS-DAP",
  serial: "VM-0001",
  speed: "high",
} as const;
const V2: ProbeDescription = { ...DEVICE, interfaces: [v2(() => simulated("none"))] };
const V1: ProbeDescription = { ...DEVICE, interfaces: [v1(() => simulated("hid-fs"))] };

describe.skipIf(why !== undefined)(why === undefined ? "the command line on USB" : `skipped: ${why}`, () => {
  let fixture: Fixture;
  const plugged = new Set<string>();

  async function plug(busId: string, description: ProbeDescription) {
    plugged.add(busId);
    return fixture.plug(busId, description);
  }

  function dbgseq(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return fixture.guest.run([process.execPath, CLI, ...args], options);
  }

  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterEach(async () => {
    for (const busId of plugged) fixture.cut(busId);
    plugged.clear();
    await fixture.unplugged();
  });
  afterAll(async () => {
    await fixture.stop();
  });

  test("lists the probe", async () => {
    await plug("1-1", V2);
    const { code, stdout } = await dbgseq(["probes"]);
    expect(stdout).toMatch(/^VM-0001 .*Test CMSIS-DAP.*usb@1-1/);
    expect(code).toBe(0);
  });

  test.each([
    ["v2", V2],
    ["v1", V1],
  ] as const)("resets the target by its sequence, and reads what it wrote (%s)", async (_name, probe) => {
    await plug("1-1", probe);
    const reset = await dbgseq(["run", "ResetSystem", "--trace"]);
    expect(reset.stderr + reset.stdout).toMatch(/< ResetSystem/);
    expect(reset.code).toBe(0);
    const statements = 'Write32(0x20000000, 0xCAFE); Message(0, "read %x", Read32(0x20000000));';
    const run = await dbgseq(["run", "-e", statements, "--probe", "VM-0001"]);
    expect(run.stdout + run.stderr).toMatch(/read cafe/);
    expect(run.code).toBe(0);
  });

  test("moves 1 MiB each way, and not a word is wrong", async () => {
    await plug("1-1", V2);
    const { result } = await fixture.probe(["memory", "v2", "4"]);
    expect(result).toMatchObject({ wrong: 0 });
  });

  test("an unplug in the middle of a sequence ends with code 3 and says so", async () => {
    const device = await plug("1-1", V2);
    let requests = 0;
    device.onRequest = () => {
      if (++requests === 60) fixture.cut("1-1");
    };
    const loop =
      "__var i = 0; while (i < 100000) { Write32(0x20000000, i); i = i + Read32(0x20000004) + 1; }";
    const { code, stderr } = await dbgseq(["run", "-e", loop]);
    expect(stderr).toMatch(/is gone: it was unplugged/);
    expect(code).toBe(3);
  });

  test("missing permission is told from absence", async () => {
    await plug("1-1", V2);
    const refused = await dbgseq(["run", "ResetSystem"], { user: NOBODY });
    expect(refused.stderr).toMatch(/may not open \/dev\/bus\/usb/);
    expect(refused.code).toBe(3);
    await fixture.unplug("1-1");
    const absent = await dbgseq(["run", "ResetSystem"], { user: NOBODY });
    expect(absent.stderr).toMatch(/no CMSIS-DAP probe is attached/);
    expect(absent.code).toBe(3);
  });

  test("the doctor tells a probe that works from one without permission, one that is slow, and none", async () => {
    await plug("1-1", V2);
    const well = await dbgseq(["doctor"]);
    expect(well.stdout).toMatch(/^usable: VM-0001 {2}Test CMSIS-DAP {2}\(CMSIS-DAP v2, protocol 2\.1/m);
    expect(well.stdout).not.toMatch(/finding|note/);
    expect(well.code).toBe(0);
    const refused = await dbgseq(["doctor"], { user: NOBODY });
    expect(refused.stdout).toMatch(/finding no-permission: VM-0001: .*may not open \/dev\/bus\/usb\//);
    expect(refused.code).toBe(3);
    await fixture.unplug("1-1");
    const absent = await dbgseq(["doctor"]);
    expect(absent.stdout).toMatch(/finding absent: /);
    expect(absent.code).toBe(3);
    await plug("1-1", V1);
    expect((await dbgseq(["doctor"])).stdout).toMatch(
      /note old-firmware: VM-0001: it speaks CMSIS-DAP v1 only/,
    );
  });

  test("the doctor looks through the cable at the target, and pulses nRESET with consent", async () => {
    await plug("1-1", V2);
    const { stdout, code } = await dbgseq(["doctor", "--target", "--allow", "reset"]);
    expect(stdout).toMatch(/target: answers on SWD, awake/);
    expect(stdout).toContain("DPIDR 0x2BA01477");
    expect(stdout).toContain("nRESET: wired");
    expect(code).toBe(0);
  });
});
