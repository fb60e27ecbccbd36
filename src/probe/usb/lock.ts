/**
 * Lets one process use a probe: the operating system gives a name to one process at a time and takes it back
 * when that process dies.
 */
import { once } from "node:events";
import { unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transportFailure } from "../transport-faults.ts";
import { sleepUntilAborted } from "../../lib/sleep.ts";

export interface LockOptions {
  /** How long to wait for the process that holds it, in milliseconds; 0 if omitted. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** It is called once, when there is something to wait for. */
  readonly onWait?: (holder: string) => void;
}

export interface ProbeLock {
  release(): Promise<void>;
}

const RETRY_MS = 200;
const ASK_LIMIT_MS = 1000;
/**
 * Only so many letters of an answer are looked at, because the process that took the name may send anything,
 * for ever.
 */
const MOST_ANSWER = 100;
/** A holder may be gone between two questions this often before it is waited for. */
const FREE_TRIES = 2;

/**
 * Rejects with `busy` and the holder's name, or with the signal's reason when aborted. `probe` is the port
 * path or address.
 */
export async function lockProbe(
  probe: string,
  { waitMs = 0, signal, onWait }: LockOptions = {},
): Promise<ProbeLock> {
  const address = addressOf(probe);
  const deadline = performance.now() + waitMs;
  let told = false;
  let absent = 0;
  for (;;) {
    signal?.throwIfAborted();
    const server = await listen(address);
    if (server !== undefined) return { release: () => release(server) };
    const holder = await askHolder(address);
    // It left between the two questions, or its name is taken and nothing answers there.
    if (holder === undefined) {
      forgetDead(address);
      absent += 1;
      if (absent <= FREE_TRIES) continue;
    } else absent = 0;
    if (deadline - performance.now() <= 0)
      throw transportFailure({ kind: "busy", probe, holder: holder ?? "a process that does not answer" });
    if (!told) onWait?.(holder ?? "a process that does not answer");
    told = true;
    await sleepUntilAborted(Math.min(RETRY_MS, Math.max(1, deadline - performance.now())), signal);
  }
}

/**
 * Names a socket that needs no clean-up: an abstract one on Linux, a named pipe on Windows. Elsewhere it is a
 * file, which a killed process leaves behind; then nothing answers there.
 */
function addressOf(probe: string): string {
  const name = `dbgseq-probe-${probe.replace(/[^\w.-]/g, "_")}`;
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), name);
}

async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // the process that asked may leave without hearing us
    socket.end(`process ${process.pid}`);
  });
  try {
    server.listen(address);
    await once(server, "listening");
    server.unref();
    return server;
  } catch (error) {
    if ((error as { readonly code?: string }).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** Returns undefined if no process is there. A holder that is too busy to answer is still a holder. */
async function askHolder(address: string): Promise<string | undefined> {
  const socket = connect(address).setEncoding("utf8");
  const timer = setTimeout(() => socket.destroy(), ASK_LIMIT_MS);
  let answer = "";
  try {
    for await (const text of socket) {
      answer += String(text);
      if (answer.length >= MOST_ANSWER) break;
    }
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === "ECONNREFUSED" || code === "ENOENT") return undefined;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  // Our processes answer "process" and a number.
  return /^process \d+$/.test(answer) ? answer : "another process";
}

function forgetDead(address: string): void {
  if (!address.startsWith("/")) return;
  try {
    unlinkSync(address);
  } catch {
    // Another process was faster.
  }
}

async function release(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  await closed;
}
