/** A TCP port that stands before another one and may change what comes back from it. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Towards the client. */
export interface Passing {
  readonly send: (bytes: Uint8Array | string) => void;
  readonly end: () => void;
  readonly destroy: () => void;
}

export interface Between {
  readonly port: number;
  close(): void;
}

/** `answers` is asked once for each client, and takes what the server says to it. */
export async function between(
  port: number,
  answers: (passing: Passing) => (chunk: Uint8Array) => void,
): Promise<Between> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ port, host: "127.0.0.1", noDelay: true });
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => one.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.end();
      });
    }
    const take = answers({
      send: (bytes) => {
        if (client.writable) client.write(bytes);
      },
      end: () => client.end(),
      destroy: () => client.destroy(),
    });
    behind.on("data", take);
    client.on("data", (chunk) => {
      if (behind.writable) behind.write(chunk);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
