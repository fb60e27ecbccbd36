/** Clients of a server, of each kind. Each of them is gone when it resolves: its socket has closed. */
import { connect, type Socket } from "node:net";
import { ConnectHelper, DeviceContext } from "../../src/index.ts";
import { formatLine } from "../../src/probe/pyocd/lines.ts";
import { closed } from "../../src/probe/tcp/end.ts";
import { frame } from "../../src/probe/tcp/frame.ts";
import { answerOrFailure } from "../fuzz/law.ts";
import type { Random } from "../fuzz/random.ts";
import { brokenOff } from "../support/broken-off.ts";
import { act, hostile } from "../fuzz/talk-hostile.ts";
import { portOf, turn } from "./world.ts";

const RAM = 0x2000_0000;

type Client = (address: string, random: Random) => Promise<void>;

const isPyocd = (address: string): boolean => address.startsWith("pyocd");

export const CLIENTS = {
  polite: async (address: string, random: Random) => {
    await answerOrFailure(() =>
      ConnectHelper.withSession(
        { probe: address, config: false, context: new DeviceContext({}) },
        async ({ target }) => {
          await target.write32(RAM, 1);
          await target.readMemoryBlock8(RAM, 1 + random.int(500));
        },
      ),
    );
  },
  abrupt: async (address: string, random: Random) => {
    const socket = plain(address);
    const count = 1 + random.int(20);
    for (let left = count; left > 0; left--) say(socket, request(address));
    for (let turns = random.int(10); turns > 0; turns--) await turn();
    if (random.oneIn(2)) brokenOff(socket);
    else socket.destroy();
    await closed(socket);
  },
  hostile: (address: string, random: Random) =>
    hostile(
      portOf(address),
      random.times(12, () => act(isPyocd(address), random)),
      random,
    ),
  /** A page in a browser: ended by the server. */
  page: async (address: string) => {
    const socket = plain(address);
    say(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    await closed(socket);
  },
  /** Says it is done and waits for the server to close. */
  halfClosed: async (address: string) => {
    const socket = plain(address);
    say(socket, request(address));
    socket.end();
    await closed(socket);
  },
  /** Comes and goes without a word. */
  silent: async (address: string) => {
    const socket = plain(address);
    socket.end();
    await closed(socket);
  },
} as const satisfies Readonly<Record<string, Client>>;

export type ClientName = keyof typeof CLIENTS;
export const CLIENT_NAMES = Object.keys(CLIENTS) as readonly ClientName[];

/** Stays until the server ends it. */
export function idler(address: string): Promise<void> {
  return closed(plain(address));
}

function request(address: string): Uint8Array | string {
  return isPyocd(address)
    ? formatLine({ id: 1, request: "hello", arguments: [1] })
    : frame("request", Uint8Array.of(0x00, 0x03));
}

function plain(address: string): Socket {
  const socket = connect({ port: portOf(address), host: "127.0.0.1" });
  socket.on("error", () => socket.destroy());
  socket.resume();
  return socket;
}

function say(socket: Socket, bytes: Uint8Array | string): void {
  if (socket.writable) socket.write(bytes);
}
