/** Packs that would fill memory or never end are refused at a stated limit, with exit code 2, before they do. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { zip } from "../support/zip.ts";

const HEAD = `<package schemaVersion="1.7.28"><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases>
<devices><family Dfamily="F" Dvendor="V:1">`;
const TAIL = `<device Dname="D"><processor Dcore="Cortex-M4"/></device></family></devices></package>`;
const sequence = (body: string): string =>
  `${HEAD}<sequences><sequence name="S">${body}</sequence></sequences>${TAIL}`;

interface Bomb {
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly message: string;
  /** 1: what is in one sequence costs that sequence, and the pack around it can be read. */
  readonly code: 1 | 2;
}

const bomb = (file: string, content: string | Uint8Array, message: string, code: 1 | 2 = 2): Bomb => ({
  file,
  content,
  message,
  code,
});

const BOMBS: readonly Bomb[] = [
  bomb("V.N.pdsc", `${HEAD}${"<a/>".repeat(400_001)}${TAIL}`, "more than 400000 tags and comments"),
  bomb("V.N.pdsc", `${HEAD}${"<a>".repeat(300)}`, "more than 200 elements inside one another"),
  bomb(
    "V.N.pdsc",
    `<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${HEAD}&b;${TAIL}`,
    "it could define entities",
  ),
  bomb(
    "V.N.pdsc",
    sequence(`<block>${"x=1;".repeat(300_000)}</block>`),
    "more than 1048576 letters of text",
    1,
  ),
  bomb("V.N.pdsc", sequence(`<block>x = ${"(".repeat(200)}1;</block>`), "more than 100 levels of nesting", 1),
  bomb("V.N.pdsc", sequence(`<control if="${"!".repeat(600)}1"/>`), "more than 500 operators", 1),
  bomb(
    "V.N.pack",
    zip([{ name: "V.N.pdsc", content: Buffer.alloc(65 * 1024 * 1024, " ") }]),
    "V.N.pdsc would be larger than 64 MiB",
  ),
  // What the entry says is not what comes out of it.
  bomb(
    "V.N.pack",
    zip([{ name: "V.N.pdsc", content: HEAD + TAIL, uncompressedSize: 5 }]),
    "V.N.pdsc is damaged",
  ),
  bomb("S.seq", `sequence A { ${"x=1;".repeat(300_000)} }`, "more than 1048576 letters of text"),
];

describe("a bomb is refused", () => {
  test.each(BOMBS)("$file: $message", async ({ file, content, message, code: wanted }) => {
    const { code, all } = await dbgseq("check", join(folderWith({ [file]: content }), file));
    expect(all).toContain(message);
    expect(all).toMatch(/:\d+:\d+: error|\.pack/);
    expect(code).toBe(wanted);
  });

  test("by run too, although it needs the sequence", async () => {
    const body = `<block>x = ${"(".repeat(200)}1;</block>`;
    const path = join(folderWith({ "V.N.pdsc": sequence(body) }), "V.N.pdsc");
    const { code, all } = await dbgseq("run", "S", "--pack", path, "--probe", "sim:generic-m4");
    expect(all).toContain("more than 100 levels of nesting");
    expect(code).toBe(1);
  });

  test("many devices that inherit many sequences are looked at once", async () => {
    const sequences = Array.from(
      { length: 400 },
      (_, at) => `<sequence name="S${at}"><block>DAP_Delay(1);</block></sequence>`,
    );
    const devices = Array.from({ length: 400 }, (_, at) => `<device Dname="D${at}"/>`);
    const text = `${HEAD}<processor Dcore="Cortex-M4"/><sequences>${sequences.join("")}</sequences>${devices.join("")}</family></devices></package>`;
    const { code, err } = await dbgseq("check", join(folderWith({ "V.N.pdsc": text }), "V.N.pdsc"));
    expect(code).toBe(0);
    expect(err).toContain("400 notes");
  });
});
