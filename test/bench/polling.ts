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

/** The delay first. */
export async function pollingCosts(runs = RUNS): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  const { session, requests } = await openPolled();
  for (const name of ["Delay", "Poll", "Bit", "Line"]) {
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

/** A connected session on an idle target, and how many requests the simulated probe was sent. */
async function openPolled(): Promise<{ readonly session: Connection; readonly requests: () => number }> {
  const simulator = openSimulator({ model: "generic-m4" });
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
