/** A probe's packets through a USB cable of this very machine: lent by USB/IP to its own kernel, opened by our driver. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { listAttachedProbes } from "../../src/probe/usb/libusb.ts";
import { LENT, type Lent, type Loading } from "./page-lender.ts";

const run = promisify(execFile);

let lender: Promise<Worker> | undefined;
const free: string[] = [...LENT];

/**
 * Needs root, the kernel's module vhci-hcd, and in DBGSEQ_PAGE_LENDER the bundle of page-lender.ts. The probes stay
 * plugged in; each call gives one that is not in use other firmware, and closing the pipe gives it back.
 */
export async function overUsb(firmware: PacketPipe): Promise<PacketPipe> {
  const far = await (lender ??= plugIn());
  const busId = free.shift();
  if (busId === undefined) throw new Error(`more than ${LENT.length} probes are open at a time`);
  const server = await TcpServer.start(firmware, { port: 0 });
  far.postMessage({ busId, firmwarePort: server.port } satisfies Loading);
  await once(far, "message");
  const probe = (await listAttachedProbes()).find(({ serial }) => serial === busId);
  if (probe === undefined) throw new Error(`${busId} was plugged in, and is not listed`);
  const pipe = await probe.open();
  return {
    ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
    send: (packet) => pipe.send(packet),
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: async () => {
      await pipe.close();
      await server.close();
      free.push(busId);
    },
  };
}

/** Before libusb looks for the first time: it learns of later devices from udev, which the guest does not have. */
async function plugIn(): Promise<Worker> {
  const worker = new Worker(process.env["DBGSEQ_PAGE_LENDER"] ?? "");
  const [{ usbIpPort }] = (await once(worker, "message")) as [Lent];
  for (const [index, busId] of LENT.entries()) {
    await run("usbip", ["--tcp-port", String(usbIpPort), "attach", "-r", "127.0.0.1", "-b", busId]);
    const configured = `/sys/bus/usb/devices/1-${index + 1}:1.0`;
    while (!existsSync(configured)) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return worker;
}
