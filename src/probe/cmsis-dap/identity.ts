/**
 * Reads what a probe says about itself (DAP_Info). Nothing on the wire depends on its names, so a probe that
 * refuses them or gives a wrong length is used all the same. A size that the probe does not report is taken
 * as the smallest possible.
 */
import { Reader } from "../../cmsis-dap/bytes.ts";
import { readResponse, requestPacket } from "../../cmsis-dap/command.ts";
import { capabilitiesFrom, dapInfo, INFO, infoNumber, infoText } from "../../cmsis-dap/info.ts";
import type { Capabilities, InfoResponse } from "../../cmsis-dap/info.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { asFailure } from "../../lib/fault.ts";
import { receive, refused, send } from "./exchange.ts";
import { believedCount, believedSize, longestPacket } from "./packet-limits.ts";

export interface ProbeIdentity {
  readonly names: Readonly<Record<string, string>>;
  readonly capabilities: Capabilities;
  readonly packetSize: number;
  /** The longest packet for clients that ask the probe themselves and believe its answer. */
  readonly longestPacket: number;
  readonly packetCount: number;
  /** The facts that the probe did not report, or reported badly. */
  readonly notes: readonly string[];
}

const NAMES: readonly (readonly [name: string, id: number])[] = [
  ["vendor", INFO.vendor],
  ["product", INFO.product],
  ["serialNumber", INFO.serialNumber],
  ["protocolVersion", INFO.protocolVersion],
  ["firmwareVersion", INFO.firmwareVersion],
];

/** Rejects only if the probe is silent, gone or answers something else. */
export async function readIdentity(pipe: PacketPipe): Promise<ProbeIdentity> {
  const asker = new Asker(pipe);
  const { size, count } = await askLimits(pipe, asker);
  const names: Record<string, string> = {};
  for (const [name, id] of NAMES) {
    const text = infoText(await asker.ask(name, id));
    if (text !== undefined) names[name] = text;
  }
  const capabilities = capabilitiesFrom(await asker.ask("capabilities", INFO.capabilities));
  // A device that refuses everything does not speak CMSIS-DAP, or is broken.
  if (asker.answered === 0) throw refused(dapInfo.name);
  const ownSize = pipe.limits?.packetSize;
  const believed = { size: believedSize(infoNumber(size)), count: believedCount(infoNumber(count)) };
  return {
    names,
    capabilities,
    packetSize: ownSize ?? believed.size.value,
    longestPacket: ownSize ?? longestPacket(infoNumber(size)),
    packetCount: believed.count.value,
    notes: [
      ...asker.notes,
      believed.count.note,
      ownSize === undefined ? believed.size.note : undefined,
    ].filter((note) => note !== undefined),
  };
}

interface LimitAnswers {
  readonly size: InfoResponse;
  readonly count: InfoResponse;
}

/**
 * These are asked first: the two answers have different lengths, so an answer to a client that died cannot
 * pass for both. A probe that lacks one of them answers with no bytes; one that gives another form gives it
 * again when in step.
 */
async function askLimits(pipe: PacketPipe, asker: Asker): Promise<LimitAnswers> {
  const both = async (): Promise<LimitAnswers> => ({
    size: await asker.ask("packet size", INFO.packetSize),
    count: await asker.ask("packet count", INFO.packetCount),
  });
  try {
    const { size, count } = await both();
    if ([0, 2].includes(size.info.length) && [0, 1].includes(count.info.length)) return { size, count };
  } catch (error) {
    if (asFailure(error)?.fault.kind !== "probe-protocol") throw error;
    asker.forget();
    // The failure has brought the pipe in step. If it could not, no more is known than from the first answer.
    return both().catch(() => {
      throw error;
    });
  }
  asker.forget();
  await pipe.resync();
  return both();
}

/** Asks, and remembers which questions were refused and why. */
class Asker {
  readonly #pipe: PacketPipe;
  readonly #refused = new Map<string, string[]>();
  answered = 0;

  constructor(pipe: PacketPipe) {
    this.#pipe = pipe;
  }

  /** Returns no bytes if the probe has no answer. */
  async ask(what: string, id: number): Promise<InfoResponse> {
    const answer = await askInfo(this.#pipe, id);
    if (!("refusal" in answer)) {
      this.answered += 1;
      return answer;
    }
    this.#refused.set(answer.refusal, [...(this.#refused.get(answer.refusal) ?? []), what]);
    return { info: new Uint8Array() };
  }

  forget(): void {
    this.#refused.clear();
  }

  get notes(): readonly string[] {
    return [...this.#refused].map(([why, what]) => `the probe does not say its ${what.join(", ")}: ${why}`);
  }
}

/** Reads a name alone. Returns undefined if the probe has none, or reports it badly. */
export async function readName(pipe: PacketPipe, id: number): Promise<string | undefined> {
  const answer = await askInfo(pipe, id);
  return "refusal" in answer ? undefined : infoText(answer);
}

/** A whole packet was read, so a refusal or a short answer leaves nothing in the pipe. */
export async function askInfo(
  pipe: PacketPipe,
  id: number,
): Promise<InfoResponse | { readonly refusal: string }> {
  await send(pipe, dapInfo.name, requestPacket(dapInfo, { id }));
  return receive(pipe, {
    name: dapInfo.name,
    ownUs: 0,
    read: (packet) => {
      try {
        return readResponse(dapInfo, new Reader(packet), { id });
      } catch (error) {
        const failure = asFailure(error);
        if (failure?.fault.kind === "unknown-command") return { refusal: "it refuses DAP_Info for them" };
        if (failure?.fault.kind === "truncated-packet" && packet.length > 1)
          return { refusal: `its answer is shorter than it says (${failure.message})` };
        throw error;
      }
    },
  });
}
