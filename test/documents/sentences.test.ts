/** Sentences of documents and help that the source can contradict. */
import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { PROBE_FORMS } from "../../src/probe/select.ts";
import { KNOWN_PROBES } from "../../src/probe/usb/known.ts";

const read = (path: string): string => readFileSync(path, "utf8");

describe("README.md", () => {
  const text = read("README.md");

  test("names every form of a probe's name", () => {
    const missing = PROBE_FORMS.map(({ form }) => form).filter((form) => !text.includes(`\`${form}\``));
    expect(missing).toEqual(["ID"]);
    expect(text).toContain("a unique id or part of");
  });

  test("says that no real hardware was used, for as long as no known probe was seen to work", () => {
    const seen = KNOWN_PROBES.filter(({ seenBy }) => seenBy.startsWith("report: "));
    expect(text.includes("Real hardware: nothing yet.")).toBe(seen.length === 0);
  });

  test("says that nothing was run on Windows and macOS, as grammar/platforms.md does", () => {
    expect(read("grammar/platforms.md")).toContain("**was not run there**");
    expect(text).toMatch(/Windows, macOS, WSL2, containers .*: nothing was run there/);
  });

  test("marks the ways without a clone as those of a published package", () => {
    expect(text).toMatch(/From the first publication on, .*`npx dbgseq`.*`npm i -g dbgseq`/s);
    expect(text).toContain("dbgseq is not published yet.");
  });

  test("links only to what is there", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter((link) => !link.includes("://") && !existsSync(link))).toEqual([]);
  });
});

test("src/README.md names files that are there", () => {
  const prose = read("src/README.md").split(/^## /m).slice(1).join("");
  const named = [...prose.matchAll(/`([\w-]+\/[\w/-]+\.ts)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(path.startsWith("test/") ? path : `src/${path}`))).toEqual([]);
});

test("a command that is listed as one without hardware opens no probe", async () => {
  const without = COMMANDS.filter(({ group }) => group === "Look, without hardware:");
  expect(without.length).toBeGreaterThan(10);
  const silent = { out: () => undefined, err: () => undefined, cwd: process.cwd(), env: {} };
  const withProbe = await Promise.all(
    without.map(async (entry) => {
      const { name } = entry;
      const command = new Command(name);
      (await entry.load())(command, silent as never);
      const all = [command, ...command.commands];
      return all.some(({ options }) => options.some(({ long }) => long === "--probe")) ? [name] : [];
    }),
  );
  // It says which probe would be used, and opens none.
  expect(withProbe.flat()).toEqual(["config"]);
});

test("CHANGELOG.md has one heading a version, grouped by what a user meets", () => {
  const text = read("CHANGELOG.md");
  const { version } = JSON.parse(read("package.json")) as { readonly version: string };
  const versions = [...text.matchAll(/^## (\S+)/gm)].map(([, name]) => name);
  expect(versions[0]).toBe(version);
  expect(new Set(versions).size).toBe(versions.length);
  const [, body = ""] = text.split(/^## .*$/m);
  const loose = body.split("\n").filter((line) => line !== "" && !/^(?:### |- | {2}\S)/.test(line));
  // One sentence under the heading; everything else is a point of a group.
  expect(loose).toHaveLength(1);
});
