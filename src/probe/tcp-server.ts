/** Lends any pipe to clients on TCP, one at a time, framed as OpenOCD frames it. Knows nothing of what the packets do. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { PacketPipe } from "../cmsis-dap/pipe.ts";
import { requestPacket } from "../cmsis-dap/command.ts";
import { dapConnect, dapDisconnect } from "../cmsis-dap/general.ts";
import { CMSIS_DAP_TCP_PORT, frame, FrameReader, LONGEST_FRAME } from "./tcp-frame.ts";
import { Relay } from "./tcp-relay.ts";
import { transportFailure } from "./transport-faults.ts";

export interface TcpServerOptions {
  /** Loopback unless told otherwise: whoever reaches the port owns the target. */
  readonly host?: string;
  /** 4441 where left away; 0 takes a free one. */
  readonly port?: number;
  /** The longest packet that the probe takes; a client that announces more is sent away. 1024 where left away. */
  readonly packetSize?: number;
  readonly onEvent?: (event: TcpServerEvent) => void;
}

export type TcpServerEvent =
  | { readonly kind: "client-came"; readonly address: string }
  | { readonly kind: "client-left"; readonly address: string; readonly requests: number }
  /** Another client was there and stayed. */
  | { readonly kind: "client-refused"; readonly address: string }
  | { readonly kind: "client-wrong"; readonly address: string; readonly reason: string };

/** A client that leaves and one that comes can overtake each other on the network. */
const TURN_LIMIT_MS = 500;
const DISCONNECT_LIMIT_US = 1_000_000;

export class TcpServer {
  readonly #server: Server;
  readonly #pipe: PacketPipe;
  readonly #packetSize: number;
  readonly #onEvent: (event: TcpServerEvent) => void;
  readonly #sockets = new Set<Socket>();
  /** Settles when the pipe is free for the next client. */
  #turn: Promise<void> = Promise.resolve();
  #end: (error?: Error) => void = () => undefined;
  /** Resolves after `close`, rejects when the pipe is lost. */
  readonly ended: Promise<void>;

  private constructor(server: Server, pipe: PacketPipe, options: TcpServerOptions) {
    this.#server = server;
    this.#pipe = pipe;
    this.#packetSize = options.packetSize ?? LONGEST_FRAME;
    this.#onEvent = options.onEvent ?? (() => undefined);
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

  /** Rejects with `no-connection` where the port is taken. Does not close the pipe, which belongs to the caller. */
  static async start(pipe: PacketPipe, options: TcpServerOptions = {}): Promise<TcpServer> {
    const { host = "127.0.0.1", port = CMSIS_DAP_TCP_PORT } = options;
    const server = createServer({ noDelay: true });
    try {
      server.listen(port, host);
      await once(server, "listening");
    } catch (error) {
      const code = (error as { readonly code?: string }).code ?? String(error);
      throw transportFailure({ kind: "no-connection", probe: `tcp://${host}:${port}`, code }, error);
    }
    return new TcpServer(server, pipe, options);
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
    const client = new Client(socket, this.#pipe, {
      packetSize: this.#packetSize,
      wrong: (reason) => {
        this.#onEvent({ kind: "client-wrong", address, reason });
      },
    });
    await once(socket, "close");
    try {
      await client.leave();
    } catch (error) {
      this.#server.close();
      this.#end(error as Error);
    }
    this.#onEvent({ kind: "client-left", address, requests: client.requests });
  }
}

class Client {
  readonly #pipe: PacketPipe;
  readonly #relay: Relay;
  #connected = false;
  #lost: Error | undefined;
  requests = 0;

  constructor(
    socket: Socket,
    pipe: PacketPipe,
    { packetSize, wrong }: { readonly packetSize: number; readonly wrong: (reason: string) => void },
  ) {
    this.#pipe = pipe;
    this.#relay = new Relay(pipe, {
      answer: (packet) => {
        socket.write(frame("response", packet));
      },
      failed: (error) => {
        this.#lost = error instanceof Error ? error : new Error(String(error));
        socket.destroy();
      },
    });
    const reader = new FrameReader("request", (reason) => new Error(reason), packetSize);
    socket.on("data", (chunk) => {
      try {
        for (const packet of reader.push(chunk)) this.#request(packet);
      } catch (error) {
        wrong((error as Error).message);
        socket.destroy();
      }
    });
  }

  #request(packet: Uint8Array): void {
    this.requests += 1;
    if (packet[0] === dapConnect.id) this.#connected = true;
    if (packet[0] === dapDisconnect.id) this.#connected = false;
    this.#relay.request(packet);
  }

  /** Leaves the probe as the next client expects it: in step, and not driving a target that nobody holds any more. */
  async leave(): Promise<void> {
    await this.#relay.stop();
    if (this.#lost !== undefined) throw this.#lost;
    if (!this.#connected) return;
    await this.#pipe.send(requestPacket(dapDisconnect, {}));
    await this.#pipe.receive(DISCONNECT_LIMIT_US);
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
