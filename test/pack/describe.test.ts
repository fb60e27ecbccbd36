/** What a device inherits from its family, subfamily and device, and what an inner level replaces. */
import { describe, expect, test } from "vitest";
import type { DeviceDescription } from "../../src/device/description.ts";
import { describedBy, deviceOf, packOf, shown } from "../support/pdsc.ts";

function description(family: string, device = ""): DeviceDescription {
  return describedBy({ family, device }).description;
}

function findings(family: string, device = ""): readonly string[] {
  return describedBy({ family, device }).diagnostics.map(shown);
}

const CORE = '<processor Dcore="Cortex-M4"/>';

describe("processors", () => {
  test("attributes add up, inner ones replace outer ones", () => {
    const { processors } = description(
      '<processor Dcore="Cortex-M4" Dfpu="SP_FPU" Dclock="50000000"/>',
      '<processor Dclock="66000000" DcoreVersion="r0p1"/>',
    );
    expect(processors).toMatchObject([
      { core: "Cortex-M4", fpu: "SP_FPU", clockHz: 66_000_000, version: "r0p1", units: 1 },
    ]);
  });

  test("what has no Pname holds for all processors that have one", () => {
    const { processors } = description(
      '<processor Dcore="Cortex-M33" Dendian="Little-endian"/>',
      '<processor Pname="core0" Dtz="TZ"/><processor Pname="core1" Dcore="Cortex-M0+" Punits="2"/>',
    );
    expect(processors).toMatchObject([
      { pname: "core0", core: "Cortex-M33", trustZone: "TZ", endian: "Little-endian", units: 1 },
      { pname: "core1", core: "Cortex-M0+", endian: "Little-endian", units: 2 },
    ]);
  });

  test("one without a core is reported where it stands", () => {
    expect(findings('<processor Dclock="1"/>')).toEqual([
      "v.pdsc:3:1: missing-attribute: <processor> lacks the attribute Dcore",
    ]);
  });
});

describe("the debug connection", () => {
  test("has the defaults of the specification", () => {
    expect(description("<debugconfig/>").debugConfig).toMatchObject({
      protocol: "swd",
      swj: true,
      dormant: false,
    });
    expect(description("").debugConfig).toBeUndefined();
  });

  test("adds up over the levels", () => {
    const { debugConfig } = description(
      '<debugconfig default="jtag" clock="4000000" dormant="1"/>',
      '<debugconfig clock="0x100000" swj="false"/>',
    );
    expect(debugConfig).toMatchObject({ protocol: "jtag", clockHz: 0x100000, swj: false, dormant: true });
  });

  test("of each processor has its own settings and those for all", () => {
    const { debugs } = description(
      `<processor Pname="a" Dcore="Cortex-M7"/><processor Pname="b" Dcore="Cortex-M4"/>
       <debug svd="all.svd" __dp="0" defaultResetSequence="ResetHardware"/>`,
      '<debug Pname="a" __ap="1" svd="a.svd"/>',
    );
    expect(debugs).toMatchObject([
      { pname: "a", ap: 1, dp: 0, svd: "a.svd", defaultResetSequence: "ResetHardware" },
      { pname: "b", dp: 0, svd: "all.svd", defaultResetSequence: "ResetHardware" },
    ]);
  });

  test("on one level is what its processor has, whatever stands first", () => {
    const { debugs } = description(
      `<processor Pname="a" Dcore="Cortex-M7"/>
       <debug svd="all.svd" __ap="3"/><debug Pname="a" svd="a.svd"/><debug svd="late.svd" __dp="1"/>`,
    );
    expect(debugs).toMatchObject([{ pname: "a", svd: "a.svd", ap: 3, dp: 1 }]);
  });

  test("of each unit of a multi-core processor has its own address", () => {
    const { debugs } = description(
      `<processor Pname="a7" Dcore="Cortex-A7" Punits="2"/>
       <debug Pname="a7" __apid="1"/><debug Pname="a7" Punit="0" address="0x80070000"/>
       <debug Pname="a7" Punit="1" address="0x80072000"/>`,
    );
    expect(debugs).toMatchObject([
      { pname: "a7", punit: 0, apid: 1, address: 0x8007_0000n },
      { pname: "a7", punit: 1, apid: 1, address: 0x8007_2000n },
    ]);
  });

  test("may patch data; for one place the inner patch holds", () => {
    const { debugs } = description(
      `${CORE}<debug><datapatch address="0xF8" value="1" type="AP" __ap="0"/><datapatch address="0x10" value="2"/></debug>`,
      '<debug><datapatch address="0x10" value="3" info="newer"/></debug>',
    );
    expect(debugs.map(({ datapatches }) => datapatches)).toMatchObject([
      [
        { type: "AP", address: 0xf8n, value: 1n, mask: 0xffff_ffff_ffff_ffffn, ap: 0 },
        { type: "Mem", address: 0x10n, value: 3n, info: "newer" },
      ],
    ]);
  });

  test("goes by debug ports and access ports", () => {
    const { debugPorts, accessPorts } = description(
      `<debugport __dp="3"><swd targetsel="0x01002927"/><jtag tapindex="1" irlen="4"/></debugport>
       <accessportV1 __apid="0" index="2" HPROT="3"/>
       <accessportV2 __apid="1" __dp="3" address="0x2000"/><accessportV2 __apid="2" address="0x4000" parent="1"/>`,
      '<accessportV2 __apid="2" address="0x5000"/>',
    );
    expect(debugPorts).toMatchObject([
      { dp: 3, swd: { targetsel: 0x0100_2927 }, jtag: { tapindex: 1, irlen: 4 } },
    ]);
    expect(accessPorts).toMatchObject([
      { version: 1, apid: 0, dp: 3, index: 2, hprot: 3 },
      { version: 2, apid: 1, dp: 3, address: 0x2000n },
      { version: 2, apid: 2, dp: 3, address: 0x5000n, parent: 1 },
    ]);
  });
});

