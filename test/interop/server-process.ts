/** Somebody else's server as a process: up when it says so, and ended by a signal. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

export interface ServerProcess {
  /** What it has said so far, on both streams. */
  readonly said: () => string;
  readonly stop: () => Promise<unknown>;
}

/** Rejects with what it said if it ends before it is up. */
export async function serverProcess(child: ChildProcess, up: RegExp): Promise<ServerProcess> {
  let said = "";
  const ended = once(child, "close");
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (up.test(said)) resolve();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    void ended.then(() => {
      reject(new Error(said));
    });
    child.once("error", reject);
  });
  return {
    said: () => said,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
