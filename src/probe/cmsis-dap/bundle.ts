/**
 * Groups commands that the probe runs without the host in between: DAP_QueueCommands packets, then one
 * DAP_ExecuteCommands (wire rules 7b, 7c, 8).
 */
import { Reader } from "../../cmsis-dap/bytes.ts";
import { checkCount, checkEcho, requestPacket } from "../../cmsis-dap/command.ts";
import { dapInfo, INFO } from "../../cmsis-dap/info.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { isTimeout } from "../transport-faults.ts";
import type { Judge, Request } from "./requests.ts";

/** The header has the id and the number of commands; the answer begins alike. */
export const BUNDLE_HEADER = 2;
const QUEUE_COMMANDS = 0x7e;
export const executeCommands = { id: 0x7f, name: "DAP_ExecuteCommands" } as const;
const MOST_COMMANDS = 255;
/** This is far longer than the slowest probe takes for DAP_Info. */
const TRIAL_US = 1_000_000;

export interface Bundle {
  readonly bytes: Uint8Array;
  readonly requests: readonly Request[];
}

/**
 * Packs requests and answers into as few packets as possible. Returns undefined if the probe could not hold
 * that many before it begins.
 */
export function bundles(
  requests: readonly Request[],
  { packetSize, room }: { readonly packetSize: number; readonly room: number },
): readonly Bundle[] | undefined {
  const groups: Request[][] = [];
  let left = { request: 0, answer: 0 };
  for (const one of requests) {
    const last = groups.at(-1);
    const fits = one.bytes.length <= left.request && one.answerBytes <= left.answer;
    if (last === undefined || !fits || last.length === MOST_COMMANDS) {
      groups.push([one]);
      left = { request: packetSize - BUNDLE_HEADER, answer: packetSize - BUNDLE_HEADER };
    } else last.push(one);
    left = { request: left.request - one.bytes.length, answer: left.answer - one.answerBytes };
  }
  if (groups.length > room) return undefined;
  return groups.map((group, at) => {
    const id = at === groups.length - 1 ? executeCommands.id : QUEUE_COMMANDS;
    return {
      bytes: Uint8Array.of(id, group.length, ...group.flatMap(({ bytes }) => [...bytes])),
      requests: group,
    };
  });
}

/**
 * Tests whether the probe keeps DAP_QueueCommands until DAP_ExecuteCommands comes. DAPLink claims atomic
 * commands, but refuses each queued packet and runs the last one alone. The test uses DAP_Info, which changes
 * nothing.
 */
export async function queues(pipe: PacketPipe): Promise<boolean> {
  const question = requestPacket(dapInfo, { id: INFO.packetCount });
  try {
    for (const id of [QUEUE_COMMANDS, executeCommands.id]) await pipe.send(Uint8Array.of(id, 1, ...question));
    const answers = [await pipe.receive(TRIAL_US), await pipe.receive(TRIAL_US)];
    return answers.every(
      ([id, count, inner]) => id === executeCommands.id && count === 1 && inner === dapInfo.id,
    );
  } catch (error) {
    if (!isTimeout(error)) throw error;
    await pipe.resync();
    return false;
  }
}

/** Returns the answers of one packet in the order of its requests; a queued packet is answered like the last. */
export function readBundle({ requests }: Bundle, packet: Uint8Array): readonly Judge[] {
  const from = new Reader(packet);
  checkEcho(executeCommands, from.u8());
  checkCount(executeCommands.name, from.u8(), requests.length, true);
  return requests.map(({ read }) => read(from));
}
