/** Packs and probes of a machine, as data. */
import { describe, expect, test } from "vitest";
import { devicesOf, listModels } from "../../src/browser.ts";
import { adviceFor, findPacks, listDevices, listPacks, packFolder } from "../../src/index.ts";
import { Failure } from "../../src/lib/fault.ts";
import { shippedModel } from "../../src/simulator/models/shipped.ts";
import { fault } from "../support/fault.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package><vendor>V</vendor><name>N</name><releases><release version="1.2.3"/></releases><devices>
<family Dfamily="F" Dvendor="V:1"><processor Dcore="Cortex-M7"/><device Dname="EX52A"/><device Dname="EX52B"/></family></devices></package>`;

describe("packs", () => {
  const root = () => folderWith({ "V/N/1.2.3/V.N.pdsc": PDSC });

  test("are listed by what they are called, and found by a part", async () => {
    const folder = root();
    expect(await listPacks({ root: folder })).toMatchObject([
      { vendor: "V", name: "N", version: "1.2.3", installed: true },
    ]);
    const { matches } = await findPacks("ex52a", { root: folder });
    expect(matches.map(({ devices }) => devices)).toEqual([["EX52A"]]);
    expect((await findPacks("EX53A", { root: folder })).near).toContain("EX52A");
  });

  test("their folder is the environment's, and must be known", () => {
    expect(packFolder({ CMSIS_PACK_ROOT: "/packs" })).toBe("/packs");
    expect(() => packFolder({})).toThrow(fault("bad-request"));
  });

  test("describe the same devices as a text and as a file", async () => {
    const list = devicesOf(PDSC);
    expect(list).toMatchObject({
      pack: "V::N@1.2.3",
      devices: [
        { name: "EX52A", family: "F", cores: ["Cortex-M7"] },
        { name: "EX52B", family: "F" },
      ],
    });
    expect(await listDevices(`${folderWith({ "V.N.pdsc": PDSC })}/V.N.pdsc`)).toEqual(list);
  });

  test("a text that is not a pack is refused", () => {
    expect(() => devicesOf("<package>")).toThrow(fault("malformed-input"));
    expect(() => devicesOf("<other/>")).toThrow(fault("malformed-input"));
  });
});

test("each model that is listed can be opened", () => {
  expect(listModels()).toContain("nrf52840");
  for (const name of listModels()) expect(shippedModel(name)).toBeDefined();
});

test("advice is for failures of the probe alone", () => {
  const machine = {
    platform: "linux" as const,
    procVersion: "",
    container: undefined,
    usb: () => Promise.reject(new Error("no USB here")),
    facts: () => Promise.reject(new Error("no facts here")),
  };
  const absent = new Failure({ kind: "no-probe" }, "no probe is attached");
  expect(adviceFor(absent, machine)).toMatchObject({ code: "absent" });
  expect(adviceFor(new Failure({ kind: "no-core" }, "no core"), machine)).toBeUndefined();
});
