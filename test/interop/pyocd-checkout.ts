/** Finds a pyOCD to run: a command of that name, or a checkout of its repository, which is not changed. */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, symlinkSync, writeFileSync, mkdirSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Pyocd {
  readonly version: string;
  /** Both streams together; rejects where it ends with another code than 0. */
  run(...argv: readonly string[]): Promise<string>;
  start(...argv: readonly string[]): ChildProcess;
}

/** PYOCD names a checkout or a command, PYTHON the interpreter for a checkout. The sentence says why there is none. */
export function findPyocd(): Pyocd | string {
  const named = process.env["PYOCD"];
  if (named === undefined || !existsSync(join(named, "pyocd", "__main__.py")))
    return (
      tried([named ?? "pyocd"], {}) ?? `there is no ${named ?? "pyocd"}; PYOCD=PATH names one, or a checkout`
    );
  const env = { PYTHONPATH: shadow(named) };
  const pythons = [process.env["PYTHON"], "python3", "/usr/bin/python3"].filter((one) => one !== undefined);
  for (const python of pythons) {
    const found = tried([python, "-m", "pyocd"], env);
    if (found !== undefined) return found;
  }
  return `no Python of ${pythons.join(", ")} can run ${named}: what it imports is in test/interop/README.md`;
}

function tried(command: readonly [string, ...string[]], more: NodeJS.ProcessEnv): Pyocd | undefined {
  const [file, ...first] = command;
  const env = { ...process.env, ...more };
  const { status, stdout } = spawnSync(file, [...first, "--version"], { env, encoding: "utf8" });
  if (status !== 0) return undefined;
  return {
    version: stdout.trim(),
    run: async (...argv) => {
      const done = await promisify(execFile)(file, [...first, ...argv], { env, timeout: 60_000 });
      return done.stdout + done.stderr;
    },
    start: (...argv) => spawn(file, [...first, ...argv], { env, stdio: ["ignore", "pipe", "pipe"] }),
  };
}

/** The package as an installation has it: with the version that building writes, and its plugins made known. */
function shadow(checkout: string): string {
  const folder = mkdtempSync(join(tmpdir(), "dbgseq-pyocd-"));
  const own = join(checkout, "pyocd");
  mkdirSync(join(folder, "pyocd"));
  for (const name of readdirSync(own))
    if (name !== "_version.py") symlinkSync(join(own, name), join(folder, "pyocd", name));
  writeFileSync(join(folder, "pyocd", "_version.py"), 'version = "0.0+checkout"\n__version__ = version\n');
  const info = join(folder, "pyocd-0.0.dist-info");
  mkdirSync(info);
  writeFileSync(join(info, "METADATA"), "Metadata-Version: 2.1\nName: pyocd\nVersion: 0.0\n");
  const remote = "remote = pyocd.probe.tcp_client_probe:TCPClientProbePlugin";
  writeFileSync(join(info, "entry_points.txt"), `[pyocd.probe]\n${remote}\n`);
  return folder;
}
