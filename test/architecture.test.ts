/** The arrows between the rooms of src/, as rooms.ts has them. A new arrow is a decision. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { OPEN, ROOMS, type Room } from "./rooms.ts";
import { expectGeneratedPart } from "./support/generated.ts";

/** Outside every room: they only collect. */
const PAGES = ["public", "index", "browser", "sim"];
const SRC = new URL("../src/", import.meta.url).pathname;

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

  test("every folder is a room of the table, and every room a folder", () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(ROOMS).sort());
  });

  test("rooms import only what the table lets them", () => {
    const wrong = inside.filter(({ file, target }) => !allowed(file, target));
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("wings import only those that stand before them", () => {
    const wrong = inside.filter(({ file, target }) => !inOrder(file, target));
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("every wing of the table exists, and every folder of a room with wings is one", () => {
    for (const [room, { wings }] of Object.entries(ROOMS)) {
      if (wings === undefined) continue;
      const entries = readdirSync(join(SRC, room), { withFileTypes: true });
      const named = wings.filter((wing) => wing !== ".");
      const there = entries.map(({ name }) => name.replace(/\.ts$/, ""));
      expect(
        named.filter((wing) => !there.includes(wing)),
        room,
      ).toEqual([]);
      const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      expect(
        folders.filter((folder) => !named.includes(folder)),
        room,
      ).toEqual([]);
    }
  });

  test("node: stands only where the table says so", () => {
    const wrong = outside.filter(
      ({ file, target }) => target.startsWith("node:") && !isPlace(file, ({ node }) => node),
    );
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("every package stands only where the table says so", () => {
    const wrong = outside.filter(
      ({ file, target }) =>
        !target.startsWith("node:") && !isPlace(file, ({ packages }) => packages?.[target]),
    );
    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  test("only the rooms that may print do", () => {
    const printing = /\bconsole\.|process\.(stdout|stderr)/;
    const wrong = files
      .filter((path) => printing.test(withoutComments(readFileSync(path, "utf8"))))
      .map((path) => relative(SRC, path))
      .filter((file) => !isPlace(file, ({ prints }) => prints));
    expect(wrong).toEqual([]);
  });

  test("the map shows the table", () => {
    expectGeneratedPart("src/README.md", "rooms", tableOfRooms());
  });

  test("the files that the map names exist", () => {
    const text = readFileSync(join(SRC, "README.md"), "utf8").replace(
      /<!-- rooms -->[^]*<!-- \/rooms -->/,
      "",
    );
    const named = [...text.matchAll(/`((?:[\w-]+\/)+(?:[\w-]+\.ts)?|(?:public|index|browser|sim)\.ts)`/g)];
    const missing = named
      .map(([, path = ""]) => path)
      .filter((path) => !existsSync(join(SRC, path.startsWith("test/") ? "../" : "", path)));
    expect(named.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });

  test("every file begins with what it knows", () => {
    const wrong = files.filter((path) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(path, "utf8")));
    expect(wrong.map((path) => relative(SRC, path))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
}

/** Whether a file is where its room's row says. The public pages only collect. */
function isPlace(file: string, placeOf: (room: Room) => RegExp | undefined): boolean {
  const room = ROOMS[folderOf(file)];
  return room !== undefined && placeOf(room)?.test(file.slice(file.indexOf("/") + 1)) === true;
}

function allowed(file: string, target: string): boolean {
  const from = folderOf(file);
  const to = folderOf(target);
  if (PAGES.includes(from) || from === to || OPEN.includes(to)) return true;
  return (ROOMS[from]?.imports ?? []).some(
    (arrow) => arrow === to || target === `${arrow}.ts` || target.startsWith(`${arrow}/`),
  );
}

function inOrder(file: string, target: string): boolean {
  const { wings } = ROOMS[folderOf(file)] ?? {};
  if (wings === undefined || folderOf(file) !== folderOf(target)) return true;
  const placeOf = (path: string): number => {
    const at = wings.indexOf(path.split("/")[1]?.replace(/\.ts$/, "") ?? "");
    return at < 0 ? wings.indexOf(".") : at;
  };
  return placeOf(target) <= placeOf(file);
}

function tableOfRooms(): string {
  const rows = Object.entries(ROOMS).map(([room, { knows, imports, wings, packages, node }]) => {
    const inside = wings?.map((wing) => (wing === "." ? "its own files" : `\`${wing}\``)).join(", ") ?? "";
    const outside = [...Object.keys(packages ?? {}), ...(node === undefined ? [] : ["node:"])].join(", ");
    return `| \`${room}/\` | ${knows} | ${inside} | ${imports.join(", ")} | ${outside} |`;
  });
  return [
    "| room | knows | wings, in order | may import | packages |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
