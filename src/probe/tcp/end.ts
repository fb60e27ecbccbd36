/** How TCP connections end, on either side of one. */
import type { Socket } from "node:net";

/** Resolves when the socket has closed. Not `once` of node:events, which rejects if the other side breaks off: it closes then too. */
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

/** For what the other side does not read yet. */
const GOODBYE_MS = 1000;

/** Ends a connection in order, if the other side plays along. */
export async function closeInOrder(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  socket.end();
  destroyedAfter(socket, GOODBYE_MS);
  await closed(socket);
}
