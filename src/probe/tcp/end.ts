/** Ends TCP connections, on either side. */
import type { Socket } from "node:net";

/**
 * Resolves when the socket has closed. `once` of node:events would reject if the other side breaks off, but
 * the socket closes then too.
 */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else
      socket.once("close", () => {
        resolve();
      });
  });
}

/** A side that never closes must not hold this one. */
export function destroyedAfter(socket: Socket, limitMs: number): void {
  if (socket.closed) return;
  const timer = setTimeout(() => socket.destroy(), limitMs);
  socket.once("close", () => {
    clearTimeout(timer);
  });
}

/** The time for data that the other side has not read yet. */
const GOODBYE_MS = 1000;

/** Ends a connection in order, if the other side does the same. */
export async function closeInOrder(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.end();
  destroyedAfter(socket, GOODBYE_MS);
  await closed(socket);
}
