/** As much of a process as ends, in this one: signals are sent by name, streams fail when they are told to, exits are kept. */
import { EventEmitter } from "node:events";
import { Ends, type EndingProcess, type EndingSignal } from "../../src/cli/ends.ts";
import type { Outside } from "../../src/cli/terminal/io.ts";

export type StreamName = "stdout" | "stderr";

/** As the streams of a process, which tell of a failure later than the write, and take the next one all the same. */
export class EndingStream extends EventEmitter {
  text = "";
  failure: string | undefined;
  /** As a pipe that is full: what is written waits, and nothing is told. */
  isStalled = false;
  writableLength = 0;
  isTTY = false;

  write(text: string, done?: () => void): void {
    if (this.isStalled) {
      this.writableLength += text.length;
      return;
    }
    const code = this.failure;
    if (code === undefined) this.text += text;
    process.nextTick(() => {
      if (code !== undefined) this.emit("error", Object.assign(new Error("write"), { code }));
      done?.();
    });
  }
}

export class FakeProcess {
  readonly #events = new EventEmitter();
  readonly stdin = new EndingStream();
  readonly stdout = new EndingStream();
  readonly stderr = new EndingStream();
  readonly exits: number[] = [];
  readonly ends: Ends;
  /** What is to happen later happens when a test says so. */
  readonly timers: { readonly ms: number; readonly work: () => void }[] = [];
  nowMs = 0;

  /** `signals` are those that the system has; without it, this one's. */
  constructor(signals?: readonly string[]) {
    const process: EndingProcess = {
      on: (event: string, listener: (error: Error) => void) => this.#events.on(event, listener),
      off: (event: string, listener: (error: Error) => void) => this.#events.off(event, listener),
      exitCode: undefined,
      exit: (code) => void this.exits.push(code),
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
    };
    const time = {
      nowMs: () => this.nowMs,
      later: (ms: number, work: () => void) => void this.timers.push({ ms, work }),
    };
    this.ends = new Ends(process, time, signals);
  }

  kill(name: EndingSignal): void {
    this.#events.emit(name);
  }

  /** False: the system would end the process at once. */
  hears(name: EndingSignal): boolean {
    return this.#events.listenerCount(name) > 0;
  }

  throw(error: Error): void {
    this.#events.emit("uncaughtException", error);
  }

  /** From now on; what is written next finds out. */
  fail(stream: StreamName, code: string): void {
    this[stream].failure = code;
  }

  outside(more: Partial<Outside> = {}): Outside {
    return {
      ...this.ends.streams,
      reading: this.ends.reading,
      ...{ cwd: process.cwd(), env: {}, terminal: false, color: false },
      signal: this.ends.signal,
      ...more,
    };
  }
}
