import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { dapInfo, INFO } from "../../src/cmsis-dap/info.ts";
import { HostClock, VirtualClock } from "../../src/lib/clock.ts";
import { exchange } from "../../src/probe/cmsis-dap/exchange.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { lockProbe } from "../../src/probe/usb/lock.ts";
import { openConnection } from "../../src/probe/pyocd/connection.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { frame } from "../../src/probe/tcp/frame.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import type { TcpServerEvent } from "../../src/probe/tcp/serving.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { transportFailure } from "../../src/probe/transport-faults.ts";
import { dbgseq } from "../support/command-line.ts";
import { SmallProbe, STUCK } from "./small-probe.ts";
import { IN_TIME_US } from "../support/in-time.ts";
import { fault } from "../support/fault.ts";

function hasPython(): boolean {
  return spawnSync("python3", ["--version"]).status === 0;
}

/** Where a probe's lock is, on the systems that have it in no folder. */
function lockAddress(probe: string): string {
  const name = `dbgseq-probe-${probe}`;
  if (process.platform === "linux") return `\0${name}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name);
}

const SERIAL_REQUEST = Uint8Array.of(0x00, 0x03);
const SERIAL_ANSWER = Uint8Array.of(0x00, 3, 0x41, 0x31, 0);

const DELAY_50_MS = Uint8Array.of(0x09, 0x50, 0xc3);

const SWD = { protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 100 } as const;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function served(probe: PacketPipe, events: TcpServerEvent[] = []): Promise<TcpServer> {
  const server = await TcpServer.start(probe, { port: 0, onEvent: (event) => events.push(event) });
  open.push(() => server.close());
  return server;
}

async function client({ port }: { readonly port: number }): Promise<PacketPipe> {
  const pipe = await openTcp({ host: "127.0.0.1", port });
  open.push(() => pipe.close());
  return pipe;
}

/** A server of the test's own, for answers that ours never gives. */
async function strange(behave: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const server = createServer(behave).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => server.close());
  return server.address() as AddressInfo;
}

describe("a frame on the wire", () => {
  test("a packet stands behind 'DAP', zero, its length and its type, little-endian", async () => {
    const server = await served(new SmallProbe());
    const socket = connect(server.port, "127.0.0.1");
    open.push(() => socket.destroy());
    // as OpenOCD sends DAP_Info of the serial number, and cut in two
    socket.write(Buffer.from([0x44, 0x41, 0x50, 0x00, 2, 0, 1]));
    socket.write(Buffer.from([0, 0x00, 0x03]));
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect([...answer]).toEqual([0x44, 0x41, 0x50, 0x00, 5, 0, 2, 0, ...SERIAL_ANSWER]);
  });

  test("a client that speaks something else is sent away, and the next is served", async () => {
    const events: TcpServerEvent[] = [];
    const server = await served(new SmallProbe(), events);
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
    expect(events).toContainEqual(expect.objectContaining({ kind: "client-wrong" }));
    const pipe = await client(server);
    await pipe.send(SERIAL_REQUEST);
    expect(await pipe.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
  });

  test("a server that speaks something else is a bad frame", async () => {
    const pipe = await client(await strange((socket) => socket.write("SSH-2.0-OpenSSH\r\n")));
    await expect(pipe.receive(IN_TIME_US)).rejects.toEqual(fault("bad-frame"));
  });
});

test("what is refused before anything is connected lets the probe go", async () => {
  const simulator = openSimulator({ model: "generic-m4" });
  const server = await served(wallTime(simulator.pipe, simulator.clock, simulator.soc));
  const run = (statements: string) =>
    dbgseq("run", "-e", statements, "--probe", `tcp://127.0.0.1:${server.port}`);
  expect(await run("__var z = 0; __var v = 1 / z;")).toMatchObject({ code: 1 });
  expect(await run("Read32(0xE000ED00);")).toMatchObject({ code: 0, err: "" });
});

