/**
 * Ends of a real process after the n-th packet of a run by the command line, counted by the server that it runs against: the
 * target is released each time, and the server takes the next client. `npm run test:faults` tries 50 n for SIGINT and SIGTERM.
 * Each kind of end with each kind of command is ends.test.ts's, without a process.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { hex32 } from "../../src/lib/hex.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
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

interface How {
  readonly protocol?: Protocol;
  readonly signal?: NodeJS.Signals;
  /** What ends it, instead of a signal. */
  readonly end?: (child: ChildProcessWithoutNullStreams) => void;
  readonly cwd?: string;
  readonly words?: readonly string[];
  /** False: standard output is a pipe that is full. */
  readonly isRead?: boolean;
  readonly more?: readonly string[];
}

const signalled =
  (signal: NodeJS.Signals) =>
  (child: ChildProcessWithoutNullStreams): boolean =>
    child.kill(signal);

async function runCli(simulator: Simulator, at: number, how: How): Promise<Ended> {
  const { signal = "SIGINT", protocol = "swd", end = signalled(signal), cwd = folder } = how;
  const { words = ["run", "ResetSystem"], isRead = true, more = [] } = how;
  let kill: () => Promise<void> = () => Promise.resolve();
  const pipe = counting(simulator.pipe, at, () => kill());
  const server = await TcpServer.start(pipe, { port: 0 });
  try {
    const probe = `tcp://127.0.0.1:${server.port}`;
    const argv = [...words, "--probe", probe, "--protocol", protocol, ...more];
    const child = spawn(process.execPath, [cli, ...argv], { cwd });
    kill = async () => {
      end(child);
      await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
    };
    let err = "";
    if (isRead) child.stdout.resume();
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const [code] = (await once(child, isRead ? "close" : "exit")) as [number | null];
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
] as const)("wire rule 21: %s, code %d, over %s", (signal, wanted, protocol, places) => {
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
  });
});

describe.skipIf(process.platform === "win32")("wire rule 21: other ends of a process", () => {
  const TALKING = ["--trace", "--jsonl"];

  test.each([
    ["SIGHUP", 129, { signal: "SIGHUP" }],
    ["SIGQUIT", 131, { signal: "SIGQUIT" }],
    ["stdout closed", 141, { end: (child) => child.stdout.destroy(), more: TALKING }],
    ["stderr closed", 141, { end: (child) => child.stderr.destroy(), more: TALKING }],
  ] as const satisfies readonly (readonly [string, number, How])[])(
    "%s: released, code %d, and the next client is served",
    async (_name, wanted, how) => {
      const simulator = openSimulator({ model: "generic-m4" });
      const { code, err } = await runCli(simulator, 12, how);
      expect({ code, err }).toMatchObject({ code: wanted });
      expectReleased(simulator);
      expect((await undisturbed(simulator, "swd")).code).toBe(0);
    },
  );

  test("SIGINT while nobody reads standard output: released, code 130", async () => {
    const simulator = openSimulator({ model: "generic-m4" });
    // More than a pipe and the stream behind it hold.
    const reading = ["-e", "while (1) { Read32(0x20000000); }", "--deadline", "1000s", ...TALKING];
    const { code, err } = await runCli(simulator, 900, { words: ["run", ...reading], isRead: false });
    expect({ code, err }).toMatchObject({ code: 130, err: expect.stringContaining("interrupted") as string });
    expectReleased(simulator);
  });

  test("a working folder that goes away meanwhile does no harm", async () => {
    const simulator = openSimulator({ model: "generic-m4" });
    const cwd = mkdtempSync(join(folder, "gone-"));
    const end = (): void => {
      rmdirSync(cwd);
    };
    const { code, err } = await runCli(simulator, 12, { cwd, end });
    expect([code, err]).toEqual([0, ""]);
    expectReleased(simulator);
  });

  const inShell = (script: string) => spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  const own = (): string => `"${process.execPath}" "${cli}"`;

  test.skipIf(process.platform !== "linux")(
    "a terminal that goes away: code 129, and no crash of Node behind it",
    async () => {
      const root = mkdtempSync(join(folder, "gone-terminal-"));
      // Each turn is another one, so that none is passed over and the deadline stays far.
      const statements = 'Message(0, "begun"); __var i = 0; while (1) { i += 1; DAP_Delay(10); }';
      const words = `run -e '${statements}' --deadline 1000s --probe sim:generic-m4`;
      // The shell is told that its terminal is gone, hands it on as shells do, and tells what became of the command.
      const script = [
        `${own()} ${words} </dev/tty &`,
        "child=$!",
        "trap 'kill -HUP $child; wait $child; echo $? >told; mv told code; exit' HUP",
        "wait $child",
      ];
      writeFileSync(join(root, "go.sh"), `${script.join("\n")}\n`);
      const terminal = spawn("script", ["-qfc", "sh go.sh", "shown"], { cwd: root });
      for await (const text of terminal.stdout) if (String(text).includes("begun")) break;
      terminal.kill("SIGKILL");
      await expect.poll(() => readdirSync(root), { interval: 100 }).toEqual(expect.arrayContaining(["code"]));
      expect(readFileSync(join(root, "code"), "utf8")).toBe("129\n");
    },
  );

  test("a working folder that is gone is said", () => {
    const { status, stderr } = inShell(`mkdir d && cd d && rmdir ../d && ${own()} eval 1`);
    expect([status, stderr]).toEqual([
      2,
      "error: the working folder is gone; change into one that is there\n",
    ]);
  });

  test("a file that cannot become whole leaves the old one, and nothing beside it", () => {
    const root = mkdtempSync(join(folder, "full-"));
    writeFileSync(join(root, "d.bin"), "old");
    const dump = `dump 0x20000000:0x4000 -o ${root}/d.bin --probe sim:generic-m4`;
    // As a full disk, but for the reason: no file may be larger than 4 blocks of 1 KiB.
    const { status, stderr } = inShell(`ulimit -f 4; ${own()} ${dump}`);
    expect([status, stderr]).toEqual([2, expect.stringContaining("d.bin: the file would be too large")]);
    expect(readFileSync(join(root, "d.bin"), "utf8")).toBe("old");
    expect(readdirSync(root)).toEqual(["d.bin"]);
  });

  test("the second signal ends at once; --wire has its name all the same, and nothing lies beside it", async () => {
    const root = mkdtempSync(join(folder, "twice-"));
    const forever = "__var i = 0; while (1) { i += 1; DAP_Delay(10); }";
    const words = [
      "run",
      "-e",
      forever,
      "--deadline",
      "1000s",
      "--wire",
      "w.vcd",
      "--probe",
      "sim:generic-m4",
    ];
    const child = spawn(process.execPath, [cli, ...words], { cwd: root });
    await expect.poll(() => readdirSync(root).length).toBe(1);
    child.kill("SIGTERM");
    child.kill("SIGQUIT");
    const [code] = (await once(child, "close")) as [number | null];
    expect([131, 143]).toContain(code);
    expect(readdirSync(root)).toEqual(["w.vcd"]);
  });
});
