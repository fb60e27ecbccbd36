/**
 * Every end from outside, of every kind of command, after the n-th packet: the target is released, the code tells of the end, no file
 * has half a content, nothing lies beside it, and the next run works. Everyday a sample that changes from day to day;
 * `npm run test:ends` tries 20 moments of each (FAULT_ENDS), and FAULT_ENDS_SEED repeats a sample.
 */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/program.ts";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { hex32 } from "../../src/lib/hex.ts";
import { requestTime } from "../../src/probe/tcp/request-time.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { FakeProcess } from "../support/ending-process.ts";
import { folderWith } from "../support/folder.ts";
import { Random } from "../fuzz/random.ts";

/** Of each end and command; 0: a sample of one moment for each end. */
const MOMENTS = Number(process.env["FAULT_ENDS"] ?? 0);
const SEED = Number(process.env["FAULT_ENDS_SEED"] ?? Math.floor(Date.now() / 86_400_000));
const DHCSR = 0xe000_edf0;
const OLD = "old";
const DUMPED = 0x2000;

interface End {
  readonly name: string;
  readonly code: number;
  readonly on: (process: FakeProcess) => void;
  /** Is found out when something is printed. */
  readonly stream?: "stdout" | "stderr";
}

const ENDS: readonly End[] = [
  {
    name: "SIGHUP",
    code: 129,
    on: (process) => {
      process.kill("SIGHUP");
    },
  },
  {
    name: "SIGINT",
    code: 130,
    on: (process) => {
      process.kill("SIGINT");
    },
  },
  {
    name: "SIGQUIT",
    code: 131,
    on: (process) => {
      process.kill("SIGQUIT");
    },
  },
  {
    name: "SIGTERM",
    code: 143,
    on: (process) => {
      process.kill("SIGTERM");
    },
  },
  {
    name: "stdout closed",
    code: 141,
    stream: "stdout",
    on: (process) => {
      process.fail("stdout", "EPIPE");
    },
  },
  {
    name: "stderr closed",
    code: 141,
    stream: "stderr",
    on: (process) => {
      process.fail("stderr", "EPIPE");
    },
  },
  {
    name: "disk full",
    code: 1,
    stream: "stdout",
    on: (process) => {
      process.fail("stdout", "ENOSPC");
    },
  },
  {
    name: "a defect",
    code: 1,
    on: (process) => {
      process.throw(new TypeError("defect"));
    },
  },
];

/** Prints all the time, on both streams. */
const TALKING = ["--trace", "--jsonl", "--no-config", "--batch"];
const RECIPE = `steps:
  - connect
  - write: 0x20000000
    value: 1
  - read: 0x20000000
    as: x
  - run: ResetSystem
  - expect: x == 1
  - disconnect
`;

type Name = "run" | "reset" | "dump" | "recipe" | "flash";

const COMMANDS: Readonly<
  Record<Name, { readonly model: string; readonly argv: (root: string) => readonly string[] }>
> = {
  run: { model: "generic-m4", argv: () => ["run", "ResetSystem"] },
  reset: { model: "generic-m4", argv: () => ["reset"] },
  dump: {
    model: "generic-m4",
    argv: (root) => ["dump", `0x20000000:${DUMPED}`, "-o", join(root, "d.bin")],
  },
  recipe: { model: "generic-m4", argv: (root) => ["recipe", "run", join(root, "r.yaml")] },
  flash: {
    model: "nrf52840",
    argv: (root) => [
      ...["flash", join(root, "image.bin"), "--base", "0x1000"],
      ...["--pack", "examples/05-flash/Example.EX52_DFP.pdsc"],
    ],
  },
};

