/** Each finding of the pack reader has an entry in the table of codes, with the same severity. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isCode, severityOf } from "../../src/diagnostics/codes.ts";

const FOLDERS = ["pack", "device"].map((name) => new URL(`../../src/${name}/`, import.meta.url));
const text = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, folder), "utf8")),
);

test("every code is known, with the severity it is used with", () => {
  const used = [...text.join("\n").matchAll(/code: "([a-z-]+)",\s*severity: "(\w+)"/g)];
  expect(used.length).toBeGreaterThan(10);
  const wrong = used.filter(([, code = "", severity]) => !isCode(code) || severityOf(code) !== severity);
  expect(wrong.map(([all]) => all)).toEqual([]);
});
