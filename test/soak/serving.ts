/** Servers that come and go, and what clients do to those that last. */
import { openSimulator } from "../../src/sim.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { DisturbedPipe } from "../faults/disturbed.ts";
import { ends } from "../fuzz/law.ts";
import type { Random } from "../fuzz/random.ts";
import { CLIENT_NAMES, CLIENTS, idler, type ClientName } from "./clients.ts";
import { command } from "./command.ts";
import { turn, type Act, type World } from "./world.ts";

const MODELS = ["generic-m4", "nrf52840", "stm32f407"];
const INTERRUPTED = 130;
const NO_PROBE = 3;

/** Several at once or one after the other; resolves when all are gone. */
async function visit(
  world: World,
  {
    address,
    names,
    overlap,
  }: { readonly address: string; readonly names: readonly ClientName[]; readonly overlap: boolean },
  random: Random,
): Promise<void> {
  const visits: Promise<void>[] = [];
  for (const name of names) {
    const going = ends(`the ${name} client`, CLIENTS[name](address, random));
    visits.push(going);
    world.tally.clients += 1;
    if (!overlap) await going;
  }
  await Promise.all(visits);
}

const some = (random: Random): readonly ClientName[] => [
  random.pick(CLIENT_NAMES),
  ...random.times(2, () => random.pick(CLIENT_NAMES)),
];

/** Of a server that lasts; the client after them is served. */
export const clients: Act = async (world, random, note) => {
  const address = random.oneIn(2) ? world.tcp : world.pyocd;
  const [names, overlap] = [some(random), random.oneIn(3)];
  note(`${names.join(overlap ? " + " : ", ")} on ${address}`);
  await visit(world, { address, names, overlap }, random);
};

/** `dbgseq serve`, ended by a signal: after its clients, or while they are there. */
export const server: Act = async (world, random, note) => {
  const as = random.pick(["cmsis-dap", "pyocd"]);
  const model = random.pick(MODELS);
  const isVirtual = random.oneIn(2);
  const [names, overlap, inMidst] = [some(random), random.oneIn(2), random.oneIn(2)];
  note(`serve ${model} as ${as}, ${names.join(overlap ? " + " : ", ")}${inMidst ? ", ended meanwhile" : ""}`);
  const serving = command(
    world.folder,
    ...["serve", "--no-config", "--port", "0", "--as", as, "--probe", `sim:${model}`],
    ...(isVirtual ? ["--virtual"] : []),
  );
  const address = await ends("serve", serving.line);
  const idle = random.oneIn(3) && inMidst ? idler(address) : Promise.resolve();
  const visits = visit(world, { address, names, overlap }, random);
  if (inMidst) for (let turns = random.int(40); turns > 0; turns--) await turn();
  else await visits;
  serving.stop();
  world.tally.aborts += 1;
  const code = await ends("serve", serving.code);
  await ends("its clients", Promise.all([visits, idle]));
  if (code !== INTERRUPTED) throw new Error(`serve ended with ${code}: ${serving.said()}`);
};

/** `dbgseq serve` of a probe that is behind another server, and lost: it ends, and lets go who waited for a turn. */
export const lostServer: Act = async (world, random, note) => {
  // Before any client is done.
  const at = random.int(8);
  note(`serve of a server whose probe is unplugged at packet ${at}`);
  const simulator = openSimulator({ model: "generic-m4" });
  const pipe = new DisturbedPipe(simulator);
  const behind = await TcpServer.start(pipe, { port: 0 });
  const serving = command(
    world.folder,
    ...["serve", "--no-config", "--port", "0", "--probe", `tcp://127.0.0.1:${behind.port}`],
  );
  const address = await ends("serve", serving.line);
  pipe.disturb("unplug", pipe.sent + at);
  world.tally.unplugged += 1;
  const served = CLIENTS.polite(address, random);
  await ends(
    "the client's coming",
    until(() => serving.said().includes("has the probe")),
  );
  const clients = [served, idler(address), idler(address)];
  world.tally.clients += clients.length;
  const code = await ends("serve", serving.code);
  await ends("its clients", Promise.all(clients));
  await behind.close();
  if (code !== NO_PROBE) throw new Error(`serve ended with ${code}: ${serving.said()}`);
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
