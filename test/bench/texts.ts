/** The texts that are measured: the shipped default sequences and one that works on registers, as a pack has them. */
import { readdirSync, readFileSync } from "node:fs";
import { printSequenceXml } from "../../src/language/print/pdsc-printer.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import type { Sequence } from "../../src/language/tree.ts";
import { Source } from "../../src/lib/source.ts";
import { parseXml, type XmlElement } from "../../src/lib/formats/xml.ts";

/** The text of one block, or a control with its condition. */
export type Part =
  | { readonly block: string }
  | { readonly if: string; readonly parts: readonly Part[] }
  | { readonly while: string; readonly parts: readonly Part[] };

export interface NamedParts {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** Twelve statements as vendors write them. */
const REGISTERS = `sequence Registers {
  __var DBGMCU_CR = 0xE0042004;
  __var value     = 0;
  __var mask      = 0x00000007;

  value  = Read32(DBGMCU_CR);             // read
  value |= mask | (1 << 20);              // modify
  Write32(DBGMCU_CR, value);              // write
  Write32(0xE00E1034, (value & ~(3 << 4)) | (2 << 4));
  value = Read32(0xE000EDF0) & 0x02000000;
  mask ^= (value >> 8) + (mask << 2) * 3;
  Write32(0xE000EDFC, 0x01000000 | (mask & 0x000007F1));
  DAP_Delay(10000);
  Message(0, "value 0x%08x", value);
}`;

/** Packs with the same texts, so that a round takes long enough to be measured. */
const PACKS = 20;

/** The sequences of each pack; `folder` is that of the default sequences. */
export function measuredPacks(folder: string): readonly (readonly NamedParts[])[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".seq"));
  const texts = [...files.map((file) => readFileSync(`${folder}/${file}`, "utf8")), REGISTERS];
  return Array.from({ length: PACKS }, () => texts.flatMap((text) => [...partsOfScript(text)]));
}

export function* partsOfScript(text: string): Generator<NamedParts> {
  for (const item of parseScript(new Source("bench", text)).script.items) {
    if (item.kind === "sequence") yield { name: item.name.text, parts: partsOf(asXml(item)) };
  }
}

function asXml(sequence: Sequence): XmlElement {
  return parseXml(new Source("bench", printSequenceXml(sequence)));
}

function partsOf(element: XmlElement): readonly Part[] {
  return [...element.elements()].flatMap((child): readonly Part[] => {
    if (child.name === "block") return [{ block: child.text }];
    const condition = child.value("if");
    const loop = child.value("while");
    const inside = partsOf(child);
    // A control with both is a loop inside an `if`, for a peer that knows only one of them.
    const looped = loop === undefined ? inside : [{ while: loop, parts: inside }];
    return condition === undefined ? looped : [{ if: condition, parts: looped }];
  });
}

/** Every text that a parser is given for these, in order. */
export function textsOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => {
    if ("block" in part) return [part.block];
    return [...("if" in part ? [part.if] : [part.while]), ...textsOf(part.parts)];
  });
}
