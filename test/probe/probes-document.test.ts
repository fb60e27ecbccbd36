import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KNOWN_PROBES, knownProbe } from "../../src/probe/usb/known.ts";
import { expectGenerated } from "../support/generated.ts";
import { FACTS, probesDocument } from "./probes-document.ts";

const TESTS = new URL("../", import.meta.url).pathname;

test("grammar/probes.md equals the tables", () => {
  expectGenerated("grammar/probes.md", probesDocument());
});

test("every fact has its tests, named by its number, and every number its fact", () => {
  const named = new Set<number>();
  for (const file of readdirSync(TESTS, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(TESTS, file), "utf8");
    for (const [, number] of text.matchAll(/(?:test|describe)[^"`]*["`][^"`\n]*PROBE-(\d\d)/g))
      named.add(Number(number));
  }
  expect([...named].sort((a, b) => a - b)).toEqual(FACTS.map(({ number }) => number));
});

test("no two rows are about the same ids, and a row is found by its ids", () => {
  const ids = KNOWN_PROBES.map(({ vendorId, productId }) => `${vendorId}:${productId}`);
  expect(new Set(ids).size).toBe(ids.length);
  for (const probe of KNOWN_PROBES) expect(knownProbe(probe)).toBe(probe);
  expect(knownProbe({ vendorId: 0x1209, productId: 0 })).toBeUndefined();
});
