/** Whose turn it is at a server, so that no case depends on how fast the one before it was let go. */
import type { TcpServerEvent } from "../../src/probe/tcp/serving.ts";

export class Turns {
  #there = 0;

  readonly onEvent = ({ kind }: TcpServerEvent): void => {
    if (kind === "client-came") this.#there += 1;
    if (kind === "client-left") this.#there -= 1;
  };

  /** Resolves when no client is there. */
  async over(): Promise<void> {
    do await new Promise((resolve) => setTimeout(resolve, 1));
    while (this.#there > 0);
  }
}

/** Rejects where something has ended the server. */
export function mustGoOn(server: { readonly ended: Promise<void> }): Promise<void> {
  return Promise.race([server.ended, new Promise<void>((resolve) => setImmediate(resolve))]);
}
