/** Wire rule 12: a client that dies in the midst of something, and the one after it, which finds the probe in step. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex32 } from "../../src/lib/hex.ts";
import { frame } from "../../src/probe/tcp/frame.ts";
import { dbgseq } from "../support/command-line.ts";
import { FAULTS_COMMAND, faultPacket } from "./faults-by-packet.ts";
import { bytes, half, word } from "./raw/case.ts";
import { DPIDR, DRW, RAM, READ, STATES, transfer } from "./raw/states.ts";
import { packetLimits, pipeTo, probesUnderTest, type UnderTest } from "./under-test.ts";

const TEXT = `Write32(${hex32(RAM)}, 0x4321); Message(0, "%x", Read32(${hex32(RAM)}));`;
/** Time for what was written to go out before the connection is cut. */
const SENT_MS = 50;
const LIMIT_US = 60_000_000;
const WAITS = 200_000;

const delay = bytes(9, half(1));
const most = bytes(0x04, 0, half(0xffff), half(0));
const manyWords = bytes(0x06, 0, half(14), DRW, ...Array.from({ length: 14 }, (_, at) => word(at)));

interface Death {
  readonly sends: readonly Uint8Array[];
  /** Bytes of a frame that never ends. */
  readonly half?: Uint8Array;
  readonly needsFaults?: boolean;
  /** Packets that the probe must have. */
  readonly holds?: number;
}

const DEATHS: Readonly<Record<string, Death>> = {
  "at once": { sends: [] },
  "with an answer under way": { sends: [bytes(0, 4)] },
  // One packet stays free, or no probe would ever answer again (wire rule 8).
  "with a queue that was not set going": { sends: [bytes(0x7e, 1, delay), bytes(0x7e, 1, delay)], holds: 3 },
  "in the midst of a block transfer": { sends: [...STATES.swd, manyWords, manyWords, manyWords] },
  "in the midst of a frame": { sends: [bytes(0, 4)], half: frame("request", manyWords).subarray(0, 20) },
  "while the target answers WAIT": {
    sends: [
      ...STATES.swd,
      most,
      faultPacket(FAULTS_COMMAND, { kind: "WAIT", skip: 0, times: WAITS }),
      transfer(0, [DRW | READ]),
    ],
    needsFaults: true,
  },
  "with JTAG half done": { sends: [...STATES.jtag, bytes(0x14, 1, 0x43, 0xff), transfer(0, [DRW | READ])] },
};

/** The end of a DAP_Transfer that would wait as long as 65536 tries take. */
const ABORT = bytes(0x07);

describe.each(Object.entries(probesUnderTest()))("%s", (_name, open) => {
  let underTest: UnderTest;

  beforeAll(async () => {
    underTest = await open();
  });
  afterAll(() => underTest.close());

  async function opened(): Promise<Socket | undefined> {
    const address = /^tcp:\/\/([^:]+):(\d+)$/.exec(underTest.probe);
    if (address === null) return undefined;
    const socket = connect({ host: address[1] ?? "", port: Number(address[2]), noDelay: true });
    await once(socket, "connect");
    return socket;
  }

  async function expectServed(): Promise<void> {
    const { code, out, err } = await dbgseq("run", "-e", TEXT, "--no-config", "--probe", underTest.probe);
    expect(code, err).toBe(0);
    expect(out.trim().split("\n").at(-1)).toBe("4321");
  }

  /** The target answers again. */
  async function calm(): Promise<void> {
    const pipe = await pipeTo(underTest);
    await pipe.resync();
    await pipe.send(faultPacket(FAULTS_COMMAND));
    await pipe.receive(LIMIT_US);
    await pipe.close();
  }

  test.each(Object.entries(DEATHS))("%s", async (_when, { sends, half: partial, needsFaults, holds = 1 }) => {
    if ((await packetLimits(underTest)).count < holds) {
      console.log(`left out: the probe holds fewer than ${holds} packets`);
      return;
    }
    const socket = await opened();
    if (socket === undefined || (needsFaults === true && underTest.faults !== FAULTS_COMMAND)) {
      console.log("left out: the probe has no TCP connection to cut, or takes no faults");
      return;
    }
    try {
      const waits = sends.length > 3 ? STATES.swd.length : 0;
      for (const packet of sends.slice(0, waits)) {
        socket.write(frame("request", packet));
        await once(socket, "data");
      }
      for (const packet of sends.slice(waits)) socket.write(frame("request", packet));
      if (partial !== undefined) socket.write(partial);
      await sleep(SENT_MS);
    } finally {
      socket.destroy();
    }
    if (needsFaults === true) await calm();
    await expectServed();
    await expectServed();
  });

  test("DAP_TransferAbort ends a transfer that waits, and the pipe is brought into step", async () => {
    if (underTest.faults === undefined) {
      console.log("left out: DBGSEQ_TEST_FAULTS names no command by which the probe takes faults");
      return;
    }
    const pipe = await pipeTo(underTest);
    try {
      const ask = async (packet: Uint8Array): Promise<Uint8Array> => {
        await pipe.send(packet);
        return pipe.receive(LIMIT_US);
      };
      for (const packet of [...STATES.swd, most]) await ask(packet);
      await ask(faultPacket(underTest.faults, { kind: "WAIT", skip: 0, times: WAITS }));
      await pipe.send(transfer(0, [DRW | READ], [DPIDR]));
      await pipe.send(ABORT);
      expect([...(await pipe.receive(LIMIT_US))]).toEqual([5, 0, 2]);
      await ask(faultPacket(underTest.faults));
      await pipe.resync();
      expect((await ask(transfer(0, [DPIDR]))).slice(0, 3)).toEqual(bytes(5, 1, 1));
    } finally {
      await pipe.close();
    }
  });
});
