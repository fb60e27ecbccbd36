/**
 * How an inner level (family > subFamily > device > variant) adds to and replaces what outer ones say. Knows elements
 * and their keys; knows no element by name.
 */
import type { Level } from "../device/description.ts";
import type { XmlElement } from "../lib/xml.ts";

/** The elements that a device is described by; a variant stands inside its device. */
export interface Levels {
  readonly family: XmlElement;
  readonly subFamily?: XmlElement;
  readonly device: XmlElement;
  readonly variant?: XmlElement;
}

export interface NamedLevel {
  readonly level: Level;
  readonly name: string;
  readonly element: XmlElement;
}

const INNER_LEVELS: ReadonlySet<string> = new Set(["subFamily", "device", "variant"]);
const ownOf = new WeakMap<XmlElement, readonly XmlElement[]>();

/** What a level says itself: its elements without the levels inside it, of which there may be thousands. */
export function ownElements(level: XmlElement): readonly XmlElement[] {
  const own = ownOf.get(level) ?? level.elements().filter(({ name }) => !INNER_LEVELS.has(name));
  ownOf.set(level, own);
  return own;
}

/** How much a device is made of: elements and sequences of all its levels. */
export function inheritedBy(levels: Levels): number {
  return named(levels).reduce(
    (sum, { element }) => sum + ownElements(element).length + sequencesIn(element),
    1,
  );
}

function sequencesIn(level: XmlElement): number {
  return level.elements("sequences").reduce((sum, list) => sum + list.elements().length, 0);
}

/** Outermost first. */
export function named({ family, subFamily, device, variant }: Levels): readonly NamedLevel[] {
  const level = (kind: Level, element: XmlElement | undefined, attribute: string): NamedLevel[] =>
    element === undefined ? [] : [{ level: kind, name: element.value(attribute) ?? "", element }];
  return [
    ...level("family", family, "Dfamily"),
    ...level("subFamily", subFamily, "DsubFamily"),
    ...level("device", device, "Dname"),
    ...level("variant", variant, "Dvariant"),
  ];
}

/** One thing and the elements that describe it, outermost first; the last one wins. */
export type Group = readonly [XmlElement, ...XmlElement[]];

/** Elements that describe the same thing, in order of first appearance. On one level the first of two wins. */
export function grouped(
  levels: readonly (readonly XmlElement[])[],
  keyOf: (element: XmlElement) => string,
): readonly Group[] {
  const groups = new Map<string, XmlElement[]>();
  for (const elements of levels) {
    for (const element of elements) if (!groups.has(keyOf(element))) groups.set(keyOf(element), []);
    for (const element of elements.toReversed()) groups.get(keyOf(element))?.push(element);
  }
  return [...groups.values()].flatMap((group) => (isGroup(group) ? [group] : []));
}

export function isGroup(elements: readonly XmlElement[]): elements is Group {
  return elements.length > 0;
}

/**
 * The things of all levels without those that one of an inner level stands for: one that has a key in common. Outermost first.
 */
export function withoutReplaced<T>(
  levels: readonly (readonly T[])[],
  keysOf: (thing: T) => readonly string[],
): readonly T[] {
  const inner = new Set<string>();
  const kept = levels.toReversed().map((things) => {
    const own = things.filter((thing) => !keysOf(thing).some((key) => inner.has(key)));
    for (const thing of things) for (const key of keysOf(thing)) inner.add(key);
    return own;
  });
  return kept.toReversed().flat();
}

/** Attributes as one string; a letter no attribute may hold stands between. */
export function keyBy(...names: readonly string[]): (element: XmlElement) => string {
  return (element) => names.map((name) => element.value(name) ?? "").join("\0");
}
