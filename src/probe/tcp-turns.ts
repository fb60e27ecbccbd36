/** A TCP port whose clients have something in turn, one at a time. Knows nothing of what they say. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { transportFailure } from "./transport-faults.ts";

export interface TcpServerOptions {
  /** Loopback unless told otherwise: whoever reaches the port owns the target. */
  readonly host?: string;
  /** The protocol's own where left away; 0 takes a free one. */
  readonly port?: number;
  readonly onEvent?: (event: TcpServerEvent) => void;
}

export type TcpServerEvent =
  | { readonly kind: "client-came"; readonly address: string }
  | { readonly kind: "client-left"; readonly address: string; readonly requests: number }
  /** Another client was there and stayed. */
  | { readonly kind: "client-refused"; readonly address: string }
  | { readonly kind: "client-wrong"; readonly address: string; readonly reason: string };

/** A client whose turn it is. */
export interface Guest {
  readonly requests: number;
  /** After its socket closed; rejects where the next one cannot be served. */
  leave(): Promise<void>;
}

/** Takes a socket in; `wrong` is told what a client did that no client does. */
export type Welcome = (socket: Socket, wrong: (reason: string) => void) => Guest;

/** A client that leaves and one that comes can overtake each other on the network. */
const TURN_LIMIT_MS = 500;

export class TurnServer {
  readonly #server: Server;
  readonly #welcome: Welcome;
  readonly #onEvent: (event: TcpServerEvent) => void;
  readonly #sockets = new Set<Socket>();
  /** Settles when the next client may come. */
  #turn: Promise<void> = Promise.resolve();
  #end: (error?: Error) => void = () => undefined;
  /** Resolves after `close`, rejects when what is lent is lost. */
  readonly ended: Promise<void>;

  protected constructor(server: Server, welcome: Welcome, { onEvent }: Pick<TcpServerOptions, "onEvent">) {
    this.#server = server;
    this.#welcome = welcome;
    this.#onEvent = onEvent ?? (() => undefined);
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    this.ended.catch(() => undefined); // whoever cares awaits it
    server.on("connection", (socket) => {
      void this.#admit(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#turn;
    this.#end();
  }

  async #admit(socket: Socket): Promise<void> {
    const address = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`;
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy()); // a client that breaks off has left
    socket.on("close", () => this.#sockets.delete(socket));
    const deadline = performance.now() + TURN_LIMIT_MS;
    for (let turn = this.#turn; ; turn = this.#turn) {
      if (!(await settlesWithin(turn, deadline - performance.now()))) {
        this.#onEvent({ kind: "client-refused", address });
        socket.destroy();
        return;
      }
      if (socket.destroyed) return;
      if (turn === this.#turn) break; // else another one that waited was faster
    }
    this.#turn = this.#serve(socket, address);
  }

  async #serve(socket: Socket, address: string): Promise<void> {
    this.#onEvent({ kind: "client-came", address });
    const guest = this.#welcome(socket, (reason) => {
      this.#onEvent({ kind: "client-wrong", address, reason });
    });
    // Not `once` of node:events, which rejects where the client breaks off: it closes then too.
    if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
    try {
      await guest.leave();
    } catch (error) {
      this.#server.close();
      this.#end(error as Error);
    }
    this.#onEvent({ kind: "client-left", address, requests: guest.requests });
  }
}

/** Rejects with `no-port` where the port is taken, or not this user's to take. */
export async function listen(
  scheme: "tcp" | "pyocd",
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer({ noDelay: true });
  try {
    server.listen(port, host);
    await once(server, "listening");
    return server;
  } catch (error) {
    const code = (error as { readonly code?: string }).code ?? String(error);
    throw transportFailure({ kind: "no-port", address: `${scheme}://${host}:${port}`, code }, error);
  }
}

async function settlesWithin(turn: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const settled = await Promise.race([turn.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
