/**
 * Says how an inner level (family > subFamily > device > variant) adds to and replaces what outer ones say.
 * Knows elements and their keys; knows no element by name.
 */
import type { Level } from "../../device/description.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";

/** The elements that describe a device; a variant stands inside its device. */
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

/**
 * Returns what a level says itself: its elements without the levels inside it. There may be thousands of
 * those.
 */
export function ownElements(level: XmlElement): readonly XmlElement[] {
  const own = ownOf.get(level) ?? level.elements().filter(({ name }) => !INNER_LEVELS.has(name));
  ownOf.set(level, own);
  return own;
}

/** Counts what a device is made of: elements and sequences of all its levels. */
export function inheritedBy(levels: Levels): number {
  return named(levels).reduce(
    (sum, { element }) => sum + ownElements(element).length + sequencesIn(element),
    1,
  );
}

function sequencesIn(level: XmlElement): number {
  return level.elements("sequences").reduce((sum, list) => sum + list.elements().length, 0);
}

/** Returns the levels outermost first. */
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

/** A group has the elements that describe one thing, outermost first; the last one wins. */
export type Group = readonly [XmlElement, ...XmlElement[]];

/**
 * Groups elements that describe the same thing, in order of first appearance. The first of two on one level
 * wins.
 */
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
 * Returns the things of all levels, outermost first, without those that an inner level replaces. A thing
 * replaces another if they have a key in common.
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

/** Joins attributes into one string; a letter that no attribute may hold separates them. */
export function keyBy(...names: readonly string[]): (element: XmlElement) => string {
  return (element) => names.map((name) => element.value(name) ?? "").join("\0");
}
