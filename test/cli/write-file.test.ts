/** `write ADDRESS @FILE`: the bytes of a raw file, and what is refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const M4 = ["--probe", "sim:generic-m4", "--no-config"];
const BYTES = "abcdefghijk";

function fileWith(name: string, content: string): string {
  return join(folderWith({ [name]: content }), name);
}

describe("write ADDRESS @FILE", () => {
  test("puts the bytes there, at any address, and says how many and where", async () => {
    const folder = folderWith({ "table.bin": BYTES });
    const state = ["--probe", `sim:generic-m4?state=${join(folder, "kept.state")}`];
    const file = join(folder, "table.bin");
    const { code, out } = await dbgseq("write", "0x20000003", `@${file}`, ...state, "--no-config");
    expect(out).toBe(`11 bytes of ${file} written, 0x20000003 to 0x2000000D\n`);
    expect(code).toBe(0);
    const back = join(folder, "back.bin");
    await dbgseq("read", "0x20000003:11", "-o", back, ...state, "--no-config");
    expect(readFileSync(back, "latin1")).toBe(BYTES);
  });

  test("the document has address and size", async () => {
    const { out } = await dbgseq("write", "0x20000000", `@${fileWith("t.bin", BYTES)}`, ...M4, "--json");
    expect(JSON.parse(out)).toMatchObject({ written: { address: "0x20000000", size: 11 } });
  });

  test("warns of flash, which plain writes do not program", async () => {
    const pack = [
      "--pack",
      "examples/05-flash/Example.EX52_DFP.pdsc",
      "--probe",
      "sim:nrf52840",
      "--no-config",
    ];
    const { err } = await dbgseq("write", "0x1000", `@${fileWith("t.bin", BYTES)}`, ...pack);
    expect(err).toContain("warning: 0x00001000 is flash");
  });

  test.each([
    ["t.hex", ":00000001FF\n", "is HEX and has addresses of its own; RAM is written from it by: dbgseq load"],
    ["t.srec", "S9030000FC\n", "is SREC and has addresses of its own"],
    ["t.bin", "\u007FELF\u0001\u0001\u0001", "is ELF and has addresses of its own"],
    ["empty.bin", "", "is empty"],
  ])("%s is refused", async (name, content, says) => {
    const { code, err } = await dbgseq("write", "0x20000000", `@${fileWith(name, content)}`, ...M4);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  test.each([
    [["0x20000000", "@t.bin", "1"], "expected no value beside a file"],
    [["BOX.CR", "@t.bin"], "a file is written to ADDRESS"],
    [["0x20000000", "@t.bin", "--width", "32"], "--width is for values"],
    [["0x20000000", "@nowhere.bin"], "nowhere.bin: there is no such file"],
  ])("%s is refused", async (words, says) => {
    const { code, err } = await dbgseq("write", ...words, ...M4);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });
});
