/** Single elements of a device description, each from its XML. Knows no inheritance: describe.ts merges the levels. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type {
  AccessPort,
  Algorithm,
  DataPatch,
  Debug,
  DebugConfig,
  DebugPort,
  FlashBlock,
  FlashInfo,
  Memory,
  Processor,
} from "../device/description.ts";
import type { XmlElement } from "../lib/xml.ts";
import { missingAttribute, wrongValue } from "./diagnostics.ts";

/** Attribute access that reports what it cannot read, once, where it stands. */
export class Fields {
  readonly #element: XmlElement;
  readonly #diagnostics: Diagnostic[];

  constructor(element: XmlElement, diagnostics: Diagnostic[]) {
    this.#element = element;
    this.#diagnostics = diagnostics;
  }

  text(name: string): string | undefined {
    return this.#element.value(name);
  }

  required(name: string): string {
    const value = this.#element.value(name);
    if (value === undefined) this.#diagnostics.push(missingAttribute(this.#element, name));
    return value ?? "";
  }

  /** Decimal, 0x or 0b, as the schema's NonNegativeInteger. */
  integer(name: string): bigint | undefined {
    const attribute = this.#element.attribute(name);
    if (attribute === undefined) return undefined;
    const text = attribute.value.text.trim().replace(/[uUlL]+$/, "");
    if (/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(text)) return BigInt(text.toLowerCase());
    this.#diagnostics.push(wrongValue(attribute, "a number"));
    return undefined;
  }

