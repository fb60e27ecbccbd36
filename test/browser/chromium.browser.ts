/** The scenario in headless Chromium: the built page, and a stranger's bundle of it. `CHROMIUM` names the program. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { bundled, EXPECTED, INPUTS } from "./bundle.ts";
import type { Results } from "./scenario.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
/** Of the browser's own time, which does not pass while it works. */
const BUDGET_MS = 60_000;

const found = [process.env["CHROMIUM"] ?? [], NAMES]
  .flat()
  .find((name) => spawnSync(name, ["--version"]).status === 0);
if (found === undefined) process.stderr.write("skipped: no Chromium on the path; CHROMIUM names one\n");

describe.skipIf(found === undefined)("in headless Chromium", () => {
  test("it connects, runs, resets and flashes", async () => {
    const { text } = await bundled("test/browser/scenario.ts");
    const work = `browserTest.scenario(${JSON.stringify(INPUTS)})`;
    expect(JSON.parse(await inPage(`<script>${inHtml(text)}</script>`, work)) as Results).toEqual(EXPECTED);
  });

  test("the built page loads as a module, and works by itself", async () => {
    const page = readFileSync("dist/browser.js", "utf8").replace(/export\s*\{([^]*?)\};?\s*$/, exposed);
    const read = `ConnectHelper.withSession({ probe: "sim:generic-m4" }, ({ target }) => target.read32(0xe000ed00))`;
    expect(await inPage(`<script type="module">${inHtml(page)}</script>`, `dbgseq.${read}`)).toBe(
      String(0x410f_c241),
    );
  });
});

/** A module in a file may import none: what it exports is put where the page finds it. */
function exposed(_whole: string, names: string): string {
  return `globalThis.dbgseq = {${names.replace(/(\S+) as (\S+?)(,|\s|$)/g, "$2: $1$3")}};`;
}

function inHtml(script: string): string {
  return script.replaceAll("</script", "<\\/script");
}

/** What a promise of the page yields, as JSON: it is put into the document, which Chromium prints. */
async function inPage(scripts: string, expression: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dbgseq-browser-"));
  const file = join(folder, "page.html");
  const tail = `${expression}.then((value) => JSON.stringify(value), (error) => String(error.stack))
    .then((text) => { document.body.textContent = "[" + encodeURIComponent(text) + "]"; });`;
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><body>${scripts}<script type="module">${inHtml(tail)}</script>`,
  );
  try {
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${join(folder, "profile")}`,
    ];
    const { stdout, stderr } = spawnSync(
      found ?? "",
      [...flags, `--virtual-time-budget=${BUDGET_MS}`, "--dump-dom", pathToFileURL(file).href],
      { encoding: "utf8", timeout: 100_000 },
    );
    const printed = /<body>\[(.*)\]/.exec(stdout)?.[1];
    if (printed === undefined)
      throw new Error(`nothing came of it:\n${stdout.slice(-500)}\n${stderr.slice(-2000)}`);
    return await Promise.resolve(decodeURIComponent(printed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
