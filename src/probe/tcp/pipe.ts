/**
 * Carries CMSIS-DAP packets over TCP on the client's side, to any server that OpenOCD's `cmsis-dap backend
 * tcp` can use.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { withoutBrackets } from "./loopback.ts";
import { DAP_TRANSFER_ABORT } from "../../cmsis-dap/transfer.ts";
import { bringInStep } from "../cmsis-dap/echo.ts";
import { closeInOrder } from "./end.ts";
import { CMSIS_DAP_TCP_PORT, frame, FrameReader } from "./frame.ts";
import { transportFailure, type TransportFailure } from "../transport-faults.ts";

export interface TcpAddress {
  /** A host is a name or an address; an IPv6 address may stand in brackets. */
  readonly host: string;
  /** The port is 4441 if omitted. */
  readonly port?: number;
}

const CONNECT_LIMIT_MS = 5000;
/** An answer can take this long through a network; OpenOCD waits at least as long. */
const QUIET_US = 150_000;
/** The network and the other host may be slow. A lost server shows in the connection, so it needs no limit. */
const MARGIN_US = 3_000_000;

/**
 * Rejects with `no-connection`, or with `bad-frame`, `timeout` or `out-of-step` if something else answers
 * there.
 */
export async function openTcp({ host, port = CMSIS_DAP_TCP_PORT }: TcpAddress): Promise<PacketPipe> {
  const name = `tcp://${host}:${port}`;
  const socket = connect({ host: withoutBrackets(host), port, noDelay: true });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) });
  } catch (error) {
    socket.destroy();
    const code = error instanceof Error && error.name === "AbortError" ? "ETIMEDOUT" : codeOf(error);
    throw transportFailure({ kind: "no-connection", probe: name, code }, error);
  }
  return new TcpPipe(socket, name);
}

interface Waiting {
  readonly resolve: (packet: Uint8Array) => void;
  readonly reject: (failure: TransportFailure) => void;
}

class TcpPipe implements PacketPipe {
  readonly limits = { marginUs: MARGIN_US };
  readonly over = "network";
  readonly #socket: Socket;
  readonly #name: string;
  readonly #answers: Uint8Array[] = [];
  /** The number of requests whose answers have not come. */
  #due = 0;
  /** The number of answers that came while none was due. */
  #unasked = 0;
  #waiting: Waiting | undefined;
  #failure: TransportFailure | undefined;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    const reader = new FrameReader("response", (reason) =>
      transportFailure({ kind: "bad-frame", probe: name, reason }),
    );
    socket.on("data", (chunk) => {
      try {
        for (const packet of reader.push(chunk)) this.#take(packet);
      } catch (error) {
        this.#fail(error as TransportFailure); // the reader throws nothing else
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

  /** Rejects with `unasked-answer` if the next answer would be taken for that of another request. */
  send(packet: Uint8Array): Promise<void> {
    if (this.#unasked > 0) {
      this.#unasked = 0;
      return Promise.reject(transportFailure({ kind: "unasked-answer", probe: this.#name }));
    }
    if (packet[0] !== DAP_TRANSFER_ABORT) this.#due += 1;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#socket.write(frame("request", packet), (error) => {
        if (error === undefined || error === null) resolve();
        else reject(this.#failure ?? this.#lost(error));
      });
    });
  }

  receive(limitUs: number): Promise<Uint8Array> {
    const answer = this.#answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#waiting = undefined;
          reject(transportFailure({ kind: "timeout", probe: this.#name, limitUs }));
        },
        Math.max(1, Math.ceil(limitUs / 1000)),
      );
      this.#waiting = {
        resolve: (packet) => {
          clearTimeout(timer);
          resolve(packet);
        },
        reject: (failure) => {
          clearTimeout(timer);
          reject(failure);
        },
      };
    });
  }

  async resync(): Promise<void> {
    this.#unasked = 0;
    await bringInStep(this, { probe: this.#name, quietUs: QUIET_US });
    // What was lost on the way will not come any more.
    this.#due = 0;
  }

  close(): Promise<void> {
    return closeInOrder(this.#socket);
  }

  #take(packet: Uint8Array): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#due > 0) this.#due -= 1;
    else if (waiting === undefined) {
      this.#unasked += 1;
      return;
    }
    if (waiting === undefined) this.#answers.push(packet);
    else waiting.resolve(packet);
  }

  #fail(failure: TransportFailure): void {
    this.#failure ??= failure;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }

  #lost(error: unknown): TransportFailure {
    return transportFailure({ kind: "connection-closed", probe: this.#name, code: codeOf(error) }, error);
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" ? code : String(error);
}
