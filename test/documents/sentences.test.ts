/** Sentences of documents and help that the source can contradict. */
import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { PROBE_FORMS } from "../../src/probe/select.ts";

const read = (path: string): string => readFileSync(path, "utf8");

describe("README.md", () => {
  const text = read("README.md");

  test("names every form of a probe's name", () => {
    const missing = PROBE_FORMS.map(({ form }) => form).filter((form) => !text.includes(`\`${form}\``));
    expect(missing).toEqual(["ID"]);
    expect(text).toContain("a unique id or part of");
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
