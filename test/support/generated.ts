/** Files that are generated: a test compares them, and writes them instead if UPDATE is 1, as `npm run generate` sets it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** `path` is relative to the project. */
export function expectGenerated(path: string, text: string): void {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  if (process.env["UPDATE"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const found = existsSync(file) ? readFileSync(file, "utf8") : "";
  expect(found, `${path} is out of date; npm run generate writes it anew`).toBe(text);
}

/** The part of a document between `<!-- name -->` and `<!-- /name -->`. */
export function expectGeneratedPart(path: string, name: string, text: string): void {
  const whole = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no part ${name}`);
  expectGenerated(path, `${whole.slice(0, from + begin.length)}\n${text}\n\n${whole.slice(to)}`);
}
