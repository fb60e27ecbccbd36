/**
 * The way in which a probe under test lets itself be disturbed: a vendor's command, which DBGSEQ_TEST_FAULTS names for a probe
 * that has it. Request: id, kind (0: none any more), transfers to skip, transfers to disturb, both as words. Answer: the id
 * and how many transfers the target has seen, as a word.
 */
import { Reader } from "../../src/cmsis-dap/bytes.ts";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import type { Simulator } from "../../src/simulator/open.ts";
import { bytes, word, type PutFault } from "./raw/case.ts";

export const FAULTS_COMMAND = 0x9f;

const KINDS = [undefined, "WAIT", "FAULT", "NO_ACK", "PARITY"] as const;

export function faultPacket(id: number, fault?: PutFault): Uint8Array {
  return bytes(id, KINDS.indexOf(fault?.kind), word(fault?.skip ?? 0), word(fault?.times ?? 0));
}

/** The simulated probe as one that has the command. */
export function disturbable({ pipe, injection }: Simulator): PacketPipe {
  const answers: Uint8Array[] = [];
  return {
    send: (packet) => {
      if (packet[0] !== FAULTS_COMMAND) return pipe.send(packet);
      const from = new Reader(packet, 1);
      const kind = KINDS[from.u8()];
      if (kind === undefined) injection.calm();
      else injection.disturb(kind, from.u32(), from.u32());
      answers.push(bytes(FAULTS_COMMAND, word(injection.transfers)));
      return Promise.resolve();
    },
    receive: (limitUs) => {
      const answer = answers.shift();
      return answer === undefined ? pipe.receive(limitUs) : Promise.resolve(answer);
    },
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}