/** Calls `reached` when packet number `at` was answered. */
function counting(pipe: PacketPipe, at: number, reached: () => void): PacketPipe & { answered: number } {
  const counted = {
    answered: 0,
    send: (packet: Uint8Array) => pipe.send(packet),
    receive: async (limitUs: number) => {
      const answer = await pipe.receive(limitUs);
      counted.answered += 1;
      if (counted.answered === at) reached();
      return answer;
    },
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
  return counted;
}

interface Served {
  readonly address: string;
  readonly pipe: { readonly answered: number };
}

async function served<T>(
  simulator: Simulator,
  at: number,
  { reached, work }: { readonly reached: () => void; readonly work: (server: Served) => Promise<T> },
): Promise<T> {
  const pipe = counting(requestTime(simulator.pipe, simulator.clock, simulator.soc), at, reached);
  const server = await TcpServer.start(pipe, { port: 0 });
  try {
    return await work({ address: `tcp://127.0.0.1:${server.port}`, pipe });
  } finally {
    await server.close();
  }
}

const newFolder = (): string =>
  folderWith({
    "d.bin": OLD,
    "r.yaml": RECIPE,
    "image.bin": Uint8Array.from({ length: 300 }, (_, at) => at),
  });

interface Ended {
  readonly code: number;
  readonly packets: number;
  readonly process: FakeProcess;
}

function command(name: Name, root: string, at: number, { simulator, end }: On): Promise<Ended> {
  const process = new FakeProcess();
  return served(simulator, at, {
    reached: () => end?.on(process),
    work: async ({ address, pipe }) => {
      const argv = [...COMMANDS[name].argv(root), "--probe", address, ...TALKING];
      const code = await main(argv, process.outside());
      return { code, packets: pipe.answered, process };
    },
  });
}

/** `serve` lends the probe on, and a client of it is at work when the end comes. */
function serving(at: number, { simulator, end }: On): Promise<Ended> {
  const process = new FakeProcess();
  return served(simulator, at, {
    reached: () => end?.on(process),
    work: async ({ address, pipe }) => {
      const serve = main(["serve", "--port", "0", "--no-config", "--probe", address], process.outside());
      const { signal } = process.ends;
      await expect.poll(() => process.stdout.text !== "" || signal.aborted).toBe(true);
      const lent = process.stdout.text.trim();
      const client = ["run", "ResetSystem", "--no-config", "--probe", lent];
      if (lent !== "") await main(client, new FakeProcess().outside());
      // What nothing is printed for is not found out.
      if (!signal.aborted) process.kill("SIGTERM");
      return { code: await serve, packets: pipe.answered, process };
    },
  });
}

interface On {
  readonly simulator: Simulator;
  readonly end?: End;
}

function expectReleased(simulator: Simulator): void {
  expect(simulator.lights).toEqual({ connected: false, running: false });
  const controls = simulator.log.events.flatMap((event) =>
    event.kind === "memory" && event.access === "write" && event.address === DHCSR ? [event.value] : [],
  );
  if (controls.length > 0) expect(hex32(controls.at(-1) ?? 0)).toBe(hex32(0xa05f0000));
}

function expectInOrder({ process, code }: Ended, end: End): void {
  expect({ code, exits: process.exits }).toEqual({ code: end.code, exits: [] });
  expect(process.stderr.text).not.toMatch(/^\s+at /m);
}

async function expectNextRun(simulator: Simulator): Promise<void> {
  const { code, process } = await command("run", "", -1, { simulator });
  expect([code, process.stderr.text]).toEqual([0, expect.not.stringContaining("error")]);
}

const lengths = new Map<string, Promise<number>>();

/** Of a run that nothing ends. */
function lengthOf(name: Name): Promise<number> {
  const simulator = openSimulator({ model: COMMANDS[name].model });
  const known =
    lengths.get(name) ?? command(name, newFolder(), -1, { simulator }).then(({ packets }) => packets);
  lengths.set(name, known);
  return known;
}

function placesOf(random: Random, length: number): readonly number[] {
  if (MOMENTS === 0) return [1 + random.int(length)];
  return Array.from({ length: MOMENTS }, (_, place) => 1 + Math.floor((place * length) / MOMENTS));
}

/** A sample takes each end once, with one command after the other. */
function endsOf(at: number, of: number): readonly End[] {
  return MOMENTS > 0 ? ENDS : ENDS.filter((_, index) => (index + SEED) % of === at);
}

describe(`ends (sample ${SEED})`, () => {
  test.each(Object.keys(COMMANDS) as Name[])(
    "%s is ended in order",
    async (name) => {
      const index = Object.keys(COMMANDS).indexOf(name);
      const length = await lengthOf(name);
      for (const end of endsOf(index, Object.keys(COMMANDS).length)) {
        for (const at of placesOf(new Random(SEED, index), length)) {
          const simulator = openSimulator({ model: COMMANDS[name].model });
          const root = newFolder();
          const ended = await command(name, root, at, { simulator, end });
          const where = `${end.name} at packet ${at} of ${length}`;
          expectInOrder(ended, end);
          expectReleased(simulator);
          expect(readdirSync(root).sort(), where).toEqual(["d.bin", "image.bin", "r.yaml"]);
          const dumped = readFileSync(join(root, "d.bin"));
          if (dumped.length !== DUMPED || name !== "dump") expect(dumped.toString(), where).toBe(OLD);
          await expectNextRun(simulator);
        }
      }
    },
    3_600_000,
  );

  test("serve is ended in order while a client is at work", async () => {
    const length = (await lengthOf("run")) - 4;
    for (const end of MOMENTS > 0 ? ENDS : ENDS.filter((_, index) => index === SEED % ENDS.length)) {
      for (const at of placesOf(new Random(SEED, 9), length)) {
        const simulator = openSimulator({ model: "generic-m4" });
        const ended = await serving(at + 8, { simulator, end });
        const isFoundOut = end.stream !== "stdout" || ended.process.stdout.text === "";
        expectInOrder(ended, isFoundOut ? end : { ...end, code: 143 });
        expect(simulator.lights).toEqual({ connected: false, running: false });
        await expectNextRun(simulator);
      }
    }
  }, 3_600_000);

  test.each(MOMENTS > 0 ? ENDS : ENDS.filter((_, index) => index === (SEED + 3) % ENDS.length))(
    "check --watch is ended in order: $name",
    async (end) => {
      const root = folderWith({ "a.seq": "sequence A { y = 1; }\n" });
      const process = new FakeProcess();
      const code = main(["check", root, "--watch"], process.outside());
      await expect.poll(() => process.stderr.text).toContain("checked");
      end.on(process);
      // What a stream says is found out at the next change.
      if (end.stream !== undefined) appendFileSync(join(root, "a.seq"), "\n");
      expectInOrder({ code: await code, packets: 0, process }, end);
      expect(readdirSync(root)).toEqual(["a.seq"]);
    },
    120_000,
  );
});
