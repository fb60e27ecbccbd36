import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("CI runs exactly the README's test command, after what installs", () => {
  const commands = [...read("README.md").matchAll(/```sh\n(.+)\n```/g)].map((found) => found[1]);
  expect(commands).toEqual(["npm ci && npm run demo", "npm test"]);
  const lines = read(".ci/run").split("\n");
  expect(lines.filter((line) => line.startsWith("npm "))).toEqual([
    "npm ci --no-audit --no-fund",
    "npm test",
  ]);
});
