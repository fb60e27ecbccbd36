/** Runs inside the guest with the real `usb` package: lists, opens, exchanges; says what it saw as JSON on stdout. */
import { requestPacket } from "../../src/cmsis-dap/command.ts";
import { dapInfo, INFO } from "../../src/cmsis-dap/info.ts";
import { Failure, sentences } from "../../src/lib/fault.ts";
import { listUsbProbes, type Generation, type UsbProbe } from "../../src/probe/usb.ts";

const [task = "list", generation = "v2", count = "20"] = process.argv.slice(2);

async function exchange(probe: UsbProbe): Promise<unknown> {
  const pipe = await probe.open(generation as Generation);
  const request = requestPacket(dapInfo, { id: INFO.serialNumber });
  const started = performance.now();
  let answer: Uint8Array = new Uint8Array();
  try {
    for (let turn = 0; turn < Number(count); turn++) {
      await pipe.send(request);
      answer = await pipe.receive(2_000_000);
    }
  } finally {
    await pipe.close();
  }
  const perSecond = Math.round((Number(count) * 1000) / (performance.now() - started));
  return { serial: new TextDecoder().decode(answer.subarray(2, 1 + (answer[1] ?? 0))), perSecond };
}

async function run(): Promise<unknown> {
  const probes = await listUsbProbes();
  if (task === "list") return probes;
  const [probe] = probes;
  if (probe === undefined) throw new Error("no probe");
  return exchange(probe);
}

try {
  console.log(JSON.stringify({ result: await run() }));
} catch (error) {
  const fault = error instanceof Failure ? (error.fault as unknown) : undefined;
  console.log(JSON.stringify({ fault, sentences: sentences(error) }));
  if (fault === undefined) console.error(error);
}
