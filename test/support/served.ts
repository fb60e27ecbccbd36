/** `dbgseq serve` running as a process of its own. Knows its streams and how it ends; nothing of what clients say to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Served {
  /** As it stands on stdout: tcp://HOST:PORT or pyocd://HOST:PORT. */
  readonly address: string;
  readonly port: number;
  readonly said: () => string;
  /** Resolves with the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Rejects with what it said where it does not come so far as to listen. */
export async function serve(cli: string, ...argv: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [cli, "serve", "--port", "0", ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text: string) => {
      resolve(text.trim());
    });
    void ended.then((code) => {
      reject(new Error(`serve ended with ${String(code)}: ${err}`));
    });
  });
  return {
    address,
    port: Number(address.split(":").at(-1)),
    said: () => err,
    stop: (signal = "SIGINT") => {
      child.kill(signal);
      return ended;
    },
  };
}
