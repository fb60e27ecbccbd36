/** CMSIS-SVD files: registers by name and by address, arrays, clusters, what is derived, and what cannot be read. */
import { describe, expect, test } from "vitest";
import { fullName, nameAt, type RegisterMap } from "../../src/device/peripherals.ts";
import { Source } from "../../src/lib/source.ts";
import { openPack } from "../../src/pack/open.ts";
import { readSvd } from "../../src/pack/svd/svd.ts";
import { decodeXml } from "../../src/pack/text.ts";
import { corpusPath, describeCorpus } from "../support/corpus.ts";

function read(peripherals: string, device = "<size>32</size><access>read-write</access>") {
  return readSvd(
    new Source("d.svd", `<device><name>D</name>${device}<peripherals>${peripherals}</peripherals></device>`),
  );
}

const TIMER = `
<peripheral><name>TIM1</name><baseAddress>0x40010000</baseAddress><resetValue>#101</resetValue><registers>
  <register><name>CR</name><addressOffset>0</addressOffset><fields>
    <field><name>MODE</name><bitRange>[2:1]</bitRange>
      <enumeratedValues><enumeratedValue><name>up</name><value>0</value></enumeratedValue>
        <enumeratedValue><name>down</name><value>0b01</value></enumeratedValue></enumeratedValues></field>
    <field><name>EN</name><bitOffset>0</bitOffset></field>
    <field><name>DIV</name><lsb>8</lsb><msb>15</msb><access>read-only</access></field>
  </fields></register>
  <register><dim>3</dim><dimIncrement>4</dimIncrement><name>CCR[%s]</name><addressOffset>0x10</addressOffset><size>16</size></register>
  <register><dim>2</dim><dimIncrement>0x8</dimIncrement><dimIndex>A,B</dimIndex><name>OUT%s</name><addressOffset>0x30</addressOffset></register>
  <register derivedFrom="CR"><name>CR2</name><addressOffset>0x4</addressOffset></register>
  <register><name>ICR</name><addressOffset>8</addressOffset><access>write-only</access></register>
  <register><name>DR</name><addressOffset>0xC</addressOffset><readAction>clear</readAction></register>
  <cluster><dim>2</dim><dimIncrement>0x20</dimIncrement><name>CH%s</name><addressOffset>0x100</addressOffset>
    <register><name>CFG</name><addressOffset>4</addressOffset></register>
    <cluster><name>IN</name><addressOffset>8</addressOffset><register><name>X</name><addressOffset>4</addressOffset></register></cluster>
  </cluster>
</registers></peripheral>
<peripheral derivedFrom="TIM1"><name>TIM2</name><baseAddress>0x40020000</baseAddress></peripheral>`;

function addressOf(map: RegisterMap, name: string): number | undefined {
  const found = map.find(name);
  return found.kind === "register" ? found.register.address : undefined;
}

describe("registers", () => {
  const { registers: map, problems } = read(TIMER);

  test("of a correct file are all read", () => {
    expect(problems).toEqual([]);
    expect(map.peripherals).toEqual(["TIM1", "TIM2"]);
  });

  test.each([
    ["TIM1.CR", 0x4001_0000],
    ["tim1.cr", 0x4001_0000],
    ["TIM1.CR2", 0x4001_0004],
    ["TIM1.CCR[2]", 0x4001_0018],
    ["TIM1.OUTB", 0x4001_0038],
    ["TIM1.CH1.CFG", 0x4001_0124],
    ["TIM1.CH1.IN.X", 0x4001_012c],
    ["TIM2.CH0.IN.X", 0x4002_010c],
  ])("%s stands at its address", (name, address) => {
    expect(addressOf(map, name)).toBe(address);
  });

  test("a register has what it says, and what it inherits", () => {
    const found = map.find("TIM2.CCR[0]");
    expect(found).toMatchObject({
      kind: "register",
      register: { size: 16, access: "read-write", resetValue: 5n, readAction: false },
    });
    expect(map.find("TIM1.DR")).toMatchObject({ register: { readAction: true } });
    expect(map.find("TIM1.ICR")).toMatchObject({ register: { access: "write-only" } });
  });

  test("fields in each spelling, also of what is derived, from the lowest bit up", () => {
    const found = map.find("TIM1.CR2");
    expect(found.kind === "register" ? found.register.fields : []).toMatchObject([
      { name: "EN", lsb: 0, width: 1 },
      {
        name: "MODE",
        lsb: 1,
        width: 2,
        values: new Map([
          [0n, "up"],
          [1n, "down"],
        ]),
      },
      { name: "DIV", lsb: 8, width: 8, access: "read-only" },
    ]);
    expect(map.find("TIM1.CR.MODE")).toMatchObject({ kind: "field", field: { name: "MODE" } });
  });

  test("with a misspelt name get a hint", () => {
    expect(map.find("TIM1.CR3")).toMatchObject({
      kind: "unknown",
      near: expect.stringContaining("TIM1.CR") as string,
    });
    expect(map.find("TIM11")).toMatchObject({
      kind: "unknown",
      near: expect.stringContaining("TIM1") as string,
    });
    expect(map.find("TIM1.CR.MODES")).toEqual({ kind: "unknown", near: "TIM1.CR.MODE" });
    expect(map.find("Something.Else.Entirely")).toEqual({ kind: "unknown" });
  });

  test("an address has the name of the register around it", () => {
    expect(nameAt(map, 0x4001_0000)).toBe("TIM1.CR");
    expect(nameAt(map, 0x4001_0002)).toBe("TIM1.CR + 2");
    expect(nameAt(map, 0x4001_0012)).toBeUndefined();
    expect(nameAt(map, 0x5000_0000)).toBeUndefined();
    expect(nameAt(map, 0x4002_0124)).toBe("TIM2.CH1.CFG");
  });
});

