/**
 * SIGINT and SIGTERM after the n-th packet of a run by the command line, counted by the server that it runs against: the
 * target is released each time, and the server takes the next client. `npm run test:faults` tries 50 n for each.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { hex32 } from "../../src/lib/hex.ts";
import { TcpServer } from "../../src/probe/tcp-server.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { bundledCli } from "../support/bundled-cli.ts";

const PLACES = Number(process.env["FAULT_SIGNALS"] ?? 4);
/** Long enough for a process to hear of a signal while it waits for an answer. */
const HEARD_MS = 30;
const DHCSR = 0xe000_edf0;

let folder = "";
let cli = "";

beforeAll(async () => {
  ({ folder, cli } = await bundledCli());
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Calls `reached` when the answer to packet number `at` is due, and holds it back until that has ended. */
function counting(pipe: PacketPipe, at: number, reached: () => Promise<void>): PacketPipe & { sent: number } {
  let answered = 0;
  const counted = {
    sent: 0,
    send: (packet: Uint8Array) => {
      counted.sent += 1;
      return pipe.send(packet);
    },
    receive: async (limitUs: number) => {
      const answer = await pipe.receive(limitUs);
      answered += 1;
      if (answered === at) await reached();
      return answer;
    },
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
  return counted;
}

interface Ended {
  readonly code: number | null;
  readonly err: string;
  readonly packets: number;
}

type Protocol = "swd" | "jtag";

async function runCli(
  simulator: Simulator,
  at: number,
  { signal = "SIGINT", protocol }: { readonly signal?: NodeJS.Signals; readonly protocol: Protocol },
): Promise<Ended> {
  let kill: () => Promise<void> = () => Promise.resolve();
  const pipe = counting(simulator.pipe, at, () => kill());
  const server = await TcpServer.start(pipe, { port: 0 });
  try {
    const probe = `tcp://127.0.0.1:${server.port}`;
    const words = ["run", "ResetSystem", "--probe", probe, "--protocol", protocol];
    const child = spawn(process.execPath, [cli, ...words], { cwd: folder });
    kill = async () => {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
    };
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, err, packets: pipe.sent };
  } finally {
    await server.close();
  }
}

const undisturbed = (simulator: Simulator, protocol: Protocol): Promise<Ended> =>
  runCli(simulator, -1, { protocol });

function expectReleased(simulator: Simulator): void {
  expect(simulator.lights).toEqual({ connected: false, running: false });
  const controls = simulator.log.events.flatMap((event) =>
    event.kind === "memory" && event.access === "write" && event.address === DHCSR ? [event.value] : [],
  );
  if (controls.length > 0) expect(hex32(controls.at(-1) ?? 0)).toBe(hex32(0xa05f0000));
}

describe.each([
  ["SIGINT", 130, "swd", PLACES],
  ["SIGTERM", 143, "swd", PLACES],
  // Half of the places: each is a process of its own.
  ["SIGINT", 130, "jtag", Math.ceil(PLACES / 2)],
] as const)("WIRE 21: %s, code %d, over %s", (signal, wanted, protocol, places) => {
  test("after the n-th packet: released, and the next client is served", async () => {
    const { code, packets } = await undisturbed(openSimulator({ model: "generic-m4" }), protocol);
    expect(code).toBe(0);
    // The last packets disconnect: a run that got so far has ended by itself.
    const last = packets - 4;
    for (let place = 0; place < places; place++) {
      const at = 1 + Math.floor((place * last) / places);
      const simulator = openSimulator({ model: "generic-m4" });
      const ended = await runCli(simulator, at, { signal, protocol });
      expect({ at, code: ended.code, err: ended.err }).toMatchObject({ at, code: wanted });
      expect(ended.err).not.toMatch(/^\s+at /m);
      expectReleased(simulator);
      expect(await undisturbed(simulator, protocol)).toMatchObject({
        code: 0,
        err: expect.not.stringContaining("error") as string,
      });
    }
  }, 300_000);
});
