/** The machine of a session under Node: USB, files, the environment, a terminal. */
import { HostClock } from "../../lib/clock.ts";
import { harmless } from "../../lib/shown-text.ts";
import { listAttachedProbes } from "../../probe/usb/libusb.ts";
import type { UsbProbe } from "../../probe/usb/probes.ts";
import { readBytes } from "../../host/files/input-files.ts";
import { unwatched } from "../../session/probe/open.ts";
import { connectHelper, type Helper } from "../connect-helper.ts";
import type { DebugProbe } from "../debug-probe.ts";
import type { Host } from "../host.ts";
import { probeToOpen } from "./probe-to-open.ts";
import { terminalAsk } from "./terminal.ts";

const host: Host = {
  listProbes: async () => (await listAttachedProbes()).map(usbProbe),
  namedProbe: probeToOpen,
  // Packs and archives are loaded only when they are needed.
  gather: async (asked, besides) => (await import("./gather.ts")).gatherFiles(asked, besides),
  ask: () => {
    const ask = terminalAsk();
    return Promise.resolve(ask && ((question: string) => ask(harmless(question))));
  },
  readFile: readBytes,
  openEffects: async (gathered, takeDebugInfo) => {
    const { openEffects } = await import("../../host/session-effects.ts");
    const { cwd, env } = { cwd: process.cwd(), env: process.env };
    return openEffects({ inputs: gathered, given: gathered.given, cwd, env, takeDebugInfo });
  },
  openWire: async (path) => (await import("../../host/files/wire-file.ts")).openWireFile(path),
};

export type ConnectHelper = Helper;
/** The way to open a session. All methods are static. */
export const ConnectHelper: Helper = connectHelper(host);

function usbProbe(probe: UsbProbe): DebugProbe {
  const { id, manufacturer, product, port, state } = probe;
  return {
    uniqueId: id,
    vendorName: manufacturer,
    productName: product,
    description: `${product || "CMSIS-DAP probe"} [${id}]${id.endsWith(port) ? "" : ` at usb@${port}`}`,
    ...(state === "usable" ? {} : { obstacle: state }),
    open: async ({ wire }) => {
      if (wire !== undefined) throw unwatched();
      return { pipe: await probe.open(), clock: new HostClock() };
    },
  };
}
