/** How long an answer may take, and what happens when it does not come (wire rule 12). */
import { expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { VirtualClock } from "../../src/lib/clock.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { access, openFixture, RAM, statement } from "./fixture.ts";

async function limitsOf(
  run: (fixture: Awaited<ReturnType<typeof openLink>>) => Promise<unknown>,
): Promise<number[]> {
  const simulator = openSimulator({ model: "generic-m4" });
  const limits: number[] = [];
  const pipe: PacketPipe = {
    send: (packet) => simulator.pipe.send(packet),
    receive: (limitUs) => {
      limits.push(limitUs);
      return simulator.pipe.receive(limitUs);
    },
    resync: () => simulator.pipe.resync(),
    close: () => simulator.pipe.close(),
  };
  const link = await openLink(pipe, simulator.clock);
  await link.connect({ protocol: "swd", clockHz: 1_000_000, idleCycles: 2, waitRetries: 9 });
  limits.length = 0;
  await run(link);
  return limits;
}

test("wire rule 12: the limit is a margin and the request's own worst case", async () => {
  const limits = await limitsOf((link) =>
    link.run(
      [
        { kind: "delay", us: 50_000 },
        { kind: "pins", output: 0x80, select: 0x80, waitUs: 200_000 },
        { kind: "read", register: { port: "DP", address: 0x0 }, words: 1 },
      ],
      "stop-at-fault",
    ),
  );
  // A word takes 46 clocks and 2 idle ones, ten times over, at 1 MHz.
  expect(limits).toEqual([1_050_000, 1_200_000, 1_000_480]);
});

test("wire rule 12: a lost answer is a fault of the probe, and the next request gets its own answer", async () => {
  const fixture = await openFixture();
  fixture.simulator.injection.dropPacket();
  const lost = fixture.access.ask(access({ fn: "Read32", args: [RAM] }), statement(1));
  await expect(lost).rejects.toMatchObject({
    message: "what became of Read32(0x20000000) is not known",
    cause: { fault: { kind: "probe-timeout", command: "DAP_Transfer" } },
  });
  expect(await fixture.access.ask(access({ fn: "Read32", args: [0xe000_ed00] }), statement(2))).toBe(
    0x410fc241n,
  );
});

const fakePipe = (
  answer: (packet: Uint8Array) => Uint8Array,
  resync = () => Promise.resolve(),
): PacketPipe => {
  let next = new Uint8Array();
  return {
    send: (packet) => {
      next = new Uint8Array(answer(packet));
      return Promise.resolve();
    },
    receive: () => Promise.resolve(next),
    resync,
    close: () => Promise.resolve(),
  };
};

test.each([
  ["another command's answer", () => Uint8Array.of(0x05, 0, 1), /belongs to another request/],
  ["too few bytes", () => Uint8Array.of(0x00), /ends after 1 bytes/],
])("%s is a protocol fault that names the command", async (_what, answer, reason) => {
  let resyncs = 0;
  const pipe = fakePipe(answer, () => {
    resyncs += 1;
    return Promise.resolve();
  });
  await expect(openLink(pipe, new VirtualClock())).rejects.toMatchObject({
    fault: { kind: "probe-protocol", command: "DAP_Info", reason: expect.stringMatching(reason) as string },
  });
  // The limits are asked once more behind the first failure, which a client that died may have left behind.
  expect(resyncs).toBe(2);
});

test("something that refuses every DAP_Info is not a probe", async () => {
  const pipe = fakePipe(
    () => Uint8Array.of(0xff),
    () => Promise.resolve(),
  );
  await expect(openLink(pipe, new VirtualClock())).rejects.toMatchObject({
    fault: { kind: "probe-refused", command: "DAP_Info" },
  });
});

test("a failure to get back in step is kept beside the first error", async () => {
  const pipe = fakePipe(
    () => Uint8Array.of(0x05),
    () => Promise.reject(new Error("gone")),
  );
  await expect(openLink(pipe, new VirtualClock())).rejects.toMatchObject({
    fault: { kind: "probe-protocol" },
    cause: { errors: [{ fault: { kind: "wrong-echo" } }, { message: "gone" }] },
  });
});

test("wire rule 12, PROBE-03: an answer to DAP_TransferAbort is not taken for that of the next command", async () => {
  const simulator = openSimulator({ model: "generic-m4", options: { quirk: "abort-answered" } });
  const link = await openLink(simulator.pipe, simulator.clock);
  await link.connect({ protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 100 });
  const run = link.run([{ kind: "delay", us: 10 }], "stop-at-fault");
  await Promise.resolve();
  link.interrupt();
  // The delay was over; what the probe said to the abort is dropped.
  await run;
  const pins = { kind: "pins", output: 0x80, select: 0x80, waitUs: 0 } as const;
  expect(await link.run([pins], "stop-at-fault")).toMatchObject({ done: 1 });
  await link.disconnect();
});

test("wire rule 21: what the probe is doing is broken off by DAP_TransferAbort, and the run says so", async () => {
  const simulator = openSimulator({ model: "generic-m4" });
  const sent: number[] = [];
  let answers: (() => void)[] = [];
  const pipe: PacketPipe = {
    send: async (packet) => {
      sent.push(packet[0] ?? -1);
      if (packet[0] === 0x07) for (const answer of answers.splice(0)) answer();
      else await simulator.pipe.send(packet);
    },
    receive: async (limitUs) => {
      const answer = await simulator.pipe.receive(limitUs);
      if (answer[0] !== 0x05) return answer;
      // As a transfer that waits for its target: it ends with what it has when it is told to.
      await new Promise<void>((resolve) => answers.push(resolve));
      return Uint8Array.of(0x05, 0, 1);
    },
    resync: () => {
      answers = [];
      return simulator.pipe.resync();
    },
    close: () => Promise.resolve(),
  };
  const link = await openLink(pipe, simulator.clock);
  await link.connect({ protocol: "swd", clockHz: 1_000_000, idleCycles: 0, waitRetries: 100 });
  link.interrupt();
  expect(sent).not.toContain(0x07);
  const read = { kind: "read", register: { port: "DP", address: 0x0 }, words: 1 } as const;
  const run = link.run([read], "stop-at-fault");
  await expect.poll(() => answers.length).toBe(1);
  link.interrupt();
  await expect(run).rejects.toMatchObject({ fault: { kind: "interrupted" } });
  expect(sent.filter((id) => id === 0x07)).toHaveLength(1);
  await link.disconnect();
});
