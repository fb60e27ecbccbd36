/** The arrows between the folders of src/: who may import whom, and who may know Node. A new arrow is a decision. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = new URL("../src/", import.meta.url).pathname;

/** Folder -> folders (or single files of them) that it may import; lib and diagnostics are open to everyone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  diagnostics: [],
  language: [],
  interpreter: ["language"],
  device: ["language"],
  pack: ["language", "device"],
  coresight: [],
  "cmsis-dap": [],
  // Whatever moves the bits must heed what is decided about each error.
  probe: ["coresight/link", "coresight/error-policy", "cmsis-dap"],
  simulator: ["cmsis-dap", "coresight/registers", "device"],
  flash: ["coresight", "device"],
  session: [
    "language",
    "interpreter",
    "device",
    "pack",
    "coresight",
    "cmsis-dap",
    "probe",
    "simulator",
    "flash",
  ],
  // The public page: objects over the session, for people who build on it.
  api: ["session", "device", "coresight", "probe", "simulator", "flash"],
  // The conditions of a recipe are expressions of the language.
  recipe: ["session", "language/parse"],
  // Events carry accesses and the call chains that made them.
  report: ["session", "interpreter/ports"],
};

const OPEN = ["lib", "diagnostics"];
/** Below cli everything may be imported; the public pages only collect. */
const ALL = ["cli", "index", "browser", "sim"];

/** Where `node:` may stand, so that the rest runs in a browser. */
const NODE = [
  /^cli\//,
  /^session\/node\//,
  /^api\/node\//,
  /^pack\/(archive|opened)/,
  /^probe\/(usb\/(libusb|packages|sysfs)|tcp|pyocd|lock)/,
];

/** Packages and the only place that may import them. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  chevrotain: /^language\//,
  commander: /^cli\//,
  usb: /^probe\/usb\/libusb/,
  "node-hid": /^probe\/usb\/node-hid/,
  saxes: /^lib\/xml/,
  "js-yaml": /^lib\/yaml/,
  yauzl: /^pack\/archive/,
  valibot: /^(lib\/checked-yaml|recipe\/|simulator\/|session\/(header|node\/project))/,
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")) yield path;
  }
}

/** Static, re-exporting, dynamic and side-effect imports, types included: an arrow in a type is an arrow too. */
const IMPORTS = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)"([^"]+)"/g;

const files = [...sources(SRC)];
const imports: readonly Import[] = files.flatMap((path) =>
  [...readFileSync(path, "utf8").matchAll(IMPORTS)].map(([, target = ""]) => ({
    file: relative(SRC, path),
    target: target.startsWith(".") ? relative(SRC, join(dirname(path), target)) : target,
  })),
);

function folderOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

const inside = imports.filter(({ target }) => target.endsWith(".ts"));
const outside = imports.filter(({ target }) => !/\.(ts|seq|yaml|json)$/.test(target));

describe("architecture", () => {
  test("there is something to look at", () => {
    expect(inside.length).toBeGreaterThan(100);
    expect(outside.length).toBeGreaterThan(10);
  });

  test("folders import only what lies below them", () => {
    const wrong = inside.filter(({ file, target }) => !allowed(file, target));
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("node: stands only where the host is the subject", () => {
    const wrong = outside.filter(
      ({ file, target }) => target.startsWith("node:") && !NODE.some((place) => place.test(file)),
    );
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("every package has one place", () => {
    const wrong = outside.filter(
      ({ file, target }) => !target.startsWith("node:") && PACKAGES[target]?.test(file) !== true,
    );
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("only the command line prints, and the list of probes on a terminal", () => {
    const printing = /\bconsole\.|process\.(stdout|stderr)/;
    const wrong = files.filter(
      (path) =>
        printing.test(withoutComments(readFileSync(path, "utf8"))) && !/\/(cli|api\/node)\//.test(path),
    );
    expect(wrong.map((path) => relative(SRC, path))).toEqual([]);
  });

  test("every file begins with what it knows", () => {
    const wrong = files.filter((path) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(path, "utf8")));
    expect(wrong.map((path) => relative(SRC, path))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
}

function allowed(file: string, target: string): boolean {
  const from = folderOf(file);
  const to = folderOf(target);
  if (ALL.includes(from) || from === to || OPEN.includes(to)) return true;
  return (MAY_IMPORT[from] ?? []).some(
    (arrow) => arrow === to || target === `${arrow}.ts` || target.startsWith(`${arrow}/`),
  );
}
