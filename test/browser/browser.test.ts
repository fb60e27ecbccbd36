/** The browser page without a browser: nothing of Node is reachable from it, and it works where there is nothing of Node. */
import { webcrypto } from "node:crypto";
import { createContext, Script } from "node:vm";
import { expect, test } from "vitest";
import { bundled, EXPECTED, INPUTS } from "./bundle.ts";
import type { Results } from "./scenario.ts";

test("no node: import, and no package that needs a host, is reachable from the page", async () => {
  const { metafile } = await bundled("src/browser.ts");
  const files = Object.keys(metafile.inputs);
  expect(files.length).toBeGreaterThan(150);
  const outside = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ external }) => external === true).map(({ path }) => `${file} -> ${path}`),
  );
  expect(outside).toEqual([]);
  expect(
    files.filter((file) => /\/node\/|yauzl|commander|probe\/(usb\/(libusb|node-hid)|tcp)\b/.test(file)),
  ).toEqual([]);
});

test("... which the same walk finds behind Node's page", async () => {
  await expect(bundled("src/index.ts")).rejects.toThrow('Could not resolve "fs"');
});

test("it connects, runs, resets and flashes in a realm that has only what a browser has", async () => {
  const { text } = await bundled("test/browser/scenario.ts");
  const { AbortController, DOMException, performance, setTimeout, clearTimeout, TextDecoder, TextEncoder } =
    globalThis;
  const realm = createContext({
    ...{ AbortController, DOMException, performance, setTimeout, clearTimeout, TextDecoder, TextEncoder },
    crypto: webcrypto,
    inputs: INPUTS,
  });
  new Script(`${text}; globalThis.browserTest = browserTest;`).runInContext(realm);
  const asked = new Script("browserTest.scenario(inputs).then(JSON.stringify)").runInContext(
    realm,
  ) as Promise<string>;
  expect(JSON.parse(await asked) as Results).toEqual(EXPECTED);
  expect(new Script("[typeof process, typeof require, typeof Buffer].join()").runInContext(realm)).toBe(
    "undefined,undefined,undefined",
  );
});
