/** CMSIS-DAP probes that the user of a page has granted to it, through WebUSB. */
import { call, thing } from "./arguments.ts";
import { HostClock } from "../lib/clock.ts";
import { listUsbProbes } from "../probe/usb/probes.ts";
import { webUsbStack, type WebUsb } from "../probe/usb/web-usb.ts";
import type { DebugProbe } from "./debug-probe.ts";

const WEB = call({ usb: thing<WebUsb>("WebUSB, as navigator.usb of a browser", { getDevices: "function" }) });

/**
 * Lists the probes among the devices that `usb.getDevices()` returns: `navigator.usb` of a browser, after the page has called
 * `navigator.usb.requestDevice`. Only CMSIS-DAP v2 can be opened: browsers keep HID interfaces from WebUSB. Pass them in as
 * `probes` of a connection.
 *
 * @example
 * await navigator.usb.requestDevice({ filters: [{ classCode: 0xff }] });
 * const probes = await webUsbProbes(navigator.usb);
 * const session = await ConnectHelper.sessionWithChosenProbe({ probes });
 */
export async function webUsbProbes(usb: WebUsb): Promise<readonly DebugProbe[]> {
  WEB({ usb });
  const probes = await listUsbProbes(webUsbStack(usb));
  return probes
    .filter(({ generations }) => generations.includes("v2"))
    .map((probe) => ({
      uniqueId: probe.id,
      vendorName: probe.manufacturer,
      productName: probe.product,
      description: `${probe.product || "CMSIS-DAP probe"} [${probe.id}]`,
      open: async () => ({ pipe: await probe.open({ generation: "v2" }), clock: new HostClock() }),
    }));
}
