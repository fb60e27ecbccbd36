/** A server of pyOCD's protocol one of whose answers lies, between our server and our client. */
import type { WireOp } from "../../src/coresight/wire/link.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { Failure } from "../../src/lib/fault.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { openPyocd } from "../../src/probe/pyocd/open.ts";
import { PyocdServer } from "../../src/probe/pyocd/server.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { between, type Passing } from "./between.ts";
import type { Kind } from "./cases.ts";
import { answerOrFailure, ends } from "./law.ts";
import type { Random } from "./random.ts";
import { mustGoOn, Turns } from "./turns.ts";

const RAM = 0x2000_0000;
const WORD = 0x1234_5678;

/** JSON as it stands on the line. */
const VALUES = [
  ...'null true false 0 1 -1 1.5 1e400 -1e400 4294967295 4294967296 9007199254740993 [] [1] [null] [[1]] {} "" "x" "1"'.split(
    " ",
  ),
  "9".repeat(40),
  "9".repeat(3000),
  "-" + "9".repeat(77),
  '{"__proto__":1,"constructor":2}',
  '"\\u0000integer 5"',
  '"\\u0000integer x"',
  '"\\u001b[2J\\ud800"',
  '["SWD","JTAG","DEFAULT"]',
  '["SWJ_SEQUENCE","JTAG_SEQUENCE","MANAGED_AP_SELECTION"]',
  "[".repeat(5000) + "]".repeat(5000),
  `[${Array.from({ length: 2000 }, (_, at) => at).join(",")}]`,
];

const LINES = [
  "",
  "\0",
  "x",
  "HTTP/1.1 200 OK",
  "[]",
  "1",
  "null",
  "{",
  "{}",
  '{"id":0}',
  '{"status":0}',
  '{"id":"0","status":0}',
  '{"id":0,"status":0}',
  '{"id":99999999999999999999,"status":0}',
  '{"id":-1,"status":0,"result":1}',
  "[".repeat(20_000),
  "\ufffd\u2028",
];

export const LYING: Kind = {
  name: "lying pyOCD server",
  share: 30,
  async judge(random, input) {
    const place = random.int(50);
    const lie = random.pick(LIES);
    input(`${lie} in answer ${place}`);
    const simulator = openSimulator({ model: "generic-m4" });
    simulator.soc.memory("ram").write(0, 4, WORD);
    const pipe = wallTime(simulator.pipe, simulator.clock, simulator.soc);
    const clock = new HostClock();
    const turns = new Turns();
    const server = await PyocdServer.start(
      { link: await openLink(pipe, clock), clock, pipe },
      { port: 0, onEvent: turns.onEvent },
    );
    const relay = await between(server.port, (passing) => lying(passing, { place, lie }, random));
    const first = random.oneIn(3) ? () => operations(relay.port, random) : () => session(relay.port);
    try {
      await ends("the session", answerOrFailure<unknown>(first));
      await ends("the first client", turns.over());
      const next = await ends(
        "the next session",
        answerOrFailure(() => session(server.port)),
      );
      if (next !== WORD) throw new Error("the next session does not work", { cause: next });
      await mustGoOn(server);
    } finally {
      relay.close();
      await server.close();
    }
  },
};

async function session(port: number): Promise<number> {
  const clock = new HostClock();
  const open = await openSessionOver(
    { link: await openPyocd({ host: "127.0.0.1", port }, clock), clock },
    { context: new DeviceContext({}), layers: [], operator: scriptedOperator([]) },
  );
  try {
    await open.connect();
    const word = await open.read(RAM, 32);
    await open.disconnect();
    return word;
  } catch (error) {
    await open.abandon();
    throw error;
  }
}

/** What a session asks for seldom. */
const OPERATIONS: readonly WireOp[] = [
  { kind: "jtag", count: 40, tms: 0, tdi: 5n },
  { kind: "read", register: { port: "DP", address: 0x0 }, words: 2 },
  { kind: "read", register: { port: "AP", address: 0xc }, words: 3 },
  { kind: "write", register: { port: "AP", address: 0xc }, words: Uint32Array.of(1, 2) },
  { kind: "pins", output: 0, select: 0, waitUs: 0 },
  { kind: "pins", output: 0x80, select: 0x80, waitUs: 100 },
  { kind: "clock", hz: 1000 },
  { kind: "swj", count: 16, bits: 0xe79en },
];

async function operations(port: number, random: Random): Promise<void> {
  const link = await openPyocd({ host: "127.0.0.1", port }, new HostClock());
  try {
    const protocol = random.pick(["swd", "jtag"] as const);
    await answerOrFailure(() =>
      link.connect({ protocol, clockHz: 1_000_000, idleCycles: 0, waitRetries: 5 }),
    );
    for (let left = 8; left > 0; left--) {
      const op = random.pick(OPERATIONS);
      const outcome = await answerOrFailure(() => link.run([op], "stop-at-fault"));
      if (outcome instanceof Failure) continue;
      if (
        outcome.fault === undefined &&
        outcome.done !== (op.kind === "read" ? op.words : op.kind === "write" ? 2 : 1)
      )
        throw new Error(`${op.kind}: ${outcome.done} done`);
    }
  } finally {
    await answerOrFailure(() => link.close());
  }
}

const LIES = ["result", "status", "id", "without", "line", "glued", "cut", "huge", "twice", "error"] as const;

/** Passes lines on as they are, but for one. */
function lying(
  { send, end, destroy }: Passing,
  { place, lie }: { readonly place: number; readonly lie: (typeof LIES)[number] },
  random: Random,
): (chunk: Uint8Array) => void {
  let count = 0;
  let rest = "";
  /** A request whose answer is not its own waits for seconds; a server that has gone wrong also ends. */
  const soonGone = (): void => {
    setTimeout(random.oneIn(2) ? end : destroy, 20);
  };
  const one = (line: string): void => {
    const answer = JSON.parse(line) as Record<string, unknown>;
    const withText = (key: string, value: string): string => {
      const others = Object.entries(answer).filter(([name]) => name !== key);
      return `{${[...others.map(([name, given]) => `"${name}":${JSON.stringify(given)}`), `"${key}":${value}`].join(",")}}\n`;
    };
    switch (lie) {
      case "result":
        send(withText("result", random.pick(VALUES)));
        return;
      case "status":
        send(withText("status", random.pick([...VALUES, "2", "3", "10", "11", "12", "13", "99"])));
        return;
      case "error":
        send(withText("status", "1").replace(/\}\n$/, `,"error":${random.pick(VALUES)}}\n`));
        return;
      case "id":
        send(withText("id", random.pick(VALUES)));
        soonGone();
        return;
      case "without": {
        const key = random.pick(Object.keys(answer));
        send(
          `${JSON.stringify(Object.fromEntries(Object.entries(answer).filter(([name]) => name !== key)))}\n`,
        );
        if (key === "id") soonGone();
        return;
      }
      case "line":
        send(`${random.pick(LINES)}\n`);
        soonGone();
        return;
      case "glued":
        send(line + line + "\n");
        soonGone();
        return;
      case "cut":
        send(line.slice(0, random.int(line.length)));
        soonGone();
        return;
      case "huge":
        send("x".repeat(random.oneIn(8) ? 5 << 20 : 10_000));
        soonGone();
        return;
      case "twice":
        send(`${line}\n${line}\n`);
    }
  };
  return (chunk) => {
    const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines)
      if (count++ === place) one(line);
      else send(`${line}\n`);
  };
}
