/** Sessions of the library on simulated devices, with errors of the target, of the wire, of the probe and of the caller. */
import { getEventListeners } from "node:events";
import {
  ConnectHelper,
  DeviceContext,
  exitCodeOf,
  Failure,
  FlashLoader,
  ResetType,
  type ConnectRequest,
  type DebugProbe,
  type Session,
} from "../../src/index.ts";
import { openSimulator, type Simulator } from "../../src/sim.ts";
import { DisturbedPipe, type PacketDisturbance } from "../faults/disturbed.ts";
import { ends } from "../fuzz/law.ts";
import type { Random } from "../fuzz/random.ts";
import type { Act, World } from "./world.ts";

const RAM = 0x2000_0000;
const NOWHERE = 0xa000_0000;
const FLASH = 0x1_0000;
const PACK = "examples/05-flash/Example.EX52_DFP.pdsc";

const MODELS = ["generic-m4", "generic-m33", "generic-m0plus", "adiv6", "stm32f407", "nrf52840"];
const WAYS = ["none", "attach", "halt", "pre-reset", "under-reset", "auto"] as const;
const LEAVES = ["running", "halted", "as-found"] as const;

type Step = (session: Session, random: Random) => Promise<unknown>;

const STEPS: readonly Step[] = [
  ({ target }) => target.read32(RAM),
  ({ target }, random) => target.write32(RAM + 4 * random.int(64), random.int(0x7fff_ffff)),
  ({ target }, random) => target.readMemoryBlock8(RAM + random.int(16), 1 + random.int(2000)),
  ({ target }, random) =>
    target.writeMemoryBlock32(
      RAM,
      random.times(300, () => random.int(0x7fff_ffff)),
    ),
  ({ target }) => target.read32(NOWHERE),
  ({ target }) => target.write32(NOWHERE, 1),
  ({ target }) => target.halt(),
  ({ target }) => target.resume(),
  ({ target }) => target.step(),
  ({ target }, random) => target.readCoreRegister(random.int(16)),
  ({ target }, random) => target.reset(random.pick(Object.values(ResetType))),
  ({ target }, random) => target.resetAndHalt(random.pick(Object.values(ResetType))),
  ({ target }) => target.selectedCore.setBreakpoint(0x200),
  ({ target }) => target.selectedCore.setWatchpoint(RAM),
  (session, random) => session.run(random.pick(["ResetSystem", "ResetHardware", "DebugDeviceUnlock"])),
  (session) => session.run("NoSuchSequence"),
  (session, random) => session.sleep(random.int(5)),
  // Two at once, and one whose failure its caller hears of after another.
  async ({ target }) => {
    await Promise.all([target.read32(RAM), target.read32(NOWHERE).catch(() => 0), target.read32(RAM + 4)]);
  },
];

const flash: Step = (session, random) => {
  const loader = new FlashLoader(session);
  loader.addData(
    FLASH,
    Uint8Array.from({ length: 1 + random.int(5000) }, () => random.int(256)),
  );
  return loader.commit();
};

/** What goes wrong, decided before the session is opened. */
interface Trouble {
  readonly about: string;
  readonly before?: (simulator: Simulator, pipe: DisturbedPipe) => void;
  /** Aborts or throws after so many steps. */
  readonly after?: number;
  readonly how?: "abort" | "throw" | "power";
  /** Aborts when so many packets were sent. */
  readonly abortAt?: number;
}

class Thrown extends Error {}

function trouble(world: World, random: Random): Trouble {
  const { tally } = world;
  switch (random.int(8)) {
    case 0: {
      const kind = random.pick(["WAIT", "FAULT", "NO_ACK", "PARITY"] as const);
      const [skip, times] = [random.int(200), 1 + random.int(random.oneIn(3) ? 200 : 3)];
      tally.faults += 1;
      return {
        about: `${kind} after ${skip}, ${times} times`,
        before: ({ injection }) => {
          injection.disturb(kind, skip, times);
        },
      };
    }
    case 1: {
      const how = random.pick<PacketDisturbance>([
        "no answer",
        "short answer",
        "one too few",
        "foreign answer",
      ]);
      const at = random.int(120);
      tally.faults += 1;
      return {
        about: `${how} at packet ${at}`,
        before: (_, pipe) => {
          pipe.disturb(how, at);
        },
      };
    }
    case 2: {
      const at = random.int(200);
      tally.unplugged += 1;
      return {
        about: `unplug at packet ${at}`,
        before: (_, pipe) => {
          pipe.disturb("unplug", at);
        },
      };
    }
    case 3: {
      const skip = random.int(100);
      tally.faults += 1;
      return {
        about: `lost answer ${skip}`,
        before: ({ injection }) => {
          injection.dropPacket(skip);
        },
      };
    }
    case 4:
      tally.aborts += 1;
      return random.oneIn(2)
        ? { about: "abort between", how: "abort", after: random.int(6) }
        : { about: "abort at a packet", abortAt: random.int(200) };
    case 5:
      tally.exceptions += 1;
      return { about: "exception", how: "throw", after: random.int(6) };
    case 6:
      tally.faults += 1;
      return { about: "power lost", how: "power", after: random.int(6) };
    default:
      return { about: "no trouble" };
  }
}

