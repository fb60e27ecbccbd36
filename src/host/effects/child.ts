/**
 * One program, from its start until it and everything that it started have ended: no shell, no input, bounded
 * time, bounded output. Does not decide what may run.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { constants } from "node:os";
import type { Ended } from "../../interpreter/ports.ts";
import { SessionFailure } from "../../project/faults.ts";
import { hostProblem } from "./files.ts";

/** The bytes that are kept of each stream; the rest is counted and dropped. */
const KEPT = 64 * 1024;
/** The most that a program may print; one that prints more is stopped. */
const MOST_PRINTED = 64 * 1024 * 1024;
/** The time for the streams to close after a program has ended. */
const DRAIN_MS = 500;
/** A variable in the environment of a program and of all that it starts. It finds processes that left the process group. */
const MARK = "DBGSEQ_STARTED_BY";

export interface ChildRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitUs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a program. Throws `host-problem` if it does not start, `host-limit` if it did not end, or the signal's
 * reason if that came.
 */
export async function runChild(request: ChildRequest): Promise<Ended> {
  const { file, args, folder, env, limitUs, signal } = request;
  signal?.throwIfAborted();
  const mark = randomUUID();
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...env, [MARK]: mark },
    shell: false,
    // A process group of its own, so that it can be ended as one.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = new Printed();
  let stopped: unknown;
  const stop = (why: unknown): void => {
    stopped ??= why;
    endGroup(child);
  };
  child.stdout.on("data", (bytes: Buffer) => {
    if (printed.take("stdout", bytes) > MOST_PRINTED) stop(tooMuch(file));
  });
  child.stderr.on("data", (bytes: Buffer) => {
    if (printed.take("stderr", bytes) > MOST_PRINTED) stop(tooMuch(file));
  });
  const timer = setTimeout(() => {
    stop(tooLong(file, limitUs));
  }, limitUs / 1000);
  const aborted = (): void => {
    stop(signal?.reason);
  };
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    const exitCode = await ended(child, file);
    // Programs that it started must not outlive it, nor hold its streams.
    endGroup(child);
    await endMarked(mark);
    await drained(child);
    if (stopped !== undefined) throw stopped as Error;
    return { exitCode, command: [file, ...args], ...printed.result() };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

class Printed {
  readonly #kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #bytes = { stdout: 0, stderr: 0 };

  /** Keeps output; returns how much there was so far, in both streams. */
  take(stream: "stdout" | "stderr", bytes: Buffer): number {
    const room = KEPT - this.#bytes[stream];
    if (room > 0) this.#kept[stream].push(bytes.subarray(0, room));
    this.#bytes[stream] += bytes.length;
    return this.#bytes.stdout + this.#bytes.stderr;
  }

  result(): Pick<Ended, "stdout" | "stderr" | "dropped"> {
    const text = (stream: "stdout" | "stderr"): string => Buffer.concat(this.#kept[stream]).toString("utf8");
    const over = (bytes: number): number => Math.max(0, bytes - KEPT);
    return {
      stdout: text("stdout"),
      stderr: text("stderr"),
      dropped: over(this.#bytes.stdout) + over(this.#bytes.stderr),
    };
  }
}

/** The exit code; 128 and the signal's number if a signal ended it, as in shells. */
function ended(child: ChildProcess, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(hostProblem(file, `it cannot be run (${error.code ?? error.message})`));
    });
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    if (process.platform === "win32")
      spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true, stdio: "ignore" }).on(
        "error",
        () => undefined,
      );
    else process.kill(-pid, "SIGKILL");
  } catch {
    // The group is empty.
  }
}

/**
 * Ends processes with the mark. A process with a session of its own has left the group and still has it. Only
 * Linux shows it.
 */
async function endMarked(mark: string): Promise<void> {
  if (process.platform !== "linux") return;
  const wanted = `${MARK}=${mark}`;
  // A process may be forking during the search; a few rounds catch that.
  for (let round = 0; round < 10; round++) {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      ids.map(async (id) => {
        const environment = await readFile(`/proc/${id}/environ`, "latin1").catch(() => "");
        return environment.includes(wanted) ? Number(id) : undefined;
      }),
    );
    const left = found.filter((id) => id !== undefined);
    if (left.length === 0) return;
    for (const id of left) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }
}

async function drained({ stdout, stderr }: ChildProcess): Promise<void> {
  const closed = [stdout, stderr].map(
    (stream) =>
      new Promise<void>((resolve) => {
        if (stream === null || stream.closed) resolve();
        else stream.once("close", resolve);
      }),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DRAIN_MS);
  });
  await Promise.race([Promise.all(closed), late]);
  clearTimeout(timer);
}

function tooMuch(file: string): SessionFailure {
  return new SessionFailure(
    { kind: "host-limit", what: "output", limit: MOST_PRINTED },
    `${file} was stopped: it printed more than ${MOST_PRINTED / 1024 / 1024} MiB`,
  );
}

function tooLong(file: string, limitUs: number): SessionFailure {
  return new SessionFailure(
    { kind: "host-limit", what: "time", limit: limitUs },
    `${file} was stopped, with all that it had started: it ran longer than its ${limitUs / 1_000_000} s`,
  );
}
