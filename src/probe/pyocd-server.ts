/** Lends any probe over TCP as `pyocd server` does, to one client at a time. Knows lines and turns; requests are elsewhere. */
import type { Socket } from "node:net";
import { asFailure } from "../lib/fault.ts";
import { probePolicy } from "../coresight/error-policy.ts";
import { formatLine, LineReader, parseLine, type Json } from "./pyocd-lines.ts";
import { PYOCD_TCP_PORT, RequestError, STATUS } from "./pyocd-protocol.ts";
import { Requests, type LentProbe } from "./pyocd-requests.ts";
import { listen, TurnServer, type Guest, type TcpServerOptions } from "./tcp-turns.ts";

export class PyocdServer extends TurnServer {
  /** Port 5555 where left away. Rejects with `no-connection` where it is taken. Does not close the probe. */
  static async start(probe: LentProbe, options: TcpServerOptions = {}): Promise<PyocdServer> {
    const { host = "127.0.0.1", port = PYOCD_TCP_PORT } = options;
    const server = await listen("pyocd", { host, port });
    return new PyocdServer(server, (socket, wrong) => new Client(socket, probe, wrong), options);
  }
}

class Client implements Guest {
  readonly #socket: Socket;
  readonly #requests: Requests;
  /** One request after the other, in the order of coming. */
  #chain: Promise<void> = Promise.resolve();
  #lost: Error | undefined;
  requests = 0;

  constructor(socket: Socket, probe: LentProbe, wrong: (reason: string) => void) {
    this.#socket = socket;
    this.#requests = new Requests(probe);
    const reader = new LineReader((reason) => new Error(reason));
    socket.on("data", (chunk) => {
      try {
        for (const line of reader.push(chunk)) this.#chain = this.#chain.then(() => this.#answer(line));
      } catch (error) {
        wrong((error as Error).message);
        socket.destroy();
      }
    });
  }

  async leave(): Promise<void> {
    await this.#chain;
    if (this.#lost !== undefined) throw this.#lost;
    await this.#requests.leave();
  }

  async #answer(line: string): Promise<void> {
    if (this.#socket.destroyed || this.#lost !== undefined) return;
    this.requests += 1;
    let id: Json = -1; // as pyOCD answers a request whose id it cannot see
    try {
      const request = readRequest(line);
      id = request.id;
      const result = await this.#requests.answer(request.name, request.list);
      this.#reply({ id, status: 0, ...(result === undefined ? {} : { result }) });
    } catch (error) {
      const lost = lostBy(error);
      this.#lost = lost;
      const own = error instanceof RequestError ? error.status : STATUS.general;
      const status = lost === undefined || lost === error ? own : STATUS.probeDisconnected;
      this.#reply({ id, status, error: (error as Error).message });
      if (lost !== undefined) this.#socket.end();
    }
  }

  #reply(reply: Readonly<Record<string, Json>>): void {
    this.#socket.write(formatLine(reply));
  }
}

/** What ends the server: a probe that is gone is gone for every client, and so is a server with a defect. */
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
