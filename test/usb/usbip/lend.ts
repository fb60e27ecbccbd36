/** Lends a simulated probe over USB/IP until it is ended: to a client on this machine that is no virtual machine of ours. */
import { openSimulator } from "../../../src/simulator/open.ts";
import type { PacketPipe } from "../../../src/cmsis-dap/pipe.ts";
import { ProbeDevice, v1, v2 } from "./device.ts";
import { UsbIpServer } from "./server.ts";

/** Where clients look without being told. */
const USUAL_PORT = 3240;

const port = Number(process.argv[2] ?? USUAL_PORT);
const firmware = (): PacketPipe => openSimulator({ model: "generic-m4" }).pipe;
const server = await UsbIpServer.start(port);
server.lend(
  "1-1",
  new ProbeDevice({
    ...{ vendorId: 0x0d28, productId: 0x0204, speed: "high" },
    ...{ manufacturer: "dbgseq", product: "Simulated CMSIS-DAP", serial: "USBIP0001" },
    interfaces: [v1(firmware), v2(firmware)],
  }),
);
process.stdout.write(`USB/IP at 127.0.0.1:${server.port}, bus id 1-1\n`);
