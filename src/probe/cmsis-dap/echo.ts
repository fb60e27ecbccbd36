/** Puts a pipe back in step: drops leftover answers, then compares two answers with their two questions. */
import { ID_INVALID, requestPacket } from "../../cmsis-dap/command.ts";
import { dapInfo, INFO } from "../../cmsis-dap/info.ts";
import { isTimeout, transportFailure } from "../transport-faults.ts";

/** The half of a pipe that brings packets back; it rejects with `timeout` if none came. */
export interface Exchange {
  send(packet: Uint8Array): Promise<void>;
  receive(limitUs: number): Promise<Uint8Array>;
}

export interface EchoOptions {
  /** The name of the probe, for messages. */
  readonly probe: string;
  /** The longest time that an answer can be on its way without the probe working on it. */
  readonly quietUs: number;
}

/** The limits that DAP_Info reports; the size holds for packets in both directions. */
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
 * Rejects with `out-of-step` if the answers still belong to other questions after three attempts, or if two
 * questions in a row had no answer.
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

/** Returns true if it dropped anything. */
async function drain(pipe: Exchange, quietUs: number): Promise<boolean> {
  for (let packets = 0; packets < MOST_LEFT_OVER; packets++) {
    if ((await inTime(pipe.receive(quietUs))) === undefined) return packets > 0;
  }
  return true;
}

/**
 * The two answers have different lengths (packet size is a short, packet count a byte), so that one left over
 * from an earlier DAP_Info cannot pass for both. If a probe refuses one of them, or gives it in another form,
 * the second is asked once more: after a leftover answer, both would be answers to other questions.
 */
async function askLimits(pipe: Exchange): Promise<PacketLimits | "silent" | "wrong"> {
  const size = await ask(pipe, INFO.packetSize);
  if (typeof size === "string") return size;
  const count = await ask(pipe, INFO.packetCount);
  if (typeof count === "string") return count;
  const limits = { packetSize: numberOf(size), packetCount: numberOf(count) };
  if (size.length === 2 && count.length === 1) return limits;
  const again = await ask(pipe, INFO.packetCount);
  if (typeof again === "string") return again;
  const saysNothing = size.length === 0 && count.length === 0;
  return isSame(count, again) && (saysNothing || !isSame(size, count)) ? limits : "wrong";
}

/** Returns nothing for a value that the probe does not report. */
async function ask(pipe: Exchange, id: number): Promise<Uint8Array | "silent" | "wrong"> {
  await pipe.send(requestPacket(dapInfo, { id }));
  const answer = await inTime(pipe.receive(ECHO_LIMIT_US));
  if (answer === undefined) return "silent";
  if (answer[0] === ID_INVALID) return new Uint8Array();
  const [echo, length = 0] = answer;
  // The answer is longer than any number, so it is the text of another question.
  if (echo !== dapInfo.id || length > 4 || answer.length < 2 + length) return "wrong";
  return answer.subarray(2, 2 + length);
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function isSame(one: Uint8Array, two: Uint8Array): boolean {
  return one.length === two.length && one.every((byte, at) => byte === two[at]);
}

async function inTime(answer: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}
