/** One probe, one process: a name that the operating system gives to one at a time and takes back when that process dies. */
import { once } from "node:events";
import { unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transportFailure } from "./transport-faults.ts";

export interface LockOptions {
  /** How long to wait for whoever holds it; 0 where left away. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Called once, when there is something to wait for. */
  readonly onWait?: (holder: string) => void;
}

export interface ProbeLock {
  release(): Promise<void>;
}

const RETRY_MS = 200;
const ASK_LIMIT_MS = 1000;

/** Rejects with `busy` and the holder's name; with the signal's reason when aborted. `probe` is the port path or address. */
export async function lockProbe(
  probe: string,
  { waitMs = 0, signal, onWait }: LockOptions = {},
): Promise<ProbeLock> {
  const address = addressOf(probe);
  const deadline = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    signal?.throwIfAborted();
    const server = await listen(address);
    if (server !== undefined) return { release: () => release(server) };
    const holder = await askHolder(address);
    if (holder === undefined) {
      forgetDead(address);
      continue; // it left between the two questions
    }
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw transportFailure({ kind: "busy", probe, holder });
    if (!told) onWait?.(holder);
    await sleep(Math.min(RETRY_MS, leftMs));
  }
}

/**
 * A socket that nobody has to clean up: an abstract one on Linux, a named pipe on Windows. Elsewhere it is a file, which
 * a killed process leaves behind; then nobody answers there.
 */
function addressOf(probe: string): string {
  const name = `dbgseq-probe-${probe.replace(/[^\w.-]/g, "_")}`;
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), name);
}

async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // whoever asked may leave without hearing us
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

/** Undefined: nobody is there. A holder that is too busy to answer is still a holder. */
async function askHolder(address: string): Promise<string | undefined> {
  const socket = connect(address).setEncoding("utf8");
  const timer = setTimeout(() => socket.destroy(), ASK_LIMIT_MS);
  let answer = "";
  try {
    for await (const text of socket) answer += String(text);
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === "ECONNREFUSED" || code === "ENOENT") return undefined;
  } finally {
    clearTimeout(timer);
  }
  return answer === "" ? "another process" : answer;
}

function forgetDead(address: string): void {
  if (!address.startsWith("/")) return;
  try {
    unlinkSync(address);
  } catch {
    // Another one was faster.
  }
}

async function release(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  await closed;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
