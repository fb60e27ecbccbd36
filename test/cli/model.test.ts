/** `model init` and `model check`: a derived model as a file, the same when it is read, with an SVD file's reset values in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { decodeXml } from "../../src/pack/text.ts";
import { deriveModel } from "../../src/simulator/model/derive.ts";
import { modelText } from "../../src/simulator/model/text.ts";
import { readModel } from "../../src/simulator/model/yaml.ts";
import { dbgseq } from "../support/command-line.ts";
import { corpus, describeCorpus } from "../support/corpus.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package schemaVersion="1.7.28"><vendor>Acme</vendor><name>One_DFP</name>
<releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="Acme:1">
<device Dname="One"><processor Dcore="Cortex-M4"/><debug svd="SVD/One.svd"/>
<memory name="FLASH: all" access="rx" start="0x08000000" size="0x10000" startup="1"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x4000"/></device>
</family></devices></package>`;

const register = (name: string, offset: string, reset: string, size = "32"): string =>
  `<register><name>${name}</name><addressOffset>${offset}</addressOffset><size>${size}</size><resetValue>${reset}</resetValue></register>`;

const SVD = `<device><name>One</name><width>32</width><peripherals><peripheral><name>RCC</name><baseAddress>0x40021000</baseAddress>
<registers>${register("CR", "0x0", "0x83")}${register("CFGR", "0x4", "0x0")}
${register("LOW", "0x8", "0x12", "8")}${register("HIGH", "0xA", "0x3456", "16")}</registers></peripheral></peripherals></device>`;

function pack(): { readonly root: string; readonly device: readonly string[] } {
  const root = folderWith({ "Acme.One_DFP.pdsc": PDSC, "SVD/One.svd": SVD });
  return { root, device: ["--pack", join(root, "Acme.One_DFP.pdsc"), "--device", "One", "--no-config"] };
}

describe("init", () => {
  test("writes a file that check takes and that a sequence runs on, with registers as they are after reset", async () => {
    const { root, device } = pack();
    const file = join(root, "one.yaml");
    expect(await dbgseq("model", "init", ...device, "-o", file)).toMatchObject({ code: 0, out: "" });
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^# .*derived from the pack[^]*# registers after reset: One\.svd\nmodel: one\n/);
    expect(text).toContain("RCC.CR: { offset: 0x00021000, reset: 0x83 }");
    expect(text).toContain("RCC.LOW: { offset: 0x00021008, reset: 0x34560012 }");
    expect(text).not.toContain("CFGR");
    expect((await dbgseq("model", "check", file)).out).toContain(
      "one, 1 processor, 2 memories, 1 access port",
    );
    expect((await dbgseq("check", file)).code).toBe(0);
    const probe = ["--probe", `sim:${file}`];
    expect((await dbgseq("run", "ResetSystem", ...device, ...probe)).code).toBe(0);
    expect((await dbgseq("read", "0x40021000", ...probe, "--no-config")).out).toContain("0x00000083");
  });

  test("the simulator takes the same values where only a device is named", async () => {
    const { device } = pack();
    const { code, out } = await dbgseq("read", "RCC.CR", ...device, "--probe", "sim");
    expect(code).toBe(0);
    expect(out).toContain("0x00000083");
  });

  test("makes a model that the device's own sequences take: what they ask an identity for is assumed, and said", async () => {
    const asks = `<sequences><sequence name="DebugDeviceUnlock"><block>
__ap = 2; __var part = Read32(0xE00E1000) &amp; 0xFFF;</block>
<control if="part != 0x450"><block>Message(2, "not one of ours");</block></control></sequence></sequences>`;
    const root = folderWith({ "Acme.One_DFP.pdsc": PDSC.replace("<debug svd", `${asks}<debug svd`) });
    const device = ["--pack", join(root, "Acme.One_DFP.pdsc"), "--device", "One", "--no-config"];
    const file = join(root, "one.yaml");
    expect((await dbgseq("model", "init", ...device, "-o", file)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("0xE00E1000 behind AP 2 reads 0x00000450");
    expect(await dbgseq("reset", ...device, "--probe", `sim:${file}`)).toMatchObject({ code: 0 });
    // So is one that is never a file.
    const { code, err } = await dbgseq("reset", ...device, "--probe", "sim");
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toContain(
      "assumed, because the pack's own sequences need it: 0xE00E1000 behind AP 2 reads 0x00000450",
    );
  });

  test("never writes over a file without being told to", async () => {
    const { root, device } = pack();
    const file = join(root, "Acme.One_DFP.pdsc");
    const { code, err } = await dbgseq("model", "init", ...device, "-o", file);
    expect(code).toBe(2);
    expect(err).toContain("--force");
    expect(readFileSync(file, "utf8")).toBe(PDSC);
    expect((await dbgseq("model", "init", ...device, "-o", join(root, "new.yaml"), "--force")).code).toBe(0);
  });

  test("needs a device, and one with a core that can be simulated", async () => {
    expect((await dbgseq("model", "init", "--no-config")).code).toBe(2);
    const root = folderWith({ "A.B.pdsc": PDSC.replace("Cortex-M4", "Cortex-A9") });
    const given = ["--pack", join(root, "A.B.pdsc"), "--device", "One", "--no-config"];
    const { code, err } = await dbgseq("model", "init", ...given);
    expect(code).toBe(2);
    expect(err).toContain("One.svd; registers are zero after reset");
    expect(err).toContain("none of its cores is a Cortex-M");
  });
});

describe("check", () => {
  test("reports what is wrong, and where", async () => {
    const root = folderWith({ "bad.yaml": "model: x\ncolour: red\n" });
    const { code, err } = await dbgseq("model", "check", join(root, "bad.yaml"));
    expect(code).toBe(2);
    expect(err).toMatch(/bad\.yaml:2:1/);
    const json = await dbgseq("model", "check", join(root, "bad.yaml"), "--json");
    expect(JSON.parse(json.out)).toMatchObject({ command: "model", exitCode: 2 });
  });
});

/** What is read of the text is the model that it was made of. */
function expectSame(path: string, text: string): number {
  let devices = 0;
  const { pack: read } = readPdsc(new Source(path, text));
  for (const { name } of read?.devices().slice(0, 3) ?? []) {
    const description = read?.describe(name)?.description;
    if (description === undefined) continue;
    let derived;
    try {
      derived = deriveModel(description);
    } catch {
      continue; // no core that can be simulated
    }
    const written = modelText(derived.data, derived.notes);
    expect(readModel(new Source(`${name}.yaml`, written))).toEqual(derived.data);
    devices += 1;
  }
  return devices;
}

test("a written model is read again as the same model", () => {
  expect(expectSame("Acme.One_DFP.pdsc", PDSC)).toBe(1);
});

describeCorpus("of real packs, too", () => {
  test.each([
    "ST__Keil.STM32H7xx_DFP.pdsc",
    "RaspberryPi__RaspberryPi.RP2xxx_DFP.pdsc",
    "Alif__AlifSemiconductor.Ensemble.pdsc",
  ])("%s", (name) => {
    const path = corpus(`pdsc/${name}`);
    expect(expectSame(name, decodeXml(readFileSync(path)))).toBeGreaterThan(0);
  });
});
