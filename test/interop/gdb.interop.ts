/**
 * GDB debugs a program on the simulated nRF52840, through OpenOCD and through pyOCD: each writes it into the flash by its own
 * algorithm, sets hardware and software breakpoints and watchpoints, and steps.
 */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { freePort } from "../support/free-port.ts";
import { serve, type Served } from "../support/served.ts";
import { gdbObstacle, gdbSession, type Part } from "./gdb-session.ts";
import { OPENOCD, openocdArguments, openocdLacks, openocdObstacle, openocdProbe } from "./openocd-peer.ts";
import { findPyocd } from "./pyocd-checkout.ts";
import { serverProcess, type ServerProcess } from "./server-process.ts";

const MODEL = "sim:nrf52840";
const NRF52 = "target/nordic/nrf52.cfg";
const pyocd = findPyocd();
const noGdb = gdbObstacle();

interface Peer {
  readonly name: string;
  readonly obstacle: string | undefined;
  readonly serves: readonly string[];
  readonly start: (probe: Served, gdbPort: number) => Promise<ServerProcess>;
  /** What GDB says of a watchpoint that was met: pyOCD tells it no more than that the core stopped. */
  readonly watched: RegExp;
}

const PEERS: readonly Peer[] = [
  {
    name: "OpenOCD",
    obstacle: noGdb ?? openocdObstacle() ?? openocdLacks(NRF52),
    serves: ["--probe", MODEL],
    start: ({ port }, gdbPort) => {
      const commands = [...openocdProbe(port), `source [find ${NRF52}]`, `gdb port ${gdbPort}`, "init"];
      return serverProcess(spawn(OPENOCD, openocdArguments(commands)), /Listening on port \d+ for gdb/);
    },
    watched: /Hardware watchpoint \d+: rounds\s+Old value = (\d+)\s+New value = (\d+)/g,
  },
  {
    name: "pyOCD",
    obstacle: noGdb ?? (typeof pyocd === "string" ? pyocd : undefined),
    serves: ["--as", "pyocd", "--probe", MODEL],
    start: ({ port }, gdbPort) => {
      if (typeof pyocd === "string") throw new Error(pyocd);
      const argv = ["-u", `remote:127.0.0.1:${port}`, "-t", "nrf52840", "-p", String(gdbPort), "-T", "0"];
      const child = pyocd.start("gdbserver", "--no-config", "--persist", ...argv);
      return serverProcess(child, /GDB server (?:listening|started) (?:on|at) port \d+/i);
    },
    watched: /Program received signal SIGTRAP/g,
  },
];

describe.each(PEERS)("GDB through $name", ({ obstacle, serves, start, watched }) => {
  describe.skipIf(obstacle !== undefined)(obstacle ?? "on the simulated core", () => {
    let folder = "";
    let served: Served;
    let server: ServerProcess | undefined;
    let said: Readonly<Record<Part, string>>;

    beforeAll(async () => {
      const bundled = await bundledCli();
      folder = bundled.folder;
      served = await serve(bundled.cli, ...serves);
      const port = await freePort();
      server = await start(served, port);
      said = await gdbSession(port, folder);
    });
    afterAll(async () => {
      await server?.stop();
      await served.stop();
      await rm(folder, { recursive: true, force: true });
    });

    test("loads the program into flash, where it is as in the file", () => {
      expect(said.load).toMatch(/Loading section \.text[^]*Transfer rate/);
      expect(said.load.match(/matched/g)).toHaveLength(2);
    });

    test("stops at main, where the data of the program are set up", () => {
      expect(said.begin).toMatch(/Temporary breakpoint \d+, main \(\) at debuggee\.c/);
      expect(said.begin).toContain("$1 = 7");
    });

    test("stops in a nested call with its condition, walks the stack and returns", () => {
      expect(said.nested).toMatch(
        /#0 {2}factorial \(n=n@entry=3\).*\n#1 .*n=n@entry=4.*\n#2 .*=5.*\n#3 .*=6.*\n#4 .*main/,
      );
      expect(said.nested).toMatch(/Value returned is \$\d+ = 6\n/);
    });

    test("steps by lines and instructions", () => {
      expect(said.step).toMatch(/sum \(values=values@entry=0x[0-9a-f]+ <squares>, count=count@entry=8\)/);
      expect(said.step).toMatch(/=> 0x[0-9a-f]+ <sum\+12>:\s+add\s+r0, r2/);
      expect(said.step).toContain("{0, 1, 4, 9, 16, 25, 36, 49}");
    });

    test("stops at a software breakpoint in RAM, which is not seen there", () => {
      expect(said.inRam.match(/Breakpoint \d+, in_ram \(value=(?:value@entry=)?860\)/g)).toHaveLength(2);
      expect(said.inRam).toContain("= 0xf080"); // eor.w, no bkpt
    });

    test("stops at each write to what it watches", () => {
      expect(said.watch.match(watched)).toHaveLength(2);
    });

    test("stops in an interrupt, and knows what that interrupted", () => {
      expect(said.interrupt).toMatch(/#0 {2}tick \(\).*\n#1 {2}<signal handler called>/);
      expect(said.interrupt).toMatch(/\$\d+ = 15\n/);
    });

    test("writes words and bytes of memory, and registers", () => {
      expect(said.memory).toContain("= 0x123456ab");
      expect(said.memory).toMatch(/<squares>:\s+0x00000000\s+0x00000001\s+0x00000004\s+0x123456ab/);
      expect(said.registers).toContain("= 0xcafebabe");
      expect(said.registers).toMatch(/\$\d+ = 1\n/);
    });

    test("interrupts the running program, whose time has passed", () => {
      expect(said.run).toMatch(/Program received signal SIGINT/);
      expect(said.run).toMatch(/\$\d+ = 1\n/);
      expect(said.detach).toMatch(/detached/);
    });
  });
});
