import { openHid } from "../../src/probe/usb/node-hid.ts";
import { listUsbProbes } from "../../src/probe/usb/probes.ts";
import type { UsbStack } from "../../src/probe/usb/stack.ts";
import { webUsbStack } from "../../src/probe/usb/web-usb.ts";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { describeWay } from "./usb-contract.ts";
import { bulk, fakeStack, hid } from "./usb-fake.ts";
import { asHidLibrary, asWebUsb } from "./usb-shapes.ts";

const BOTH = { interfaces: [hid(0), bulk(1)], names: { 1: "CMSIS-DAP v2" } };

async function first(stack: UsbStack, generation: "v2" | "v1"): Promise<PacketPipe> {
  const [probe] = await listUsbProbes(stack);
  if (probe === undefined) throw new Error("no probe was listed");
  return probe.open({ generation });
}

describeWay({
  name: "bulk endpoints through libusb",
  device: BOTH,
  open: (device) => first(fakeStack([device]), "v2"),
  opens: ["open", "claim 1"],
  closes: ["release 1", "close"],
});

describeWay({
  name: "HID reports through libusb",
  device: BOTH,
  open: (device) => first(fakeStack([device]), "v1"),
  opens: ["open", "claim 0"],
  closes: ["release 0", "close"],
});

describeWay({
  name: "bulk endpoints through WebUSB",
  device: { interfaces: [bulk(0)] },
  open: (device) => first(webUsbStack(asWebUsb([device])), "v2"),
  opens: ["open", "claim 0"],
  closes: ["release 0", "close"],
});

describeWay({
  name: "bulk endpoints through WebUSB of the package usb",
  device: { interfaces: [bulk(0)] },
  open: (device) => first(webUsbStack(asWebUsb([device], "library")), "v2"),
  opens: ["open", "claim 0"],
  closes: ["release 0", "close"],
});

const [input, output] = hid(0).endpoints;

describeWay({
  name: "HID reports through node-hid",
  device: { interfaces: [hid(0)] },
  open: (device) => {
    if (input === undefined || output === undefined) throw new Error("a HID interface has two endpoints");
    const wish = {
      device: { vendorId: 0x0d28, productId: 0x0204 },
      hid: { number: 0, input, output, reportBytes: 64, isSure: true },
      ...{ serial: "", name: "Board", platform: "darwin" },
    };
    return openHid(wish, asHidLibrary(device));
  },
});
