/** What a wait that polls the simulator costs beside one that only waits: processor time, and exchanges that were simulated. */
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/assemble.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { loadScripts } from "../../src/project/scripts.ts";
import type { Connection } from "../../src/session/connection.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { Source } from "../../src/lib/source.ts";

export const POLLING = `
  sequence Delay { DAP_Delay(2000000); }
  sequence Poll { while (Read32(0x20000000) == 0) timeout 2s; }
  sequence Bit { while ((Read32(0x20000000) & 1) == 0) timeout 2s; }
  sequence Line { while ((DAP_SWJ_Pins(0, 0, 0) & 0x80) != 0) timeout 2s; }
`;

export interface Cost {
  readonly name: string;
  /** Of one run. */
  readonly cpuMs: number;
  readonly simulated: number;
}

const RUNS = 1000;

/** A core that counts in memory. LDR r1, =address; ADDS r0, #1; STR r0, [r1]; B */
const COUNTS = [0x4902, 0x3001, 0x6008, 0xe7fc, 0xbf00, 0xbf00, 0x0010, 0x2000];

/** The delay first; the last with a core that runs. */
export async function pollingCosts(runs = RUNS): Promise<readonly Cost[]> {
  const idle = await costsOf(["Delay", "Poll", "Bit", "Line"], runs);
  const [counting] = await costsOf(["Poll"], runs, COUNTS);
  return counting === undefined ? idle : [...idle, { ...counting, name: "Poll, a core counts" }];
}

async function costsOf(
  names: readonly string[],
  runs: number,
  firmware: readonly number[] = [],
): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  const { session, requests } = await openPolled(firmware);
  for (const name of names) {
    const before = requests();
    const start = process.cpuUsage();
    for (let run = 0; run < runs; run++) await session.run(name);
    const { user, system } = process.cpuUsage(start);
    const simulated = (requests() - before) / runs;
    costs.push({ name, cpuMs: (user + system) / 1000 / runs, simulated });
  }
  await session.disconnect();
  return costs;
}

/** A connected session, and how many requests the simulated probe was sent. The target is idle without firmware. */
async function openPolled(
  firmware: readonly number[],
): Promise<{ readonly session: Connection; readonly requests: () => number }> {
  const simulator = openSimulator({ model: "generic-m4" });
  simulator.soc.memory("flash").load(0x100, new Uint8Array(Uint16Array.from(firmware).buffer));
  const { pipe, clock } = simulator;
  let sent = 0;
  const counted = {
    repeats: pipe.repeats,
    send: (packet: Uint8Array) => {
      sent += 1;
      return pipe.send(packet);
    },
    receive: (limitUs: number) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
  const read = (path: string): Promise<never> => Promise.reject(new Error(`${path} is not there`));
  const { definitions } = await loadScripts([new Source("polling.seq", POLLING)], read, undefined);
  const session = await openSessionOver(
    { pipe: counted, clock },
    { context: new DeviceContext({ project: definitions }), layers: [], operator: scriptedOperator([]) },
  );
  await session.connect();
  return { session, requests: () => sent };
}
