/** Puts a pipe back in step: drops what is left over, then holds two answers against two questions. */
import { requestPacket } from "../cmsis-dap/command.ts";
import { dapInfo, INFO } from "../cmsis-dap/info.ts";
import { isTimeout, transportFailure } from "./transport-faults.ts";

/** The half of a pipe that brings packets back; rejects with `timeout` where none came. */
export interface Exchange {
  send(packet: Uint8Array): Promise<void>;
  receive(limitUs: number): Promise<Uint8Array>;
}

export interface EchoOptions {
  /** For messages. */
  readonly probe: string;
  /** As long as an answer can be on its way without the probe working on it. */
  readonly quietUs: number;
}

/** What DAP_Info says; the size is what packets may have in both directions. */
export interface PacketLimits {
  readonly packetSize: number;
  readonly packetCount: number;
}

const ECHO_LIMIT_US = 1_000_000;
/** A probe can owe as many answers as it has packet buffers, and no real one has more than this. */
const MOST_LEFT_OVER = 255;
const ATTEMPTS = 3;
const MOST_UNANSWERED = 2;

/**
 * Rejects with `out-of-step` when the answers still belong to other questions after three attempts, or when two questions
 * in a row had no answer at all.
 */
export async function bringInStep(pipe: Exchange, options: EchoOptions): Promise<PacketLimits> {
  let unanswered = 0;
  for (let attempt = 0; attempt < ATTEMPTS && unanswered < MOST_UNANSWERED; attempt++) {
    const heard = await drain(pipe, options.quietUs);
    const limits = await askLimits(pipe);
    if (typeof limits === "object") return limits;
    unanswered = limits === "silent" && !heard ? unanswered + 1 : 0;
  }
  throw transportFailure({ kind: "out-of-step", probe: options.probe, silent: unanswered > 0 });
}

/** Whether there was something. */
async function drain(pipe: Exchange, quietUs: number): Promise<boolean> {
  for (let packets = 0; packets < MOST_LEFT_OVER; packets++) {
    if ((await inTime(pipe.receive(quietUs))) === undefined) return packets > 0;
  }
  return true;
}

/**
 * The two answers have different lengths (packet size is a short, packet count a byte), so that one left over from an
 * earlier DAP_Info cannot pass for both.
 */
async function askLimits(pipe: Exchange): Promise<PacketLimits | "silent" | "wrong"> {
  const size = await ask(pipe, INFO.packetSize, 2);
  if (typeof size === "string") return size;
  const count = await ask(pipe, INFO.packetCount, 1);
  if (typeof count === "string") return count;
  return { packetSize: (size[0] ?? 0) | ((size[1] ?? 0) << 8), packetCount: count[0] ?? 0 };
}

async function ask(pipe: Exchange, id: number, length: number): Promise<Uint8Array | "silent" | "wrong"> {
  await pipe.send(requestPacket(dapInfo, { id }));
  const answer = await inTime(pipe.receive(ECHO_LIMIT_US));
  if (answer === undefined) return "silent";
  const belongs = answer[0] === dapInfo.id && answer[1] === length && answer.length >= 2 + length;
  return belongs ? answer.subarray(2, 2 + length) : "wrong";
}

async function inTime(answer: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}
