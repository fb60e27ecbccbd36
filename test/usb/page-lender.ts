/**
 * The far end of page-cable.ts's cables, a thread of its own: while the kernel configures a device, whoever looks at the
 * bus waits for it, so that one thread could not do both.
 */
import { isMainThread, parentPort } from "node:worker_threads";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { ProbeDevice, v2 } from "./usbip/device.ts";
import { UsbIpServer } from "./usbip/server.ts";

/** Bus ids, and serial numbers, of the probes. */
export const LENT = ["1-1", "1-2", "1-3"] as const;

/** Where the kernel fetches them; said once, at the start. */
export interface Lent {
  readonly usbIpPort: number;
}
/** From now on the probe's firmware answers at a TCP port of this machine; confirmed by a message. */
export interface Loading {
  readonly busId: string;
  readonly firmwarePort: number;
}

async function lendAll(port: NonNullable<typeof parentPort>): Promise<void> {
  const firmware = new Map<string, PacketPipe>();
  const server = await UsbIpServer.start();
  for (const busId of LENT) {
    const loaded = (): PacketPipe => {
      const pipe = firmware.get(busId);
      if (pipe === undefined) throw new Error(`${busId} has no firmware yet`);
      return pipe;
    };
    const firmwareOf: PacketPipe = {
      send: (packet) => loaded().send(packet),
      receive: (limitUs) => loaded().receive(limitUs),
      resync: () => loaded().resync(),
      close: () => loaded().close(),
    };
    const names = { manufacturer: "dbgseq", product: "Test CMSIS-DAP", serial: busId };
    const ids = { vendorId: 0x0d28, productId: 0x0204 };
    server.lend(
      busId,
      new ProbeDevice({ ...ids, ...names, speed: "high", interfaces: [v2(() => firmwareOf)] }),
    );
  }
  port.postMessage({ usbIpPort: server.port } satisfies Lent);
  port.on("message", ({ busId, firmwarePort }: Loading) => {
    void openTcp({ host: "127.0.0.1", port: firmwarePort }).then((pipe) => {
      firmware.set(busId, pipe);
      port.postMessage("loaded");
    });
  });
}

if (!isMainThread && parentPort !== null) await lendAll(parentPort);
