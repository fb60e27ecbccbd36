/**
 * Sends one command and reads one answer: it waits no longer than allowed, and gets back in step after a
 * failure. Knows no target.
 */
import { parseResponse, requestPacket, type Command } from "../../cmsis-dap/command.ts";
import { dapInfo, INFO } from "../../cmsis-dap/info.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import type { Status } from "../../cmsis-dap/status.ts";
import { probePolicy } from "../../coresight/wire/error-policy.ts";
import { Failure } from "../../lib/fault.ts";
import { ProbeFailure } from "../faults.ts";

/**
 * A request may take this much longer than its own worst case, if the pipe does not know better: the bus, the
 * host or a busy probe may be slow (wire rule 12).
 */
const MARGIN_US = 1_000_000;
/** This is far longer than the slowest probe takes for DAP_Info. */
const TRIAL_US = 100_000;

/**
 * `ownUs` is the worst case of the command itself. Rejects with `probe-timeout`, `probe-protocol` or the
 * failure of the pipe.
 */
export async function exchange<Q, R>(
  pipe: PacketPipe,
  command: Command<Q, R>,
  request: Q,
  ownUs = 0,
): Promise<R> {
  const { name } = command;
  await send(pipe, name, requestPacket(command, request));
  return receive(pipe, { name, ownUs, read: (packet) => parseResponse(command, packet, request) });
}

/** Does half an exchange, for packets that are sent before the earlier ones are answered. */
export async function send(pipe: PacketPipe, name: string, packet: Uint8Array): Promise<void> {
  await inStep(pipe, name, marginOf(pipe), () => pipe.send(packet));
}

/** Does the other half: it reads the next answer. */
export function receive<T>(
  pipe: PacketPipe,
  {
    name,
    ownUs,
    read,
  }: { readonly name: string; readonly ownUs: number; readonly read: (packet: Uint8Array) => T },
): Promise<T> {
  const limitUs = marginOf(pipe) + ownUs;
  return inStep(pipe, name, limitUs, async () => read(await pipe.receive(limitUs)));
}

function marginOf({ limits }: PacketPipe): number {
  return limits?.marginUs ?? MARGIN_US;
}

/**
 * Tests whether the probe holds so many packets: some clones report a count that they do not have, and lose
 * the excess. The test uses DAP_Info, which changes nothing.
 */
export async function holds(pipe: PacketPipe, count: number): Promise<boolean> {
  try {
    for (let left = count; left > 0; left--)
      await pipe.send(requestPacket(dapInfo, { id: INFO.packetCount }));
    for (let left = count; left > 0; left--) {
      const answer = await pipe.receive(TRIAL_US);
      if (answer[0] !== dapInfo.id) throw new RangeError("another command's answer");
    }
    return true;
  } catch (error) {
    if (!(error instanceof Failure || error instanceof RangeError)) throw error;
    await pipe.resync();
    return false;
  }
}

async function inStep<T>(
  pipe: PacketPipe,
  name: string,
  limitUs: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = understood(error, name, { limitUs, over: pipe.over });
    if (failure === undefined) throw error;
    throw await inStepAgain(pipe, failure);
  }
}

/** Does the same as exchange for commands that only report success; also rejects with `probe-refused`. */
export async function order<Q>(
  pipe: PacketPipe,
  command: Command<Q, Status>,
  request: Q,
  ownUs = 0,
): Promise<void> {
  const { ok } = await exchange(pipe, command, request, ownUs);
  if (!ok) throw refused(command.name);
}

export function refused(command: string): ProbeFailure {
  return new ProbeFailure({ kind: "probe-refused", command }, `the probe refused ${command}`);
}

/**
 * After these failures the next answer may belong to this request. Other failures, such as an unplugged
 * probe, stay as they are.
 */
function understood(
  error: unknown,
  command: string,
  { limitUs, over }: { readonly limitUs: number; readonly over: PacketPipe["over"] },
): ProbeFailure | undefined {
  if (!(error instanceof Failure)) return undefined;
  const { kind } = (error as Failure).fault;
  if (probePolicy(kind)?.probe !== "drain") return undefined;
  // The answer is complete: it says that there will not be another.
  if (kind === "unknown-command") return new ProbeFailure({ kind: "probe-refused", command }, error.message);
  const carried = over === undefined ? {} : { over };
  if (kind === "timeout") {
    return new ProbeFailure(
      { kind: "probe-timeout", command, limitUs, ...carried },
      `the probe did not answer ${command} within ${Math.ceil(limitUs / 1000)} ms`,
      error,
    );
  }
  return new ProbeFailure(
    { kind: "probe-protocol", command, reason: error.message, ...carried },
    `the probe's answer to ${command} makes no sense`,
    error,
  );
}

/** A failure to resynchronise is kept beside the first error; it never replaces it. */
async function inStepAgain(pipe: PacketPipe, failure: ProbeFailure): Promise<ProbeFailure> {
  try {
    await pipe.resync();
    return failure;
  } catch (error) {
    const both = new AggregateError([failure.cause, error], "and the probe could not be resynchronised");
    return new ProbeFailure(failure.fault, failure.message, both);
  }
}