describe("a mistake costs only what it is in", () => {
  const AROUND = (register: string): string =>
    `<peripheral><name>P</name><baseAddress>0x40000000</baseAddress><registers>${register}
     <register><name>GOOD</name><addressOffset>0x20</addressOffset></register></registers></peripheral>`;

  test.each([
    ["<register><name>A</name></register>", "<register> has no <addressOffset>"],
    ["<register><name>A</name><addressOffset>ten</addressOffset></register>", '"ten" is not a number'],
    ["<register><addressOffset>0</addressOffset></register>", "<register> has no <name>"],
    [
      "<register><name>A</name><addressOffset>0</addressOffset><size>128</size></register>",
      "a register of 128 bits cannot be accessed",
    ],
    [
      '<register derivedFrom="B"><name>A</name><addressOffset>0</addressOffset></register>',
      'there is no "B" to derive from',
    ],
    [
      '<register derivedFrom="A"><name>A</name><addressOffset>0</addressOffset></register>',
      "what this is derived from is derived from it",
    ],
    [
      "<register><dim>99999999</dim><dimIncrement>4</dimIncrement><name>A%s</name><addressOffset>0</addressOffset></register>",
      "expected 1 to 65536 elements, not 99999999",
    ],
  ])("%s", (register, message) => {
    const { registers, problems } = read(AROUND(register));
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(registers.find("P.GOOD").kind).toBe("register");
  });

  test("a field that is not a range of bits costs the field", () => {
    const { registers, problems } = read(
      AROUND(
        "<register><name>A</name><addressOffset>0</addressOffset><fields><field><name>F</name><bitRange>1:0</bitRange></field></fields></register>",
      ),
    );
    expect(problems.map(({ message }) => message)).toEqual(['"1:0" is not a range of bits']);
    expect(registers.find("P.A").kind).toBe("register");
  });

  test("another XML file, or another kind of file, is refused with a place", () => {
    expect(() => readSvd(new Source("p.pdsc", "\n<package/>"))).toThrow(
      "p.pdsc:2:1: <device> is expected in a CMSIS-SVD file, not <package>",
    );
    expect(() => readSvd(new Source("x.sfr", "\0\0"))).toThrow("this is a binary file, not XML");
  });

  test("arrays of arrays end at a stated limit", () => {
    const many = "<dim>60000</dim><dimIncrement>4</dimIncrement>";
    expect(() =>
      read(
        AROUND(
          `<cluster>${many}<name>C%s</name><addressOffset>0</addressOffset><register>${many}<name>R%s</name><addressOffset>0</addressOffset></register></cluster>`,
        ),
      ),
    ).toThrow("more than 500000 registers");
  });
});

describeCorpus("SVD files of vendors", () => {
  test.each([
    ["packs/Infineon__Cypress.PMG1_DFP.1.0.1.pack", "SVD/pmg1s0.svd", "PERI.PCLK_CTL[63]", 0x4001_01fc],
    ["packs/Infineon__Infineon.AIROC_DFP.1.0.0.pack", "SVD/cyw20829.svd", undefined, undefined],
    [
      "packs/Nuvoton__Nuvoton.NuVoice_ISD_DFP.1.0.11.pack",
      "SVD/Nuvoton/I94100_v1_3.svd",
      undefined,
      undefined,
    ],
  ])("%s %s", async (pack, file, name, address) => {
    const { files } = await openPack(corpusPath(pack));
    const { registers, problems } = readSvd(new Source(file, decodeXml(await files.read(file))));
    await files.close();
    expect(problems.map(({ message }) => message)).toEqual([]);
    const [first = ""] = registers.peripherals;
    const found = registers.find(first);
    const some = found.kind === "peripheral" ? found.registers : [];
    expect(some.length).toBeGreaterThan(0);
    for (const register of some.slice(0, 5))
      expect(nameAt(registers, register.address)).toBe(fullName(register));
    if (name !== undefined) expect(addressOf(registers, name)).toBe(address);
  });
});
