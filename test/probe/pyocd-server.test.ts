/** The server of pyOCD's remote probe protocol, line by line, with the simulated target behind it. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { HostClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { LineReader, parseLine } from "../../src/probe/pyocd/lines.ts";
import { openPyocd } from "../../src/probe/pyocd/open.ts";
import { PyocdServer } from "../../src/probe/pyocd/server.ts";
import type { TcpServerEvent, TcpServerOptions } from "../../src/probe/tcp/serving.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const LINE_RESET = (1n << 56n) - 1n;

interface Client {
  readonly socket: Socket;
  /** Sends a line as it stands. */
  raw(line: string): Promise<unknown>;
  ask(request: string, ...list: readonly (string | number | boolean | bigint | object)[]): Promise<unknown>;
}

async function client(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  open.push(() => socket.destroy());
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  let id = 0;
  const raw = async (line: string): Promise<unknown> => {
    socket.write(`${line}\n`);
    const { value } = (await lines.next()) as { readonly value?: string };
    return parseLine(value ?? "null");
  };
  return {
    socket,
    raw,
    ask: (request, ...list) => {
      id += 1;
      // As Python writes them: integers in full.
      const text = list.map((one) => (typeof one === "bigint" ? one.toString() : JSON.stringify(one)));
      return raw(`{"id": ${id}, "request": "${request}", "arguments": [${text.join(", ")}]}`);
    },
  };
}

async function started(
  events: TcpServerEvent[] = [],
  options: TcpServerOptions = {},
): Promise<{ readonly simulator: Simulator; readonly port: number }> {
  const simulator = openSimulator({ model: "generic-m4" });
  const { pipe, clock } = simulator;
  const link = await openLink(pipe, clock);
  const onEvent = (event: TcpServerEvent): void => void events.push(event);
  const server = await PyocdServer.start({ link, clock, pipe }, { ...options, port: 0, onEvent });
  open.push(() => server.close());
  return { simulator, port: server.port };
}

