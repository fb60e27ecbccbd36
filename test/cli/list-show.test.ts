/** `list`, `show` and `devices`: what a pack has, which definition wins, and where each comes from. */
import { describe, expect, test } from "vitest";
import { PREDEFINED_SEQUENCES } from "../../src/language/predefined.ts";
import { corpus, describeCorpus } from "../support/corpus.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
const OVERRIDE = "examples/02-override/override.seq";

describe("list", () => {
  test("names every predefined sequence, with file and line of what defines it", async () => {
    const { code, out, err } = await dbgseq("list", "--pack", PACK);
    expect(code).toBe(0);
    expect(err).toBe("");
    for (const { name } of PREDEFINED_SEQUENCES) {
      expect(out).toMatch(new RegExp(`^ {2}${name} +(-|(default|pack, [^(]+) \\(.+:\\d+:\\d+\\).*)$`, "m"));
    }
    expect(out).toMatch(/DebugCoreStart .*Example\.EX32_DFP\.pdsc:29:9\); overrides default/);
  });

  test("the project wins over the pack", async () => {
    const { out } = await dbgseq("list", "--pack", PACK, "--seq", OVERRIDE);
    expect(out).toMatch(
      /SelfTest +project \(examples\/02-override\/override\.seq:2:1\); overrides pack, family EX32/,
    );
  });

  test("a definition for another processor does not count", async () => {
    const root = folderWith({
      "two.pdsc": twoCores(`
        <sequence name="ResetSystem"><block>Message(0, "any");</block></sequence>
        <sequence name="ResetSystem" Pname="b"><block>Message(0, "b");</block></sequence>
        <sequence name="ResetProcessor" Pname="b" disable="1"/>`),
    });
    const first = await dbgseq("list", "--pack", `${root}/two.pdsc`, "--pname", "a");
    expect(first.out).toMatch(/ResetSystem +pack, family F \(.*two\.pdsc:8:9\); overrides default/);
    expect(first.out).toMatch(/ResetProcessor +default/);
    const second = await dbgseq("list", "--pack", `${root}/two.pdsc`, "--device", "D:b");
    expect(second.out).toMatch(
      /ResetSystem +pack, family F \(.*two\.pdsc:9:9\); for b; overrides pack, family F/,
    );
    expect(second.out).toMatch(/ResetProcessor +disabled by pack, family F/);
  });

  test("--json is one document with a version", async () => {
    const { out } = await dbgseq("list", "--pack", PACK, "--json");
    const document = JSON.parse(out) as { version: number; sequences: { name: string; winner?: object }[] };
    expect(document.version).toBe(1);
    expect(document.sequences.find(({ name }) => name === "DebugCoreStart")?.winner).toEqual({
      layer: "pack",
      label: "family EX32 Series",
      pname: null,
      file: PACK,
      line: 29,
      column: 9,
    });
  });

  test("an unknown device is answered with the nearest", async () => {
    const { code, err } = await dbgseq("list", "--pack", PACK, "--device", "EX23M4");
    expect(err).toContain("did you mean EX32M4?");
    expect(code).toBe(2);
  });
});

describe("show", () => {
  test("prints text that is a .seq file, with its origin", async () => {
    const { out } = await dbgseq("show", "SelfTest", "--pack", PACK);
    expect(out).toMatch(/^\/\/ pack, family EX32 Series \(.*:35:9\)\nsequence SelfTest \{\n/);
    const root = folderWith({ "shown.seq": out });
    expect(await dbgseq("check", `${root}/shown.seq`)).toMatchObject({ code: 0, out: "" });
  });

  test("--all shows what it overrides, too", async () => {
    const { out } = await dbgseq("show", "DebugCoreStart", "--pack", PACK, "--all");
    expect(out.match(/^sequence DebugCoreStart/gm)).toHaveLength(2);
  });

  test("a misspelt name is guessed", async () => {
    const { code, err } = await dbgseq("show", "ResetSytem");
    expect(err).toContain('did you mean "ResetSystem"?');
    expect(code).toBe(2);
  });
});

describe("devices", () => {
  test("lists names and cores, as text and JSON", async () => {
    expect((await dbgseq("devices", "--pack", PACK)).out).toBe("EX32M4  Cortex-M4  EX32 Series\n");
    const { out } = await dbgseq("devices", "ex32", "--pack", PACK, "--json");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      devices: [{ name: "EX32M4", cores: ["Cortex-M4"] }],
    });
  });
});

describeCorpus("list on real packs", () => {
  test("the LPC55S36 connects by its own DebugPortStart and resets by its own ResetSystem", async () => {
    const path = corpus("pdsc/pyOCDtest__NXP.LPC55S36_DFP.13.0.0.pdsc").pathname;
    const { code, out } = await dbgseq("list", "--pack", path, "--device", "LPC55S36");
    expect(code).toBe(0);
    expect(out).toMatch(/DebugPortStart +pack, family LPC55S36 \(.*pdsc:98:9\); overrides default/);
    expect(out).toMatch(/ResetSystem +pack, family LPC55S36 .*; overrides default/);
    // A Cortex-M33 has no VECTRESET: the vendor disables the sequence, and the default would be empty.
    expect(out).toMatch(
      /ResetProcessor +disabled by pack, .*; overrides default \(.*ResetProcessor\.none\.seq/,
    );
  });
});

function twoCores(sequences: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.7"><vendor>V</vendor><name>P</name>
  <devices><family Dfamily="F" Dvendor="V:1">
      <processor Pname="a" Dcore="Cortex-M4"/>
      <processor Pname="b" Dcore="Cortex-M0+"/>
      <device Dname="D"/>
      <sequences>${sequences}
      </sequences>
  </family></devices>
</package>
`;
}
