/** Whatever a file holds, reading it ends: with a result, diagnostics inside the file, or a PackFailure. */
import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { matchDevice, parseDevice } from "../../src/device/match.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { Source } from "../../src/lib/source.ts";
import { openArchive } from "../../src/pack/files/archive.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { readDbgconf } from "../../src/pack/dbgconf.ts";
import { PackFailure } from "../../src/pack/faults.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import { folderWith } from "../support/folder.ts";
import { zip } from "../support/zip.ts";

const QUIRKS = readFileSync(new URL("fixtures/quirks.pdsc", import.meta.url), "utf8");
const DBGCONF = "// <h> A\r\nAlpha = 0x12; /* <o> */ Beta = 3;\r\n// </h>\n";
const CBUILD = "cbuild-run:\n  device: V::D\n  output:\n    - file: a.elf\n  debugger:\n    clock: 1000\n";

const PIECES = [
  "<",
  ">",
  "&",
  ";",
  "<!--",
  "-->",
  "]]>",
  "<![CDATA[",
  '"',
  "'",
  "/*",
  "*/",
  "//",
  "\r",
  "\n",
  "=",
  "\0",
];
PIECES.push(
  "{",
  "}",
  "(",
  "0x",
  "&#x0;",
  "&#x110000;",
  "<a>",
  "</block>",
  "<control>",
  "\ud800",
  "\ufeff",
  "\u2028",
  "[",
  "-",
);

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const changes = fc.array(
  fc.record({
    at: fc.nat(),
    remove: fc.oneof(fc.constant(0), fc.nat(40)),
    insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
  }),
  { minLength: 1, maxLength: 4 },
);

function changed(text: string, list: readonly Change[]): string {
  return list.reduce((now, { at, remove, insert }) => {
    const start = at % (now.length + 1);
    return now.slice(0, start) + insert + now.slice(start + remove);
  }, text);
}

function expectInside(diagnostics: readonly Diagnostic[], { text }: Source): void {
  for (const { span, message } of diagnostics) {
    expect(message).not.toBe("");
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
}

test("changed pack descriptions never cause a defect", () => {
  fc.assert(
    fc.property(changes, (list) => {
      const source = new Source("x.pdsc", changed(QUIRKS, list));
      const { pack, diagnostics } = readPdsc(source);
      expect(pack !== undefined || diagnostics.some(({ malformed }) => malformed === true)).toBe(true);
      expectInside(diagnostics, source);
      for (const described of pack?.descriptions() ?? []) {
        expectInside([...described.diagnostics, ...[...described.inSequence.values()].flat()], source);
      }
    }),
    { numRuns: 1500 },
  );
});

test("changed configuration files never cause a defect", () => {
  fc.assert(
    fc.property(changes, (list) => {
      const source = new Source("x.dbgconf", changed(DBGCONF, list));
      expectInside(readDbgconf(source, ["Alpha", "Beta"]).diagnostics, source);
      const run = new Source("x.yml", changed(CBUILD, list));
      expectInside(readCbuildRun(run).diagnostics, run);
    }),
    { numRuns: 3000 },
  );
});

test("any device name never causes a defect", () => {
  const devices = ["STM32G070CBTx", "a(b", "x", "", "[z]"].map((name) => ({ vendor: "V", name }));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom("(", "[x", "\\", "x", "::", ":", "*x")), (text) => {
      expect(["found", "ambiguous", "unknown"]).toContain(matchDevice(parseDevice(text), devices).kind);
    }),
  );
});

test("archives with changed bytes never cause a defect", async () => {
  const good = Buffer.from(
    zip([
      { name: "a.pdsc", content: QUIRKS },
      { name: "b", content: "stored", stored: true },
    ]),
  );
  const path = `${folderWith({ "x.pack": good })}/x.pack`;
  const bytes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(bytes, async (list) => {
      const wrong = Buffer.from(good);
      for (const [at, byte] of list) wrong[at] = byte;
      writeFileSync(path, wrong);
      await readAll(path).catch((error: unknown) => {
        if (!(error instanceof PackFailure)) throw error;
      });
    }),
    { numRuns: 400 },
  );
});

async function readAll(path: string): Promise<void> {
  const archive = await openArchive(path);
  try {
    for (const name of archive.names) await archive.read(name);
  } finally {
    await archive.close();
  }
}