async function gone(socket: Socket): Promise<void> {
  socket.on("error", () => undefined); // how it is gone does not matter
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

/** As pyOCD connects: line reset, the switch from JTAG, line reset, idle, DPIDR, power. */
async function connected(port: number): Promise<Client> {
  const pyocd = await client(port);
  await pyocd.ask("hello", 1);
  await pyocd.ask("open");
  await pyocd.ask("connect", "SWD");
  await pyocd.ask("swj_sequence", 56, LINE_RESET);
  await pyocd.ask("swj_sequence", 16, 0xe79e);
  await pyocd.ask("swj_sequence", 56, LINE_RESET);
  await pyocd.ask("swj_sequence", 8, 0);
  expect(await pyocd.ask("read_dp", 0)).toMatchObject({ status: 0, result: 0x2ba01477 });
  await pyocd.ask("write_dp", 4, 0x50000000);
  await pyocd.ask("write_dp", 8, 0);
  return pyocd;
}

describe("a client gets", () => {
  test("who the probe is and what it can do", async () => {
    const { port } = await started();
    const pyocd = await client(port);
    expect(await pyocd.ask("hello", 1)).toEqual({ id: 1, status: 0 });
    expect(await pyocd.ask("readprop", "unique_id")).toMatchObject({ result: "SIM-generic-m4" });
    expect(await pyocd.ask("readprop", "wire_protocol")).toMatchObject({ status: 0, result: null });
    expect(await pyocd.ask("readprop", "capabilities")).toMatchObject({
      result: expect.arrayContaining(["SWJ_SEQUENCE", "SWD_SEQUENCE", "JTAG_SEQUENCE"]) as unknown,
    });
    await pyocd.ask("connect", "DEFAULT");
    expect(await pyocd.ask("readprop", "wire_protocol")).toMatchObject({ result: "SWD" });
  });

  test("line sequences wider than a double, registers, and words in a row", async () => {
    const { port, simulator } = await started();
    const pyocd = await connected(port);
    await pyocd.ask("write_ap", 0, 0x23000012); // CSW: words, counting up
    await pyocd.ask("write_ap", 4, 0x20000000);
    expect(await pyocd.ask("write_ap_multiple", 0xc, [1, -1, 2 ** 34 + 3])).toMatchObject({ status: 0 });
    await pyocd.ask("write_ap", 0x0100_0004, 0x20000000); // what is above bit 3 is for SELECT
    await pyocd.ask("write_ap", -16776956, 0x20000000); // as pyOCD addresses AP -1
    expect(await pyocd.ask("read_ap_multiple", 0xc, 3)).toMatchObject({ result: [1, 0xffffffff, 3] });
    expect(simulator.log.events).toContainEqual(
      expect.objectContaining({ kind: "memory", access: "write", address: 0x20000004, value: 0xffffffff }),
    );
  });

  test("raw sequences, driven and sampled", async () => {
    const { port } = await started();
    const pyocd = await connected(port);
    // a read of DPIDR by hand: request, turnaround and acknowledge, data with parity, turnaround
    const answer = await pyocd.ask("swd_sequence", [[8, 0xa5], [4], [33], [1], [8, 0]]);
    expect(answer).toMatchObject({ status: 0, result: [0, [[0b0011], [0x77, 0x14, 0xa0, 0x2b, 0], [1]]] });
  });

  test("TDO as an integer of 64 bits", async () => {
    const { port } = await started();
    const pyocd = await client(port);
    await pyocd.ask("connect", "JTAG");
    await pyocd.ask("swj_sequence", 56, LINE_RESET);
    await pyocd.ask("swj_sequence", 16, 0xe73c);
    await pyocd.ask("jtag_sequence", 6, 1, false, 0);
    await pyocd.ask("jtag_sequence", 1, 0, false, 0);
    await pyocd.ask("jtag_sequence", 1, 1, false, 0);
    await pyocd.ask("jtag_sequence", 2, 0, false, 0);
    const answer = await pyocd.ask("jtag_sequence", 64, 0, true, (1n << 64n) - 1n);
    expect(answer).toMatchObject({ result: 0xffff_ffff_2ba0_0477n });
  });

  test("nRESET, held and let go", async () => {
    const { port } = await started();
    const pyocd = await connected(port);
    expect(await pyocd.ask("is_reset_asserted")).toMatchObject({ result: false });
    await pyocd.ask("assert_reset", true);
    expect(await pyocd.ask("is_reset_asserted")).toMatchObject({ result: true });
    await pyocd.ask("assert_reset", false);
    expect(await pyocd.ask("is_reset_asserted")).toMatchObject({ result: false });
  });
});

describe("what goes wrong", () => {
  test("the target's answers have codes of their own", async () => {
    const { port } = await started();
    const silent = await client(port);
    await silent.ask("connect", "SWD");
    expect(await silent.ask("read_dp", 4)).toMatchObject({ status: 10, error: "no ACK received" });
    silent.socket.destroy();
    const pyocd = await connected(port);
    await pyocd.ask("write_ap", 0, 0x23000012);
    await pyocd.ask("write_ap", 4, 0xa0000000);
    expect(await pyocd.ask("read_ap", 0xc)).toMatchObject({ status: 12 });
    await pyocd.ask("write_dp", 0, 0x1e);
    await pyocd.ask("write_ap", 4, 0x20000000);
    expect(await pyocd.ask("read_ap", 0xc)).toMatchObject({ status: 0 });
  });

  test.each([
    ["another version", "hello", [2], /speaks version 2/],
    ["an unknown request", "frob", [], /no request "frob"/],
    ["an unknown property", "readprop", ["board"], /no property "board"/],
    ["an unknown protocol", "connect", ["CJTAG"], /no protocol "CJTAG"/],
    ["too few arguments", "write_dp", [4], /"data": it is missing/],
    ["too many", "read_dp", [4, 5], /takes 1 arguments/],
    ["a register that is no number", "read_ap", ["four"], /"addr": expected the address of a register/],
    ["data that are no number", "write_ap", [0, 0.5], /"data": expected a whole number/],
    ["words that are none", "write_ap_multiple", [0xc, [1, null]], /expected whole numbers/],
    ["a line sequence that is too long", "swj_sequence", [257, 0], /"length"/],
    ["a clock that stands still", "set_clock", [0], /a frequency in Hz/],
  ])("%s is refused, and the next request is answered", async (_what, request, list, message) => {
    const { port } = await started();
    const pyocd = await client(port);
    expect(await pyocd.ask(request, ...list)).toEqual({
      id: 1,
      status: 1,
      error: expect.stringMatching(message) as string,
    });
    expect(await pyocd.ask("hello", 1)).toEqual({ id: 2, status: 0 });
  });

  test.each(['{"request": "hello"}', '{"id": 1}', '{"id": 1, "request": 2}', "{nothing}"])(
    "%s is refused as a request, and the client is not heard any more",
    async (line) => {
      const events: TcpServerEvent[] = [];
      const { port } = await started(events);
      const pyocd = await client(port);
      expect(await pyocd.raw(`${line}\n{"id": 1, "request": "hello", "arguments": [1]}`)).toMatchObject({
        id: -1,
        status: 1,
      });
      await gone(pyocd.socket);
      expect(events).toContainEqual(expect.objectContaining({ kind: "client-wrong" }));
      expect(events.at(-1)).toMatchObject({ kind: "client-left", requests: 0 });
      expect(await (await client(port)).ask("hello", 1)).toMatchObject({ status: 0 });
    },
  );

  test("a target is let go for a client that broke off, nRESET included", async () => {
    const events: TcpServerEvent[] = [];
    const { port, simulator } = await started(events);
    const pyocd = await connected(port);
    await pyocd.ask("assert_reset", true);
    pyocd.socket.destroy();
    await expect.poll(() => events.at(-1)?.kind).toBe("client-left");
    expect(simulator.log.events.at(-1)).toMatchObject({ kind: "reset" });
    await connected(port);
  });
});

/** As a browser sends it for fetch(URL, { method: "POST", mode: "no-cors", body }). */
function post(body: string): string {
  const lines = ["POST / HTTP/1.1", "Host: 127.0.0.1", "Content-Type: text/plain;charset=UTF-8"];
  return [...lines, "Origin: http://page.example", `Content-Length: ${body.length}`, "", body].join("\r\n");
}

const DRIVING = [
  ["hello", 1],
  ["connect", "SWD"],
  ["swj_sequence", 51, 2 ** 51 - 1],
  ["write_dp", 4, 0x50000000],
]
  .map(([request, ...list], id) => `${JSON.stringify({ id, request, arguments: list })}\n`)
  .join("");

describe("a client that is not a tool", () => {
  test("cannot drive the target from a page in a browser, and hears nothing", async () => {
    const events: TcpServerEvent[] = [];
    const { port, simulator } = await started(events);
    const socket = connect(port, "127.0.0.1");
    let heard = 0;
    socket.on("data", ({ length }) => (heard += length));
    socket.write(post(DRIVING));
    await gone(socket);
    expect(heard).toBe(0);
    expect(simulator.lights.connected).toBe(false);
    await expect.poll(() => events.at(-1)).toMatchObject({ kind: "client-left", requests: 0 });
  });

  test.each(["P", "GET", "\u0016\u0003\u0001", "[1]"])("is sent away after %j", async (start) => {
    const { port } = await started();
    const socket = connect(port, "127.0.0.1");
    socket.write(start);
    await gone(socket);
  });

  test("loses its turn if it asks for nothing", async () => {
    const events: TcpServerEvent[] = [];
    const { port } = await started(events, { firstRequestMs: 50 });
    await gone(connect(port, "127.0.0.1"));
    expect(events).toContainEqual(expect.objectContaining({ kind: "client-wrong" }));
  });

  test("gives way to a waiting client before its first whole request, but not after it", async () => {
    const events: TcpServerEvent[] = [];
    // The limit without another client is out of reach of the test.
    const { port } = await started(events, { giveWayMs: 50 });
    const silent = connect(port, "127.0.0.1");
    const silentGone = gone(silent);
    silent.write('{"id": 1, "requ');
    await expect.poll(() => events).toMatchObject([{ kind: "client-came" }]);
    const second = await client(port);
    expect(await second.ask("hello", 1)).toMatchObject({ status: 0 });
    await silentGone;
    expect(events.map(({ kind }) => kind)).toEqual([
      "client-came",
      "client-wrong",
      "client-left",
      "client-came",
    ]);
    expect(events[1]).toMatchObject({
      reason: "it asked for nothing within 0.05 s, and another client waits",
    });
    const third = await client(port);
    expect(await third.ask("hello", 1)).toMatchObject({ error: expect.stringMatching(/./) as string });
    expect(await second.ask("readprop", "unique_id")).toMatchObject({ status: 0 });
    expect(events.at(-1)).toMatchObject({ kind: "client-refused" });
  });

  test("is refused for a line that is longer than any request, and for an integer wider than any sequence", async () => {
    const { port } = await started();
    const endless = connect(port, "127.0.0.1");
    endless.on("error", () => undefined);
    endless.write(`{"id": 1, "request": "${"x".repeat(3 << 19)}`);
    await gone(endless);
    const wide = await client(port);
    expect(await wide.raw(`{"id": ${"9".repeat(1000)}, "request": "hello"}`)).toMatchObject({ id: -1 });
  });
});

describe("turns", () => {
  test("the second client is told that there is a first one, in the answer to its first request", async () => {
    const { port } = await started();
    const first = await client(port);
    await first.ask("hello", 1);
    const second = await client(port);
    expect(await second.raw('{"id": 77, "request": "hello", "arguments": [1]}')).toEqual({
      id: 77,
      status: 3,
      error: "another client has the probe",
    });
    await gone(second.socket);
    await expect(openPyocd({ host: "127.0.0.1", port }, new HostClock())).rejects.toMatchObject({
      fault: { kind: "busy", holder: "another client" },
    });
    expect(await first.ask("hello", 1)).toMatchObject({ status: 0 });
  });

  test("requests whose answers are not read are not read either, and end with their client", async () => {
    const events: TcpServerEvent[] = [];
    const { port, simulator } = await started(events);
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    open.push(() => socket.destroy());
    const request = '{"id": 1, "request": "readprop", "arguments": ["capabilities"]}\n';
    const sent = 200_000;
    socket.write(request.repeat(sent));
    // Until the system's own buffers are full both ways, and nothing moves any more.
    const held = async (): Promise<number> => {
      const before = socket.bytesWritten - socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return socket.bytesWritten - socket.writableLength - before;
    };
    while ((await held()) > 0);
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(() => events.at(-1)?.kind).toBe("client-left");
    expect((events.at(-1) as { readonly requests: number }).requests).toBeLessThan(sent);
    expect(simulator.lights.connected).toBe(false);
  });
});

test("other machines are listened to only if that is asked for", async () => {
  const { pipe, clock } = openSimulator({ model: "generic-m4" });
  const link = await openLink(pipe, clock);
  for (const host of ["0.0.0.0", "::", "", "192.0.2.1", "127.0.0.1.example", "0"])
    await expect(PyocdServer.start({ link, clock }, { host, port: 0 })).rejects.toMatchObject({
      fault: { kind: "beyond-loopback" },
    });
  const server = await PyocdServer.start(
    { link, clock },
    { host: "0.0.0.0", port: 0, mayLeaveLoopback: true },
  );
  await server.close();
});

describe("lines", () => {
  test("are found however the stream was cut, also inside of a character", () => {
    const reader = new LineReader((reason) => new Error(reason));
    const bytes = new TextEncoder().encode('{"a": "é"}\n[1]\n{');
    const lines = [...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    expect(lines).toEqual(['{"a": "é"}', "[1]"]);
  });

  test("without an end are refused", () => {
    const reader = new LineReader((reason) => new Error(reason));
    expect(() => reader.push(new Uint8Array(5 << 20).fill(0x61))).toThrow(/longer than/);
  });

  test("keep every digit of an integer, and leave texts and fractions alone", () => {
    expect(parseLine('[72057594037927935, "72057594037927935", 0.12345678901234567, 1e21, 12]')).toEqual([
      72057594037927935n,
      "72057594037927935",
      0.12345678901234567,
      1e21,
      12,
    ]);
  });
});
