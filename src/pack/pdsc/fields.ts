/**
 * Reads the attributes of an element and of the outer ones it inherits from, and reports what it cannot read
 * at its place. Knows the schema's spellings of numbers and booleans; knows no element by name.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../lib/source.ts";
import { integerOf } from "../../lib/u64.ts";
import type { XmlAttribute, XmlElement } from "../../lib/formats/xml.ts";
import { missingAttribute, wrongValue } from "./diagnostics.ts";

const U32_MAX = 0xffff_ffffn;

export class Fields {
  /**
   * Elements stand outermost first: an inner one adds to what the outer ones say and replaces what it says
   * itself.
   */
  readonly #elements: readonly [XmlElement, ...XmlElement[]];
  readonly #diagnostics: Diagnostic[];

  constructor(elements: readonly [XmlElement, ...XmlElement[]], diagnostics: Diagnostic[]) {
    this.#elements = elements;
    this.#diagnostics = diagnostics;
  }

  /** The opening tag of the innermost element. */
  get span(): Span {
    return this.#innermost.openSpan;
  }

  attribute(name: string): XmlAttribute | undefined {
    for (let at = this.#elements.length - 1; at >= 0; at--) {
      const found = this.#elements[at]?.attribute(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  text(name: string): string | undefined {
    return this.attribute(name)?.value.text;
  }

  requiredText(name: string): string {
    return this.text(name) ?? this.#missing(name, "");
  }

  /** Reads a text that names something, and reports a blank one. */
  requiredName(name: string): string {
    const attribute = this.attribute(name);
    if (attribute !== undefined && attribute.value.text.trim() === "") this.#wrong(attribute, "a name");
    return this.requiredText(name);
  }

  /** Reads the schema's NonNegativeInteger: decimal, or hexadecimal with 0x. Leading zeros do not mean octal. */
  integer(name: string): bigint | undefined {
    const attribute = this.attribute(name);
    if (attribute === undefined) return undefined;
    const [, hex, decimal] = /^\s*\+?(?:(0[xX][0-9a-fA-F]+)|([0-9]+))\s*$/.exec(attribute.value.text) ?? [];
    const digits = hex ?? decimal;
    const value = digits === undefined ? undefined : integerOf(digits);
    if (value !== undefined) return value;
    this.#wrong(attribute, "a number such as 4096 or 0x1000");
    return undefined;
  }

  /** Reads an integer that cannot sensibly be 0, such as a size or a frequency, and reports 0. */
  positive(name: string): bigint | undefined {
    const value = this.integer(name);
    const attribute = this.attribute(name);
    if (value === 0n && attribute !== undefined) this.#wrong(attribute, "above 0");
    return value;
  }

  requiredPositive(name: string): bigint {
    if (this.attribute(name) === undefined) return this.#missing(name, 0n);
    return this.positive(name) ?? 0n;
  }

  requiredInteger(name: string): bigint {
    if (this.attribute(name) === undefined) return this.#missing(name, 0n);
    return this.integer(name) ?? 0n;
  }

  /** Reads an integer of at most 32 bits. */
  number(name: string): number | undefined {
    const value = this.integer(name);
    if (value === undefined) return undefined;
    if (value <= U32_MAX) return Number(value);
    const attribute = this.attribute(name);
    if (attribute !== undefined) this.#wrong(attribute, "a number of at most 32 bits");
    return undefined;
  }

  /** Reads a frequency in Hz of at most 32 bits; 0 is reported and left out. */
  frequency(name: string): number | undefined {
    return this.positive(name) === 0n ? undefined : this.number(name);
  }

  requiredNumber(name: string): number {
    if (this.attribute(name) === undefined) return this.#missing(name, 0);
    return this.number(name) ?? 0;
  }

  /** Reads the spellings of xs:boolean; any other is reported and counts as false. */
  flag(name: string): boolean | undefined {
    const attribute = this.attribute(name);
    if (attribute === undefined) return undefined;
    const value = attribute.value.text.trim();
    if (value === "1" || value === "true") return true;
    if (value !== "0" && value !== "false") this.#wrong(attribute, "0, 1, false or true");
    return false;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const attribute = this.attribute(name);
    if (attribute === undefined) return undefined;
    const value = attribute.value.text.trim();
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.#wrong(attribute, `one of ${choices.join(", ")}`);
    return found;
  }

  get #innermost(): XmlElement {
    return this.#elements.at(-1) ?? this.#elements[0];
  }

  #missing<T>(name: string, instead: T): T {
    this.#diagnostics.push(missingAttribute(this.#innermost, name));
    return instead;
  }

  #wrong(attribute: XmlAttribute, wanted: string): void {
    this.#diagnostics.push(wrongValue(attribute, wanted));
  }
}

/** Leaves out undefined values, as exactOptionalPropertyTypes requires. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