test.each([
  ["more than fits an answer", Uint8Array.from({ length: 502 }, (_, at) => [0x7f, 250][at] ?? (at % 2) * 2)],
  ["words to be written that it does not send", Uint8Array.of(0x06, 0, 0xff, 0xff, 0x0d)],
])("a client that asks for %s is sent away by name, and the next is served", async (_what, request) => {
  const events: TcpServerEvent[] = [];
  const server = await served(openSimulator({ model: "generic-m4" }).pipe, events);
  const first = await client(server);
  await first.send(Uint8Array.of(0x02, 1));
  await first.receive(IN_TIME_US);
  await first.send(request);
  await expect(first.receive(IN_TIME_US)).rejects.toEqual(fault("connection-closed"));
  expect(events).toContainEqual(expect.objectContaining({ kind: "client-wrong" }));
  const second = await client(server);
  await second.send(SERIAL_REQUEST);
  expect((await second.receive(IN_TIME_US))[0]).toBe(0x00);
});

describe("the client", () => {
  test("gets its answers in order, several in flight", async () => {
    const pipe = await client(await served(new SmallProbe()));
    for (const id of [0x03, 0xfe, 0xff]) await pipe.send(Uint8Array.of(0, id));
    const lengths = [];
    for (let answer = 0; answer < 3; answer++) lengths.push((await pipe.receive(IN_TIME_US))[1]);
    expect(lengths).toEqual([3, 1, 2]);
  });

  test("gives up in time, and comes back in step", async () => {
    const probe = new SmallProbe();
    const pipe = await client(await served(probe));
    await pipe.send(Uint8Array.of(STUCK));
    await expect(pipe.receive(30_000)).rejects.toEqual(fault("timeout", { limitUs: 30_000 }));
    probe.letGo();
    await pipe.resync();
    await pipe.send(SERIAL_REQUEST);
    expect(await pipe.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
  });

  test("wire rule 12: refuses an answer that lay there before the question", async () => {
    const serial = Buffer.from(frame("response", SERIAL_ANSWER));
    const twice = await strange((socket) =>
      socket.on("data", () => socket.write(Buffer.concat([serial, serial]))),
    );
    const pipe = await client(twice);
    await pipe.send(SERIAL_REQUEST);
    expect(await pipe.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
    await expect(pipe.send(SERIAL_REQUEST)).rejects.toEqual(fault("unasked-answer"));
  });

  test("wire rule 12: asks a probe that is silent for good only to come back in step", async () => {
    let requests = 0;
    const identity = Buffer.from(frame("response", Uint8Array.of(0x00, 0)));
    const silent = await strange((socket) =>
      socket.on("data", () => {
        requests += 1;
        if (requests <= 8) socket.write(identity);
      }),
    );
    const link = await openLink(await client(silent), new HostClock());
    await expect(link.connect(SWD)).rejects.toEqual(fault("probe-timeout", { command: "DAP_Connect" }));
    const asked = requests;
    await expect(link.status("running", false)).rejects.toEqual(fault("out-of-step", { silent: true }));
    await expect(link.disconnect()).rejects.toEqual(fault("out-of-step"));
    expect(requests).toBe(asked);
  });

  test("wire rule 12: is patient with a network, and lets an answer take longer than over a cable", async () => {
    const { limits } = await client(await served(new SmallProbe()));
    const asked = async (more: Pick<PacketPipe, "limits">): Promise<number> => {
      let askedUs = 0;
      const probe = new SmallProbe();
      const receive = (limitUs: number): Promise<Uint8Array> => {
        askedUs = limitUs;
        return probe.receive(limitUs);
      };
      const pipe: PacketPipe = {
        ...more,
        send: (packet) => probe.send(packet),
        receive,
        resync: () => probe.resync(),
        close: () => probe.close(),
      };
      await exchange(pipe, dapInfo, { id: INFO.serialNumber }, 500);
      return askedUs;
    };
    expect(await asked({})).toBe(1_000_500);
    expect(await asked({ ...(limits === undefined ? {} : { limits }) })).toBe(3_000_500);
  });

  test("hears at once that the server is gone", async () => {
    const pipe = await client(await strange((socket) => setTimeout(() => socket.destroy(), 20)));
    await pipe.send(SERIAL_REQUEST);
    await expect(pipe.receive(60_000_000)).rejects.toEqual(fault("connection-closed"));
  });

  test.each(["tcp", "pyocd"] as const)(
    "closes in peace on a %s server that breaks off at its end",
    async (kind) => {
      const { port } = await strange((socket) => {
        socket.allowHalfOpen = true;
        socket.resume();
        socket.on("end", () => socket.resetAndDestroy());
      });
      const address = { host: "127.0.0.1", port };
      const connection = await (kind === "tcp" ? openTcp(address) : openConnection(address));
      await connection.close();
    },
  );

  test("says that no server listens there", async () => {
    const { port } = await strange(() => undefined);
    for (const close of open.splice(0)) await close();
    await expect(openTcp({ host: "127.0.0.1", port })).rejects.toEqual(
      fault("no-connection", { code: "ECONNREFUSED" }),
    );
  });
});

describe("the server", () => {
  test("passes an abort on while the answer before it is awaited, and expects no answer to it", async () => {
    const pipe = await client(await served(new SmallProbe()));
    await pipe.send(Uint8Array.of(STUCK));
    await pipe.send(Uint8Array.of(0x07));
    expect(await pipe.receive(IN_TIME_US)).toEqual(Uint8Array.of(STUCK, 0));
    await pipe.send(SERIAL_REQUEST);
    expect(await pipe.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
  });

  test("waits with queued commands for the packet that sets them going", async () => {
    const pipe = await client(await served(new SmallProbe()));
    await pipe.send(Uint8Array.of(0x7e, 1, 0x00, 0xfe));
    await pipe.send(Uint8Array.of(0x7e, 2, 0x00, 0xfe));
    await pipe.send(Uint8Array.of(0x7f, 3, 0x00, 0xfe));
    const counts = [];
    for (let answer = 0; answer < 3; answer++) counts.push((await pipe.receive(IN_TIME_US))[1]);
    expect(counts).toEqual([1, 2, 3]);
  });

  test("refuses a second client while the first stays, and takes it when the first has left", async () => {
    const events: TcpServerEvent[] = [];
    const server = await served(new SmallProbe(), events);
    const first = await client(server);
    await first.send(SERIAL_REQUEST); // one that has asked does not give way
    expect(await first.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
    const second = await client(server);
    await second.send(SERIAL_REQUEST);
    await expect(second.receive(IN_TIME_US)).rejects.toEqual(fault("connection-closed"));
    expect(events.at(-1)).toMatchObject({ kind: "client-refused" });
    await first.close();
    const third = await client(server);
    await third.send(SERIAL_REQUEST);
    expect(await third.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
  });

  test("gives a turn to one of two clients that wait for it", async () => {
    const server = await served(new SmallProbe());
    const first = await client(server);
    const waiting = await Promise.all([client(server), client(server)]);
    await first.close();
    const answers = await Promise.allSettled(
      waiting.map(async (pipe) => {
        await pipe.send(SERIAL_REQUEST);
        return pipe.receive(IN_TIME_US);
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("lets go of the target for a client that broke off, queued commands included", async () => {
    const probe = new SmallProbe();
    const server = await served(probe);
    const first = await client(server);
    await first.send(Uint8Array.of(0x02, 1));
    await first.receive(IN_TIME_US);
    // The probe never hears of what is not set going: with all its places taken it would hear nothing any more.
    await first.send(Uint8Array.of(0x7e, 1, 0x00, 0xfe));
    await first.close();
    const second = await client(server);
    await second.send(SERIAL_REQUEST);
    expect(await second.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
    expect(probe.requests.map(([id]) => id)).toEqual([0x02, 0x03, 0x00]);
  });

  test("wire rule 8: sends a client away that queues more than the probe holds, and takes the next one", async () => {
    const probe = new SmallProbe();
    const events: TcpServerEvent[] = [];
    const server = await TcpServer.start(probe, {
      port: 0,
      packetCount: 2,
      onEvent: (event) => events.push(event),
    });
    open.push(() => server.close());
    const first = await client(server);
    for (let left = 2; left > 0; left--) await first.send(Uint8Array.of(0x7e, 1, 0x00, 0xfe));
    await expect(first.receive(IN_TIME_US)).rejects.toEqual(fault("connection-closed"));
    expect(events).toContainEqual(expect.objectContaining({ kind: "client-wrong" }));
    const second = await client(server);
    await second.send(SERIAL_REQUEST);
    expect(await second.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
    expect(probe.requests.map(([id]) => id)).toEqual([0x00]);
  });

  test("takes the next client after one that was killed", async () => {
    const probe = new SmallProbe();
    const server = await served(probe);
    for (let round = 0; round < 5; round++) {
      const socket = connect(server.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(frame("request", Uint8Array.of(0x02, 1)));
      if (round % 2 === 0) await once(socket, "data");
      socket.resetAndDestroy();
    }
    const last = await client(server);
    await last.send(SERIAL_REQUEST);
    expect(await last.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
  });

  test("ends when the probe is gone, and says why", async () => {
    const probe = new SmallProbe();
    const server = await served(probe);
    const pipe = await client(server);
    probe.receive = () => Promise.reject(transportFailure({ kind: "unplugged", probe: "small" }));
    await pipe.send(SERIAL_REQUEST);
    await expect(pipe.receive(IN_TIME_US)).rejects.toEqual(fault("connection-closed"));
    await expect(server.ended).rejects.toEqual(fault("unplugged"));
  });

  test("lets go of those who wait for their turn when the probe is gone", async () => {
    const probe = new SmallProbe();
    const events: TcpServerEvent[] = [];
    const server = await served(probe, events);
    const pipe = await client(server);
    await pipe.send(SERIAL_REQUEST);
    await pipe.receive(IN_TIME_US);
    const waiting = connect({ port: server.port, host: "127.0.0.1" });
    waiting.on("error", () => waiting.destroy());
    await once(waiting, "connect");
    const gone = once(waiting.resume(), "close");
    probe.receive = () => Promise.reject(transportFailure({ kind: "unplugged", probe: "small" }));
    await pipe.send(SERIAL_REQUEST);
    await expect(server.ended).rejects.toEqual(fault("unplugged"));
    await gone;
    expect(events.filter(({ kind }) => kind === "client-came")).toHaveLength(1);
  });

  test("is as silent as the probe is, and brings it back in step", async () => {
    const probe = new SmallProbe();
    const receive = probe.receive.bind(probe);
    probe.receive = (limitUs) => receive(Math.min(limitUs, 20_000));
    const pipe = await client(await served(probe));
    await pipe.send(Uint8Array.of(STUCK));
    await expect(pipe.receive(200_000)).rejects.toEqual(fault("timeout"));
    await pipe.send(SERIAL_REQUEST);
    expect(await pipe.receive(IN_TIME_US)).toEqual(SERIAL_ANSWER);
    expect(probe.resyncs).toBe(1);
  });

  test("says that its port is taken", async () => {
    const { port } = await served(new SmallProbe());
    await expect(TcpServer.start(new SmallProbe(), { port })).rejects.toEqual(
      fault("no-port", { code: "EADDRINUSE" }),
    );
  });
});

describe("a simulated target behind the server", () => {
  test("is a probe like any other: identity, connection, DPIDR", async () => {
    const { pipe } = openSimulator({ model: "generic-m4" });
    const link = await openLink(await client(await served(pipe)), new HostClock());
    expect(link.identity).toMatchObject({ serialNumber: "SIM-generic-m4" });
    await link.connect(SWD);
    const { values, fault } = await link.run(
      [
        { kind: "swj", count: 51, bits: (1n << 51n) - 1n },
        { kind: "swj", count: 16, bits: 0xe79en },
        { kind: "swj", count: 51, bits: (1n << 51n) - 1n },
        { kind: "swj", count: 8, bits: 0n },
        { kind: "read", register: { port: "DP", address: 0 }, words: 1 },
      ],
      "stop-at-fault",
    );
    expect(fault).toBeUndefined();
    expect(values.at(-1)).toEqual(Uint32Array.of(0x2ba01477));
  });

  test("lives on wall time, and runs ahead of it if the probe waits by itself", async () => {
    const { pipe, clock, soc } = openSimulator({ model: "generic-m4" });
    const host = new VirtualClock();
    const sleeps: number[] = [];
    // Turns in between are the target's; they would take its time.
    host.sleep = (us) => {
      sleeps.push(us);
      return us < 50_000 ? new Promise(() => undefined) : Promise.resolve();
    };
    const startUs = clock.nowUs();
    const slow = wallTime(pipe, clock, soc, host);
    host.advance(30_000);
    await slow.send(SERIAL_REQUEST);
    expect(clock.nowUs() - startUs).toBeGreaterThanOrEqual(29_000);
    await slow.receive(1000);
    const beforeUs = clock.nowUs();
    await slow.send(DELAY_50_MS);
    await slow.receive(100_000);
    expect(sleeps).toContain(50_000);
    await slow.send(SERIAL_REQUEST);
    expect(clock.nowUs() - beforeUs).toBeLessThan(60_000);
  });

  test("a DAP_Delay takes its time on the wall too, also inside of a bundle, until it is aborted", async () => {
    const { pipe, clock, soc } = openSimulator({ model: "generic-m4" });
    const remote = await client(await served(wallTime(pipe, clock, soc)));
    const startMs = performance.now();
    await remote.send(Uint8Array.of(0x7f, 2, ...DELAY_50_MS, ...DELAY_50_MS));
    await remote.receive(IN_TIME_US);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(99);
    const long = Array.from({ length: 100 }, () => [0x09, 0xff, 0xff]).flat();
    await remote.send(Uint8Array.of(0x7f, 100, ...long));
    await remote.send(Uint8Array.of(0x07));
    expect((await remote.receive(IN_TIME_US))[0]).toBe(0x7f);
  });
});

test("delays one after the other take no signal of their own, which Node would keep as long as the pipe", async () => {
  const { pipe, clock, soc } = openSimulator({ model: "generic-m4" });
  const host = new VirtualClock();
  const signals: (AbortSignal | undefined)[] = [];
  host.sleep = (us, signal) => {
    if (us < 50_000) return new Promise(() => undefined);
    signals.push(signal);
    return Promise.resolve();
  };
  const slow = wallTime(pipe, clock, soc, host);
  for (let count = 0; count < 3; count++) {
    await slow.send(DELAY_50_MS);
    await slow.receive(100_000);
  }
  expect(signals).toHaveLength(3);
  expect(new Set(signals).size).toBe(1);
  await slow.close();
  expect(signals[0]?.aborted).toBe(true);
});

describe("the server, and clients that do not read", () => {
  test("requests are held back while answers are not read, and end with the client", async () => {
    const probe = new SmallProbe({ serial: "A".repeat(250) });
    const events: TcpServerEvent[] = [];
    const server = await served(probe, events);
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => undefined); // the server ends it
    const request = Buffer.from(frame("request", SERIAL_REQUEST));
    // Answers of 26 MB, and no system holds so much on their way.
    const sent = 100_000;
    socket.write(Buffer.alloc(request.length * sent, request));
    const asked = async (): Promise<number> => {
      const before = probe.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return probe.requests.length - before;
    };
    while ((await asked()) > 0);
    expect(probe.requests.length).toBeLessThan(sent);
    await server.close();
    expect(probe.requests.length).toBeLessThan(sent);
    expect(events.at(-1)?.kind).toBe("client-left");
  });

  test("so they are while the probe is busy", async () => {
    const probe = new SmallProbe();
    const server = await served(probe);
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => undefined); // the server ends it
    const stuck = Buffer.from(frame("request", Uint8Array.of(STUCK)));
    socket.write(Buffer.alloc(stuck.length * 10_000, stuck));
    await expect.poll(() => probe.requests.length).toBe(256);
    await server.close();
    expect(probe.requests.length).toBe(257); // and the abort
  });

  test.each(["G", "PO", "DEL", "D\u0001"])("%j is no frame before it has eight bytes", async (start) => {
    const server = await served(new SmallProbe());
    const socket = connect(server.port, "127.0.0.1");
    socket.write(start);
    await once(socket, "close");
  });
});

describe("dbgseq --probe tcp://", () => {
  test("runs a reset sequence on a served target, and leaves", async () => {
    const events: TcpServerEvent[] = [];
    const { pipe } = openSimulator({ model: "generic-m4" });
    const { port } = await served(pipe, events);
    const { code, err } = await dbgseq("run", "ResetSystem", "--probe", `tcp://127.0.0.1:${port}`);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(["client-came", "client-left"]);
  });

  test("ends with code 3 if something else answers, and releases the connection", async () => {
    let left = false;
    const { port } = await strange((socket) => {
      socket.on("close", () => (left = true));
      socket.once("data", () => socket.write(Buffer.from([0x44, 0x41, 0x50, 0, 2, 0, 2, 0, 0x55, 0x55])));
    });
    const { code, err } = await dbgseq("run", "ResetSystem", "--probe", `tcp://127.0.0.1:${port}`);
    expect(err).toMatch(/answer to DAP_Info makes no sense/);
    expect(code).toBe(3);
    await expect.poll(() => left).toBe(true);
  });
});

describe("a lock", () => {
  test("is held by one at a time, who is named", async () => {
    const lock = await lockProbe("test-1-2");
    await expect(lockProbe("test-1-2")).rejects.toEqual(fault("busy", { holder: `process ${process.pid}` }));
    const other = await lockProbe("test-1-3");
    await lock.release();
    await (await lockProbe("test-1-2")).release();
    await other.release();
  });

  test("is waited for, once, as long as the caller wants", async () => {
    const lock = await lockProbe("test-wait");
    const waits: string[] = [];
    const waiting = lockProbe("test-wait", { waitMs: 600_000, onWait: (holder) => waits.push(holder) });
    setTimeout(() => void lock.release(), 300);
    await (await waiting).release();
    expect(waits).toEqual([`process ${process.pid}`]);
  });

  test("treats a stranger that took its name and never stops talking as a holder without a name", async () => {
    const stranger = createServer((socket) => {
      socket.on("error", () => undefined);
      const talk = (): void => {
        if (!socket.destroyed) socket.write("x".repeat(1000), () => setImmediate(talk));
      };
      talk();
    });
    stranger.listen(lockAddress("test-stranger"));
    await once(stranger, "listening");
    await expect(lockProbe("test-stranger")).rejects.toEqual(fault("busy", { holder: "another process" }));
    stranger.close();
  });

  test.runIf(process.platform === "linux" && hasPython())(
    "waits for a taken name without a listener no longer than the caller wants",
    async () => {
      const address = "\\0dbgseq-probe-test-deaf";
      // Some versions of Node fill the name up with zeros.
      const script = `
import socket, sys
for name in [b"${address}", b"${address}".ljust(108, b"\\0")]:
  s = socket.socket(socket.AF_UNIX); s.bind(name); globals()[name] = s
print("bound", flush=True); sys.stdin.read()`;
      const deaf = spawn("python3", ["-c", script]);
      await once(deaf.stdout, "data");
      const waits: string[] = [];
      const waiting = lockProbe("test-deaf", { waitMs: 50, onWait: (holder) => waits.push(holder) });
      await expect(waiting).rejects.toEqual(fault("busy", { holder: "a process that does not answer" }));
      expect(waits).toEqual(["a process that does not answer"]);
      deaf.stdin.end();
      await once(deaf, "exit");
    },
  );

  test("ends its waiting when it is aborted", async () => {
    const lock = await lockProbe("test-abort");
    const signal = AbortSignal.timeout(50);
    await expect(lockProbe("test-abort", { waitMs: 60_000, signal })).rejects.toThrow(/timeout/);
    await lock.release();
  });
});
