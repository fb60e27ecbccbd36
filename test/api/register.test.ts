/** Registers of the device by their names, on a model that is derived from the pack and its SVD file. */
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ConnectHelper, type Session } from "../../src/index.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package schemaVersion="1.7.28"><vendor>Acme</vendor><name>One_DFP</name>
<releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="Acme:1">
<device Dname="One"><processor Dcore="Cortex-M4"/><debug svd="One.svd"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x4000"/></device></family></devices></package>`;

const SVD = `<device><name>One</name><width>32</width><size>32</size><access>read-write</access><peripherals><peripheral><name>RCC</name>
<baseAddress>0x40021000</baseAddress><registers>
<register><name>CR</name><addressOffset>0</addressOffset><resetValue>0x83</resetValue><fields>
<field><name>HSION</name><bitRange>[0:0]</bitRange></field><field><name>TRIM</name><bitRange>[7:3]</bitRange></field>
<field><name>READY</name><bitRange>[1:1]</bitRange><access>read-only</access></field></fields></register>
<register><name>ID</name><addressOffset>4</addressOffset><access>read-only</access><resetValue>0x1234</resetValue></register>
<register><name>KEY</name><addressOffset>8</addressOffset><access>write-only</access></register>
</registers></peripheral></peripherals></device>`;

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

async function target(): Promise<Session["target"]> {
  const root = folderWith({ "Acme.One_DFP.pdsc": PDSC, "One.svd": SVD });
  const session = await ConnectHelper.sessionWithChosenProbe({
    probe: "sim",
    pack: join(root, "Acme.One_DFP.pdsc"),
    device: "One",
    config: false,
  });
  if (session === null) throw new Error("nobody cancelled");
  sessions.push(session);
  return session.target;
}

test("a register and its fields are read and written by name", async () => {
  const chip = await target();
  const cr = await chip.register("rcc.cr");
  expect({ name: cr.name, address: cr.address, size: cr.size, fields: cr.fields }).toEqual({
    name: "RCC.CR",
    address: 0x4002_1000,
    size: 32,
    fields: ["HSION", "READY", "TRIM"],
  });
  expect(await cr.read()).toBe(0x83);
  expect(await cr.readFields()).toEqual({ HSION: 1, READY: 1, TRIM: 0x10 });
  await cr.writeField("trim", 0x1f);
  expect(await chip.read32(0x4002_1000)).toBe(0xfb);
  expect(await cr.readField("TRIM")).toBe(0x1f);
  await cr.write(0);
  expect(await cr.read()).toBe(0);
});

describe("an impossible request is an error that says what is possible", () => {
  test.each([
    ["RCC.CX", "no-such-name", /did you mean RCC\.CR\?/],
    ["RCC", "bad-argument", /its registers are CR, ID, KEY/],
    ["RCC.CR.TRIM", "bad-argument", /register\("RCC\.CR"\), then readField\("TRIM"\)/],
  ])("register(%s)", async (name, kind, message) => {
    const error: unknown = await (await target()).register(name).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ fault: { kind } });
    expect(String(error)).toMatch(message);
  });

  test("access, fields and values", async () => {
    const chip = await target();
    const cr = await chip.register("RCC.CR");
    await expect(cr.writeField("TRIM", 32)).rejects.toThrow("has 5 bits: 0 to 31, not 32");
    await expect(cr.writeField("READY", 1)).rejects.toThrow("RCC.CR.READY can only be read");
    await expect(cr.readField("TRIN")).rejects.toThrow("did you mean TRIM?");
    await expect((await chip.register("RCC.ID")).write(1)).rejects.toThrow("RCC.ID can only be read");
    await expect((await chip.register("RCC.KEY")).read()).rejects.toThrow("RCC.KEY can only be written");
    await expect(cr.write(2 ** 32)).rejects.toThrow("value must be an unsigned 32-bit number");
  });
});
