/** Goes through rounds of everything in one process, and holds the process after each to what it held at first. */
import type { Kind } from "../fuzz/cases.ts";
import { ends } from "../fuzz/law.ts";
import { Random } from "../fuzz/random.ts";
import { TALKS } from "../fuzz/talks.ts";
import { command, type Command } from "./command.ts";
import { held, heapInUse, settled, total, type Held } from "./held.ts";
import { commandLine, everyCommandLine, recipe } from "./recipes.ts";
import { clients, lostServer, server } from "./serving.ts";
import { remoteSession, session } from "./sessions.ts";
import { zero, type Act, type Tally, type World } from "./world.ts";

const talk =
  (kind: Kind): Act =>
  async (world, random, note) => {
    world.tally.clients += 2;
    await kind.judge(random, (text) => {
      note(`${kind.name}: ${text}`);
    });
  };

const WEIGHTS: readonly (readonly [weight: number, act: Act])[] = [
  [8, session],
  [3, remoteSession],
  [3, clients],
  [2, server],
  [1, lostServer],
  [3, recipe],
  [2, commandLine],
  ...TALKS.map((kind) => [1, talk(kind)] as const),
];
const DECK = WEIGHTS.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));
const ACTS_A_ROUND = 16;

/** After a round. */
export interface Round {
  readonly handles: number;
  readonly listeners: number;
  readonly files: number | undefined;
  readonly settledMs: number;
  readonly heap: number | undefined;
  readonly rss: number;
}

export interface Soaked {
  readonly rounds: readonly Round[];
  readonly tally: Tally;
  /** MaxListenersExceededWarning. */
  readonly warnings: number;
}

export interface Wanted {
  readonly seed: number;
  readonly folder: string;
  /** Asked before each round. */
  readonly goesOn: (rounds: readonly Round[]) => boolean;
}

/** Throws with the seed and the round for what does not end, ends otherwise than it may, or keeps something. */
export async function soak({ seed, folder, goesOn }: Wanted): Promise<Soaked> {
  let warnings = 0;
  const onWarning = ({ name }: Error): void => {
    if (name === "MaxListenersExceededWarning") warnings += 1;
  };
  process.on("warning", onWarning);
  const { signal: lasting } = new AbortController();
  const servers = ["cmsis-dap", "pyocd"].map((as) =>
    command(folder, "serve", "--no-config", "--port", "0", "--probe", "sim:generic-m4", "--as", as),
  );
  try {
    const [tcp = "", pyocd = ""] = await Promise.all(servers.map(({ line }) => line));
    const world: World = { folder, lasting, tcp, pyocd, tally: zero() };
    const first = await warm(world, seed);
    world.tally = zero();
    const rounds: Round[] = [];
    while (goesOn(rounds)) {
      await round(world, { seed, index: rounds.length });
      rounds.push(await lawful(first, lasting, `SOAK_SEED=${seed}, round ${rounds.length}`));
    }
    return { rounds, tally: world.tally, warnings };
  } finally {
    await Promise.all(servers.map(over));
    process.off("warning", onWarning);
  }
}

async function over({ stop, code }: Command): Promise<void> {
  stop();
  await ends("serve", code);
}

/**
 * Loads what is loaded when it is first needed. Of that no handle may stay. Listeners of the process may, and files that libusb and
 * the event loop open for themselves; all of them are the same from then on.
 */
async function warm(world: World, seed: number): Promise<Held> {
  const before = atRest(held(world.lasting).handles);
  await everyCommandLine(world);
  await round(world, { seed, index: -1 });
  await settled({ handles: before }, world.lasting);
  return { ...held(world.lasting), handles: before };
}

/** Without requests and timers, which modules that are being loaded have. */
function atRest(handles: Held["handles"]): Held["handles"] {
  return Object.fromEntries(Object.entries(handles).filter(([kind]) => kind.endsWith("Wrap")));
}

async function lawful(first: Held, lasting: AbortSignal, which: string): Promise<Round> {
  try {
    const settledMs = await settled(first, lasting);
    const { handles, listeners, files } = held(lasting);
    return {
      handles: total(handles),
      listeners: total(listeners),
      files,
      settledMs,
      heap: heapInUse(),
      rss: process.memoryUsage.rss(),
    };
  } catch (error) {
    throw new Error(`${which}: ${(error as Error).message}`, { cause: error });
  }
}

async function round(
  world: World,
  { seed, index }: { readonly seed: number; readonly index: number },
): Promise<void> {
  const random = new Random(seed, index);
  for (let at = 0; at < ACTS_A_ROUND; at++) {
    let about = "";
    try {
      await random.pick(DECK)(world, random, (text) => (about = text));
    } catch (error) {
      throw new Error(`SOAK_SEED=${seed}, round ${index}, act ${at}: ${about}`, { cause: error });
    }
  }
}
