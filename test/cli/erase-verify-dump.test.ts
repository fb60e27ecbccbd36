/** `dbgseq erase`, `verify` and `dump` on the simulated nRF52840, with the pack of examples/05-flash. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/program.ts";
import { fileOf, newPath } from "../flash/support.ts";
import { dbgseq } from "../support/command-line.ts";

const PACK = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc", "--no-config"];
const ON = [...PACK, "--probe", "sim:nrf52840"];
const LOCKED = [...PACK, "--probe", "sim:nrf52840?nvmc=locked"];

describe("erase", () => {
  test("the sector of an address, and whole sectors; what is blank is left alone", async () => {
    const { code, out } = await dbgseq("erase", "0x104", "0x8000:0x2000", ...ON);
    expect(out).toBe(
      "3 sectors blank, 12288 bytes between 0x00000000 and 0x00009FFF; 2 of them were already\n",
    );
    expect(code).toBe(0);
  });

  test("a range that does not consist of whole sectors is refused with the sector, before the target is touched", async () => {
    const { code, out, err } = await dbgseq("erase", "0x1000:0x1800", ...ON);
    expect(err).toContain(
      "6144 bytes at 0x00001000 are not whole sectors: 0x000027FF is in the sector of 4096 bytes at 0x00002000",
    );
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("an address outside of the flash is refused", async () => {
    const { code, err } = await dbgseq("erase", "0x20000000", ...ON);
    expect(err).toContain("no flash algorithm of EX52840 is for 0x20000000; there are EX52.FLM");
    expect(code).toBe(2);
  });

  test.each([["erase"], ["erase", "0x0", "--chip"]])(
    "%s %s %s: either addresses or everything",
    async (...argv) => {
      const { code, err } = await dbgseq(...argv, ...ON);
      expect(err).toContain("what should be erased?");
      expect(code).toBe(2);
    },
  );

  test.each([
    [["0x1000:"], "is not a number"],
    [["0x1000:0"], '"0x1000:0" is empty'],
    [["1:2:3"], "expected ADDRESS or START:SIZE"],
    [["0xFFFFFFFF:2"], "ends beyond the 32-bit address space"],
  ])("%j is refused", async (where, said) => {
    const { code, err } = await dbgseq("erase", ...where, ...ON);
    expect(err).toContain(said);
    expect(code).toBe(2);
  });

  test("--chip without consent ends with 5 and touches nothing", async () => {
    const { code, err } = await dbgseq("erase", "--chip", ...ON);
    expect(err).toContain(
      "erasing all flash needs consent, or the device's name typed on a terminal\n  note: allow it with --allow erase",
    );
    expect(code).toBe(5);
  });

  test("--chip --allow erase: every sector is seen to be blank", async () => {
    const { code, out } = await dbgseq("erase", "--chip", "--allow", "erase", ...ON);
    expect(out).toBe("256 sectors blank, 1048576 bytes between 0x00000000 and 0x000FFFFF\n");
    expect(code).toBe(0);
  });

  test.each([
    ["EX52840", 0],
    ["ex52840 ", 0],
    ["yes", 5],
    ["", 5],
  ])("on a terminal the device's name is asked for: %j", async (typed, code) => {
    const questions: string[] = [];
    const ended = await main(["erase", "--chip", ...ON], {
      out: () => undefined,
      err: () => undefined,
      cwd: process.cwd(),
      env: {},
      terminal: true,
      color: false,
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(typed);
      },
    });
    expect(questions).toEqual(["This erases all flash of EX52840. Type EX52840 to go on: "]);
    expect(ended).toBe(code);
  });

  test("a flash that does nothing is not believed", async () => {
    const sector = await dbgseq("erase", "0", ...LOCKED);
    expect(sector.err).toContain("EraseSector at 0x00000000 failed: EX52.FLM returned 0x1");
    expect(sector.code).toBe(1);
    const chip = await dbgseq("erase", "--chip", "--allow", "erase", ...LOCKED);
    expect(chip.err).toContain("after 0x00000000 was erased, 0x00000000 holds 0x00 and not 0xFF");
    expect(chip.code).toBe(1);
  });

  test("--json lists each sector", async () => {
    const { out } = await dbgseq("erase", "0", "0x1000", "--json", ...ON);
    expect(JSON.parse(out)).toMatchObject({
      command: "erase",
      erased: [
        { region: "EX52 1 MiB NVMC", address: 0, size: 4096, was: "erased" },
        { address: 4096, was: "blank" },
      ],
      exitCode: 0,
    });
  });

  test("flash --erase chip needs the same consent", async () => {
    const flash = ["flash", "examples/05-flash/firmware.hex", "--erase", "chip", ...ON];
    expect((await dbgseq(...flash)).code).toBe(5);
    expect((await dbgseq(...flash, "--allow", "erase")).code).toBe(0);
  });
});

describe("verify", () => {
  test("every byte is compared, wherever it is", async () => {
    const image = fileOf("vectors.hex", ":08000000000004200101000" + "0D2\n:00000001FF\n");
    const { code, out } = await dbgseq("verify", image, ...ON);
    expect(out).toMatch(/^8 bytes are the same\nSHA-256 [0-9a-f]{64}\n$/);
    expect(code).toBe(0);
  });

  test("what differs is listed, and ends with 1", async () => {
    const image = fileOf("other.bin", Uint8Array.of(0, 0, 4, 0x21, 1, 2, 0, 0));
    const { code, out, err } = await dbgseq("verify", image, "--base", "0", ...ON);
    expect(out).toContain(
      "0x00000003: 1 byte differs, the first is 0x20 instead of 0x21\n0x00000005: 1 byte differs",
    );
    expect(out).toMatch(/2 of 8 bytes differ\nSHA-256 [0-9a-f]{64}, read [0-9a-f]{64}\n$/);
    expect(err).toContain("2 of 8 bytes differ: 0x00000003 holds 0x20 instead of 0x21");
    expect(code).toBe(1);
  });
});

describe("dump", () => {
  test("readable lines on standard output", async () => {
    const { code, out } = await dbgseq("dump", "0:0x14", "0x100:4", ...ON);
    expect(out).toBe(
      "0x00000000  00 00 04 20 01 01 00 00 FF FF FF FF FF FF FF FF  ... ............\n" +
        "0x00000010  FF FF FF FF                                      ....\n" +
        "0x00000100  FE E7 FE E7                                      ....\n",
    );
    expect(code).toBe(0);
  });

  test.each(["a.hex", "a.s19", "a.bin"])("into %s, which verify then agrees with", async (name) => {
    const path = newPath(name);
    const written = await dbgseq("dump", "0:0x2345", "-o", path, ...ON);
    expect(written.err).toContain(`9029 bytes written to ${path}, SHA-256 `);
    const { code, out } = await dbgseq("verify", path, ...(name === "a.bin" ? ["--base", "0"] : []), ...ON);
    expect(out).toContain("9029 bytes are the same");
    expect(code).toBe(0);
  });

  test("a file that cannot hold it is refused before anything is read", async () => {
    const { code, err } = await dbgseq("dump", "0:4", "8:4", "-o", newPath("a.bin"), ...ON);
    expect(err).toContain("a raw binary has no addresses, so it cannot hold 2 ranges; .hex and .srec can");
    expect(code).toBe(2);
    const nowhere = await dbgseq("dump", "0:4", "-o", newPath("no/such/a.bin"), ...ON);
    expect(nowhere.err).toContain("there is no such folder");
    expect(nowhere.code).toBe(2);
  });

  test("memory that does not answer leaves no file behind", async () => {
    const path = newPath("a.bin");
    const { code, err } = await dbgseq("dump", "0xF0000000:4", "-o", path, ...ON);
    expect(err).toContain("0xF0000000");
    expect(code).toBe(4);
    expect(() => readFileSync(path)).toThrow("ENOENT");
  });

  test("an address alone has no size", async () => {
    const { code, err } = await dbgseq("dump", "0x100", ...ON);
    expect(err).toContain("0x100: how many bytes? expected START:SIZE, for example 0x100:0x100");
    expect(code).toBe(2);
  });
});
