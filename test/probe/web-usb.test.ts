/** What a page sees of probes beyond the contract that all ways to a probe share. */
import { expect, test } from "vitest";
import { listUsbProbes } from "../../src/probe/usb/probes.ts";
import { webUsbStack } from "../../src/probe/usb/web-usb.ts";
import { bulk, FakeDevice } from "./usb-fake.ts";
import { asWebUsb } from "./usb-shapes.ts";

test("a probe that the page has open is busy, however often it is listed", async () => {
  const usb = asWebUsb([new FakeDevice({ interfaces: [bulk(0)] })]);
  const [first] = await listUsbProbes(webUsbStack(usb));
  const [second] = await listUsbProbes(webUsbStack(usb));
  const pipe = await first?.open();
  await expect(second?.open()).rejects.toMatchObject({ fault: { kind: "busy", holder: "this page" } });
  await pipe?.close();
  const again = await second?.open();
  await again?.close();
  expect(again).toBeDefined();
});
