/**
 * Reads values of a cbuild-run.yml by their path, each with its place, and reports values of another kind.
 * Knows no key by name.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Excerpt, Span } from "../../lib/source.ts";
import { whole, Source } from "../../lib/source.ts";
import type { YamlDocument, YamlPath, YamlValue } from "../../lib/formats/yaml.ts";

export class CbuildReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: YamlDocument;

  constructor(document: YamlDocument) {
    this.#document = document;
  }

  at(path: YamlPath): YamlValue | undefined {
    let value: YamlValue | undefined = this.#document.value;
    for (const step of path) {
      if (Array.isArray(value)) value = (value as readonly YamlValue[])[Number(step)];
      else value = isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
    return value ?? undefined;
  }

  span(path: YamlPath): Span {
    return this.#document.spanOf(path);
  }

  keySpan(path: YamlPath): Span {
    return this.#document.keySpanOf(path);
  }

  keys(path: YamlPath): readonly string[] {
    const value = this.at(path);
    return isMapping(value) ? Object.keys(value) : [];
  }

  /** Returns the path of each entry of a list, or none if it is left out. */
  entries(path: YamlPath): readonly YamlPath[] {
    const value = this.at(path);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((_, index) => [...path, index]);
    this.report(path, "must be a list");
    return [];
  }

  text(path: YamlPath): string | undefined {
    const value = this.at(path);
    if (value === undefined || typeof value === "string") return value;
    this.report(path, "must be a text");
    return undefined;
  }

  requiredText(path: YamlPath): string {
    const text = this.text(path);
    if (this.at(path) === undefined) this.report(path, "is missing");
    if (text?.trim() === "") this.report(path, "is empty");
    return text ?? "";
  }

  oneOf<T extends string>(path: YamlPath, choices: readonly T[]): T | undefined {
    const value = this.text(path);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value.trim().toLowerCase());
    if (found === undefined) this.report(path, `must be one of ${choices.join(", ")}, not "${value}"`);
    return found;
  }

  flag(path: YamlPath): boolean | undefined {
    const value = this.at(path);
    if (value === undefined || typeof value === "boolean") return value;
    this.report(path, "must be true or false");
    return undefined;
  }

  /** Reads an integer of 0 or more. */
  integer(path: YamlPath): bigint | undefined {
    const value = this.at(path);
    if (value === undefined) return undefined;
    const whole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
    if (whole && value >= 0) return BigInt(value);
    this.report(path, "must be a whole number from 0 on");
    return undefined;
  }

  requiredInteger(path: YamlPath): bigint {
    if (this.at(path) === undefined) this.report(path, "is missing");
    return this.integer(path) ?? 0n;
  }

  /** Reads an integer above 0, such as a frequency or a size. */
  positive(path: YamlPath): bigint | undefined {
    const value = this.integer(path);
    if (value !== 0n) return value;
    this.report(path, "must be above 0");
    return undefined;
  }

  requiredPositive(path: YamlPath): bigint {
    if (this.at(path) === undefined) this.report(path, "is missing");
    return this.positive(path) ?? 0n;
  }

  /** Returns a text for another reader, at its place in the file if it stands there letter for letter. */
  excerpt(path: YamlPath): Excerpt | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    const { source, start, end } = this.span(path);
    const raw = source.text.slice(start, end);
    const unindented = (one: string): string => one.replaceAll(/\r?\n[ \t]*/g, "\n").trim();
    if (unindented(raw) === unindented(text)) return { source, text: raw, start };
    return whole(new Source(source.path, text));
  }

  report(path: YamlPath, what: string): void {
    this.diagnostics.push({
      code: "wrong-value",
      severity: "error",
      message: `${String(path.at(-1))} ${what}`,
      span: this.span(path),
    });
  }
}

export function isMapping(value: YamlValue | undefined): value is { readonly [key: string]: YamlValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