describe("memories", () => {
  test("of one name are extended by the inner level, others are added", () => {
    const { memories } = description(
      `<memory name="RAM" access="rwx" start="0x20000000" size="0x1000" default="1"/>
       <memory name="ROM" access="rx" start="0" size="0x800"/>`,
      '<memory name="RAM" start="0x20000000" size="0x2000"/><memory name="RAM2" start="0x30000000" size="16" alias="RAM"/>',
    );
    expect(memories).toMatchObject([
      { name: "RAM", access: "rwx", size: 0x2000n, isDefault: true },
      { name: "ROM", access: "rx", size: 0x800n, isDefault: false },
      { name: "RAM2", access: "r", size: 16n, alias: "RAM" },
    ]);
  });

  test("with an old id have its name and its access", () => {
    const { memories } = description(
      `<memory id="IROM1" start="0" size="1" startup="1"/><memory id="IRAM1" start="2" size="1" init="0"/>
       <memory id="IRAM1" Pname="b" start="8" size="1"/>`,
    );
    expect(memories).toMatchObject([
      { id: "IROM1", name: "IROM1", access: "rx", startup: true },
      { id: "IRAM1", name: "IRAM1", access: "rwx", init: false, start: 2n },
      { id: "IRAM1", name: "IRAM1", access: "rwx", pname: "b", start: 8n },
    ]);
  });

  test("must have numbers in their attributes", () => {
    expect(findings('<memory name="A" start="here" size="0x10000G"/><memory name="B" start="08"/>')).toEqual([
      'v.pdsc:3:18: wrong-value: start="here" is not a number such as 4096 or 0x1000',
      'v.pdsc:3:31: wrong-value: size="0x10000G" is not a number such as 4096 or 0x1000',
      "v.pdsc:3:48: missing-attribute: <memory> lacks the attribute size",
    ]);
  });
});

describe("flash algorithms", () => {
  const algorithm = (name: string, start: string, size: string, more = ""): string =>
    `<algorithm name="${name}" start="${start}" size="${size}" ${more}/>`;
  const files = (family: string, device: string): readonly string[] =>
    description(family, device).algorithms.map(({ file, size }) => `${file} ${size}`);

  test("for the same range and style are replaced by the inner level", () => {
    const outer = algorithm("A.FLM", "0", "16") + algorithm("B.FLM", "64", "16");
    expect(files(outer, algorithm("C.FLM", "0x0", "0x10"))).toEqual(["B.FLM 16", "C.FLM 16"]);
  });

  test("of the same file and start are replaced, however the path is written", () => {
    expect(files(algorithm("Flash\\A.FLM", "0", "16"), algorithm("flash/A.flm", "0", "32"))).toEqual([
      "flash/A.flm 32",
    ]);
  });

  test("stay if they are for another processor, another style or an alias", () => {
    const outer = algorithm("A.FLM", "0", "16") + algorithm("A.FLM", "4096", "16");
    expect(
      files(outer, algorithm("A.out", "0", "16", 'style="IAR"') + algorithm("A.FLM", "0", "16", 'Pname="b"')),
    ).toHaveLength(4);
  });

  test("have their RAM, or leave it to the default memory", () => {
    const { algorithms } = description(
      algorithm("A.FLM", "0", "16", 'RAMstart="0x20000000" RAMsize="0x800" default="1"') +
        algorithm("B.FLM", "16", "16"),
    );
    expect(algorithms).toMatchObject([
      { ramStart: 0x2000_0000n, ramSize: 0x800n, isDefault: true, style: "Keil" },
      { isDefault: false },
    ]);
    expect(algorithms[1]).not.toHaveProperty("ramStart");
  });
});