  number(name: string): number | undefined {
    const value = this.integer(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean | undefined {
    const value = this.#element.value(name)?.trim();
    return value === undefined ? undefined : value === "1" || value === "true";
  }
}

/** Leaves out what is undefined, as exactOptionalPropertyTypes wants it. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

export function processor(elements: readonly XmlElement[], diagnostics: Diagnostic[]): Processor {
  const last = elements.at(-1);
  if (last === undefined) throw new RangeError("a processor is made of at least one element");
  const fields = elements.map((element) => new Fields(element, diagnostics));
  const pick = (name: string): string | undefined =>
    fields.findLast((field) => field.text(name) !== undefined)?.text(name);
  const clock = fields.findLast((field) => field.text("Dclock") !== undefined)?.number("Dclock");
  const units = fields.findLast((field) => field.text("Punits") !== undefined)?.number("Punits");
  return {
    core: pick("Dcore") ?? "",
    units: units ?? 1,
    span: last.openSpan,
    ...given({
      pname: pick("Pname"),
      version: pick("DcoreVersion"),
      fpu: pick("Dfpu"),
      mpu: pick("Dmpu"),
      trustZone: pick("Dtz"),
      dsp: pick("Ddsp"),
      endian: pick("Dendian"),
      clockHz: clock,
    }),
  };
}

export function debugConfig(element: XmlElement, diagnostics: Diagnostic[]): DebugConfig {
  const fields = new Fields(element, diagnostics);
  const protocol = fields.text("default") ?? "swd";
  const known = protocol === "swd" || protocol === "jtag" || protocol === "cjtag";
  const attribute = element.attribute("default");
  if (!known && attribute !== undefined) diagnostics.push(wrongValue(attribute, "swd, jtag or cjtag"));
  return {
    protocol: known ? protocol : "swd",
    swj: fields.flag("swj") ?? true,
    dormant: fields.flag("dormant") ?? false,
    span: element.openSpan,
    ...given({ clockHz: fields.number("clock"), sdf: fields.text("sdf") }),
  };
}

/** One `<debug>`, outer levels first: what an inner one does not say it takes from the outer one. */
export function debug(elements: readonly XmlElement[], diagnostics: Diagnostic[]): Debug {
  const last = elements.at(-1);
  if (last === undefined) throw new RangeError("a debug description is made of at least one element");
  const fields = elements.map((element) => new Fields(element, diagnostics));
  const from = <T>(name: string, read: (field: Fields) => T): T | undefined => {
    const field = fields.findLast((candidate) => candidate.text(name) !== undefined);
    return field === undefined ? undefined : read(field);
  };
  const patched = elements.findLast((element) => element.element("datapatch") !== undefined);
  return {
    datapatches: [...(patched?.elements("datapatch") ?? [])].map((patch) => datapatch(patch, diagnostics)),
    span: last.openSpan,
    ...given({
      pname: from("Pname", (field) => field.text("Pname")),
      punit: from("Punit", (field) => field.number("Punit")),
      svd: from("svd", (field) => field.text("svd")),
      dp: from("__dp", (field) => field.number("__dp")),
      ap: from("__ap", (field) => field.number("__ap")),
      apid: from("__apid", (field) => field.number("__apid")),
      address: from("address", (field) => field.integer("address")),
      defaultResetSequence: from("defaultResetSequence", (field) => field.text("defaultResetSequence")),
    }),
  };
}

function datapatch(element: XmlElement, diagnostics: Diagnostic[]): DataPatch {
  const fields = new Fields(element, diagnostics);
  const type = fields.text("type");
  return {
    address: fields.integer("address") ?? 0n,
    value: fields.integer("value") ?? 0n,
    mask: fields.integer("mask") ?? 0xffff_ffff_ffff_ffffn,
    type: type === "DP" || type === "AP" ? type : "Mem",
    span: element.openSpan,
    ...given({
      dp: fields.number("__dp"),
      ap: fields.number("__ap"),
      apid: fields.number("__apid"),
      info: fields.text("info"),
    }),
  };
}

export function debugPort(element: XmlElement, diagnostics: Diagnostic[]): DebugPort {
  const swd = element.element("swd");
  const jtag = element.element("jtag");
  const jtagFields = jtag === undefined ? undefined : new Fields(jtag, diagnostics);
  return {
    dp: new Fields(element, diagnostics).number("__dp") ?? 0,
    span: element.openSpan,
    ...(swd === undefined
      ? {}
      : { swd: given({ targetsel: new Fields(swd, diagnostics).number("targetsel") }) }),
    ...(jtagFields === undefined
      ? {}
      : {
          jtag: {
            tapindex: jtagFields.number("tapindex") ?? 0,
            ...given({ irlen: jtagFields.number("irlen") }),
          },
        }),
  };
}

export function accessPort(element: XmlElement, version: 1 | 2, diagnostics: Diagnostic[]): AccessPort {
  const fields = new Fields(element, diagnostics);
  return {
    version,
    apid: fields.number("__apid") ?? 0,
    dp: fields.number("__dp") ?? 0,
    span: element.openSpan,
    ...given({
      index: fields.number("index"),
      address: fields.integer("address"),
      parent: fields.number("parent"),
      hprot: fields.number("HPROT"),
      sprot: fields.number("SPROT"),
    }),
  };
}

/** The old `id` form says by its name what the newer `access` says: IROM is rx, IRAM is rwx. */
export function memory(element: XmlElement, diagnostics: Diagnostic[]): Memory {
  const fields = new Fields(element, diagnostics);
  const id = fields.text("id");
  return {
    start: fields.integer("start") ?? 0n,
    size: fields.integer("size") ?? 0n,
    access: fields.text("access") ?? (id?.includes("ROM") === true ? "rx" : "rwx"),
    isDefault: fields.flag("default") ?? false,
    startup: fields.flag("startup") ?? false,
    init: fields.flag("init") ?? false,
    uninit: fields.flag("uninit") ?? false,
    span: element.openSpan,
    ...given({ id, name: fields.text("name"), pname: fields.text("Pname"), alias: fields.text("alias") }),
  };
}

export function algorithm(element: XmlElement, diagnostics: Diagnostic[]): Algorithm {
  const fields = new Fields(element, diagnostics);
  return {
    file: fields.required("name"),
    start: fields.integer("start") ?? 0n,
    size: fields.integer("size") ?? 0n,
    isDefault: fields.flag("default") ?? false,
    style: fields.text("style") ?? "Keil",
    span: element.openSpan,
    ...given({
      pname: fields.text("Pname"),
      ramStart: fields.integer("RAMstart"),
      ramSize: fields.integer("RAMsize"),
    }),
  };
}

/** Timeouts and fill values the specification gives as defaults: 0xFF.., 100 s to program and to erase. */
export function flashInfo(element: XmlElement, diagnostics: Diagnostic[]): FlashInfo {
  const fields = new Fields(element, diagnostics);
  const blocks = [...element.elements()].flatMap((child): FlashBlock[] => {
    if (child.name !== "block" && child.name !== "gap") return [];
    const inner = new Fields(child, diagnostics);
    return [
      {
        kind: child.name,
        count: child.name === "gap" ? 1 : (inner.number("count") ?? 1),
        size: inner.integer("size") ?? 0n,
        argument: inner.integer("arg") ?? 0n,
      },
    ];
  });
  return {
    name: fields.text("name") ?? "",
    start: fields.integer("start") ?? 0n,
    pageSize: fields.number("pagesize") ?? 0,
    blankValue: fields.integer("blankval") ?? 0xffff_ffff_ffff_ffffn,
    filler: fields.integer("filler") ?? 0xffff_ffff_ffff_ffffn,
    programTimeoutMs: fields.number("ptime") ?? 100_000,
    eraseTimeoutMs: fields.number("etime") ?? 300_000,
    blocks,
    span: element.openSpan,
    ...given({ pname: fields.text("Pname") }),
  };
}
