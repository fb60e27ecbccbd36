/** XML as a tree that may be taken apart: elements and attributes removed, doubled, swapped, renamed, their values at limits. */
import { NUMBERS, WORDS } from "./limits.ts";
import type { Random } from "./random.ts";

interface Element {
  name: string;
  attributes: [name: string, value: string][];
  /** Texts as they stand, entities and all. */
  children: (Element | string)[];
}

const TAG = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<[^>]*>|[^<]+/g;

/** Of what is well formed and known to be so. */
function treeOf(text: string): Element {
  const top: Element = { name: "", attributes: [], children: [] };
  const open = [top];
  for (const [token] of text.matchAll(TAG)) {
    const at = open.at(-1) ?? top;
    if (/^<\?|^<!--/.test(token)) continue;
    if (!token.startsWith("<") || token.startsWith("<![")) at.children.push(token);
    else if (token.startsWith("</")) open.pop();
    else {
      const attributes = [...token.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
        ([, name = "", one, other]): [string, string] => [name, one ?? other ?? ""],
      );
      const element = { name: /^<([\w:.-]+)/.exec(token)?.[1] ?? "x", attributes, children: [] };
      at.children.push(element);
      if (!token.endsWith("/>")) open.push(element);
    }
  }
  return top.children.find((child) => typeof child !== "string") ?? top;
}

function print({ name, attributes, children }: Element): string {
  const given = attributes.map(
    ([key, value]) => ` ${key}="${value.replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`,
  );
  const inner = children.map((child) => (typeof child === "string" ? child : print(child)));
  return inner.length === 0
    ? `<${name}${given.join("")}/>`
    : `<${name}${given.join("")}>${inner.join("")}</${name}>`;
}

function* elementsOf(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) if (typeof child !== "string") yield* elementsOf(child);
}

const copy = (element: Element): Element => structuredClone(element);
/** Copies of copies would grow without end. */
const MOST_ELEMENTS = 3000;

/** One to six changes of the structure; what comes out is well formed. */
export function restructured(text: string, random: Random): string {
  const root = treeOf(text);
  for (let left = 1 + random.int(6); left > 0; left--) change(root, random);
  return print(root);
}

function change(root: Element, random: Random): void {
  const all = [...elementsOf(root)];
  const element = random.pick(all);
  const other = random.pick(all);
  const inner = element.children.filter((child) => typeof child !== "string");
  switch (random.int(12)) {
    case 0:
      element.children.splice(random.int(element.children.length), 1 + random.int(2));
      return;
    case 1:
      if (inner.length > 0) double(element, random.pick(inner), all.length, random);
      return;
    case 2:
      [element.name, other.name] = [other.name, element.name];
      return;
    case 3:
      [element.children, other.children] = swappable(element, other)
        ? [other.children, element.children]
        : [element.children.toReversed(), other.children];
      return;
    case 4:
      element.attributes.splice(random.int(element.attributes.length), 1);
      return;
    case 5:
      // Twice the same one is not well formed, and some writers do it.
      if (element.attributes.length > 0)
        element.attributes.push([...random.pick(element.attributes)] as [string, string]);
      return;
    case 6:
    case 7:
    case 8: {
      const attribute = element.attributes[random.int(element.attributes.length)];
      if (attribute !== undefined) attribute[1] = random.pick(random.oneIn(3) ? WORDS.map(tame) : NUMBERS);
      return;
    }
    case 9:
      [element.attributes, other.attributes] = [other.attributes, element.attributes];
      return;
    case 10:
      if (other !== root && !holds(other, element) && all.length < MOST_ELEMENTS)
        element.children.push(copy(other));
      return;
    default:
      if (random.oneIn(4)) nest(element, random);
      else
        element.name = random.pick([
          "x",
          "constructor",
          "__proto__",
          "device",
          "sequence",
          "block",
          "family",
          "memory",
        ]);
  }
}

function double(parent: Element, child: Element, size: number, random: Random): void {
  const own = [...elementsOf(child)].length;
  const times = Math.min(1 + random.int(random.oneIn(5) ? 300 : 3), Math.floor((MOST_ELEMENTS - size) / own));
  for (let left = times; left > 0; left--) parent.children.push(copy(child));
}

const swappable = (one: Element, other: Element): boolean => !holds(one, other) && !holds(other, one);

const holds = (outer: Element, inner: Element): boolean => [...elementsOf(outer)].includes(inner);

/** An element in itself, deeply. */
function nest(element: Element, random: Random): void {
  const { name, children } = element;
  let at: Element = { name, attributes: [], children: [...children] };
  for (let left = random.pick([3, 30, 500]); left > 0; left--) at = { name, attributes: [], children: [at] };
  element.children = [at];
}

/** What no text of XML may hold would hide everything else. */
const tame = (word: string): string => word.replace(/[\0\ud800]/g, "?").replaceAll("&", "&amp;");
