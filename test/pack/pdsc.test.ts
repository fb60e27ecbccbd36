/** Packs as a whole: who they are, which devices they have, and what is no pack. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { packOf, shown } from "../support/pdsc.ts";

function read(text: string): ReturnType<typeof readPdsc> {
  return readPdsc(new Source("v.pdsc", text));
}

test("a pack has an identity; its newest release stands first", () => {
  const text = readFileSync(new URL("fixtures/quirks.pdsc", import.meta.url), "utf8");
  const { pack, diagnostics } = read(text);
  expect(diagnostics).toEqual([]);
  expect(pack?.id).toBe("Acme::Quirks_DFP@2.1.0");
  expect(pack?.identity).toEqual({
    vendor: "Acme",
    name: "Quirks_DFP",
    version: "2.1.0",
    url: "https://example.com/packs/",
  });
});

test("devices and their variants are listed in order, with what they belong to", () => {
  const pack = packOf(`<family Dfamily="F" Dvendor="ST Micro:13"><processor Dcore="Cortex-M4"/>
<device Dname="A"/><subFamily DsubFamily="SF"><device Dname="B"><processor Pname="p" Dcore="Cortex-M0+"/>
<variant Dvariant="BX"/><variant Dname="BY"/></device></subFamily></family>`);
  const shared = { vendor: "ST Micro", family: "F" };
  const cores = ["Cortex-M4", "Cortex-M0+"];
  expect(pack.devices()).toEqual([
    { ...shared, name: "A", cores: ["Cortex-M4"] },
    { ...shared, name: "B", subFamily: "SF", cores },
    { ...shared, name: "BX", subFamily: "SF", variantOf: "B", cores },
    { ...shared, name: "BY", subFamily: "SF", variantOf: "B", cores },
  ]);
  expect(pack.describe("bx")?.description).toMatchObject({
    device: "B",
    variant: "BX",
    pack: { id: "V::N" },
  });
  expect(pack.describe("C")).toBeUndefined();
});

describe("a text that is not a pack is reported as malformed at its place", () => {
  test.each([
    ["", "v.pdsc:1:1: malformed-xml: the file is empty"],
    ["\x7fELF\0\0", "v.pdsc:1:5: malformed-xml: this is a binary file, not XML"],
    [
      "<package>\n<a></package>",
      "v.pdsc:2:4: malformed-xml: </package> stands where <a> of line 2 must be closed first",
    ],
    [
      "<?xml version='1.0'?>\n<device/>",
      "v.pdsc:2:1: not-a-pack: this is <device>, a pack description begins with <package>",
    ],
  ])("%j", (text, message) => {
    const { pack, diagnostics } = read(text);
    expect(pack).toBeUndefined();
    expect(diagnostics.map(shown)).toEqual([message]);
    expect(diagnostics.every(({ malformed }) => malformed === true)).toBe(true);
  });
});

test("a pack without a name can be used, and is reported", () => {
  const { pack, diagnostics } = read("<package><vendor> </vendor></package>");
  expect(pack?.id).toBe("?::?");
  expect(diagnostics.map(shown)).toEqual([
    "v.pdsc:1:1: missing-element: <package> lacks the element <vendor>",
    "v.pdsc:1:1: missing-element: <package> lacks the element <name>",
  ]);
});
