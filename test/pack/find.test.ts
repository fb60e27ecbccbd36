/** Packs on a machine: by name and version, and by the part that they describe. */
import { describe, expect, test } from "vitest";
import { parseDevice } from "../../src/device/match.ts";
import { PackFailure } from "../../src/pack/faults.ts";
import { findPack, findPart, isPackName, listPacks, packRoot, parsePackName } from "../../src/pack/find.ts";
import { folderWith } from "../support/folder.ts";

function pdsc(vendor: string, name: string, version: string, ...devices: readonly string[]): string {
  const elements = devices.map((device) => `<device Dname="${device}"/>`).join("");
  return `<package><vendor>${vendor}</vendor><name>${name}</name><releases><release version="${version}"/></releases>
<devices><family Dfamily="F" Dvendor="STMicroelectronics:13">${elements}</family></devices>
<boards><board name="B"><mountedDevice Dname="LPC55S36"/></board></boards></package>`;
}

/** What cpackget leaves behind, and a pack under development elsewhere. */
function machine(): string {
  const elsewhere = folderWith({ "Own.Dev_DFP.pdsc": pdsc("Own", "Dev_DFP", "0.0.1", "OWN1") });
  return folderWith({
    "Keil/STM32H7xx_DFP/3.1.0/Keil.STM32H7xx_DFP.pdsc": pdsc(
      "Keil",
      "STM32H7xx_DFP",
      "3.1.0",
      "STM32H743ZITx",
    ),
    "Keil/STM32H7xx_DFP/3.9.0/Keil.STM32H7xx_DFP.pdsc": pdsc(
      "Keil",
      "STM32H7xx_DFP",
      "3.9.0",
      "STM32H743ZITx",
    ),
    "Keil/STM32H7xx_DFP/3.10.0/Keil.STM32H7xx_DFP.pdsc": pdsc(
      "Keil",
      "STM32H7xx_DFP",
      "3.10.0",
      "STM32H743ZITx",
    ),
    "Keil/STM32H7xx_DFP/4.0.0-rc.1/Keil.STM32H7xx_DFP.pdsc": pdsc("Keil", "STM32H7xx_DFP", "4.0.0-rc.1"),
    "Keil/STM32H7xx_DFP/4.1.0/readme.txt": "half removed",
    ".Web/Keil.STM32H7xx_DFP.pdsc": pdsc("Keil", "STM32H7xx_DFP", "4.2.0", "STM32H743ZITx"),
    ".Web/Keil.STM32G0xx_DFP.pdsc": pdsc("Keil", "STM32G0xx_DFP", "2.0.0", "STM32G070CBTx", "STM32G070KBTx"),
    ".Web/Broken.DFP.pdsc": '<package><device Dname="STM32G070CBTx"></package>',
    ".Web/index.pidx": "",
    ".Local/local_repository.pidx": `<index><vendor>local</vendor><pindex>
<pdsc url="file://${elsewhere}/" vendor="Own" name="Dev_DFP" version="0.0.1"/>
<pdsc url="file:///gone/" vendor="Own" name="Gone_DFP" version="0.0.1"/></pindex></index>`,
  });
}

async function found(name: string, root: string): Promise<string> {
  try {
    const pack = await findPack(parsePackName(name), root);
    return `${pack.version ?? "?"} ${pack.installed ? "installed" : "indexed"}`;
  } catch (error) {
    if (!(error instanceof PackFailure)) throw error;
    return error.message.replace(root, "ROOT");
  }
}