/** In memory, on a probe of its own. */
export const session: Act = async (world, random, note) => {
  const mayFlash = random.oneIn(5);
  const model = mayFlash ? "nrf52840" : random.pick(MODELS);
  const connect = random.pick(WAYS);
  const protocol = random.oneIn(4) ? "jtag" : "swd";
  const plan = trouble(world, random);
  note(`session ${model}, ${connect}, ${protocol}, ${plan.about}${mayFlash ? ", flash" : ""}`);
  const own = new AbortController();
  const simulator = openSimulator({ model, options: { seed: String(random.int(1000)) } });
  const pipe = new DisturbedPipe(simulator);
  plan.before?.(simulator, pipe);
  const isAborted = plan.how === "abort" || plan.abortAt !== undefined;
  const probe = probeOver(simulator, pipe, () => {
    if (plan.abortAt !== undefined && pipe.sent >= plan.abortAt) own.abort(new Thrown("aborted"));
  });
  const request: ConnectRequest = {
    probes: [probe],
    config: false,
    connect,
    protocol,
    leave: random.pick(LEAVES),
    signal: isAborted ? own.signal : world.lasting,
    ...(mayFlash ? { pack: PACK } : { context: new DeviceContext({}) }),
  };
  await within(request, async (open) => {
    for (let at = 0, count = random.int(8); at <= count; at++) {
      if (plan.after === at) happen(plan, { own, simulator });
      await step(open, random, mayFlash);
    }
  });
  world.tally.sessions += 1;
  const left = getEventListeners(own.signal, "abort").length;
  if (left > 0) throw new Error(`${left} listeners are left on the signal of a session that is over`);
};

/** By the address of a server that lasts. */
export const remoteSession: Act = async (world, random, note) => {
  const address = random.oneIn(2) ? world.tcp : world.pyocd;
  const connect = random.pick(["attach", "halt", "under-reset"] as const);
  const throwsAt = random.oneIn(3) ? random.int(4) : undefined;
  note(`session on ${address}, ${connect}${throwsAt === undefined ? "" : ", exception"}`);
  if (throwsAt !== undefined) world.tally.exceptions += 1;
  await within(
    { probe: address, config: false, connect, context: new DeviceContext({}), signal: world.lasting },
    async (open) => {
      for (let at = 0, count = random.int(5); at <= count; at++) {
        if (throwsAt === at) throw new Thrown("of the caller");
        await step(open, random, false);
      }
    },
  );
  world.tally.sessions += 1;
  world.tally.clients += 1;
};

async function within(request: ConnectRequest, work: (session: Session) => Promise<void>): Promise<void> {
  await ends("the session", told(ConnectHelper.withSession(request, work)));
}

/** Resolves for a failure that has an exit code, and for what the caller threw itself. */
async function told(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    const isKnown = error instanceof Failure && exitCodeOf(error) !== undefined;
    if (!isKnown && !(error instanceof Thrown)) throw error;
  }
}

async function step(open: Session, random: Random, mayFlash: boolean): Promise<void> {
  const chosen = mayFlash && random.oneIn(2) ? flash : random.pick(STEPS);
  // A caller that goes on after a failure is as usual as one that does not.
  if (random.oneIn(2)) await told(chosen(open, random));
  else await chosen(open, random);
}

function happen(
  { how }: Trouble,
  { own, simulator }: { readonly own: AbortController; readonly simulator: Simulator },
): void {
  if (how === "abort") own.abort(new Thrown("aborted"));
  if (how === "power") simulator.soc.power(false);
  if (how === "throw") throw new Thrown("of the caller");
}

function probeOver({ clock }: Simulator, pipe: DisturbedPipe, onPacket: () => void): DebugProbe {
  return {
    uniqueId: "SOAK",
    vendorName: "",
    productName: "",
    description: "probe of the soak",
    open: () =>
      Promise.resolve({
        clock,
        pipe: {
          send: (packet) => {
            onPacket();
            return pipe.send(packet);
          },
          receive: (limitUs) => pipe.receive(limitUs),
          resync: () => pipe.resync(),
          close: () => pipe.close(),
        },
      }),
  };
}
