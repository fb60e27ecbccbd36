/**
 * Lends any pipe to clients on TCP, one at a time, framed as OpenOCD frames it. Knows nothing of what the
 * packets do.
 */
import type { Socket } from "node:net";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { requestPacket } from "../../cmsis-dap/command.ts";
import { dapConnect, dapDisconnect, dapHostStatus } from "../../cmsis-dap/general.ts";
import { asFailure } from "../../lib/fault.ts";
import { CMSIS_DAP_TCP_PORT, frame, FrameReader, LONGEST_FRAME } from "./frame.ts";
import { Relay } from "./relay.ts";
import { listen, TurnServer, type Guest, WrongClient, written, type Protocol } from "./turns.ts";
import type { TcpServerOptions } from "./serving.ts";

/** Lists the kinds of failures of the USB transports and of the simulated probe that a request causes itself. */
const REFUSED: ReadonlySet<string> = new Set(["packet-too-long", "oversized-packet", "truncated-packet"]);
const DISCONNECT_LIMIT_US = 1_000_000;

export class TcpServer extends TurnServer {
  /**
   * Listens on port 4441 if none is given. Sends a client away that announces a packet longer than
   * `packetSize` (1024 if omitted), or queues more than `packetCount` packets (255). Rejects with `no-port`
   * if the port is taken, and with `beyond-loopback`. Does not close the pipe, which belongs to the caller.
   */
  static async start(
    pipe: PacketPipe,
    options: TcpServerOptions & { readonly packetSize?: number; readonly packetCount?: number } = {},
  ): Promise<TcpServer> {
    const {
      host = "127.0.0.1",
      port = CMSIS_DAP_TCP_PORT,
      packetSize = LONGEST_FRAME,
      packetCount = 255,
    } = options;
    const server = await listen("tcp", { ...options, host, port });
    const protocol: Protocol = {
      welcome: (socket, wrong) => new Client(socket, pipe, { packetSize, packetCount, wrong }),
      // CMSIS-DAP has no message for a refusal.
      refuse: (socket) => socket.destroy(),
    };
    return new TcpServer(server, protocol, options);
  }
}

interface ClientOptions {
  readonly packetSize: number;
  readonly packetCount: number;
  readonly wrong: (reason: string) => void;
}

class Client implements Guest {
  readonly #pipe: PacketPipe;
  readonly #relay: Relay;
  readonly #reader: FrameReader;
  #connected = false;
  /** The lights that the client switched on. */
  readonly #lights = new Set<number>();
  #lost: Error | undefined;
  requests = 0;

  constructor(socket: Socket, pipe: PacketPipe, { packetSize, packetCount, wrong }: ClientOptions) {
    this.#pipe = pipe;
    this.#relay = new Relay(pipe, packetCount, {
      answer: (packet) => written(socket, frame("response", packet)),
      failed: (error) => {
        const failure = asFailure(error);
        // The client caused a request that no probe can take, and the next client finds the probe as it was.
        if (failure !== undefined && REFUSED.has(failure.fault.kind)) wrong(failure.message);
        else this.#lost = error instanceof Error ? error : new Error(String(error));
        socket.destroy();
      },
    });
    this.#reader = new FrameReader("request", (reason) => new WrongClient(reason), packetSize);
  }

  async take(chunk: Uint8Array): Promise<void> {
    for (const packet of this.#reader.push(chunk)) {
      await this.#relay.room();
      if (this.#relay.over) return;
      this.#request(packet);
    }
  }

  #request(packet: Uint8Array): void {
    this.requests += 1;
    if (packet[0] === dapConnect.id) this.#connected = true;
    if (packet[0] === dapDisconnect.id) this.#connected = false;
    const [id, type = 0, on = 0] = packet;
    if (id === dapHostStatus.id && (on & 1) === 1) this.#lights.add(type);
    if (id === dapHostStatus.id && (on & 1) === 0) this.#lights.delete(type);
    try {
      this.#relay.request(packet);
    } catch (error) {
      throw new WrongClient((error as Error).message); // the relay throws nothing else
    }
  }

  /**
   * Leaves the probe as the next client expects it: in step, and without driving a target that no client
   * holds.
   */
  async leave(): Promise<void> {
    await this.#relay.stop();
    if (this.#lost !== undefined) throw this.#lost;
    const last = [
      ...(this.#connected ? [requestPacket(dapDisconnect, {})] : []),
      ...[...this.#lights].map((type) => requestPacket(dapHostStatus, { type, on: false })),
    ];
    for (const packet of last) {
      await this.#pipe.send(packet);
      await this.#pipe.receive(DISCONNECT_LIMIT_US);
    }
  }
}