describe("a pack by its name", () => {
  test.each([
    ["Keil::STM32H7xx_DFP", "4.0.0-rc.1 installed"],
    ["keil::stm32h7xx_dfp@3.1.0", "3.1.0 installed"],
    ["Keil::STM32H7xx_DFP@^3.1.0", "3.10.0 installed"],
    ["Keil::STM32H7xx_DFP@~3.9.0", "3.9.0 installed"],
    ["Keil::STM32H7xx_DFP@>=3.2.0", "4.0.0-rc.1 installed"],
    ["Keil::STM32H7xx_DFP@4.2.0", "4.2.0 indexed"],
    ["Keil::STM32G0xx_DFP", "2.0.0 indexed"],
    ["Own::Dev_DFP", "0.0.1 installed"],
    ["Own::Dev_DFP@2.0.0", "Own::Dev_DFP@2.0.0 is not installed under ROOT; there is Own::Dev_DFP@0.0.1"],
    [
      "Keil::STM32G0xx_DFP@1.0.0",
      "Keil::STM32G0xx_DFP@1.0.0 is not installed under ROOT; `cpackget add Keil::STM32G0xx_DFP@1.0.0` installs it",
    ],
    [
      "Keil::STM32H7x_DFP",
      "Keil::STM32H7x_DFP is not installed under ROOT; did you mean Keil::STM32H7xx_DFP?",
    ],
  ])("%s", async (name, expected) => {
    expect(await found(name, machine())).toBe(expected);
  });

  test("is not found if nothing is installed", async () => {
    expect(await found("A::B", "/nowhere")).toBe(
      "A::B is not installed under ROOT; `cpackget add A::B` installs it",
    );
    expect(await listPacks("/nowhere")).toEqual([]);
  });

  test.each(["Keil", "Keil::", "a/b::c", "Keil::X@latest", "Keil::X@"])("%s is refused", (text) => {
    expect(() => parsePackName(text)).toThrow(PackFailure);
  });

  test("is told from a path", () => {
    expect(["Keil::X", "Keil::X@^1.0.0", "C:/x.pack", "./a.pdsc", "x.pack"].map(isPackName)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

test("every pack is listed, the newest version first, and the index after installed ones", async () => {
  const packs = await listPacks(machine());
  expect(
    packs.map(({ vendor, name, version, installed }) => [`${vendor}::${name}`, version, installed]),
  ).toEqual([
    ["Keil::STM32H7xx_DFP", "4.0.0-rc.1", true],
    ["Keil::STM32H7xx_DFP", "3.10.0", true],
    ["Keil::STM32H7xx_DFP", "3.9.0", true],
    ["Keil::STM32H7xx_DFP", "3.1.0", true],
    ["Own::Dev_DFP", "0.0.1", true],
    ["Broken::DFP", undefined, false],
    ["Keil::STM32G0xx_DFP", undefined, false],
  ]);
});

describe("a pack by a part", () => {
  const search = async (part: string): Promise<unknown> => {
    const { matches, near, unreadable } = await findPart(parseDevice(part), machine());
    return {
      matches: matches.map(({ pack, devices }) => [
        `${pack.name}@${pack.version ?? "?"}`,
        pack.installed,
        devices,
      ]),
      near,
      unreadable: unreadable.map(({ reason }) => reason),
    };
  };

  test("that is installed", async () => {
    expect(await search("own1")).toEqual({
      matches: [["Dev_DFP@0.0.1", true, ["OWN1"]]],
      near: [],
      unreadable: [],
    });
  });

  test("that only the index knows, by its marking; what cannot be read is said", async () => {
    expect(await search("STMicroelectronics::STM32G070CBT6")).toEqual({
      matches: [["STM32G0xx_DFP@2.0.0", false, ["STM32G070CBTx"]]],
      near: [],
      unreadable: ["</package> stands where <device> of line 1 must be closed first"],
    });
  });

  test("that several devices may be", async () => {
    expect(await search("STM32G070")).toMatchObject({
      matches: [["STM32G0xx_DFP@2.0.0", false, ["STM32G070CBTx", "STM32G070KBTx"]]],
    });
  });

  test("that a board only mentions is not a device of the pack", async () => {
    expect(await search("LPC55S36")).toMatchObject({ matches: [] });
  });

  test("that no pack has is reported with near names", async () => {
    expect(await search("STM32G071CBTx")).toMatchObject({
      matches: [],
      near: ["STM32G070CBTx", "STM32G070KBTx"],
    });
  });
});

test("the folder of packs is the one that is set, or that of the CMSIS-Toolbox", () => {
  expect(packRoot({ CMSIS_PACK_ROOT: "/p", HOME: "/h" }, "linux")).toBe("/p");
  expect(packRoot({ CMSIS_PACK_ROOT: "", HOME: "/h" }, "linux")).toBe("/h/.cache/arm/packs");
  expect(packRoot({ XDG_CACHE_HOME: "/x", HOME: "/h" }, "darwin")).toBe("/x/arm/packs");
  expect(packRoot({ LOCALAPPDATA: "C:/L" }, "win32")).toBe("C:/L/Arm/Packs");
  expect(packRoot({}, "linux")).toBeUndefined();
});