test("flash descriptions have blocks, gaps and the specification's defaults", () => {
  const { flashInfos } = description(
    `<flashinfo name="F" start="0" pagesize="64"><block count="2" size="0x100" arg="1"/><gap size="0x1000"/></flashinfo>
     <flashinfo name="G" start="0x8000" pagesize="64" blankval="0" ptime="5" etime="6"/>`,
    '<flashinfo name="G" start="0x9000" pagesize="32"/>',
  );
  expect(flashInfos).toMatchObject([
    {
      name: "F",
      programTimeoutMs: 100,
      eraseTimeoutMs: 300,
      blankValue: 0xffff_ffff_ffff_ffffn,
      blocks: [
        { kind: "block", count: 2, size: 0x100n, argument: 1n },
        { kind: "gap", count: 1, size: 0x1000n, argument: 0n },
      ],
    },
    { name: "G", start: 0x9000n, pageSize: 32 },
  ]);
});

describe("debug variables", () => {
  test("of an inner level replace the outer ones as a whole, and those stay known", () => {
    const { debugVars, shadowedDebugVars } = description(
      '<debugvars configfile="a.dbgconf" version="1.0" odd="1">__var a = 1; __var b = 2;</debugvars>',
      "<debugvars><!-- only -->__var a = 3;</debugvars>",
    );
    expect(debugVars?.entries.map(({ kind }) => kind)).toEqual(["comment", "declaration"]);
    expect(debugVars?.configFile).toBeUndefined();
    expect(shadowedDebugVars).toMatchObject([
      {
        configFile: { text: "a.dbgconf" },
        version: { text: "1.0" },
        attributes: [{ name: { text: "odd" }, value: { text: "1" } }],
      },
    ]);
  });

  test("without a constant value are reported", () => {
    expect(findings("<debugvars>\n__var a = Read32(0);</debugvars>")).toEqual([
      "v.pdsc:4:11: not-constant: a debug variable needs a constant value",
    ]);
  });
});

describe("sequences", () => {
  const list = (...items: readonly string[]): string =>
    `<sequences>${items.map((item) => `<sequence ${item}/>`).join("")}</sequences>`;

  test("of all levels are there, innermost first, each with where it comes from", () => {
    const pack = packOf(`<family Dfamily="F" Dvendor="V:1">${list('name="S"')}
<subFamily DsubFamily="SF">${list('name="S" Pname="p"')}
<device Dname="D">${list('name="S" disable="1"')}
<variant Dvariant="DV">${list('name="S"', 'name="T"')}</variant></device></subFamily></family>`);
    expect(
      deviceOf(pack, "DV").description.sequences.map(({ name, pname, disabled, origin }) => [
        name,
        pname,
        disabled,
        origin.layer,
        origin.label,
        origin.level,
        origin.span.source.position(origin.span.start).line,
      ]),
    ).toEqual([
      ["S", undefined, false, "pack", "variant DV", "variant", 5],
      ["T", undefined, false, "pack", "variant DV", "variant", 5],
      ["S", undefined, true, "pack", "device D", "device", 4],
      ["S", "p", false, "pack", "subFamily SF", "subFamily", 3],
      ["S", undefined, false, "pack", "family F", "family", 2],
    ]);
    expect(deviceOf(pack, "D").description.sequences).toHaveLength(3);
  });

  test("of a family are read once for all its devices", () => {
    const pack = packOf(
      `<family Dfamily="F" Dvendor="V:1">${list('name="S"')}<device Dname="A"/><device Dname="B"/></family>`,
    );
    const [a, b] = ["A", "B"].map((name) => deviceOf(pack, name).description.sequences[0]);
    expect(a?.sequence).toBe(b?.sequence);
  });

  test("say how trace is set up; the innermost that says it counts", () => {
    const setup = (value: string): string =>
      `<sequences traceSetup="${value}"><sequence name="S"/></sequences>`;
    expect(description(setup("full"), list('name="T"')).traceSetup).toBe("full");
    expect(description(setup("full"), setup("legacy")).traceSetup).toBe("legacy");
    expect(description("").traceSetup).toBe("legacy");
  });
});

describe("what no tool reads is reported", () => {
  test("attributes, with the one that may be meant", () => {
    const { diagnostics } = describedBy({
      family: '<memory name="A" start="0" size="1" acces="rw" x:y="1"/>',
    });
    expect(diagnostics.map(({ hint, ...rest }) => [shown(rest), hint])).toEqual([
      [
        'v.pdsc:3:37: unknown-attribute: <memory> has no attribute "acces"; it is left out',
        'did you mean "access"?',
      ],
    ]);
  });

  test("elements in the wrong place", () => {
    expect(findings('<debugport __dp="0"><spi/></debugport>')).toEqual([
      "v.pdsc:3:21: unknown-element: <spi> has no meaning inside <debugport> and is left out",
    ]);
  });

  test("processors that the device does not have", () => {
    const { diagnostics } = describedBy({
      family: `<processor Pname="cm7" Dcore="Cortex-M7"/>
<sequences><sequence name="S" Pname="cm4"/></sequences>`,
    });
    expect(diagnostics.map(({ hint, ...rest }) => [shown(rest), hint])).toEqual([
      [
        'v.pdsc:4:31: unknown-processor: <sequence> names the processor "cm4", which the device does not have',
        'did you mean "cm7"?',
      ],
    ]);
  });
});
