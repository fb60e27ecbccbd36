/** Files that lead to other files or hold others: imports, archives, line tables, flash algorithms. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { readFlm } from "../../src/flash/algorithm/flm.ts";
import { readLines } from "../../src/lib/formats/dwarf-lines.ts";
import { readElf } from "../../src/lib/formats/elf.ts";
import { Source } from "../../src/lib/source.ts";
import { openArchive } from "../../src/pack/files/archive.ts";
import { DebugInfo } from "../../src/session/debug-info.ts";
import { flatten } from "../../src/project/flatten.ts";
import { importsOf, loadScripts, type ReadImport } from "../../src/project/scripts.ts";
import { scriptFindings } from "../../src/lint/findings.ts";
import { ALL_FUNCTIONS, elfOf, madeFlm } from "../flash/made-flm.ts";
import { zip } from "../support/zip.ts";
import { kind, type Kind } from "./ratio.ts";

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, at) => at);
const times = (n: number, one: (at: number) => string): string => range(n).map(one).join("");

// Imports ------------------------------------------------------------------------------------------------------------

type Files = ReadonlyMap<string, Source>;
/** Beyond it the rest is not followed. */
const MOST_IMPORTS = 1000;

function scripts(n: number, importsOfFile: (at: number) => string): Files {
  const file = (at: number): Source =>
    new Source(`${at}`, `${importsOfFile(at)}sequence S${at} { Read32(${at}); }\n`);
  return new Map(range(n + 1).map((at) => [`${at}`, file(at)]));
}

const from =
  (files: Files): ReadImport =>
  (path) => {
    const found = files.get(path);
    if (found === undefined) throw new Error(path);
    return Promise.resolve(found);
  };

const SHAPES: Readonly<Record<string, (n: number) => Files>> = {
  "imports in a chain": (n) => scripts(n, (at) => (at < n ? `import "${at + 1}";\n` : "")),
  "imports of one file": (n) =>
    scripts(n, (at) => (at === 0 ? times(n, (one) => `import "${one + 1}";\n`) : "")),
  "imports of the same file": (n) => scripts(1, (at) => (at === 0 ? times(n, () => 'import "1";\n') : "")),
};

const READERS: Readonly<Record<string, (source: Source, read: ReadImport) => Promise<unknown>>> = {
  check: async (source, read) => scriptFindings(source, undefined, await importsOf(source, read)),
  "a run": (source, read) => loadScripts([source], read, undefined),
  "convert --flatten": flatten,
};

export const IMPORTS: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries(SHAPES).flatMap(([shape, make]) =>
    Object.entries(READERS).map(([reader, read]) => [
      `${shape}, ${reader}`,
      kind({
        make,
        read: (files) => read(files.get("0") ?? new Source("0", ""), from(files)),
        from: 60,
        most: MOST_IMPORTS,
      }),
    ]),
  ),
);

// Archives -----------------------------------------------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), "dbgseq-scaling-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const inArchive = (files: (n: number) => Parameters<typeof zip>[0], most: number): Kind =>
  kind({
    make: (n) => {
      const path = join(folder, `${n}.pack`);
      writeFileSync(path, zip(files(n)));
      return path;
    },
    read: async (path) => {
      const archive = await openArchive(path);
      await archive.read(archive.names[0] ?? "");
      await archive.close();
    },
    most,
  });

export const ARCHIVES: Readonly<Record<string, Kind>> = {
  "entries of a zip file": inArchive(
    (n) => range(n).map((at) => ({ name: `folder/${at}.txt`, content: "x", stored: true })),
    40_000,
  ),
  "entries of one name": inArchive(
    (n) => range(n).map(() => ({ name: "a.txt", content: "x", stored: true })),
    40_000,
  ),
  "bytes of a file in a zip file": inArchive(
    (n) => [{ name: "a.txt", content: new Uint8Array(256 * n).map((_, at) => at * at) }],
    100_000,
  ),
};

// Line tables --------------------------------------------------------------------------------------------------------

/** Bytes as letters of Latin-1: lists of numbers would cost more than what is measured. */
const word = (value: number): string =>
  String.fromCharCode(...[0, 8, 16, 24].map((by) => (value >>> by) & 0xff));
const HEADER = "\x01\x01\xfb\x0e\x0d\0\x01\x01\x01\x01\0\0\0\x01\0\0\x01";

/** A unit of DWARF 2 with these files, whose program is `opcodes`. */
function unit(files: readonly string[], opcodes: string): string {
  const header = `${HEADER}\0${files.map((name) => `${name}\0\0\0\0`).join("")}\0`;
  const body = `\x02\0${word(header.length)}${header}${opcodes}`;
  return word(body.length) + body;
}

const START = `\0\x05\x02${word(0x0800_0000)}`;
const END = "\0\x01\x01";
/** One byte further, one line further. */
const NEXT = String.fromCharCode(13 + 14 + 6);

function lines(table: string): Uint8Array {
  const bytes = Buffer.from(table, "latin1");
  return elfOf(40, [{ name: ".debug_line", type: 1, flags: 0, address: 0, bytes, size: bytes.length }]);
}

const ofLines = (make: (n: number) => string): Kind =>
  kind({ make: (n) => lines(make(n)), read: (bytes) => readLines(readElf(bytes)), most: 500_000 });

export const LINES: Readonly<Record<string, Kind>> = {
  "rows of a line table": ofLines((n) => unit(["a.c"], START + NEXT.repeat(n) + END)),
  "units of a line table": ofLines((n) => times(n, (at) => unit([`${at}.c`], START + NEXT + NEXT + END))),
  "files of a unit": ofLines((n) =>
    unit(
      range(n).map((at) => `${at}.c`),
      START + NEXT + NEXT + END,
    ),
  ),
  "ranges that overlap": kind({
    make: (n) => lines(unit(["a.c"], (START + NEXT + NEXT + END).repeat(n))),
    read: (bytes) => {
      const info = new DebugInfo();
      info.load("x.axf", bytes);
      return info.describe(0x0800_0001);
    },
    most: 200_000,
  }),
};

// Flash algorithms ---------------------------------------------------------------------------------------------------

const ofFlm = (make: (n: number) => Uint8Array, most: number): Kind =>
  kind({ make, read: (bytes) => readFlm("x.FLM", bytes), most });

export const ALGORITHMS: Readonly<Record<string, Kind>> = {
  "symbols of a flash algorithm": ofFlm(
    (n) =>
      madeFlm({
        code: new Uint8Array(4 * n),
        functions: {
          ...ALL_FUNCTIONS,
          ...Object.fromEntries(range(n).map((at) => [`f${at}`, 4 * at])),
        },
      }),
    60_000,
  ),
  "bytes of a flash algorithm": ofFlm((n) => madeFlm({ code: new Uint8Array(16 * n) }), 60_000),
};
