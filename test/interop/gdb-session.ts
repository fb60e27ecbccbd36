/** One session of GDB with the program of debuggee/: what is typed, in parts, and what came of each part. */
import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** GDB names one that knows Arm. */
const GDB = process.env["GDB"] ?? "gdb-multiarch";
const DEBUGGEE = resolve("test/interop/debuggee");

/** Why there is none; undefined if there is one. */
export function gdbObstacle(): string | undefined {
  const { error, stdout } = spawnSync(GDB, ["-nx", "-batch", "-ex", "set architecture armv7e-m"], {
    encoding: "utf8",
  });
  if (error !== undefined) return `there is no ${GDB}; GDB=PATH names one`;
  return stdout.includes("armv7e-m") ? undefined : `${GDB} does not know Arm; GDB=PATH names another`;
}

/** Ctrl-C of a user, this many seconds after the target was let go. */
const interruptAfter = (seconds: number): string =>
  `python import threading, os, signal; threading.Timer(${seconds}, os.kill, (os.getpid(), signal.SIGINT)).start()`;

export const PARTS = {
  load: ["monitor reset halt", "load", "compare-sections"],
  begin: ["monitor reset halt", "tbreak main", "continue", "print rounds"],
  nested: ["break factorial if n == 3", "continue", "backtrace", "finish", "delete"],
  step: ["tbreak sum", "continue", "step", "next", "stepi", "x/i $pc", "print squares"],
  inRam: ["break in_ram", "continue", "continue", "print/x *(unsigned short *)&in_ram", "delete"],
  watch: ["watch rounds", "continue", "continue", "print rounds", "delete"],
  interrupt: ["tbreak tick", "continue", "backtrace 2", "print $xpsr & 0x1ff"],
  memory: [
    "set var squares[3] = 0x12345678",
    "set var *(char *)&squares[3] = 0xab",
    "print/x squares[3]",
    "x/4xw &squares[0]",
  ],
  registers: ["set $r5 = 0xcafebabe", "stepi", "print/x $r5", "print $msp == $sp"],
  run: ["set var ticks = 0", interruptAfter(1), "continue", "print ticks > 0"],
  detach: ["detach"],
} as const;

export type Part = keyof typeof PARTS;

/** What GDB said of each part, through a server that listens on this port. */
export async function gdbSession(port: number, folder: string): Promise<Readonly<Record<Part, string>>> {
  const script = join(folder, "session.gdb");
  const parts = Object.entries(PARTS).flatMap(([part, commands]) => [`echo @@${part}\\n`, ...commands]);
  const lines = [
    "set pagination off",
    "set confirm off",
    "set remotetimeout 30",
    `directory ${DEBUGGEE}`,
    `target extended-remote 127.0.0.1:${port}`,
    ...parts,
  ];
  await writeFile(script, lines.join("\n"));
  const argv = ["-q", "-nx", "-batch", "-x", script, join(DEBUGGEE, "debuggee.elf")];
  const { stdout, stderr } = await promisify(execFile)(GDB, argv, { timeout: 110_000 });
  const said = stdout.split("@@").map((text) => [text.split("\n", 1)[0], text] as const);
  const missing = Object.keys(PARTS).filter((part) => !said.some(([name]) => name === part));
  if (missing.length > 0) throw new Error(`GDB did not come to ${missing.join(", ")}:\n${stdout}${stderr}`);
  return Object.fromEntries(said) as Record<Part, string>;
}
