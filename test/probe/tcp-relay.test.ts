/** What a client leaves behind in the pipe that the next one uses, too. */
import { expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Relay } from "../../src/probe/tcp/relay.ts";

test("if one of several packets cannot be sent, the answers to the earlier ones are dropped", async () => {
  const happened: string[] = [];
  const pipe: PacketPipe = {
    send: (packet) => {
      happened.push(`send ${packet[0] ?? 0}`);
      return packet[0] === 3 ? Promise.reject(new Error("too long")) : Promise.resolve();
    },
    receive: () => Promise.reject(new Error("nothing is waited for")),
    resync: () => {
      happened.push("resync");
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const failed = new Promise<unknown>((resolve) => {
    const relay = new Relay(pipe, 4, {
      answer: () => Promise.reject(new Error("there is none")),
      failed: (error) => {
        resolve(error);
        void relay.stop().then(() => happened.push("stopped"));
      },
    });
    relay.request(Uint8Array.of(0x7e, 1));
    relay.request(Uint8Array.of(3));
  });
  await failed;
  await expect.poll(() => happened).toEqual(["send 126", "send 3", "resync", "stopped"]);
});
