/**
 * Serves the clients of a TCP port in turn, one at a time. Knows nothing of what they say. It stops listening
 * to a client until its request is answered and the answer is taken, so that the memory held for it is
 * limited.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { isLoopback, withoutBrackets } from "./loopback.ts";
import { closed, destroyedAfter } from "./end.ts";
import { transportFailure } from "../transport-faults.ts";
import type { TcpServerEvent, TcpServerOptions } from "./serving.ts";

/** The client that has the turn. */
export interface Guest {
  readonly requests: number;
  /**
   * Takes bytes in; the next ones are read when it resolves. Rejects with WrongClient, or with the error that
   * ends the server.
   */
  take(chunk: Uint8Array): Promise<void>;
  /**
   * Runs after its socket closed, even while bytes are being taken in; rejects if the next client cannot be
   * served.
   */
  leave(): Promise<void>;
}

/** Says how a protocol treats the clients of its port. */
export interface Protocol {
  /** `wrong` ends a client for a fault outside of `take`. */
  welcome(socket: Socket, wrong: (reason: string) => void): Guest;
  /**
   * Tells a client in the protocol's own words that another one has the turn. If the protocol has no such
   * words, ends the client.
   */
  refuse(socket: Socket): void;
}

/** A client broke the protocol; the message says how. */
export class WrongClient extends Error {}

/** A client that leaves and one that comes can overtake each other on the network. */
const TURN_LIMIT_MS = 500;
/** A tool asks as soon as it is connected. */
const FIRST_REQUEST_MS = 30_000;
/** A client that never asks must not keep others out. */
const GIVE_WAY_MS = 2000;
/** The time for data that the client has not read yet after it closed its side, and for the refusal. */
const GOODBYE_MS = 2000;
/** Keep-alive notices a silent client whose machine is gone. */
const KEEP_ALIVE_MS = 30_000;
/** The limit counts the client that is served and those that wait for their turn. */
const MOST_SOCKETS = 32;

export class TurnServer {
  readonly #server: Server;
  readonly #protocol: Protocol;
  readonly #onEvent: (event: TcpServerEvent) => void;
  readonly #firstRequestMs: number;
  readonly #giveWayMs: number;
  readonly #sockets = new Set<Socket>();
  /** Settles when the next client may come. */
  #turn: Promise<void> = Promise.resolve();
  #holder: Holder | undefined;
  #end: (error?: Error) => void = () => undefined;
  /** Resolves after `close`; rejects if the lent probe is lost. */
  readonly ended: Promise<void>;

  protected constructor(
    server: Server,
    protocol: Protocol,
    { onEvent, firstRequestMs = FIRST_REQUEST_MS, giveWayMs = GIVE_WAY_MS }: TcpServerOptions,
  ) {
    this.#server = server;
    this.#protocol = protocol;
    this.#onEvent = onEvent ?? (() => undefined);
    this.#firstRequestMs = firstRequestMs;
    this.#giveWayMs = giveWayMs;
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    this.ended.catch(() => undefined); // a caller that cares awaits it
    server.maxConnections = MOST_SOCKETS;
    server.on("connection", (socket) => {
      void this.#admit(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#dismiss();
    await this.#turn;
    this.#end();
  }

  /** Ends every client, including those that wait for their turn, and takes no other. */
  #dismiss(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #admit(socket: Socket): Promise<void> {
    const address = `${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`;
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy()); // a client that breaks off has left
    socket.on("close", () => this.#sockets.delete(socket));
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const deadline = performance.now() + TURN_LIMIT_MS;
    for (let turn = this.#turn; ; turn = this.#turn) {
      const isFree = await settlesWithin(turn, deadline - performance.now());
      if (!isFree && !(await this.#gaveWay(turn, socket))) {
        this.#onEvent({ kind: "client-refused", address });
        destroyedAfter(socket, GOODBYE_MS);
        this.#protocol.refuse(socket);
        return;
      }
      if (socket.destroyed) return;
      if (turn === this.#turn) break; // else another one that waited was faster
    }
    this.#turn = this.#serve(socket, address);
  }

  /** The client that has the turn may have asked for nothing yet: it must make room for one that waits. */
  async #gaveWay(turn: Promise<void>, waiting: Socket): Promise<boolean> {
    const holder = this.#holder;
    if (holder === undefined || holder.guest.requests > 0) return false;
    if (await settlesWithin(turn, holder.since + this.#giveWayMs - performance.now())) return true;
    if (holder.guest.requests > 0) return false;
    if (!waiting.destroyed)
      holder.wrong(`it asked for nothing within ${this.#giveWayMs / 1000} s, and another client waits`);
    await turn;
    return true;
  }

  async #serve(socket: Socket, address: string): Promise<void> {
    this.#onEvent({ kind: "client-came", address });
    const wrong = (reason: string): void => {
      this.#onEvent({ kind: "client-wrong", address, reason });
      socket.destroy();
    };
    const gone = closed(socket);
    const guest = this.#protocol.welcome(socket, wrong);
    this.#holder = { guest, wrong, since: performance.now() };
    const timer = setTimeout(() => {
      if (guest.requests === 0) wrong(`it asked for nothing within ${this.#firstRequestMs / 1000} s`);
    }, this.#firstRequestMs);
    try {
      await listenTo(socket, guest, gone);
    } catch (error) {
      if (error instanceof WrongClient) wrong(error.message);
      // Otherwise `leave` reports it.
      else socket.destroy();
    }
    destroyedAfter(socket, GOODBYE_MS);
    await gone;
    clearTimeout(timer);
    try {
      await guest.leave();
    } catch (error) {
      this.#dismiss();
      this.#end(error as Error);
    }
    this.#onEvent({ kind: "client-left", address, requests: guest.requests });
  }
}

interface Holder {
  readonly guest: Guest;
  /** Ends the client. */
  readonly wrong: (reason: string) => void;
  readonly since: number;
}

/** Listens until the client has said all, or is gone. */
async function listenTo(socket: Socket, guest: Guest, gone: Promise<void>): Promise<void> {
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const taken = guest.take(chunk as Uint8Array);
    taken.catch(() => undefined); // a client that is gone is not told
    await Promise.race([taken, gone]);
    if (socket.destroyed) return;
  }
}

/** Resolves when the system has taken the bytes, or the client is gone. */
export function written(socket: Socket, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => {
      resolve();
    });
  });
}

/** Throws `beyond-loopback`. */
export function mustBeLoopback({
  host,
  mayLeaveLoopback = false,
}: Pick<TcpServerOptions, "mayLeaveLoopback"> & { readonly host: string }): void {
  if (!mayLeaveLoopback && !isLoopback(host)) throw transportFailure({ kind: "beyond-loopback", host });
}

/** Rejects with `no-port` if the port is taken or not permitted to this user, and with `beyond-loopback`. */
export async function listen(
  scheme: "tcp" | "pyocd",
  {
    host,
    port,
    mayLeaveLoopback = false,
  }: TcpServerOptions & { readonly host: string; readonly port: number },
): Promise<Server> {
  mustBeLoopback({ host, mayLeaveLoopback });
  const server = createServer({ noDelay: true });
  try {
    server.listen(port, withoutBrackets(host));
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
