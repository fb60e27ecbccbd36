/** A server of CMSIS-DAP over TCP whose answers are flipped, cut, delayed, repeated, glued or lost once, between our server and our client. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Failure } from "../../src/lib/fault.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { frame, FrameReader } from "../../src/probe/tcp/frame.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { between, type Passing } from "./between.ts";
import type { Kind } from "./cases.ts";
import { answerOrFailure, ends } from "./law.ts";
import { mustGoOn, Turns } from "./turns.ts";
import type { Random } from "./random.ts";

const RAM = 0x2000_0000;
const BYTES = 512;
/** What is lost costs so long, and not the three seconds of a network. */
const MARGIN_US = 60_000;

const GARBLES = [
  "flip",
  "cut",
  "delay",
  "repeat",
  "glue",
  "lose",
  "insert",
  "shorten",
  "swap",
  "end",
] as const;
type Garble = (typeof GARBLES)[number];

/** What the client reads is right where it can tell: a flipped bit in the data of a frame nobody can see. */
const SEEN: ReadonlySet<Garble> = new Set(["cut", "delay", "glue", "lose", "end"]);

export const GARBLED: Kind = {
  name: "garbled answers",
  share: 30,
  async judge(random, input) {
    const garble = random.pick(GARBLES);
    const place = random.int(60);
    input(`${garble} answer ${place}`);
    const simulator = openSimulator({ model: "generic-m4" });
    const wanted = Uint8Array.from({ length: BYTES }, () => random.int(256));
    for (const [at, byte] of wanted.entries()) simulator.soc.memory("ram").write(at, 1, byte);
    const pipe = wallTime(simulator.pipe, simulator.clock, simulator.soc);
    const turns = new Turns();
    const server = await TcpServer.start(pipe, { port: 0, onEvent: turns.onEvent });
    const relay = await between(server.port, (passing) => garbled(passing, { garble, place }, random));
    try {
      const got = await ends(
        "the session",
        answerOrFailure(() => session(relay.port, MARGIN_US)),
      );
      if (!(got instanceof Failure) && SEEN.has(garble) && !same(got, wanted))
        throw new Error("wrong data, and no failure");
      await ends("the first client", turns.over());
      const next = await ends(
        "the next session",
        answerOrFailure(() => session(server.port)),
      );
      if (next instanceof Failure || !same(next, wanted))
        throw new Error("the next session does not work", { cause: next });
      await mustGoOn(server);
    } finally {
      relay.close();
      await server.close();
    }
  },
};

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

async function session(port: number, marginUs?: number): Promise<Uint8Array> {
  const own = await openTcp({ host: "127.0.0.1", port });
  const pipe = marginUs === undefined ? own : quick(own, marginUs);
  const open = await openSessionOver(
    { pipe, clock: new HostClock() },
    { context: new DeviceContext({}), layers: [], operator: scriptedOperator([]) },
  );
  try {
    await open.connect();
    const bytes = await open.readBytes(RAM, BYTES);
    await open.disconnect();
    return bytes;
  } catch (error) {
    await open.abandon();
    throw error;
  }
}

/** The same pipe with a short limit for what does not come. */
function quick(pipe: PacketPipe, marginUs: number): PacketPipe {
  return {
    over: "network",
    limits: { ...pipe.limits, marginUs },
    send: (packet) => pipe.send(packet),
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

/** Passes frames on as they are, but for one. */
function garbled(
  { send, end, destroy }: Passing,
  { garble, place }: { readonly garble: Garble; readonly place: number },
  random: Random,
): (chunk: Uint8Array) => void {
  const reader = new FrameReader("response", (reason) => new Error(reason));
  let count = 0;
  let kept: Uint8Array | undefined;
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    clearTimeout(timer);
    if (kept !== undefined) send(kept);
    kept = undefined;
  };
  const one = (bytes: Uint8Array): void => {
    switch (garble) {
      case "flip":
        bytes.set([(bytes[random.int(bytes.length)] ?? 0) ^ (1 << random.int(8))], random.int(bytes.length));
        send(bytes);
        return;
      case "cut":
        send(bytes.subarray(0, random.int(bytes.length)));
        destroy();
        return;
      case "end":
        send(bytes.subarray(0, random.oneIn(2) ? bytes.length : random.int(bytes.length)));
        end();
        return;
      case "repeat":
        send(Buffer.concat(Array.from({ length: 2 + random.int(3) }, () => bytes)));
        return;
      case "lose":
        return;
      case "insert":
        send(Buffer.concat([bytes, Uint8Array.from({ length: 1 + random.int(20) }, () => random.int(256))]));
        return;
      case "shorten":
        send(frame("response", bytes.subarray(8, 8 + random.int(bytes.length - 8) + 1)));
        return;
      case "delay":
      case "glue":
      case "swap":
        kept = bytes;
        timer = setTimeout(release, garble === "delay" ? random.int(150) : 10);
    }
  };
  return (chunk) => {
    for (const packet of reader.push(chunk)) {
      const bytes = frame("response", packet);
      if (count++ === place) one(bytes);
      else if (kept !== undefined && garble === "swap") {
        send(bytes);
        release();
      } else if (kept !== undefined) {
        kept = Buffer.concat([kept, bytes]);
        if (garble === "glue") release();
      } else send(bytes);
    }
  };
}
