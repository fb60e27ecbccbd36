/** What a page sees of probes beyond the contract that all ways to a probe share. */
import { expect, test } from "vitest";
import { webUsbProbes } from "../../src/api/web-probes.ts";
import { bulk, FakeDevice } from "./usb-fake.ts";
import { asWebUsb } from "./usb-shapes.ts";

test("a probe that the page has open is busy, however often it is listed", async () => {
  const usb = asWebUsb([new FakeDevice({ interfaces: [bulk(0)] })]);
  const [first] = await webUsbProbes(usb);
  const [second] = await webUsbProbes(usb);
  const opened = await first?.open();
  await expect(second?.open()).rejects.toMatchObject({ fault: { kind: "busy", holder: "this page" } });
  await opened?.pipe.close();
  const again = await second?.open();
  await again?.pipe.close();
  expect(again).toBeDefined();
});
