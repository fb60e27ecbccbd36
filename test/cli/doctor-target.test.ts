/** `dbgseq doctor --target` against targets that are well, dead, slow, closed, or not wired. */
import { afterEach, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";

const PINS = 0x10;
const CLOCK = 0x11;
const NRESET = 0x80;

const servers: TcpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function doctorOf(pipe: PacketPipe, ...argv: readonly string[]): Promise<Finished> {
  const server = await TcpServer.start(pipe, { port: 0 });
  servers.push(server);
  return dbgseq("doctor", "--target", "--probe", `tcp://127.0.0.1:${server.port}`, ...argv);
}

/** The same probe, each request seen, and perhaps changed, before it goes out. */
function through(pipe: PacketPipe, change: (packet: Uint8Array) => void): PacketPipe {
  return {
    send: (packet) => {
      const own = packet.slice();
      change(own);
      return pipe.send(own);
    },
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

/** Above `limitHz` no answer of the target arrives. */
function slowWires({ pipe, injection }: Simulator, limitHz: number): PacketPipe {
  let hz = 0;
  return through(pipe, (packet) => {
    if (packet[0] === CLOCK) hz = new DataView(packet.buffer).getUint32(1, true);
    if (packet[0] === 0x05 && hz > limitHz) injection.disturb("NO_ACK");
  });
}

describe("dbgseq doctor --target", () => {
  test("reads levels, identity and the best clock of a target that is well, and lets it run", async () => {
    const { code, out, err } = await dbgseq("doctor", "--target", "--probe", "sim:stm32h743");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("lines: SWCLK 1, SWDIO 1, nRESET 1\n");
    expect(out).toContain("target: answers on SWD, awake\nclock: good at 20MHz, the highest tried\n");
    expect(out).toContain("DPIDR 0x6BA02477: debug port of Arm, DPv2\n");
    expect(out).toContain("TARGETID 0x04500041: part 0x4500 of STMicroelectronics\n");
    expect(out).toMatch(/ROM table 0xE00FE000: part 0x\w+ of /);
    expect(out).toContain("nRESET: not tried (--allow reset)\n");
  });

  test("without consent no reset reaches the target; nothing is written to its memory", async () => {
    const simulator = openSimulator({ model: "generic-m4" });
    expect((await doctorOf(simulator.pipe)).code).toBe(0);
    const events = simulator.log.events;
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter((event) => event.kind === "reset" && event.reset !== "power")).toEqual([]);
    expect(events.filter((event) => event.kind === "memory" && event.access === "write")).toEqual([]);
    expect(simulator.lights.connected).toBe(false);
  });

  test("wakes a port that sleeps, and says so", async () => {
    const { out } = await dbgseq("doctor", "--target", "--probe", "sim:rp2040");
    expect(out).toContain("target: answers on SWD, from dormant\n");
    expect(out).toContain("part 0x1002 of Raspberry Pi");
  });

  test("with consent it pulses nRESET, and sees that the core was reset", async () => {
    const simulator = openSimulator({ model: "generic-m4" });
    const { out } = await doctorOf(simulator.pipe, "--allow", "reset");
    expect(out).toContain("nRESET: wired: a pulse reset the core\n");
    expect(simulator.log.events).toContainEqual(expect.objectContaining({ kind: "reset", by: "nRESET" }));
    expect(simulator.soc.nreset).toBe(1);
  });

  test("finds that nRESET is not wired", async () => {
    const { pipe } = openSimulator({ model: "generic-m4" });
    const cut = through(pipe, (packet) => {
      if (packet[0] === PINS) packet[2] = (packet[2] ?? 0) & ~NRESET;
    });
    const { code, out } = await doctorOf(cut, "--allow", "reset");
    expect(out).toContain("nRESET: not wired, as far as the core can tell\n");
    expect(out).toMatch(/note nreset-not-wired: /);
    expect(code).toBe(0);
  });

  test("a target without power is distinguished from one that is silent", async () => {
    const dead = openSimulator({ model: "generic-m4" });
    dead.soc.power(false);
    const off = await doctorOf(dead.pipe);
    expect(off.out).toMatch(/nRESET 0\ntarget: no answer\nfinding no-target-power: /);
    // PROBE-05: silence alone does not tell it from a probe without nRESET.
    expect(off.out).toMatch(/a probe without nRESET \(Raspberry Pi Debug Probe\).*SWDIO, SWCLK and GND/);
    expect(off.code).toBe(4);
    const silent = openSimulator({ model: "generic-m4" });
    const { code, out } = await doctorOf(slowWires(silent, 0));
    expect(out).toMatch(/nRESET 1\ntarget: no answer\nfinding no-ack: /);
    expect(code).toBe(4);
  });

  test("finds the clock up to which it answers, if the requested one is too fast", async () => {
    const { code, out } = await doctorOf(slowWires(openSimulator({ model: "generic-m4" }), 2_500_000));
    expect(out).toContain("clock: good at 2MHz, not at 4MHz\n");
    expect(out).toMatch(
      /finding no-ack-at-this-clock: .*the target answers up to 2MHz, not at 4MHz\n {2}try: dbgseq info .* --clock 2MHz\n/,
    );
    expect(out).toContain("DPIDR 0x2BA01477");
    expect(code).toBe(1);
  });

  test("a closed part's report says what it does not show, and has the rest", async () => {
    const { code, out } = await dbgseq("doctor", "--target", "--probe", "sim:lpc55s36", "--allow", "reset");
    expect(out).toContain("TARGETID");
    expect(out).toContain("AP 0 IDR 0x84770001: access port of Arm, closed (CSW.DeviceEn = 0)\n");
    expect(out).toContain("AP 2 IDR 0x002A0000: debug mailbox\n");
    expect(out).toMatch(/finding locked: the LPC55 is locked: .*debug mailbox\n/);
    expect(out).toContain("nRESET: unknown");
    expect(code).toBe(1);
  });

  test("--json is one document", async () => {
    const { out } = await dbgseq("doctor", "--target", "--probe", "sim:generic-m4", "--json");
    expect(JSON.parse(out)).toMatchObject({
      command: "doctor",
      levels: { swclk: 1, swdio: 1, nreset: 1 },
      wake: { how: "awake", dpidr: 0x2ba01477 },
      resetLine: "not tried",
      findings: [],
      exitCode: 0,
    });
  });

  test("consent to anything else is refused", async () => {
    const { code, err } = await dbgseq("doctor", "--target", "--allow", "erase");
    expect(err).toContain(
      '"erase" cannot be allowed; reset, remote, model=FILE, write=PATH and read=PATH are.',
    );
    expect(code).toBe(2);
  });
});
