/** Which algorithm is taken, and what is said where there is one that cannot be: another processor's, another tool's. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { fileOf, noise } from "./support.ts";

const FLASH = '<memory name="Flash" access="rx" start="0x0" size="0x100000" startup="1" default="1"/>';
const RAM = '<memory name="RAM" access="rwx" start="0x20000000" size="0x40000" default="1"/>';
const ONE = '<processor Dcore="Cortex-M4" Dfpu="SP_FPU" Dmpu="1" Dendian="Little-endian" Dclock="1"/>';
const TWO = ["a", "b"].map((pname) => ONE.replace("<processor", `<processor Pname="${pname}"`)).join("");

function algorithm(more: string, start = "0x0"): string {
  return `<algorithm ${more} name="EX52.FLM" start="${start}" size="0x80000" RAMstart="0x20000000" RAMsize="0x4000" default="1"/>`;
}

function pack(inside: string): string {
  fileOf("EX52.FLM", readFileSync("examples/05-flash/EX52.FLM"));
  return fileOf(
    "Example.T_DFP.pdsc",
    `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.60"><vendor>Example</vendor><name>T_DFP</name><description>invented</description><url>https://example.com/</url>
<releases><release version="1.0.0" date="2026-01-01">first</release></releases>
<devices><family Dfamily="F" Dvendor="Generic:5"><device Dname="T1">${inside}</device></family></devices></package>`,
  );
}

function flash(inside: string, base: string, ...more: string[]): Promise<Finished> {
  const argv = [
    "flash",
    fileOf("choice.bin", noise(64)),
    "--base",
    base,
    "--pack",
    pack(inside),
    "--no-config",
  ];
  return dbgseq(...argv, "--probe", "sim:nrf52840", ...more);
}

describe("there is one, but", () => {
  test("it is in another tool's format", async () => {
    const { code, err } = await flash(ONE + FLASH + RAM + algorithm('style="IAR"'), "0x10000");
    expect(err).toContain(
      "no flash algorithm of T1 can be used for 0x00010000: there is one, but EX52.FLM is in the format of IAR, which only that tool loads",
    );
    expect(code).toBe(2);
  });

  test("it is for another processor, which is named", async () => {
    const inside = TWO + FLASH + RAM + algorithm('Pname="b"');
    const { code, err } = await flash(inside, "0x10000");
    expect(err).toContain(
      'there is one, but EX52.FLM is for the processor "b", not "a"; choose the processor with --pname b',
    );
    expect(code).toBe(2);
    const erase = await dbgseq(
      "erase",
      "0",
      "--pack",
      pack(inside),
      "--no-config",
      "--probe",
      "sim:nrf52840",
    );
    expect(erase.err).toContain("choose the processor with --pname b");
    const chosen = await flash(inside, "0x10000", "--pname", "b");
    expect(chosen.out).toContain("all verified (crc)");
    expect(chosen.code).toBe(0);
  });

  test("... also where this processor has one for another part of the image", async () => {
    const inside = TWO + FLASH + RAM + algorithm('Pname="a"') + algorithm('style="IAR"', "0x1000000");
    const both = fileOf(
      "both.hex",
      ":1000000000070E151C232A31383F464D545B6269A8\n:020000040100F9\n:1000000000070E151C232A31383F464D545B6269A8\n:00000001FF\n",
    );
    const argv = ["flash", both, "--pack", pack(inside), "--no-config", "--probe", "sim:nrf52840"];
    const { code, err } = await dbgseq(...argv);
    expect(err).toMatch(/can be used for 0x01000000: there is one, but EX52.FLM is in the format of IAR/);
    expect(code).toBe(2);
  });

  test("processors that the pack gives no ports of their own are one core, which programs the parts of both", async () => {
    const other = TWO.replace(/(Pname="b" Dcore=)"[^"]*"/, '$1"Cortex-M0+"');
    const inside = other + FLASH + RAM + algorithm('Pname="a"') + algorithm('Pname="b"', "0x80000");
    const both = fileOf("halves.bin", noise(0x2000));
    const argv = ["flash", both, "--base", "0x7F000", "--pack", pack(inside), "--no-config"];
    const { code, out } = await dbgseq(...argv, "--probe", "sim:nrf52840", "--proof", "required");
    expect(out).toContain(
      "8192 bytes in 2 sectors: 8192 bytes programmed, 0 sectors unchanged, all verified",
    );
    expect(code).toBe(0);
  });

  test("a part that has none of any kind is said to be outside of the flash", async () => {
    const { code, err } = await flash(ONE + FLASH + RAM + algorithm(""), "0x90000");
    expect(err).toContain(
      "no flash algorithm of T1 is for 0x00090000; there are EX52.FLM (0x00000000, 524288 bytes)",
    );
    expect(code).toBe(2);
  });
});

test.each([
  ["of the pack", algorithm("").replace(/RAM(start|size)="\w+"/g, ""), []],
  ["that is named", algorithm(""), ["--algorithm", "examples/05-flash/EX52.FLM"]],
])("flash that the pack calls writable is not RAM for an algorithm %s", async (_, own, argv) => {
  const { code, out } = await flash(ONE + FLASH.replace('"rx"', '"rwx"') + RAM + own, "0x10000", ...argv);
  expect(out).toContain("all verified (crc)");
  expect(code).toBe(0);
});

test("an algorithm that is named takes the pack's RAM, and its own where the pack says none", async () => {
  const argv = ["--algorithm", "examples/05-flash/EX52.FLM"];
  const { code, out } = await flash(ONE + FLASH + RAM, "0x10000", ...argv);
  expect(out).toContain("all verified (crc)");
  expect(code).toBe(0);
  const none = await flash(ONE + FLASH, "0x10000", ...argv);
  expect(none.err).toContain("a flash algorithm needs a range of RAM");
  expect(none.err).toContain("--ram START:SIZE gives it");
  expect(none.code).toBe(2);
});
