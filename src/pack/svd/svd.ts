/**
 * Reads a CMSIS-SVD file (format 1.3): peripherals, clusters, registers and fields, arrays and derived ones.
 * A part of a register that cannot be read costs that register only and is listed with its place.
 */
import { where, type Source, type Span } from "../../lib/source.ts";
import { parseXml, type XmlElement } from "../../lib/formats/xml.ts";
import {
  RegisterMap,
  type PeripheralRegister,
  type RegisterField,
  type SvdAccess,
} from "../../device/peripherals.ts";
import { PackFailure } from "../faults.ts";
import {
  accessOf,
  bitsOf,
  firstOf,
  itemsOf,
  missing,
  named,
  propertiesOf,
  required,
  sizeOf,
  textOf,
  Unreadable,
  valuesOf,
  type Item,
  type Properties,
} from "./elements.ts";
import { append } from "../../lib/lists.ts";

export interface SvdProblem {
  readonly message: string;
  readonly span: Span;
}

export interface ReadSvd {
  readonly registers: RegisterMap;
  readonly problems: readonly SvdProblem[];
}

/** The largest that vendors ship has about a million tags and 60,000 registers. */
const MOST_TAGS = 4_000_000;
const MOST_REGISTERS = 500_000;
/** The most elements that cannot be read; each of them is an exception. */
const MOST_PROBLEMS = 50_000;
/**
 * The most elements of arrays and values of fields, with what stands in clusters and fields, counted as often
 * as it is repeated.
 */
const MOST_REPEATED = 2_000_000;
/** The longest chain of derived elements; a ring of them ends here. */
const MOST_DERIVED = 16;

/** Throws `malformed-xml` or `not-svd` with a place. */
export function readSvd(source: Source): ReadSvd {
  const root = parseXml(source, MOST_TAGS);
  if (root.name !== "device")
    throw new PackFailure(
      { kind: "not-svd", path: source.path, found: root.name },
      `${where(root.openSpan)}: <device> is expected in a CMSIS-SVD file, not <${root.name}>`,
    );
  return new SvdReader(root).read();
}

/** The place that a register stands in. */
interface Place extends Properties {
  readonly peripheral: string;
  readonly prefix: string;
  readonly base: bigint;
}

class SvdReader {
  readonly #root: XmlElement;
  readonly #problems: SvdProblem[] = [];
  readonly #peripherals = new Map<string, XmlElement>();
  #made = 0;
  #repeated = 0;

  constructor(root: XmlElement) {
    this.#root = root;
  }

  read(): ReadSvd {
    const elements = [...(this.#root.element("peripherals")?.elements("peripheral") ?? [])];
    for (const element of elements) {
      const name = textOf(element, "name");
      if (name !== undefined && !this.#peripherals.has(name)) this.#peripherals.set(name, element);
    }
    const given: Properties = { size: 32n, access: "read-write", resetValue: 0n };
    const device = this.#attempt(() => propertiesOf(this.#root, given)) ?? given;
    const read: (readonly [string, readonly PeripheralRegister[]])[] = [];
    for (const element of elements)
      this.#attempt(() => {
        append(read, this.#peripheral(element, device));
      });
    return { registers: new RegisterMap(read), problems: this.#problems };
  }

  /** Counts what is derived or stands in an array, because each such element is read again. */
  #counted<T>(list: readonly T[], { openSpan }: XmlElement): readonly T[] {
    this.#repeated += list.length;
    if (this.#repeated > MOST_REPEATED)
      throw this.#tooMuch(
        openSpan,
        `arrays and derived elements repeat more than ${MOST_REPEATED} elements and values`,
      );
    return list;
  }

  #tooMuch(span: Span, reason: string): PackFailure {
    const { path } = this.#root.source;
    return new PackFailure({ kind: "not-svd", path, found: "too much" }, `${where(span)}: ${reason}`);
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#problems.push({ message: error.message, span: error.span });
      if (this.#problems.length > MOST_PROBLEMS)
        throw this.#tooMuch(error.span, `more than ${MOST_PROBLEMS} elements cannot be read`);
      return undefined;
    }
  }

  #peripheral(
    element: XmlElement,
    device: Properties,
  ): readonly (readonly [string, readonly PeripheralRegister[]])[] {
    const chain = this.#chain(element, (name) => this.#peripherals.get(name));
    const properties = [...chain].reverse().reduce((outer, one) => propertiesOf(one, outer), device);
    const base = required(element, "baseAddress");
    const registers = chain.map((one) => one.element("registers")).find((one) => one !== undefined);
    return this.#items(element, chain).map(({ name, offset }) => {
      const place = { ...properties, peripheral: name, prefix: "", base: base + offset };
      return [name, registers === undefined ? [] : [...this.#members(registers, place)]] as const;
    });
  }

