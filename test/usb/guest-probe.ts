/** Runs inside the guest with the real packages: lists, opens, exchanges; says what it saw as one JSON line. */
import { existsSync } from "node:fs";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { sentences } from "../../src/lib/fault.ts";
import { TransportFailure } from "../../src/probe/transport-faults.ts";
import { nativeUsbStack } from "../../src/probe/usb/libusb.ts";
import { openHid } from "../../src/probe/usb/node-hid.ts";
import { listUsbProbes, type Generation } from "../../src/probe/usb/probes.ts";
import type { UsbStack } from "../../src/probe/usb/stack.ts";
import { webUsbStack } from "../../src/probe/usb/web-usb.ts";
import { moveMemory } from "./guest-memory.ts";
import { STUCK } from "../probe/small-probe.ts";

const [task = "list", way = "v2", count = "20"] = process.argv.slice(2);

const SERIAL_REQUEST = Uint8Array.of(0x00, 0x03);
const COUNT_REQUEST = Uint8Array.of(0x00, 0xfe);
const IN_FLIGHT = 4;
const LIMIT_US = 5_000_000;

/** A stack and a generation: each way to a probe that the transports have. */
const WAYS: Readonly<
  Record<string, { readonly stack: () => Promise<UsbStack>; readonly generation: Generation }>
> = {
  v2: { stack: nativeUsbStack, generation: "v2" },
  v1: { stack: nativeUsbStack, generation: "v1" },
  /** The class of the package `usb`, which has the shape of a browser's. */
  web: {
    stack: async () => webUsbStack(new (await import("usb")).WebUSB({ allowAllDevices: true })),
    generation: "v2",
  },
  /** As on macOS and Windows: through the system's own HID driver. */
  "node-hid": { stack: async () => ({ ...(await nativeUsbStack()), openHid }), generation: "v1" },
};

async function open(): Promise<PacketPipe> {
  const found = WAYS[way];
  if (found === undefined) throw new Error(`no way ${way}`);
  const stack = await found.stack();
  const unlocked = { ...stack, lock: () => Promise.resolve({ release: () => Promise.resolve() }) };
  // "seize" opens the probe as a program would that knows nothing of our locks
  const [probe] = await listUsbProbes(task === "seize" ? unlocked : stack);
  if (probe === undefined) throw new Error("no probe");
  return probe.open({ generation: found.generation });
}

function serialIn(answer: Uint8Array): string {
  return new TextDecoder().decode(answer.subarray(2, 1 + (answer[1] ?? 0)));
}

/** `depth` requests are always under way. */
async function exchange(pipe: PacketPipe, depth: number): Promise<unknown> {
  const serials = new Set<string>();
  const started = performance.now();
  let sent = 0;
  for (; sent < depth; sent++) await pipe.send(SERIAL_REQUEST);
  for (let answered = 0; answered < Number(count); answered++) {
    serials.add(serialIn(await pipe.receive(LIMIT_US)));
    if (sent++ < Number(count)) await pipe.send(SERIAL_REQUEST);
  }
  const perSecond = Math.round((Number(count) * 1000) / (performance.now() - started));
  return { serials: [...serials], perSecond };
}

/** Three requests under way, whose answers have different lengths. */
async function order(pipe: PacketPipe): Promise<unknown> {
  await pipe.send(SERIAL_REQUEST);
  await pipe.send(COUNT_REQUEST);
  await pipe.send(SERIAL_REQUEST);
  const lengths: unknown[] = [];
  for (let answer = 0; answer < 3; answer++) lengths.push((await pipe.receive(LIMIT_US))[1]);
  return lengths;
}

async function stuck(pipe: PacketPipe): Promise<unknown> {
  await pipe.send(Uint8Array.of(STUCK));
  const started = performance.now();
  try {
    await pipe.receive(30_000_000);
    return "an answer came";
  } catch (error) {
    const afterMs = Math.round(performance.now() - started);
    if (error instanceof TransportFailure) return { fault: error.fault, afterMs };
    throw error;
  }
}

/** A request to which nothing comes, the timeout, and whether the next answer belongs to the next request. */
async function timeout(pipe: PacketPipe): Promise<unknown> {
  await pipe.send(Uint8Array.of(STUCK));
  const kind = await pipe.receive(200_000).then(
    () => "an answer came",
    (error: unknown) => (error instanceof TransportFailure ? error.fault.kind : error),
  );
  await pipe.send(Uint8Array.of(0x07)); // the late answer comes now
  await pipe.resync();
  return { kind, ...((await exchange(pipe, 1)) as object) };
}

/** The pipe is closed by the caller while an answer is still due. */
async function giveUp(pipe: PacketPipe): Promise<unknown> {
  await pipe.send(Uint8Array.of(STUCK));
  return pipe.receive(200_000).then(
    () => "an answer came",
    (error: unknown) => (error instanceof TransportFailure ? error.fault.kind : error),
  );
}

/** Says so, and keeps the probe until the file appears. */
async function hold(file: string): Promise<string> {
  console.log("held");
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 50));
  return "given back";
}

async function run(): Promise<unknown> {
  if (task === "list") return listUsbProbes(await nativeUsbStack());
  const pipe = await open();
  if (task === "leave") {
    for (let left = 0; left < 3; left++) await pipe.send(SERIAL_REQUEST);
    process.exit(0); // as a crash would: nothing is read, nothing given back
  }
  try {
    if (task === "hold" || task === "seize") return await hold(count);
    if (task === "memory") return await moveMemory(pipe, Number(count));
    if (task === "order") return await order(pipe);
    if (task === "give-up") return await giveUp(pipe);
    if (task === "stuck") return await stuck(pipe);
    if (task === "timeout") return await timeout(pipe);
    return await exchange(pipe, task === "pipelined" ? IN_FLIGHT : 1);
  } finally {
    await pipe.close();
  }
}

try {
  console.log(JSON.stringify({ result: await run() }));
} catch (error) {
  if (!(error instanceof TransportFailure)) throw error;
  console.log(JSON.stringify({ fault: error.fault, sentences: sentences(error) }));
}
