/**
 * Turns every end that comes from outside into one: a signal, a reader that is gone, a full disk, a defect. The
 * first asks for an orderly end, in which the target is released; a second signal does not wait for it.
 */
import { constants } from "node:os";
import { Failure } from "../lib/fault.ts";
import { EXIT, exitCodeOf } from "../api/exit-codes.ts";
import type { Outside } from "./terminal/io.ts";

interface Stream {
  on(event: "error", listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean;
}

interface OutputStream extends Stream {
  /** Bytes that are not taken yet: a pipe takes no more than its reader does. */
  readonly writableLength: number;
  write(text: string, done?: () => void): unknown;
}

/** Those parts of a process that end it. */
export interface EndingProcess {
  on(event: NodeJS.Signals, listener: () => void): unknown;
  off(event: NodeJS.Signals, listener: () => void): unknown;
  on(event: "uncaughtException", listener: (error: Error) => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
  /** Only its errors are heard; it is read only if a person is asked. */
  readonly stdin: Stream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/**
 * Windows has no SIGQUIT and ends a process at once instead of sending SIGTERM. It sends SIGHUP when the console
 * is closed (and ends the process some seconds later, whatever it does) and SIGBREAK for Ctrl-Break (Node's
 * documentation, process, signal events).
 */
const SIGNALS = {
  SIGBREAK: ["interrupted", "interrupted (Ctrl-Break)"],
  SIGHUP: ["hung-up", "the terminal hung up"],
  SIGINT: ["interrupted", "interrupted"],
  SIGQUIT: ["quit", "asked to quit"],
  SIGTERM: ["terminated", "terminated"],
} as const satisfies Partial<Record<NodeJS.Signals, readonly [string, string]>>;

export type EndingSignal = keyof typeof SIGNALS;

/**
 * The longest release of a target: it is bounded by the timeouts of the probe and by a second for each loop of
 * its sequences.
 */
const RELEASE_LIMIT_MS = 10_000;

/** After an end from outside, a reader that does not read is not waited for any longer. */
const UNREAD_LIMIT_MS = 1000;

/** The most bytes that wait for a reader, as they are held in memory. */
const MOST_WAITING = 256 * 1024 * 1024;

/**
 * npm and other parents pass on a signal that the terminal has sent already: within this time, the same signal is
 * the same key.
 */
const SAME_KEY_MS = 300;

/** The errors of writing to a closed pipe or socket. */
const READER_GONE: readonly string[] = ["EPIPE", "ECONNRESET"];

export interface Time {
  nowMs(): number;
  /** Runs later, without keeping the process alive. */
  later(ms: number, work: () => void): void;
}

const HOST_TIME: Time = {
  nowMs: () => performance.now(),
  later: (ms, work) => void setTimeout(work, ms).unref(),
};

export class Ends {
  readonly #abort = new AbortController();
  readonly #process: EndingProcess;
  readonly #time: Time;
  readonly #listeners: readonly { readonly name: EndingSignal; readonly listener: () => void }[];
  #last: { readonly name: EndingSignal; readonly atMs: number } | undefined;

  /** `signals` are those that the system has: listening to another one is an error. */
  constructor(
    process: EndingProcess,
    time: Time = HOST_TIME,
    signals: readonly string[] = Object.keys(constants.signals),
  ) {
    this.#process = process;
    this.#time = time;
    this.#listeners = (Object.keys(SIGNALS) as EndingSignal[])
      .filter((name) => signals.includes(name))
      .map((name) => {
        const listener = (): void => {
          this.#signalled(name);
        };
        return { name, listener };
      });
    this.#listen();
    for (const [stream, name] of [
      [process.stdout, "standard output"],
      [process.stderr, "standard error"],
    ] as const)
      stream.on("error", (error) => {
        this.#end(lostTerminal(stream, error) ?? unwritten(name, error));
      });
    process.stdin.on("error", (error) => {
      this.#end(lostTerminal(process.stdin, error) ?? error);
    });
    process.on("uncaughtException", (error) => {
      this.#end(error);
    });
  }

  /** Aborts with what ends the run. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The streams to print with. */
  get streams(): Pick<Outside, "out" | "err" | "written"> {
    const { stdout, stderr } = this.#process;
    return {
      out: (text) => {
        this.#write(stdout, "standard output", text);
      },
      err: (text) => {
        this.#write(stderr, "standard error", text);
      },
      written: async () => {
        await this.#emptied(stdout);
        await this.#emptied(stderr);
      },
    };
  }

  #write(stream: OutputStream, name: string, text: string): void {
    if (stream.writableLength > MOST_WAITING) {
      const message = `nothing reads ${name}: ${MOST_WAITING} bytes are waiting`;
      this.#end(new Failure({ kind: "reader-gone", stream: name }, message));
    } else stream.write(text);
  }

  #emptied(stream: OutputStream): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#time.later(UNREAD_LIMIT_MS, resolve);
      };
      if (this.signal.aborted) giveUp();
      else this.signal.addEventListener("abort", giveUp, { once: true });
      stream.write("", () =>
        setImmediate(() => {
          this.signal.removeEventListener("abort", giveUp);
          resolve();
        }),
      );
    });
  }

  /** Lets the process end, by itself if nothing ended it: then all that was written arrives. */
  leave(code: number): void {
    if (this.signal.aborted) this.#process.exit(code);
    else this.#process.exitCode = code;
  }

  #listen(): void {
    for (const { name, listener } of this.#listeners) this.#process.on(name, listener);
  }

  /** Leaves signals to the system while the work runs, so that they end the process at once. */
  readonly reading = async <T>(work: () => Promise<T>): Promise<T> => {
    if (this.signal.aborted) return work();
    for (const { name, listener } of this.#listeners) this.#process.off(name, listener);
    try {
      return await work();
    } finally {
      this.#listen();
    }
  };

  #signalled(name: EndingSignal): void {
    const reason = endOf(name);
    const last = this.#last;
    const atMs = this.#time.nowMs();
    if (last === undefined) {
      this.#last = { name, atMs };
      this.#end(reason);
      return;
    }
    // The shell and the system both report a terminal that closes, which is not an impatient user.
    if (name === "SIGHUP") return;
    // systemd sends SIGHUP right after SIGTERM. If two signals wait, the system delivers the one with the smaller
    // number first.
    if ((name === last.name || last.name === "SIGHUP") && atMs - last.atMs < SAME_KEY_MS) return;
    this.#process.exit(exitCodeOf(reason) ?? EXIT.failed);
  }

  #end(reason: Error): void {
    if (this.#abort.signal.aborted) return;
    // A hanging stream, such as a pipe without a writer, must not keep the process for longer than a release may
    // take.
    this.#time.later(RELEASE_LIMIT_MS, () => {
      this.#process.exit(exitCodeOf(reason) ?? EXIT.failed);
    });
    this.#abort.abort(reason);
  }
}

function endOf(signal: EndingSignal): Failure {
  const [kind, text] = SIGNALS[signal];
  return new Failure({ kind }, text);
}

/** True if the terminal is gone. Reading and writing report that, perhaps before its signal comes: both are one end. */
function lostTerminal({ isTTY }: Stream, { code }: NodeJS.ErrnoException): Failure | undefined {
  return isTTY === true && code === "EIO" ? endOf("SIGHUP") : undefined;
}

function unwritten(stream: string, error: NodeJS.ErrnoException): Failure {
  const { code = "" } = error;
  if (READER_GONE.includes(code))
    return new Failure({ kind: "reader-gone", stream }, `the reader of ${stream} is gone`);
  const reason = code === "ENOSPC" ? "no space is left on the device" : code;
  return new Failure({ kind: "output-failed", stream, code }, `${stream} cannot be written: ${reason}`);
}
