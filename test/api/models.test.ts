/** Models as texts: derived from a pack, and read. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { deriveModel, deviceContext, findingsOf, modelFacts } from "../../src/browser.ts";
import { Source } from "../../src/lib/source.ts";
import { fault } from "../support/fault.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
const context = () => deviceContext({ pack: new Source(PACK, readFileSync(PACK, "utf8")), device: "EX32M4" });
const SVD = `<device><name>E</name><width>32</width><peripherals><peripheral><name>RCC</name><baseAddress>0x40021000</baseAddress>
<registers><register><name>CR</name><addressOffset>0x0</addressOffset><size>32</size><resetValue>0x83</resetValue></register></registers>
</peripheral></peripherals></device>`;

test("a model that a pack gives is read as what it describes", async () => {
  const warnings: string[] = [];
  const onWarning = (warning: string) => warnings.push(warning);
  const { model, text } = await deriveModel(await context(), { onWarning });
  expect(warnings).toEqual([]);
  expect(text).toContain("# no SVD file is known: registers are zero after reset\n");
  expect(modelFacts(text)).toMatchObject({ model, processors: 1 });
});

test("an SVD file says what registers hold after reset, and must be one", async () => {
  const bytes = (text: string) => ({ path: "folder/E.svd", bytes: new TextEncoder().encode(text) });
  const { text } = await deriveModel(await context(), { svd: bytes(SVD) });
  expect(text).toContain("# registers after reset: E.svd\n");
  expect(text).toContain("RCC.CR: { offset: 0x00021000, reset: 0x83 }");
  await expect(deriveModel(await context(), { svd: bytes("<other/>") })).rejects.toThrow(fault("not-svd"));
});

test("the pack's own SVD file may be unreadable", async () => {
  const pack = new Source(
    "a.pdsc",
    readFileSync(PACK, "utf8").replace("<device Dname", '<debug svd="SVD/E.svd"/><device Dname'),
  );
  const readPackFile = () => Promise.resolve(new TextEncoder().encode("<other/>"));
  const warnings: string[] = [];
  const { text } = await deriveModel(await deviceContext({ pack, device: "EX32M4" }), {
    readPackFile,
    onWarning: (warning) => warnings.push(warning),
  });
  expect(text).toContain("# E.svd could not be read: registers are zero after reset\n");
  expect(warnings).toEqual([expect.stringMatching(/registers are zero after reset$/)]);
});

test("a device without a pack has no model", async () => {
  await expect(deriveModel(await deviceContext({}))).rejects.toThrow(fault("bad-argument"));
});

test("every mistake in a model is a finding", () => {
  try {
    modelFacts("model: x\ncolour: red\n");
    expect.unreachable();
  } catch (error) {
    expect(findingsOf(error).map(({ span }) => span.source.path)).toContain("<model>");
  }
});
