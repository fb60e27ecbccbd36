/** Clients of `serve` that mean harm, in both protocols: what they say is answered or ends them, and the next client is served. */
import { connect, type Socket } from "node:net";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { openPyocd } from "../../src/probe/pyocd/open.ts";
import { PyocdServer } from "../../src/probe/pyocd/server.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { frame } from "../../src/probe/tcp/frame.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import type { Kind } from "./cases.ts";
import { brokenOff } from "../support/broken-off.ts";
import { ends } from "./law.ts";
import { NUMBERS } from "./limits.ts";
import type { Random } from "./random.ts";
import { mustGoOn, Turns } from "./turns.ts";

/** What a server may have under way for one client, and one packet more. */
const MOST_UNDER_WAY = 257;

export const HOSTILE: Kind = {
  name: "hostile clients",
  share: 40,
  async judge(random, input) {
    const simulator = openSimulator({ model: "generic-m4" });
    const counted = counting(simulator.pipe);
    const { pipe } = counted;
    const isPyocd = random.oneIn(2);
    const turns = new Turns();
    const server = isPyocd
      ? await PyocdServer.start(
          { link: await openLink(pipe, simulator.clock), clock: simulator.clock, pipe },
          { port: 0, onEvent: turns.onEvent },
        )
      : await TcpServer.start(pipe, { port: 0, packetSize: 1024, packetCount: 8, onEvent: turns.onEvent });
    const script = random.times(12, () => act(isPyocd, random));
    input(script.map(({ about }) => about).join(", "));
    const port = server.port;
    try {
      for (let left = 1 + random.int(3); left > 0; left--)
        await ends("the hostile client", hostile(port, script, random));
      await ends("the last of them", turns.over());
      await ends("the next client", isPyocd ? nextOfPyocd(port) : nextOfTcp(port));
      await mustGoOn(server);
      if (counted.most() > MOST_UNDER_WAY) throw new Error(`${counted.most()} packets were under way`);
    } finally {
      await server.close();
    }
  },
};

function counting(pipe: PacketPipe): { readonly pipe: PacketPipe; readonly most: () => number } {
  let [now, most] = [0, 0];
  return {
    most: () => most,
    pipe: {
      ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
      send: (packet) => {
        now += 1;
        most = Math.max(most, now);
        return pipe.send(packet);
      },
      receive: async (limitUs) => {
        const packet = await pipe.receive(limitUs);
        now -= 1;
        return packet;
      },
      resync: () => pipe.resync(),
      close: () => pipe.close(),
    },
  };
}

export interface Act {
  readonly about: string;
  readonly do: (socket: Socket) => void | Promise<void>;
}

const said = (about: string, bytes: Uint8Array | string): Act => ({
  about: `${about} ${Buffer.from(bytes).subarray(0, 40).toString("latin1")}`,
  do: (socket) => {
    if (socket.writable) socket.write(bytes);
  },
});

export function act(isPyocd: boolean, random: Random): Act {
  const valid = (): Uint8Array => (isPyocd ? Buffer.from(request(random)) : frame("request", packet(random)));
  switch (random.int(12)) {
    case 0:
      return said(
        "bytes",
        Uint8Array.from({ length: random.int(300) }, () => random.int(256)),
      );
    case 1:
      return { about: "half-close", do: (socket) => void socket.end() };
    case 2:
      return { about: "reset", do: brokenOff };
    case 3:
      return { about: "a while", do: () => new Promise((resolve) => setTimeout(resolve, 3)) };
    case 4:
      return isPyocd
        ? said("a huge line", `{"id":1,"request":"${"x".repeat(random.oneIn(6) ? 2 << 20 : 50_000)}"`)
        : said("a huge frame", Uint8Array.of(0x44, 0x41, 0x50, 0, random.int(256), random.int(256), 1, 0));
    case 5: {
      const part = valid();
      return said("a part", part.subarray(0, random.int(part.length)));
    }
    case 6: {
      const flood = Buffer.concat(Array.from({ length: 400 }, valid));
      return {
        about: "a flood that nobody reads the answers of",
        do: (socket) => {
          socket.pause();
          if (socket.writable) socket.write(flood);
        },
      };
    }
    default:
      return said("request", valid());
  }
}

/** Commands that there are, with bytes that mostly are too few, too many or out of order. */
const COMMANDS = [
  ...[
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
    0x16,
  ],
  ...[0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x20, 0x21, 0x22, 0x7e, 0x7f, 0x80, 0xff],
];

function packet(random: Random): Uint8Array {
  const bytes = Uint8Array.from({ length: 1 + random.int(random.oneIn(5) ? 1000 : 12) }, () =>
    random.oneIn(2) ? random.int(256) : random.pick([0, 1, 2, 0xff]),
  );
  bytes[0] = random.pick(COMMANDS);
  return bytes;
}

const REQUESTS =
  "hello open close readprop set_clock connect disconnect swj_sequence swd_sequence jtag_sequence read_dp write_dp read_ap write_ap read_ap_multiple write_ap_multiple flush assert_reset is_reset_asserted reset get_memory_interface_for_ap read_mem write_mem read_block32 write_block32 read_block8 swo_start constructor __proto__ toString".split(
    " ",
  );

function request(random: Random): string {
  const value = (depth: number): string =>
    random.pick([
      () => random.pick(NUMBERS),
      () => String(random.int(16)),
      () => String(random.int(16)),
      () => random.pick(["true", "null", '"swd"', '"SWD"', '"JTAG"', '"vendor_name"', '"\\ud800"', "{}"]),
      () => (depth > 0 ? `[${random.times(4, () => value(depth - 1)).join(",")}]` : "[]"),
    ])();
  const list = `[${random.times(4, () => value(2)).join(",")}]`;
  const id = random.oneIn(8) ? value(1) : String(random.int(100));
  const line = `{"id":${id},"request":"${random.pick(REQUESTS)}","arguments":${list}}`;
  return `${random.oneIn(12) ? line.slice(0, random.int(line.length)) : line}\n`;
}

export async function hostile(port: number, script: readonly Act[], random: Random): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => socket.destroy());
  socket.resume();
  // Not `once` of node:events, which rejects where the server breaks off.
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });
  await Promise.race([closed, new Promise<void>((resolve) => socket.once("connect", resolve))]);
  for (const { do: perform } of script) {
    await perform(socket);
    if (random.oneIn(3)) await new Promise((resolve) => setImmediate(resolve));
  }
  if (socket.closed) return;
  if (random.oneIn(2)) socket.destroy();
  else {
    socket.resume();
    socket.end();
    setTimeout(() => socket.destroy(), 30);
  }
  await closed;
}

async function nextOfTcp(port: number): Promise<void> {
  const pipe = await openTcp({ host: "127.0.0.1", port });
  try {
    await pipe.send(Uint8Array.of(0x00, 0x03));
    const [id, length] = await pipe.receive(30_000_000);
    if (id !== 0 || length === 0) throw new Error("the next client is answered wrongly");
  } finally {
    await pipe.close();
  }
}

async function nextOfPyocd(port: number): Promise<void> {
  const link = await openPyocd({ host: "127.0.0.1", port }, new HostClock());
  try {
    await link.connect({ protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 5 });
    await link.run([{ kind: "swj", count: 51, bits: 0x7_ffff_ffff_ffffn }], "stop-at-fault");
  } finally {
    await link.close();
  }
}
