/**
 * Lends any probe over TCP as `pyocd server` does, to one client at a time. Knows lines and turns; requests
 * are elsewhere.
 */
import type { Socket } from "node:net";
import { asFailure } from "../../lib/fault.ts";
import { probePolicy } from "../../coresight/wire/error-policy.ts";
import { formatLine, LineReader, parseLine, type Json } from "./lines.ts";
import { BUSY, PYOCD_TCP_PORT, RequestError, STATUS } from "./protocol.ts";
import { Requests, type LentProbe } from "./requests.ts";
import type { TcpServerOptions } from "../tcp/serving.ts";
import { listen, TurnServer, WrongClient, written, type Guest } from "../tcp/turns.ts";

/** Python writes a list of words for 64 KiB as 790 kB; no client asks for more at once. */
const LONGEST_REQUEST = 1 << 20;

export class PyocdServer extends TurnServer {
  /**
   * Listens on port 5555 if none is given. Rejects with `no-port` if it is taken, and with `beyond-loopback`.
   * Does not close the probe.
   */
  static async start(probe: LentProbe, options: TcpServerOptions = {}): Promise<PyocdServer> {
    const { host = "127.0.0.1", port = PYOCD_TCP_PORT } = options;
    const server = await listen("pyocd", { ...options, host, port });
    const welcome = (socket: Socket): Guest => new Client(socket, probe);
    return new PyocdServer(server, { welcome, refuse }, options);
  }
}

/** Answers the client's first request, because the client waits for that answer. */
function refuse(socket: Socket): void {
  const reader = requestLines();
  socket.on("data", (chunk) => {
    try {
      for (const line of reader.push(chunk)) {
        const { id } = readRequest(line);
        socket.end(formatLine({ id, status: STATUS.probe, error: BUSY }));
      }
    } catch {
      socket.destroy();
    }
  });
}

function requestLines(): LineReader {
  return new LineReader((reason) => new WrongClient(reason), { longest: LONGEST_REQUEST, begins: "{" });
}

class Client implements Guest {
  readonly #socket: Socket;
  readonly #requests: Requests;
  readonly #reader = requestLines();
  /** Requests run one after the other, in the order in which they came. */
  #work: Promise<void> = Promise.resolve();
  #lost: Error | undefined;
  requests = 0;

  constructor(socket: Socket, probe: LentProbe) {
    this.#socket = socket;
    this.#requests = new Requests(probe);
  }

  take(chunk: Uint8Array): Promise<void> {
    this.#work = this.#answerAll(chunk);
    return this.#work;
  }

  async leave(): Promise<void> {
    await this.#work.catch(() => undefined); // the caller of `take` was told
    if (this.#lost !== undefined) throw this.#lost;
    await this.#requests.leave();
  }

  async #answerAll(chunk: Uint8Array): Promise<void> {
    for (const line of this.#reader.push(chunk)) {
      if (this.#socket.destroyed) return;
      await this.#answer(line);
    }
  }

  async #answer(line: string): Promise<void> {
    const { id, name, list } = await this.#read(line);
    this.requests += 1;
    try {
      const result = await this.#requests.answer(name, list);
      await this.#reply({ id, status: 0, ...(result === undefined ? {} : { result }) });
    } catch (error) {
      this.#lost = lostBy(error);
      const own = error instanceof RequestError ? error.status : STATUS.general;
      const status = this.#lost === undefined || this.#lost === error ? own : STATUS.probeDisconnected;
      await this.#reply({ id, status, error: (error as Error).message });
      if (this.#lost !== undefined) throw this.#lost;
    }
  }

  /**
   * A client that sends anything but requests is not a real client, but for example a page in a browser: it
   * gets no second line.
   */
  async #read(line: string): Promise<Request> {
    try {
      return readRequest(line);
    } catch (error) {
      const reason = (error as Error).message; // only a RequestError is thrown
      await this.#reply({ id: -1, status: STATUS.general, error: reason }); // as pyOCD answers it
      throw new WrongClient(reason);
    }
  }

  #reply(reply: Readonly<Record<string, Json>>): Promise<void> {
    return written(this.#socket, formatLine(reply));
  }
}

/** Returns what ends the server: a lost probe is lost for every client, and a defect ends the server too. */
function lostBy(error: unknown): Error | undefined {
  if (!(error instanceof RequestError)) return error as Error;
  const failure = asFailure(error.cause);
  if (failure === undefined || probePolicy(failure.fault.kind)?.probe !== "gone") return undefined;
  return failure;
}

interface Request {
  readonly id: number | bigint;
  readonly name: string;
  readonly list: readonly unknown[];
}

function readRequest(line: string): Request {
  const refuse = (why: string): never => {
    throw new RequestError(STATUS.general, why);
  };
  let value: unknown;
  try {
    value = parseLine(line);
  } catch {
    return refuse("a request is one line of JSON");
  }
  if (typeof value !== "object" || value === null) return refuse("a request is a JSON object");
  const { id, request, arguments: list = [] } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "number" && typeof id !== "bigint") return refuse("a request has an id, a number");
  if (typeof request !== "string") return refuse('a request has its name as "request"');
  if (!Array.isArray(list)) return refuse("the arguments of a request are a list");
  return { id, name: request, list: list as readonly unknown[] };
}
