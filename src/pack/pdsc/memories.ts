/**
 * Reads the memories of a device and what programs them, each from the elements that describe it. Opens no
 * algorithm file.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Algorithm, FlashBlock, FlashInfo, Memory } from "../../device/description.ts";
import { U64_MAX } from "../../lib/u64.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";
import { Fields, given } from "./fields.ts";
import { grouped, withoutReplaced, type Group } from "./inheritance.ts";

type Report = Diagnostic[];

/**
 * An inner memory of the same name and processor extends the outer one. The old `id` serves as the name if
 * there is none.
 */
export function memories(levels: readonly (readonly XmlElement[])[], report: Report): readonly Memory[] {
  const keyOf = (element: XmlElement): string => {
    const name = element.value("name") ?? element.value("id") ?? element.value("start") ?? "";
    return `${element.value("Pname") ?? ""}\0${name}`;
  };
  return grouped(levels, keyOf).map((group) => memory(group, report));
}

function memory(group: Group, report: Report): Memory {
  const fields = new Fields(group, report);
  const id = fields.text("id");
  return {
    start: fields.requiredInteger("start"),
    size: fields.requiredPositive("size"),
    access: fields.text("access") ?? accessOf(id),
    isDefault: fields.flag("default") ?? false,
    startup: fields.flag("startup") ?? false,
    init: fields.flag("init") ?? false,
    uninit: fields.flag("uninit") ?? false,
    span: fields.span,
    ...given({
      name: fields.text("name") ?? id,
      id,
      pname: fields.text("Pname"),
      alias: fields.text("alias"),
    }),
  };
}

/**
 * Before version 1.4 the name of the id said what `access` says today. Without either, the schema's default
 * is "r".
 */
function accessOf(id: string | undefined): string {
  if (id === undefined) return "r";
  return /ROM/.test(id) ? "rx" : "rwx";
}

/**
 * An inner algorithm replaces an outer one for the same range and style, and one with the same file and start.
 * Both must be for the same processor.
 */
export function algorithms(levels: readonly (readonly XmlElement[])[], report: Report): readonly Algorithm[] {
  const read = levels.map((elements) => elements.map((element) => algorithm(element, report)));
  return withoutReplaced(read, ({ pname = "", start, size, style, file }) => [
    ["range", pname, start, size, style].join("\0"),
    ["file", pname, start, pathKey(file)].join("\0"),
  ]);
}

function pathKey(path: string): string {
  return path.replaceAll("\\", "/").toLowerCase();
}

function algorithm(element: XmlElement, report: Report): Algorithm {
  const fields = new Fields([element], report);
  return {
    file: fields.requiredName("name"),
    start: fields.requiredInteger("start"),
    size: fields.requiredPositive("size"),
    isDefault: fields.flag("default") ?? false,
    style: fields.text("style") ?? "Keil",
    span: fields.span,
    ...given({
      pname: fields.text("Pname"),
      ramStart: fields.integer("RAMstart"),
      ramSize: fields.positive("RAMsize"),
    }),
  };
}

/** An inner description of the same flash, by name or start, replaces the outer one. */
export function flashInfos(levels: readonly (readonly XmlElement[])[], report: Report): readonly FlashInfo[] {
  const read = levels.map((elements) => elements.map((element) => flashInfo(element, report)));
  return withoutReplaced(read, ({ pname = "", name, start }) => [
    ["name", pname, name].join("\0"),
    ["start", pname, start].join("\0"),
  ]);
}

/** These are the values of the specification's page for `flashinfo` if an attribute is not set. */
const DEFAULT_PROGRAM_TIMEOUT_MS = 100;
const DEFAULT_ERASE_TIMEOUT_MS = 300;

function flashInfo(element: XmlElement, report: Report): FlashInfo {
  const fields = new Fields([element], report);
  return {
    name: fields.requiredText("name"),
    start: fields.requiredInteger("start"),
    pageSize: fields.requiredNumber("pagesize"),
    blankValue: fields.integer("blankval") ?? U64_MAX,
    filler: fields.integer("filler") ?? U64_MAX,
    programTimeoutMs: fields.number("ptime") ?? DEFAULT_PROGRAM_TIMEOUT_MS,
    eraseTimeoutMs: fields.number("etime") ?? DEFAULT_ERASE_TIMEOUT_MS,
    blocks: [...element.elements()].flatMap((child) => flashBlock(child, report)),
    span: fields.span,
    ...given({ pname: fields.text("Pname") }),
  };
}

function flashBlock(element: XmlElement, report: Report): readonly FlashBlock[] {
  if (element.name !== "block" && element.name !== "gap") return [];
  const fields = new Fields([element], report);
  const size = fields.requiredPositive("size");
  if (element.name === "gap") return [{ kind: "gap", count: 1, size, argument: 0n }];
  return [
    {
      kind: "block",
      count: fields.requiredNumber("count"),
      size,
      argument: fields.integer("arg") ?? 0n,
    },
  ];
}
