/**
 * Reads processors, ports and connections of a device, each from the elements that describe it. Knows no
 * memories.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type {
  AccessPort,
  DataPatch,
  Debug,
  DebugConfig,
  DebugPort,
  Processor,
} from "../../device/description.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";
import { Fields, given } from "./fields.ts";
import { grouped, isGroup, keyBy, type Group } from "./inheritance.ts";

type Report = Diagnostic[];

/**
 * Attributes add up over the levels. An element without Pname holds for every processor that is named
 * elsewhere; if none is named, it is the only processor.
 */
export function processors(levels: readonly (readonly XmlElement[])[], report: Report): readonly Processor[] {
  return perProcessor(levels, []).map(({ group, pname }) => {
    const fields = new Fields(group, report);
    return {
      core: fields.requiredText("Dcore"),
      units: fields.number("Punits") ?? 1,
      span: fields.span,
      ...given({
        pname,
        version: fields.text("DcoreVersion"),
        fpu: fields.text("Dfpu"),
        mpu: fields.text("Dmpu"),
        trustZone: fields.text("Dtz"),
        dsp: fields.text("Ddsp"),
        endian: fields.text("Dendian"),
        clockHz: fields.number("Dclock"),
      }),
    };
  });
}

/** The largest devices have about 20; every sequence is looked at for each. */
const MOST_PROCESSORS = 64;

interface OfProcessor {
  readonly pname: string | undefined;
  readonly group: Group;
}

/** `known` are processors that exist although none of these elements names them. */
function perProcessor(
  levels: readonly (readonly XmlElement[])[],
  known: readonly (string | undefined)[],
): readonly OfProcessor[] {
  const pnames = [...known, ...levels.flat().map((element) => element.value("Pname"))];
  const distinct = [...new Set(pnames)].filter((pname) => pname !== undefined).slice(0, MOST_PROCESSORS);
  return (distinct.length === 0 ? [undefined] : distinct).flatMap((pname) => {
    const group = innermostLast(levels, (element) => {
      const own = element.value("Pname");
      return own === undefined || own === pname;
    });
    return isGroup(group) ? [{ pname, group }] : [];
  });
}

/**
 * On one level an element for one processor or unit wins over one for all, and else the first wins. The
 * winner comes last.
 */
function innermostLast(
  levels: readonly (readonly XmlElement[])[],
  holds: (element: XmlElement) => boolean,
): readonly XmlElement[] {
  return levels.flatMap((elements) =>
    elements
      .filter(holds)
      .toReversed()
      .toSorted((a, b) => specificity(a) - specificity(b)),
  );
}

function specificity(element: XmlElement): number {
  return ["Pname", "Punit"].filter((name) => element.value(name) !== undefined).length;
}

export function debugConfig(group: Group, report: Report): DebugConfig {
  const fields = new Fields(group, report);
  return {
    protocol: fields.oneOf("default", ["swd", "jtag", "cjtag"]) ?? "swd",
    swj: fields.flag("swj") ?? true,
    dormant: fields.flag("dormant") ?? false,
    span: fields.span,
    ...given({ clockHz: fields.frequency("clock"), sdf: fields.text("sdf") }),
  };
}

/**
 * Returns one entry per processor (and Punit). A `<debug>` without Pname holds for all of them, so it is in
 * each entry; without named processors it is the only entry.
 */
export function debugs(
  levels: readonly (readonly XmlElement[])[],
  pnames: readonly (string | undefined)[],
  report: Report,
): readonly Debug[] {
  return perProcessor(levels, pnames).flatMap(({ pname, group }) => {
    const units = new Set(
      group.map((element) => element.value("Punit")).filter((unit) => unit !== undefined),
    );
    return (units.size === 0 ? [undefined] : [...units].toSorted()).flatMap((unit) => {
      const ofUnit = group.filter((element) => {
        const own = element.value("Punit");
        return own === undefined || own === unit;
      });
      return isGroup(ofUnit) ? [debug(ofUnit, pname, report)] : [];
    });
  });
}

function debug(group: Group, pname: string | undefined, report: Report): Debug {
  const fields = new Fields(group, report);
  return {
    datapatches: datapatches(group, report),
    span: fields.span,
    ...given({
      pname,
      punit: fields.number("Punit"),
      svd: fields.text("svd"),
      dp: fields.number("__dp"),
      ap: fields.number("__ap"),
      apid: fields.number("__apid"),
      address: fields.integer("address"),
      defaultResetSequence: fields.text("defaultResetSequence"),
    }),
  };
}

/** Patches add up; if two are for the same place, the inner one holds. */
function datapatches(group: Group, report: Report): readonly DataPatch[] {
  const levels = group.map((element) => [...element.elements("datapatch")]);
  return grouped(levels, keyBy("type", "__dp", "__ap", "__apid", "address", "mask")).map((patch) => {
    const fields = new Fields(patch, report);
    return {
      address: fields.requiredInteger("address"),
      value: fields.requiredInteger("value"),
      mask: fields.integer("mask") ?? 0xffff_ffff_ffff_ffffn,
      type: fields.oneOf("type", ["DP", "AP", "Mem"]) ?? "Mem",
      span: fields.span,
      ...given({
        dp: fields.number("__dp"),
        ap: fields.number("__ap"),
        apid: fields.number("__apid"),
        info: fields.text("info"),
      }),
    };
  });
}

export function debugPort(group: Group, report: Report): DebugPort {
  const fields = new Fields(group, report);
  const inner = (name: string): Fields | undefined => {
    const elements = group.flatMap((element) => [...element.elements(name)]);
    return isGroup(elements) ? new Fields(elements, report) : undefined;
  };
  const swd = inner("swd");
  const jtag = inner("jtag") ?? inner("cjtag");
  return {
    dp: fields.requiredNumber("__dp"),
    span: fields.span,
    ...given({
      swd: swd && given({ targetsel: swd.number("targetsel"), idcode: swd.number("idcode") }),
      jtag: jtag && {
        tapindex: jtag.number("tapindex") ?? 0,
        ...given({
          irlen: jtag.number("irlen"),
          idcode: jtag.number("idcode"),
          targetsel: jtag.number("targetsel"),
        }),
      },
    }),
  };
}

/** `onlyDp` is the debug port of an access port that names none itself. */
export function accessPort(group: Group, onlyDp: number, report: Report): AccessPort {
  const fields = new Fields(group, report);
  const version = group.at(-1)?.name === "accessportV1" ? 1 : 2;
  return {
    version,
    apid: fields.requiredNumber("__apid"),
    dp: fields.number("__dp") ?? onlyDp,
    span: fields.span,
    ...(version === 1
      ? { index: fields.requiredNumber("index") }
      : { address: fields.requiredInteger("address") }),
    ...given({
      parent: fields.number("parent"),
      hprot: fields.number("HPROT"),
      sprot: fields.number("SPROT"),
    }),
  };
}
