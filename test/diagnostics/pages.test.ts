/** The example of each code on its page shows it, and what is meant instead does not. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CODES, type Code } from "../../src/diagnostics/codes.ts";
import { PAGES, wholeFile, type Page } from "../../src/diagnostics/pages.ts";
import { Source } from "../../src/lib/source.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

interface Looked {
  readonly files: Readonly<Record<string, string>>;
  /** The command that finds it; a plain check otherwise. */
  readonly command: readonly string[];
}

const RUN = ["run", "ResetSystem", "--probe", "sim:generic-m4"];

function lookedAt(code: Code, page: Page, text: string): Looked {
  const { kind = "statements" } = page;
  const own = (name: string, command?: readonly string[]): Looked => ({
    files: { [name]: text },
    command: command ?? ["check", name],
  });
  switch (kind) {
    case "statements":
    case "seq":
      if (code === "import-cycle") return own("example.seq", [...RUN, "--seq", "example.seq"]);
      if (code === "import-in-convert" || code === "not-convertible")
        return own("example.seq", ["convert", "example.seq"]);
      if (code === "stray-scope")
        return {
          files: { "example.seq": text, "example.pdsc": wholeFile({ ...page, kind: "device" }, "") },
          command: ["check", "example.seq", "--pack", "example.pdsc"],
        };
      return own("example.seq");
    case "device":
      return {
        files: { "example.pdsc": wholeFile(page, text), "Flash/There.FLM": "" },
        command: ["check", "example.pdsc"],
      };
    case "pdsc":
      return own("example.pdsc");
    case "recipe":
    case "model":
      return own("example.yaml");
    case "dbgconf":
      return {
        files: { "example.pdsc": wholeFile({ ...page, kind: "device" }, ""), "example.dbgconf": text },
        command: [...RUN, "--pack", "example.pdsc", "--dbgconf", "example.dbgconf"],
      };
    case "project":
      return own("dbgseq.yaml", ["config"]);
    case "cbuild-run":
      if (code === "missing-pack" || code === "unknown-board")
        return {
          files: {
            "example.cbuild-run.yml": text,
            "example.pdsc": wholeFile({ ...page, kind: "device" }, ""),
          },
          command: ["list", "--pack", "example.cbuild-run.yml"],
        };
      return own("example.cbuild-run.yml", []);
  }
}

async function codesIn({ files, command }: Looked): Promise<string> {
  const [project = ""] = Object.values(files);
  if (command.length === 0)
    return readCbuildRun(new Source("example", project))
      .diagnostics.map(({ code }) => `[${code}]`)
      .join();
  const cwd = folderWith(files);
  const argv = command.map((word) => (Object.hasOwn(files, word) ? join(cwd, word) : word));
  return (await dbgseqIn({ cwd, env: {} }, ...argv)).all;
}

describe.each(CODES.map(({ code }) => code))("%s", (code) => {
  const page = PAGES[code];

  test("is found in the bad example", async () => {
    expect(await codesIn(lookedAt(code, page, page.bad))).toContain(`[${code}]`);
  });

  test("is not found in the good one", async () => {
    expect(await codesIn(lookedAt(code, page, page.good))).not.toContain(`[${code}]`);
  });
});
