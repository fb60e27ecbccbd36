/** Runs a program for a sequence: no shell, a bounded time, bounded output, and nothing left behind that it started. */
import { spawn } from "node:child_process";
import { SessionFailure } from "../faults.ts";

/** What is kept of the output; the rest is counted. */
const OUTPUT_LIMIT = 64 * 1024;

/** Words between blanks; quotes keep blanks in a word, and a backslash a quote. */
export function splitArguments(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:[^\s"]|"(?:\\"|[^"])*"?)+/g))
    words.push(word.replace(/"((?:\\"|[^"])*)"?/g, (_, inner: string) => inner.replaceAll('\\"', '"')));
  return words;
}

export interface ProgramEnd {
  readonly code: number;
  /** Of both streams, as it came. */
  readonly output: string;
}

export async function runProgram(
  file: string,
  args: readonly string[],
  { cwd, limitMs, signal }: { readonly cwd: string; readonly limitMs: number; readonly signal?: AbortSignal },
): Promise<ProgramEnd> {
  // A group of its own, so that whatever it starts ends with it.
  const child = spawn(file, args, {
    cwd,
    shell: false,
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const kill = (): void => {
    killGroup(child.pid);
  };
  let kept = "";
  let lost = 0;
  const keep = (text: string): void => {
    const room = OUTPUT_LIMIT - kept.length;
    kept += text.slice(0, room);
    lost += Math.max(0, text.length - room);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const time = { isOver: false };
  const timer = setTimeout(() => {
    time.isOver = true;
    kill();
  }, limitMs);
  signal?.addEventListener("abort", kill);
  try {
    const { code, killedBy } = await new Promise<{ code: number | null; killedBy: string | null }>(
      (resolve, reject) => {
        child.once("error", reject);
        // Its own end counts; what it left behind may hold the pipes open for ever.
        child.once("exit", (exitCode, exitSignal) => {
          resolve({ code: exitCode, killedBy: exitSignal });
        });
      },
    ).catch((error: unknown) => {
      throw failed(file, `it cannot be started (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    });
    if (signal?.aborted === true) throw signal.reason as Error;
    if (time.isOver) throw failed(file, `it did not end within ${limitMs} ms and was stopped`);
    if (code === null) throw failed(file, `it was ended by ${killedBy ?? "a signal"}`);
    // What is still in the pipes of the ended program.
    await new Promise((resolve) => setImmediate(resolve));
    return { code, output: lost === 0 ? kept.trimEnd() : `${kept.trimEnd()} ... (${lost} more characters)` };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
    kill();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { shell: false });
    else process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

function failed(program: string, reason: string): SessionFailure {
  return new SessionFailure({ kind: "program-failed", program, reason }, `${program}: ${reason}`);
}
