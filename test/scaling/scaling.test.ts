/**
 * The cost of every reader and check is about linear in each thing that can repeat: twice as many take less than 2.5 times
 * as long. The long form (`npm run test:scaling`) takes larger inputs.
 */
import { describe, expect, test } from "vitest";
import { ALGORITHMS, ARCHIVES, IMPORTS, LINES } from "./file-kinds.ts";
import { IMAGES, PACKS, SCRIPTS, TEXTS } from "./kinds.ts";
import { HIGHEST_RATIO, LONG, ratioOf, SHORT } from "./ratio.ts";

const isLong = process.env["SCALING"] === "long";

describe.each([
  ["a script", SCRIPTS],
  ["a pack", PACKS],
  ["other text", TEXTS],
  ["an image", IMAGES],
  ["scripts that import others", IMPORTS],
  ["an archive", ARCHIVES],
  ["debug information", LINES],
  ["a flash algorithm", ALGORITHMS],
])("the cost of %s is about linear in", (_, kinds) => {
  test.each(Object.entries(kinds))("%s", async (name, one) => {
    const { n, ratio } = await ratioOf(one, isLong ? LONG : SHORT);
    if (isLong) process.stdout.write(`${name}: ${ratio.toFixed(2)} from ${n} to ${2 * n}\n`);
    expect(ratio, `${n} and ${2 * n}`).toBeLessThan(HIGHEST_RATIO);
  });
});
