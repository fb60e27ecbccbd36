/** The probes that these suites hold to their contract: the simulated one over TCP, and the one that a variable names. */
import { openProbe } from "../../src/session/probe/open.ts";
import { INFO } from "../../src/cmsis-dap/info.ts";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { disturbable, FAULTS_COMMAND } from "./faults-by-packet.ts";

const LIMIT_US = 2_000_000;

export const MODEL = "generic-m4";

export interface UnderTest {
  /** As --probe names it. */
  readonly probe: string;
  /** The command by which it takes faults; undefined where it has none. */
  readonly faults: number | undefined;
  readonly close: () => Promise<void>;
}

/** Undefined where DBGSEQ_TEST_PROBE names no probe. */
const NAMED = process.env["DBGSEQ_TEST_PROBE"];
const NAMED_FAULTS = process.env["DBGSEQ_TEST_FAULTS"];
/** All that a suite can do, not the short form of the everyday tests. */
export const isLong = NAMED !== undefined;

/** The simulated probe with the packets of one of its latency models. */
async function lent(latency: string): Promise<UnderTest> {
  const simulator = openSimulator({ model: MODEL, options: { latency } });
  const { clock, soc } = simulator;
  const server = await TcpServer.start(wallTime(disturbable(simulator), clock, soc), { port: 0 });
  return {
    probe: `tcp://127.0.0.1:${server.port}`,
    faults: FAULTS_COMMAND,
    close: () => server.close(),
  };
}

function named(probe: string): UnderTest {
  const faults = NAMED_FAULTS === undefined ? undefined : Number(NAMED_FAULTS);
  return { probe, faults, close: () => Promise.resolve() };
}

/** A probe that is named is tried alone: the everyday tests try the simulated ones, of `latencies`. */
export function probesUnderTest(
  latencies: readonly string[] = ["none"],
): Readonly<Record<string, () => Promise<UnderTest>>> {
  if (NAMED !== undefined) return { [NAMED]: () => Promise.resolve(named(NAMED)) };
  return Object.fromEntries(
    latencies.map((latency) => [`the simulated probe, latency ${latency}`, () => lent(latency)]),
  );
}

export const leftOut = "a real probe is left out: DBGSEQ_TEST_PROBE names none";

/** The packets of a probe, past every driver. */
export async function pipeTo({ probe }: UnderTest): Promise<PacketPipe> {
  const opened = await openProbe({ probe, context: new DeviceContext({}) });
  if (!("pipe" in opened)) throw new Error(`${probe} takes no packets`);
  return opened.pipe;
}

/** Sends packets that are answered, with a connection of their own. */
export async function exchanges(
  underTest: UnderTest,
  ...packets: readonly Uint8Array[]
): Promise<readonly Uint8Array[]> {
  const pipe = await pipeTo(underTest);
  try {
    const answers: Uint8Array[] = [];
    for (const packet of packets) {
      await pipe.send(packet);
      answers.push(await pipe.receive(LIMIT_US));
    }
    return answers;
  } finally {
    await pipe.close();
  }
}

export async function packetLimits(
  underTest: UnderTest,
): Promise<{ readonly size: number; readonly count: number }> {
  const [size, count] = await exchanges(
    underTest,
    Uint8Array.of(0, INFO.packetSize),
    Uint8Array.of(0, INFO.packetCount),
  );
  return { size: (size?.[2] ?? 0) | ((size?.[3] ?? 0) << 8), count: count?.[2] ?? 0 };
}
