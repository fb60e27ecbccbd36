/** Clients that break off. */
import type { Socket } from "node:net";

/**
 * By RST if that can be: Node never lets go of the handle of a socket that is reset while its end is under way (`resetAndDestroy`
 * right after `end` fails with EINVAL, and has forgotten the handle by then).
 */
export function brokenOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
