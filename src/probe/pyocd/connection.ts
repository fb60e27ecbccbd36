/**
 * Sends requests to a server of pyOCD's remote probe protocol and reads its answers. Knows no probe and no
 * target.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Failure } from "../../lib/fault.ts";
import { withoutBrackets } from "../tcp/loopback.ts";
import { ProbeFailure } from "../faults.ts";
import { formatLine, LineReader, parseLine, type Json } from "./lines.ts";
import { BUSY, PYOCD_TCP_PORT, STATUS } from "./protocol.ts";
import { closeInOrder } from "../tcp/end.ts";
import { transportFailure } from "../transport-faults.ts";

export interface PyocdAddress {
  /** A host is a name or an address; an IPv6 address may stand in brackets. */
  readonly host: string;
  /** The port is 5555 if omitted. */
  readonly port?: number;
}

/** The target's answer, if that was not an acknowledge. */
export type TargetStatus = 10 | 11 | 12;

export type Reply =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "target"; readonly status: TargetStatus };

const CONNECT_LIMIT_MS = 5000;
/** A request may take this much longer than its own work: the network, a busy probe or Python may be slow. */
const MARGIN_US = 3_000_000;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Failure) => void;
  readonly request: string;
  readonly timer: NodeJS.Timeout;
}

/** Rejects with `no-connection`. */
export async function openConnection({
  host,
  port = PYOCD_TCP_PORT,
}: PyocdAddress): Promise<PyocdConnection> {
  const name = `pyocd://${host}:${port}`;
  const socket = connect({ host: withoutBrackets(host), port, noDelay: true });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) });
  } catch (error) {
    socket.destroy();
    const code = error instanceof Error && error.name === "AbortError" ? "ETIMEDOUT" : codeOf(error);
    throw transportFailure({ kind: "no-connection", probe: name, code }, error);
  }
  return new PyocdConnection(socket, name);
}

export class PyocdConnection {
  readonly name: string;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;
  #failure: Failure | undefined;

  constructor(socket: Socket, name: string) {
    this.name = name;
    this.#socket = socket;
    const bad = (reason: string): Failure =>
      new ProbeFailure(
        { kind: "probe-protocol", command: "", reason, over: "network" },
        `${name} does not speak pyOCD's protocol: ${reason}`,
      );
    const reader = new LineReader(bad);
    socket.on("data", (chunk) => {
      try {
        for (const line of reader.push(chunk)) this.#take(readReply(line, bad));
      } catch (error) {
        this.#fail(error as Failure); // reader and reply throw nothing else
        socket.destroy();
      }
    });
    socket.on("error", (error) => {
      this.#fail(transportFailure({ kind: "connection-closed", probe: name, code: codeOf(error) }, error));
    });
    socket.on("close", () => {
      this.#fail(transportFailure({ kind: "connection-closed", probe: name }));
    });
  }

  /**
   * Sends a request whose own worst case is `ownUs`. The reply holds the target's answer; rejects with
   * `probe-refused`, `probe-timeout`, `unplugged` or `connection-closed`. An answer that comes too late is
   * known by its number and dropped.
   */
  ask(request: string, list: readonly Json[] = [], ownUs = 0): Promise<Reply> {
    const failure = this.#failure;
    if (failure !== undefined) return Promise.reject(failure);
    const id = this.#id++;
    const limitUs = MARGIN_US + ownUs;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(id);
          reject(
            new ProbeFailure(
              { kind: "probe-timeout", command: request, limitUs, over: "network" },
              `${this.name} did not answer ${request} within ${Math.ceil(limitUs / 1000)} ms`,
            ),
          );
        },
        Math.ceil(limitUs / 1000),
      );
      this.#waiting.set(id, { resolve, reject, request, timer });
      this.#socket.write(formatLine({ id, request, ...(list.length === 0 ? {} : { arguments: list }) }));
    });
  }

  /** Does the same as ask, for requests that only the probe can fail. */
  async order(request: string, list: readonly Json[] = [], ownUs = 0): Promise<void> {
    const reply = await this.ask(request, list, ownUs);
    if (reply.kind === "target") throw this.#refused(request, "no answer from the target");
  }

  close(): Promise<void> {
    return closeInOrder(this.#socket);
  }

  #take({ id, status, error, result }: RawReply): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    const { request, resolve, reject } = waiting;
    if (status === 0) resolve({ kind: "done", result });
    else if (isTargetStatus(status)) resolve({ kind: "target", status });
    else if (status === STATUS.probeDisconnected)
      reject(transportFailure({ kind: "unplugged", probe: this.name }));
    else if (error === BUSY)
      reject(transportFailure({ kind: "busy", probe: this.name, holder: "another client" }));
    else reject(this.#refused(request, error));
  }

  #refused(request: string, why: string): ProbeFailure {
    return new ProbeFailure(
      { kind: "probe-refused", command: request },
      `${this.name} could not do ${request}${why === "" ? "" : `: ${why}`}`,
    );
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#waiting.clear();
  }
}

interface RawReply {
  readonly id: number;
  readonly status: number;
  readonly error: string;
  readonly result: unknown;
}

function readReply(line: string, bad: (reason: string) => Failure): RawReply {
  let value: unknown;
  try {
    value = parseLine(line);
  } catch {
    throw bad("an answer is not JSON");
  }
  const { id, status, error = "", result } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "number" || typeof status !== "number") throw bad("an answer lacks its id or its status");
  return { id, status, error: typeof error === "string" ? error : "", result };
}

function isTargetStatus(status: number): status is TargetStatus {
  return status === STATUS.transfer || status === STATUS.transferTimeout || status === STATUS.transferFault;
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" ? code : String(error);
}
