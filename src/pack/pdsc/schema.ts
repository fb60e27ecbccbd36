/**
 * Lists the attributes and children that the specification (PACK.xsd 1.7.60) knows for the elements that
 * describe debugging and programming, so that a misspelt one is found. Knows no values.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";
import { duplicateElement, unknownAttribute, unknownElement, unknownProcessor } from "./diagnostics.ts";
import { ownElements } from "./inheritance.ts";
import { table } from "../../lib/table.ts";

/** A key is `accessportV1@__apid` or the like; `children` is absent if anything may stand. */
interface Shape {
  readonly attributes: readonly string[];
  readonly children: readonly string[];
}

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");
const shape = (attributes: string, children = ""): Shape => ({
  attributes: words(attributes),
  children: words(children),
});

const SHAPES: Readonly<Record<string, Shape>> = table({
  processor: shape(
    "Pname Punits Dcore Dfpu Dmpu Dtz Ddsp Dmve Dendian Dclock DcoreVersion Dcdecp Dpacbti Dsecure",
  ),
  debugconfig: shape("default clock swj dormant sdf"),
  debugport: shape("__dp", "jtag swd cjtag"),
  jtag: shape("tapindex idcode targetsel irlen"),
  cjtag: shape("tapindex idcode targetsel irlen"),
  swd: shape("idcode targetsel"),
  accessportV1: shape("__apid __dp index HPROT SPROT"),
  accessportV2: shape("__apid __dp address parent HPROT SPROT"),
  debug: shape("__dp __ap __apid address svd Pname Punit defaultResetSequence", "datapatch"),
  datapatch: shape("type address __dp __ap __apid value mask info"),
  memory: shape("Pname id name start size access alias init uninit default startup"),
  algorithm: shape("deviceIndex Pname name start size RAMstart RAMsize default style parameter endian"),
  flashinfo: shape("name start pagesize blankval filler ptime etime Pname", "block gap"),
});

const FLASH_SHAPES: Readonly<Record<string, Shape>> = table({
  block: shape("count size arg"),
  gap: shape("size"),
});

/**
 * Reports what no tool reads, in one level's own elements and their children. Attributes with a prefix belong
 * to other tools and are skipped.
 */
export function unknownParts(level: XmlElement): readonly Diagnostic[] {
  return ownElements(level).flatMap((element) => {
    const known = SHAPES[element.name];
    return known === undefined ? [] : partsOf(element, known);
  });
}

function partsOf(element: XmlElement, known: Shape): readonly Diagnostic[] {
  const attributes = element.attributes
    .filter(({ name }) => !name.includes(":") && !known.attributes.includes(name))
    .map((attribute) => unknownAttribute(attribute, element, known.attributes));
  const children = [...element.elements()].flatMap((child) => {
    const inner = element.name === "flashinfo" ? FLASH_SHAPES[child.name] : SHAPES[child.name];
    if (inner === undefined || !known.children.includes(child.name)) return [unknownElement(child, element)];
    return partsOf(child, inner);
  });
  return [...attributes, ...children];
}

/** These attributes tell elements of one kind apart. */
const KEYS: Readonly<Record<string, string>> = table({
  processor: "Pname",
  debugport: "__dp",
  accessportV1: "__apid",
  accessportV2: "__apid",
});

/** Reports elements that describe the same thing on one level; the first one counts. */
export function repeatedElements(level: XmlElement): readonly Diagnostic[] {
  const first = new Map<string, XmlElement>();
  return ownElements(level).flatMap((element) => {
    const attribute = KEYS[element.name];
    const key = attribute === undefined ? undefined : element.value(attribute);
    if (attribute === undefined || key === undefined) return [];
    const before = first.get(`${attribute} ${key}`);
    if (before !== undefined) return [duplicateElement(element, attribute, before)];
    first.set(`${attribute} ${key}`, element);
    return [];
  });
}

/** Reports elements of a level, including sequences, that are for a processor that the device does not have. */
export function unknownProcessors(level: XmlElement, pnames: readonly string[]): readonly Diagnostic[] {
  const sequences = [...level.elements("sequences")].flatMap((list) => [...list.elements("sequence")]);
  const properties = ownElements(level).filter(({ name }) => name !== "processor" && name in SHAPES);
  return [...properties, ...sequences].flatMap((element) => {
    const attribute = element.attribute("Pname");
    if (attribute === undefined || pnames.includes(attribute.value.text)) return [];
    return [unknownProcessor(attribute, element, pnames)];
  });
}
