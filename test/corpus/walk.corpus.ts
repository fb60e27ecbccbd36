/**
 * `npm run test:corpus`: every file of a folder of real packs is read, whatever it holds, within the memory that the
 * largest of them takes. DBGSEQ_CORPUS names another folder than ../shared/corpus.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decodeXml } from "../../src/pack/text.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { Source, where } from "../../src/lib/source.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { PackFailure } from "../../src/pack/faults.ts";
import { openPack } from "../../src/pack/open.ts";
import { fileFindings, packFindings } from "../../src/lint/pack-findings.ts";
import { corpusPath } from "../support/corpus.ts";

const named = process.env["DBGSEQ_CORPUS"];
const root = named === undefined || named === "" ? corpusPath("") : named;
const missing = existsSync(root) ? undefined : `${root} is not here`;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const files = missing === undefined ? filesBelow(root) : [];
const ending = (...extensions: readonly string[]): readonly string[] =>
  files.filter((path) => extensions.some((extension) => path.toLowerCase().endsWith(extension)));
const shown = (path: string): string => relative(root, path);

/** A place that a reader can go to, in every finding. */
function placed(findings: readonly Diagnostic[]): void {
  for (const { span, message } of findings) {
    expect(message).not.toBe("");
    expect(where(span)).toMatch(/:\d+:\d+$/);
    expect(span.end).toBeLessThanOrEqual(span.source.text.length);
  }
}

async function findingsOf(path: string): Promise<readonly Diagnostic[]> {
  const opened = await openPack(path);
  try {
    return [...packFindings(opened), ...(await fileFindings(opened, opened.files))];
  } finally {
    await opened.files.close();
  }
}

describe.skipIf(missing !== undefined)(missing === undefined ? root : `skipped: ${missing}`, () => {
  test.each(ending(".pdsc", ".pack").map((path) => [shown(path), path]))("%s", async (name, path) => {
    const started = performance.now();
    const findings = await findingsOf(path).catch((error: unknown) => {
      // What is no readable archive says so; everything else is a mistake of ours.
      if (!(error instanceof PackFailure)) throw error;
      say(`  ${name}: ${error.message}`);
      return [];
    });
    placed(findings);
    const errors = findings.filter(({ severity }) => severity === "error");
    for (const { span, code, message } of errors) say(`  ${where(span)}: ${code}: ${message}`);
    say(`${name}: ${findings.length} findings, ${(performance.now() - started).toFixed(0)} ms`);
  });

  test.each(ending(".dbgconf").map((path) => [shown(path), path]))("%s", (_name, path) => {
    const source = new Source(path, decodeXml(readFileSync(path)));
    const { diagnostics } = readDbgconf(source, declaredIn(source.text));
    placed(diagnostics);
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
  });

  test.each(ending(".cbuild-run.yml").map((path) => [shown(path), path]))("%s", (_name, path) => {
    placed(readCbuildRun(new Source(path, readFileSync(path, "utf8"))).diagnostics);
  });

  test("the memory of checking them all is that of the largest", () => {
    const packs = ending(".pdsc", ".pack");
    const largest = ending(".pdsc").toSorted((a, b) => statSync(b).size - statSync(a).size)[0];
    if (largest === undefined) return;
    const heapMb = heapFor(largest);
    const bytes = packs.reduce((sum, path) => sum + statSync(path).size, 0);
    const alone = checked(heapMb, [largest]);
    const all = checked(heapMb, [...packs, ...packs, ...packs]);
    say(
      `heap ${heapMb} MB: ${shown(largest)} (${mb(statSync(largest).size)} MB) peaks at ${alone.peakMb} MB, ` +
        `all three times (${mb(3 * bytes)} MB) at ${all.peakMb} MB`,
    );
    expect(all.ended).toBe(true);
  });
});

/** The names that the file assigns are what the pack would declare. */
function declaredIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(\w+)\s*=/gm)].map((found) => found[1] ?? "");
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** The smallest heap, in steps of a fifth, in which one file can be checked, and a fifth more. */
function heapFor(path: string): number {
  let heapMb = 24;
  while (!checked(heapMb, [path]).ended) heapMb = Math.ceil(heapMb * 1.2);
  return Math.ceil(heapMb * 1.2);
}

/** Tells the peak of its process when it ends. */
const TELL = `data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS))`;

function checked(
  heapMb: number,
  paths: readonly string[],
): { readonly ended: boolean; readonly peakMb: string } {
  const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
  const { stderr, status } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, "--import", TELL, cli, "check", ...paths],
    { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 26 },
  );
  const peakKb = Number(/peak (\d+)/.exec(stderr)?.[1]);
  // A heap that is too small ends in a signal; findings and malformed files end with 0, 1 or 2.
  return { ended: status !== null && status <= 2 && !Number.isNaN(peakKb), peakMb: mb(peakKb * 1024) };
}
