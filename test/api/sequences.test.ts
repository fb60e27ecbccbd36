/** Sequences of a device as data, and as text in both forms. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { deviceContext, listSequences, packToScript, scriptToPack, showSequence } from "../../src/browser.ts";
import { followImports, readSource } from "../../src/index.ts";
import { Source } from "../../src/lib/source.ts";
import { fault } from "../support/fault.ts";
import { folderWith } from "../support/folder.ts";

const PACK = new Source(
  "two.pdsc",
  `<package><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases><devices>
<family Dfamily="F" Dvendor="V:1"><processor Dcore="Cortex-M7"/><device Dname="D"><sequences>
<sequence name="ResetSystem"><block>__Result = 0;</block></sequence>
<sequence name="Own" disable="1"/>
</sequences></device></family></devices></package>`,
);
const OVERRIDE = new Source("mine.seq", "sequence ResetSystem { Write32(0x10, 1); }\n");

describe("listSequences", () => {
  test("says of each which definition wins", async () => {
    const list = listSequences(await deviceContext({ pack: PACK, seq: [OVERRIDE] }));
    expect(list).toMatchObject({ device: "D", pack: "V::N@1.0.0", core: "Cortex-M7" });
    const entry = (name: string) => list.sequences.find((one) => one.name === name);
    expect(entry("ResetSystem")).toMatchObject({
      predefined: true,
      winner: { layer: "project", file: "mine.seq", line: 1, column: 1 },
      overridden: [{ layer: "pack", file: "two.pdsc", line: 3 }, { layer: "default" }],
    });
    expect(entry("Own")).toMatchObject({ predefined: false, disabled: true });
    expect(entry("TraceStart")).toEqual({
      name: "TraceStart",
      predefined: true,
      disabled: false,
      overridden: [],
    });
  });

  test("without a pack there are the defaults", async () => {
    const { device, sequences } = listSequences(await deviceContext({}));
    expect(device).toBeUndefined();
    expect(new Set(sequences.map(({ winner }) => winner?.layer))).toEqual(new Set(["default", undefined]));
  });
});

describe("showSequence", () => {
  test("has the text of the winner first", async () => {
    const shown = showSequence(await deviceContext({ pack: PACK, seq: [OVERRIDE] }), "ResetSystem");
    expect(shown.map(({ origin }) => origin.layer)).toEqual(["project", "pack", "default"]);
    expect(shown[0].text).toBe("sequence ResetSystem {\n  Write32(0x10, 1);\n}\n");
    expect(shown[0].origin.text).toBe("project (mine.seq:1:1)");
  });

  test("a name that is not defined comes with the nearest", async () => {
    const context = await deviceContext({});
    expect(() => showSequence(context, "ResetSytem")).toThrow(
      fault("unknown-sequence-name", { near: ["ResetSystem"] }),
    );
  });
});

describe("conversion", () => {
  test("a pack's sequences become text that says the same in a pack", async () => {
    const script = packToScript(await deviceContext({ pack: PACK }));
    expect(script).toContain("sequence ResetSystem {");
    const back = await scriptToPack(script);
    expect(back).toContain('<sequence name="ResetSystem">');
  });

  test("a device without a pack is refused", async () => {
    const context = await deviceContext({});
    expect(() => packToScript(context)).toThrow(fault("bad-argument"));
  });

  test("imports are replaced by their text, if the caller says how they are read", async () => {
    const folder = folderWith({ "a.seq": 'import "b.seq";\n', "b.seq": "sequence B { }\n" });
    const source = await readSource(`${folder}/a.seq`);
    await expect(scriptToPack(source)).rejects.toThrow(fault("malformed-input"));
    const xml = await scriptToPack(source, await followImports([folder]));
    expect(xml).toContain('<sequence name="B"');
    expect(readFileSync(`${folder}/a.seq`, "utf8")).toContain("import");
  });
});
