/** `--probe pyocd://HOST`: whole runs over pyOCD's protocol, against our own server and against stand-ins for other probes. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { HostClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { openPyocd } from "../../src/probe/pyocd/open.ts";
import { PyocdServer } from "../../src/probe/pyocd/server.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import type { DapLink, WireOp } from "../../src/coresight/wire/link.ts";
import { dbgseq } from "../support/command-line.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function lent(
  model = "generic-m4",
): Promise<{ readonly simulator: Simulator; readonly probe: string }> {
  const simulator = openSimulator({ model });
  // The client waits in its own time, and the target must live as long.
  const pipe = wallTime(simulator.pipe, simulator.clock, simulator.soc);
  const clock = new HostClock();
  const server = await PyocdServer.start({ link: await openLink(pipe, clock), clock, pipe }, { port: 0 });
  open.push(() => server.close());
  return { simulator, probe: `pyocd://127.0.0.1:${server.port}` };
}

type Answer = { readonly result?: unknown } | { readonly status: number; readonly error: string };

/** A server with a probe of the test's own; `asked` collects the requests. */
async function standIn(
  answer: (request: string, list: readonly unknown[]) => Answer | undefined,
  onSocket: (socket: Socket) => void = () => undefined,
): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    onSocket(socket);
    socket.on("error", () => undefined);
    createInterface({ input: socket }).on("line", (line) => {
      const {
        id,
        request,
        arguments: list = [],
      } = JSON.parse(line) as {
        readonly id: number;
        readonly request: string;
        readonly arguments?: readonly unknown[];
      };
      asked.push([request, ...list.map((one) => JSON.stringify(one))].join(" "));
      const given = answer(request, list);
      if (given !== undefined) socket.write(`${JSON.stringify({ id, status: 0, ...given })}\n`);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

/** As pyOCD describes an ST-Link. */
function selecting(request: string, list: readonly unknown[]): Answer {
  if (request === "read_dp" || request === "read_ap") return { result: 7 };
  if (request === "read_ap_multiple") return { result: [7, 8, 9] };
  if (request !== "readprop") return {};
  if (list[0] === "capabilities")
    return { result: ["SWO", "MANAGED_AP_SELECTION", "MANAGED_DPBANKSEL", "BANKED_DP_REGISTERS"] };
  return { result: list[0] === "supported_wire_protocols" ? ["DEFAULT", "SWD"] : "ST" };
}

async function linkTo(port: number): Promise<DapLink> {
  const link = await openPyocd({ host: "127.0.0.1", port }, new HostClock());
  open.push(() => link.close());
  return link;
}

const word = (value: number): Uint32Array => Uint32Array.of(value >>> 0);
const dp = (address: 0x0 | 0x4 | 0x8): { readonly port: "DP"; readonly address: 0x0 | 0x4 | 0x8 } => ({
  port: "DP",
  address,
});
const ap = (address: 0x0 | 0x4 | 0xc): { readonly port: "AP"; readonly address: 0x0 | 0x4 | 0xc } => ({
  port: "AP",
  address,
});

describe("a run", () => {
  test("of a reset sequence resets the target and lets it go, and the next one is served", async () => {
    const { simulator, probe } = await lent();
    expect(await dbgseq("run", "ResetSystem", "--probe", probe)).toMatchObject({ code: 0, err: "" });
    expect(simulator.log.events).toContainEqual(expect.objectContaining({ kind: "reset", reset: "system" }));
    expect(simulator.lights.connected).toBe(false);
    const again = await dbgseq("run", "-e", 'Message(0, "%x", Read32(0xE000ED00));', "--probe", probe);
    expect(again).toMatchObject({ code: 0, out: "410fc241\n" });
  });

  test("names the write that failed, and sends no write twice", async () => {
    const { simulator, probe } = await lent();
    const script = "Write32(0x20000000, 1); Write32(0xA0000000, 2); Write32(0x20000004, 3);";
    const { code, err } = await dbgseq("run", "-e", script, "--probe", probe);
    expect(err).toMatch(/at: <command line>:1:25, the script/);
    expect(err).not.toMatch(/one of/);
    expect(code).toBe(4);
    const written = simulator.log.events.flatMap((event) =>
      event.kind === "memory" && event.access === "write" && event.address < 0xe000_0000 ? [event.value] : [],
    );
    expect(written).toEqual([1, 2]);
  });

  test("goes on after a failure that is tolerated", async () => {
    const { probe } = await lent();
    const script = `__errorcontrol = 1; Write32(0xA0000000, 2); Write32(0x20000004, 3); __errorcontrol = 0;
      Message(0, "%d", Read32(0x20000004));`;
    expect(await dbgseq("run", "-e", script, "--probe", probe)).toMatchObject({ code: 0, out: "3\n" });
  });

  test("pulls nRESET, the only pin", async () => {
    const { simulator, probe } = await lent();
    expect(await dbgseq("run", "ResetHardware", "--probe", probe)).toMatchObject({ code: 0 });
    expect(simulator.log.events).toContainEqual(
      expect.objectContaining({ kind: "reset", by: expect.stringContaining("nRESET") as string }),
    );
  });

  test("programs flash, every byte proved", async () => {
    const { probe } = await lent("nrf52840");
    const pack = "examples/05-flash/Example.EX52_DFP.pdsc";
    const { code, out, err } = await dbgseq(
      "flash",
      "examples/05-flash/firmware.hex",
      "--pack",
      pack,
      "--probe",
      probe,
    );
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
    expect(out + err).toContain("all verified");
  });

  test("finds the chain of one TAP over JTAG", async () => {
    const { probe } = await lent();
    const script = 'Message(0, "%x", Read32(0xE000ED00));';
    const run = await dbgseq("run", "-e", script, "--probe", probe, "--protocol", "jtag");
    expect(run).toMatchObject({ code: 0, out: "410fc241\n" });
  });
});

describe("a probe that selects access ports by itself", () => {
  test("is told port and bank with each register, and SELECT is not written", async () => {
    const { port, asked } = await standIn(selecting);
    const link = await linkTo(port);
    expect(link.can).toMatchObject({ selects: true, atomic: false, match: false });
    await link.connect({ protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 0 });
    asked.length = 0;
    const { values } = await link.run(
      [
        { kind: "swj", count: 51, bits: (1n << 51n) - 1n },
        { kind: "write", register: dp(0x8), words: word(0x0100_00f1) },
        { kind: "read", register: ap(0xc), words: 1 },
        { kind: "read", register: dp(0x4), words: 1 },
        { kind: "write", register: dp(0x8), words: word(0x0100_0000) },
        { kind: "read", register: ap(0xc), words: 3 },
        { kind: "write", register: ap(0xc), words: Uint32Array.of(1, 2) },
      ],
      "stop-at-fault",
    );
    expect(asked).toEqual([
      ["read_ap", 0x0100_00fc].join(" "),
      ["read_dp", 0x14].join(" "),
      ["read_ap_multiple", 0x0100_000c, 3].join(" "),
      ["write_ap_multiple", 0x0100_000c, "[1,2]"].join(" "),
      "flush",
    ]);
    expect(values[5]).toEqual(Uint32Array.of(7, 8, 9));
  });

  test.each<[string, WireOp]>([
    ["TARGETSEL", { kind: "swj", count: 46, bits: 0x99n }],
    ["raw JTAG", { kind: "jtag", count: 5, tms: 1, tdi: 0n }],
    ["a pin other than nRESET held low", { kind: "pins", output: 0, select: 0x81, waitUs: 0 }],
    ["overrun detection", { kind: "framing", turnaround: 1, dataPhase: true }],
    ["another turnaround", { kind: "bare write", value: 0x140, turnaround: 1 }],
    ["another TAP", { kind: "tap", index: 1 }],
  ])("names %s as missing", async (_what, op) => {
    const link = await linkTo((await standIn(selecting)).port);
    await expect(link.run([op], "stop-at-fault")).rejects.toMatchObject({
      fault: { kind: "not-by-this-probe" },
    });
  });

  test("speaks only its own protocol", async () => {
    const link = await linkTo((await standIn(selecting)).port);
    const jtag = { protocol: "jtag", clockHz: 1_000_000, idleCycles: 0, waitRetries: 0 } as const;
    await expect(link.connect(jtag)).rejects.toMatchObject({ fault: { what: "JTAG" } });
  });
});

test.each(["1.5", "1e400", "-1", "64", '"1"', "null"])(
  "is not believed with %s as the result of a JTAG sequence of five bits",
  async (result) => {
    const { port } = await standIn((request, list) => {
      if (request === "jtag_sequence") return { result: JSON.parse(result) as unknown };
      return list[0] === "capabilities" ? { result: ["JTAG_SEQUENCE"] } : selecting(request, list);
    });
    const link = await linkTo(port);
    const op = { kind: "jtag", count: 5, tms: 0, tdi: 0n } as const;
    await expect(link.run([op], "stop-at-fault")).rejects.toMatchObject({
      fault: { kind: "probe-protocol", command: "jtag_sequence" },
    });
  },
);

const LIES: readonly unknown[] = [
  null,
  true,
  "7",
  -1,
  1.5,
  1e300,
  0x1_0000_0000,
  {},
  [],
  [7],
  [[7, 7, 7]],
  [7, 8, "9"],
  [7, 8, -9],
  [7, 8, 1e300],
  Array.from({ length: 100_000 }, () => 7),
];

test.each(LIES.map((lie) => [JSON.stringify(lie).slice(0, 30), lie]))(
  "is not believed with %s as a word of a register, or as three of them",
  async (_, result) => {
    const { port } = await standIn((request, list) =>
      /^read_(?:dp|ap|ap_multiple)$/.test(request) ? { result } : selecting(request, list),
    );
    const link = await linkTo(port);
    for (const [command, register, words] of [
      ["read_dp", dp(0x0), 1],
      ["read_ap", ap(0x0), 1],
      ["read_ap_multiple", ap(0xc), 3],
    ] as const)
      await expect(link.run([{ kind: "read", register, words }], "stop-at-fault")).rejects.toMatchObject({
        fault: { kind: "probe-protocol", command },
      });
  },
);

test.each(LIES.map((lie) => [JSON.stringify(lie).slice(0, 30), lie]))(
  "is not believed with %s as a name, an ability or a protocol",
  async (_, result) => {
    const { port } = await standIn((request, list) =>
      request === "readprop" ? { result } : selecting(request, list),
    );
    const link = await linkTo(port);
    expect(link.can).toEqual({ selects: false, atomic: false, match: false, pins: 0x80 });
    expect(Object.values(link.identity).every((name) => name === "7")).toBe(true);
    await expect(link.connect({ protocol: "swd", clockHz: 1_000_000 } as never)).rejects.toMatchObject({
      fault: { what: "SWD" },
    });
  },
);

describe("an error that the server keeps back until it flushes", () => {
  test("belongs to the write", async () => {
    const { port } = await standIn((request, list) =>
      request === "flush" ? { status: 12, error: "fault" } : selecting(request, list),
    );
    const link = await linkTo(port);
    const write = { kind: "write", register: ap(0xc), words: word(1) } as const;
    const read = { kind: "read", register: dp(0x0), words: 1 } as const;
    const outcome = await link.run([read, write, read], "stop-at-fault");
    // accepted and not confirmed: what the target takes and fails later is the newest such access
    expect(outcome).toMatchObject({ fault: "FAULT", done: 2, confirmed: 1 });
  });
});

describe("ends with code 3 if", () => {
  const run = (port: number): ReturnType<typeof dbgseq> =>
    dbgseq("run", "ResetSystem", "--probe", `pyocd://127.0.0.1:${port}`);

  test("no server listens", async () => {
    const { port } = await standIn(selecting);
    for (const close of open.splice(0)) await close();
    const { code, err } = await run(port);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("ECONNREFUSED") as string });
  });

  test("something else answers", async () => {
    const { port } = await standIn(selecting, (socket) => socket.write("SSH-2.0-OpenSSH\r\n"));
    const { code, err } = await run(port);
    expect(err).toMatch(/does not speak pyOCD's protocol/);
    expect(code).toBe(3);
  });

  test("the server's probe is gone, refuses, or answers nonsense", async () => {
    const answers: readonly (readonly [string, Answer, RegExp])[] = [
      ["connect", { status: 2, error: "gone" }, /is gone/],
      ["open", { status: 3, error: "busy with others" }, /could not do open: busy with others/],
      ["read_dp", { result: "seven" }, /read_dp makes no sense/],
    ];
    for (const [wanted, answer, message] of answers) {
      const { port } = await standIn((request, list) =>
        request === wanted ? answer : selecting(request, list),
      );
      const { code, err } = await run(port);
      expect(err).toMatch(message);
      expect({ wanted, code }).toEqual({ wanted, code: 3 });
    }
  });

  test("the server leaves in the middle", async () => {
    let socket: Socket | undefined;
    const { port } = await standIn(
      (request, list) => {
        if (request !== "read_dp") return selecting(request, list);
        socket?.destroy();
        return undefined;
      },
      (one) => (socket = one),
    );
    const { code, err } = await run(port);
    expect(err).toMatch(/closed the connection/);
    expect(code).toBe(3);
  });
});

test("an atomic block that is more than line sequences is refused before anything is sent", async () => {
  const { probe } = await lent();
  const { code, err } = await dbgseq(
    "run",
    "-e",
    "atomic { WriteDP(0x0, 0x1E); DAP_Delay(10); }",
    "--probe",
    probe,
  );
  expect(err).toMatch(/pyOCD's protocol has one request for each/);
  expect(code).toBe(1);
});
