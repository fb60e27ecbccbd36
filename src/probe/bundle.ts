/**
 * Several commands that the probe runs without the host in between: DAP_QueueCommands packets, then one
 * DAP_ExecuteCommands (WIRE.md 7b, 7c, 8). Pure.
 */
import { Reader } from "../cmsis-dap/bytes.ts";
import { checkCount, checkEcho } from "../cmsis-dap/command.ts";
import type { Judge, Request } from "./requests.ts";

/** Its id, and the number of commands; the answer begins alike. */
export const BUNDLE_HEADER = 2;
const QUEUE_COMMANDS = 0x7e;
export const executeCommands = { id: 0x7f, name: "DAP_ExecuteCommands" } as const;
const MOST_COMMANDS = 255;

export interface Bundle {
  readonly bytes: Uint8Array;
  readonly requests: readonly Request[];
}

/** As few packets as requests and answers fit into; undefined where the probe could not take so many before it begins. */
export function bundles(
  requests: readonly Request[],
  { packetSize, packetCount }: { readonly packetSize: number; readonly packetCount: number },
): readonly Bundle[] | undefined {
  const groups: Request[][] = [];
  let room = { request: 0, answer: 0 };
  for (const one of requests) {
    const last = groups.at(-1);
    const fits = one.bytes.length <= room.request && one.answerBytes <= room.answer;
    if (last === undefined || !fits || last.length === MOST_COMMANDS) {
      groups.push([one]);
      room = { request: packetSize - BUNDLE_HEADER, answer: packetSize - BUNDLE_HEADER };
    } else last.push(one);
    room = { request: room.request - one.bytes.length, answer: room.answer - one.answerBytes };
  }
  if (groups.length > packetCount) return undefined;
  return groups.map((group, at) => {
    const id = at === groups.length - 1 ? executeCommands.id : QUEUE_COMMANDS;
    return {
      bytes: Uint8Array.of(id, group.length, ...group.flatMap(({ bytes }) => [...bytes])),
      requests: group,
    };
  });
}

/** The answers of one packet, in the order of its requests; a queued packet is answered like the last. */
export function readBundle({ requests }: Bundle, packet: Uint8Array): readonly Judge[] {
  const from = new Reader(packet);
  checkEcho(executeCommands, from.u8());
  checkCount(executeCommands.name, from.u8(), requests.length, true);
  return requests.map(({ read }) => read(from));
}
