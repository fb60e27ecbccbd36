/** OpenOCD drives the simulated target through our TCP server: its `cmsis-dap backend tcp`, newer than release 0.12. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { TcpServer } from "../../src/probe/tcp-server.ts";
import { wallTime } from "../../src/probe/tcp-wall-time.ts";
import { openSimulator } from "../../src/simulator/open.ts";

/** DBGSEQ_OPENOCD names one that is not in the PATH. */
const OPENOCD = process.env["DBGSEQ_OPENOCD"] ?? "openocd";
const BACKEND = ["adapter driver cmsis-dap", "cmsis-dap backend tcp"];

function arguments_(commands: readonly string[]): string[] {
  return commands.flatMap((command) => ["-c", command]);
}

function obstacle(): string | undefined {
  const { error, status } = spawnSync(OPENOCD, arguments_([...BACKEND, "shutdown"]));
  if (error !== undefined) return `${OPENOCD} is missing`;
  return status === 0 ? undefined : `${OPENOCD} has no \`cmsis-dap backend tcp\``;
}

const why = obstacle();

async function openocd(port: number, commands: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    OPENOCD,
    arguments_([
      ...BACKEND,
      "cmsis-dap tcp host 127.0.0.1",
      `cmsis-dap tcp port ${port}`,
      "transport select swd",
      "adapter speed 4000",
      "swd newdap chip cpu",
      "dap create chip.dap -chain-position chip.cpu",
      "target create chip.cpu cortex_m -dap chip.dap",
      "gdb port disabled",
      "tcl port disabled",
      "telnet port disabled",
      "init",
      ...commands,
      "shutdown",
    ]),
    { timeout: 60_000 },
  );
  return stdout + stderr;
}

describe.skipIf(why !== undefined)(why === undefined ? "OpenOCD over TCP" : `skipped: ${why}`, () => {
  test("finds the port and the core, halts, reads and writes registers and memory, resets", async () => {
    const { pipe, clock } = openSimulator({ model: "generic-m4" });
    const server = await TcpServer.start(wallTime(pipe, clock), { port: 0 });
    const folder = mkdtempSync(join(tmpdir(), "dbgseq-openocd-"));
    try {
      const image = Buffer.from(Array.from({ length: 0x4000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
      writeFileSync(join(folder, "in.bin"), image);
      const said = await openocd(server.port, [
        "halt",
        "reg r0 0x12345678",
        "resume",
        "halt",
        "reg r0",
        "mww 0x20001000 0xcafebabe",
        "mdw 0x20001000",
        `load_image ${join(folder, "in.bin")} 0x20004000 bin`,
        `dump_image ${join(folder, "out.bin")} 0x20004000 0x4000`,
        "reset halt",
        "reg xpsr",
      ]);
      expect(said).toContain("SWD DPIDR 0x2ba01477");
      expect(said).toMatch(/Cortex-M4 r0p1 processor detected/);
      expect(said).toMatch(/r0 \(\/32\): 0x[0-9a-f]{8}/);
      expect(said).toMatch(/0x20001000: cafebabe/);
      expect(said).toMatch(/xpsr \(\/32\): 0x01000000/i);
      expect(readFileSync(join(folder, "out.bin")).equals(image)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
      await server.close();
    }
  });
});