  *#members(parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    for (const element of this.#counted(parent.elements(), parent)) {
      if (element.name === "register")
        yield* this.#attempt(() => [...this.#register(element, parent, place)]) ?? [];
      else if (element.name === "cluster")
        yield* this.#attempt(() => [...this.#cluster(element, parent, place)]) ?? [];
    }
  }

  *#cluster(element: XmlElement, parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    const chain = this.#chain(element, (name) => named(parent, "cluster", name));
    const properties = [...chain]
      .reverse()
      .reduce<Properties>((outer, one) => propertiesOf(one, outer), place);
    const start = firstOf(chain, "addressOffset") ?? missing(element, "addressOffset");
    for (const { name, offset } of this.#items(element, chain)) {
      const inner = {
        ...place,
        ...properties,
        prefix: `${place.prefix}${name}.`,
        base: place.base + start + offset,
      };
      for (const one of chain) yield* this.#members(one, inner);
    }
  }

  *#register(element: XmlElement, parent: XmlElement, place: Place): Generator<PeripheralRegister> {
    const chain = this.#chain(element, (name) => this.#registerNamed(parent, name));
    const { size, access, resetValue } = [...chain]
      .reverse()
      .reduce<Properties>((outer, one) => propertiesOf(one, outer), place);
    const start = firstOf(chain, "addressOffset") ?? missing(element, "addressOffset");
    const fields = this.#fields(chain, access);
    const readAction = chain.some((one) => one.element("readAction") !== undefined);
    for (const { name, offset } of this.#items(element, chain)) {
      this.#made += 1;
      if (this.#made > MOST_REGISTERS)
        throw this.#tooMuch(element.openSpan, `more than ${MOST_REGISTERS} registers`);
      yield {
        peripheral: place.peripheral,
        name: `${place.prefix}${name}`,
        address: Number(BigInt.asUintN(32, place.base + start + offset)),
        size: sizeOf(size, element),
        access,
        resetValue,
        readAction,
        fields,
      };
    }
  }

  #fields(chain: readonly XmlElement[], access: SvdAccess): readonly RegisterField[] {
    const parent = chain.map((one) => one.element("fields")).find((one) => one !== undefined);
    if (parent === undefined) return [];
    return this.#counted(parent.elements("field"), parent)
      .flatMap((element) => this.#attempt(() => this.#field(element, parent, access)) ?? [])
      .sort((a, b) => a.lsb - b.lsb);
  }

  #field(element: XmlElement, parent: XmlElement, access: SvdAccess): readonly RegisterField[] {
    const chain = this.#chain(element, (name) => named(parent, "field", name.split(".").at(-1) ?? name));
    const [lsb, width] = chain.map(bitsOf).find((bits) => bits !== undefined) ?? missing(element, "bitRange");
    const values = new Map(
      chain
        .flatMap((one) => one.elements("enumeratedValues"))
        .flatMap((one) => valuesOf(one, this.#counted(one.elements("enumeratedValue"), one))),
    );
    const own = chain.map((one) => accessOf(one)).find((one) => one !== undefined) ?? access;
    return this.#items(element, chain).map(({ name, offset }) => ({
      name,
      lsb: lsb + Number(offset),
      width,
      access: own,
      values,
    }));
  }

  #items(element: XmlElement, chain: readonly XmlElement[]): readonly Item[] {
    return this.#counted(itemsOf(element, chain), element);
  }

  /** Returns the element and what it is derived from, nearest first. */
  #chain(element: XmlElement, find: (name: string) => XmlElement | undefined): readonly XmlElement[] {
    const chain = [element];
    for (let at = element; chain.length <= MOST_DERIVED;) {
      const from = at.value("derivedFrom");
      if (from === undefined) return chain;
      const base = find(from);
      if (base === undefined) throw new Unreadable(`there is no "${from}" to derive from`, at.openSpan);
      chain.push(base);
      at = base;
    }
    throw new Unreadable("what this is derived from is derived from it", element.openSpan);
  }

  /** Finds a register in the same scope, or by `PERIPHERAL.REGISTER`. */
  #registerNamed(parent: XmlElement, name: string): XmlElement | undefined {
    const local = named(parent, "register", name);
    if (local !== undefined) return local;
    const [first = "", ...path] = name.split(".");
    let at = this.#peripherals.get(first)?.element("registers");
    for (const cluster of path.slice(0, -1)) at = at && named(at, "cluster", cluster);
    return at && named(at, "register", path.at(-1) ?? "");
  }
}
