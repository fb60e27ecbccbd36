/** Flash by the debug sequences of a pack: which one runs when and with which variables, what fails, and algorithms that they select. */
import { describe, expect, test } from "vitest";
import { ConnectHelper, FlashEraser, FlashLoader, sentences, type Session } from "../../src/index.ts";
import { watchedProbe } from "../api/fixture.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { fifoModel } from "./fifo-model.ts";
import { fileOf, noise } from "./support.ts";

const PACK = ["--pack", "test/flash/fixtures/Example.EX62_DFP.pdsc", "--no-config"];

function flash(device: string, image: Uint8Array, base: string, ...more: string[]): Promise<Finished> {
  const on = more.includes("--probe") ? [] : ["--probe", "sim:nrf52840"];
  return dbgseq(
    "flash",
    fileOf("image.bin", image),
    "--base",
    base,
    ...PACK,
    "--device",
    device,
    ...on,
    ...more,
  );
}

describe("EX62N, by sequences alone", () => {
  test("the sequences run in their order, with the variables of each operation; the bytes are proved", async () => {
    const { code, out } = await flash("EX62N", noise(0x1801), "0x10000", "--force");
    expect(out.split("\n").slice(0, -3)).toEqual([
      "init 1 00000000 100000",
      "erase 00010000 1000",
      "erase 00011000 1000",
      "uninit 1",
      "erase done 1",
      "init 2 00000000 100000",
      "uninit 2",
      "program done 2",
    ]);
    expect(out).toContain(
      "6145 bytes in 2 sectors: 7168 bytes programmed, 0 sectors unchanged, all verified (crc)",
    );
    expect(code).toBe(0);
  });

  test("erase: sectors, and everything sector by sector where there is no FlashEraseChip", async () => {
    const one = await dbgseq("erase", "0x104", ...PACK, "--device", "EX62N", "--probe", "sim:nrf52840");
    expect(one.out).toContain("erase 00000000 1000\nuninit 1\nerase done 1\n1 sector blank");
    expect(one.code).toBe(0);
  });

  test("a loop without a timeout ends by etime, with its place", async () => {
    const { code, err } = await flash("EX62N", noise(16), "0", "--probe", "sim:nrf52840?nvmc=busy");
    expect(err).toMatch(
      /error: the flash controller is still busy.*\n {2}failed: FlashEraseSector for 0x00000000 \(NVMC\) failed: a loop without timeout .* deadline of 400 ms/,
    );
    expect(err).toMatch(/at: .*EX62_DFP\.pdsc:30:29, sequence FlashEraseSector/);
    expect(code).toBe(1);
  });

  test("a flash that does not do what it is told is not believed", async () => {
    const { code, err } = await flash("EX62N", noise(16), "0x10000", "--probe", "sim:nrf52840?nvmc=locked");
    expect(err).toContain("nothing was programmed there: is the flash locked or write-protected?");
    expect(code).toBe(1);
  });
});

describe("EX62C, whose setup sequences select", () => {
  test("an algorithm for a range, cut to the RAM there is; sequences for the rest", async () => {
    const high = await flash("EX62C", noise(0x1000), "0x10000");
    expect(high.out).toContain("program 00010000 1000 by an algorithm: 0\n");
    expect(high.out).not.toContain("init 2");
    expect(high.out).toContain("all verified (crc)");
    const low = await flash("EX62C", noise(0x1000), "0x8000");
    expect(low.out).toContain("init 2 00000000 100000");
    expect([high.code, low.code]).toEqual([0, 0]);
  });

  test("an algorithm that cannot be had fails the phase; sequences do not take its place", async () => {
    const { code, out, err } = await flash("EX62C", noise(0x100), "0x80000", "--force");
    expect(err).toContain("error: FlashEraseSetup for 0x00080000 (NVMC) failed");
    expect(err).toContain("Missing.FLM");
    expect(out).not.toContain("erase 0008");
    expect(code).not.toBe(0);
  });

  test("FlashEraseChip erases everything", async () => {
    const argv = [
      "erase",
      "--chip",
      "--allow",
      "erase",
      ...PACK,
      "--device",
      "EX62C",
      "--probe",
      "sim:nrf52840",
    ];
    const { code, out } = await dbgseq(...argv);
    expect(out).toContain("256 sectors blank, 1048576 bytes");
    expect(out).not.toContain("erase 0000");
    expect(code).toBe(0);
  });
});

describe("EX62F, through a register", () => {
  async function session(seen: string[], broken = false, ram?: number): Promise<Session> {
    const made = await ConnectHelper.sessionWithChosenProbe({
      probes: [watchedProbe({ model: fifoModel(seen, broken, ram) })],
      pack: "test/flash/fixtures/Example.EX62_DFP.pdsc",
      device: "EX62F",
      config: false,
    });
    if (made === null) throw new Error("nobody cancelled");
    return made;
  }

  test("pages of 24 bytes in blocks of 64: the buffer's end is filled, block arguments reach the sequences", async () => {
    const seen: string[] = [];
    await using made = await session(seen);
    const data = Uint8Array.from({ length: 90 }, (_, index) => index + 1);
    const { complete, sectors } = await new FlashLoader(made).addData(0x8000, data).commit();
    expect(complete).toBe(true);
    expect(sectors.map(({ address, programmed }) => [address, programmed])).toEqual([
      [0x8000, 64],
      [0x8040, 48],
    ]);
    expect(seen).toHaveLength(5);
    // The last page of the first block has 16 bytes; the sequence writes 24, whose rest is the filler's lowest two bytes.
    expect(seen[2]).toBe("8030 3231 3433 3635 3837 3a39 3c3b 3e3d 403f a7a8 a7a8 a7a8 a7a8");
    // The image ends in this page: what stands behind it is the filler from the page's start.
    expect(seen[4]).toBe("8058 5a59 a5a6 a3a4 a1a2 a7a8 a5a6 a3a4 a1a2 a7a8 a5a6 a3a4 a1a2");
    expect([...(await made.target.readMemoryBlock8(0x8000, 90))]).toEqual([...data]);
  });

  test("the same again: the target's CRC finds it, nothing is programmed, and the RAM is given back", async () => {
    const seen: string[] = [];
    await using made = await session(seen);
    const kept = Array.from(noise(0x1000));
    await made.target.writeMemoryBlock8(0x2000_0000, kept);
    const first = await new FlashLoader(made).addData(0x8000, noise(0x100)).commit();
    expect(first.sectors.map(({ verified }) => verified)).toEqual(["crc", "crc", "crc"]);
    const programmed = seen.length;
    const again = await new FlashLoader(made).addData(0x8000, noise(0x100)).commit();
    expect(again.sectors.map(({ skipped }) => skipped)).toEqual([true, true, true]);
    expect(seen).toHaveLength(programmed);
    expect([...(await made.target.readMemoryBlock8(0x2000_0000, 0x1000))]).toEqual(kept);
  });

  test("RAM that the pack names and the chip does not have: all is erased, and read back", async () => {
    await using made = await session([], false, 0x1000_0000);
    const { complete, sectors } = await new FlashLoader(made).addData(0x8000, noise(16)).commit();
    expect([complete, sectors[0]?.erase, sectors[0]?.verified]).toEqual([true, "erased", "read"]);
  });

  test("a gap parts the flash; each side has its own blocks", async () => {
    const seen: string[] = [];
    await using made = await session(seen);
    await new FlashLoader(made).addData(0x80fe, [1, 2]).addData(0x8260, [3, 4]).commit();
    expect(seen.map((line) => line.slice(0, 4))).toEqual(["80f8", "8260"]);
    await expect(FlashLoader.programBinaryData(made, 0x80fe, [1, 2, 3])).rejects.toThrow(
      "1 byte at 0x00008100 is outside of the flash",
    );
    expect(await new FlashEraser(made, "sector").erase([0x8261])).toMatchObject([
      { address: 0x8260, size: 32 },
    ]);
  });

  test("__Result decides", async () => {
    await using made = await session([], true);
    const failure = await FlashLoader.programBinaryData(made, 0x8000, [1]).catch((error: unknown) => error);
    expect(sentences(failure).join("\n")).toMatch(/FlashEraseSector for 0x00008000 .*failed\n.*__Result/);
  });
});

describe("functions outside of their time", () => {
  test.each([
    ["FlashWriteBuffer(0x20000000, 0, 4, 33);", "there is a flash buffer only while FlashProgramPage is run"],
    [
      'FlashLoadAlgorithm("$S/EX52.FLM", 0x20000000, 0x4000);',
      "works only in FlashEraseSetup and FlashProgramSetup",
    ],
  ])("%s", async (statement, said) => {
    const { code, err } = await dbgseq("run", "-e", statement, "--probe", "sim:generic-m4", "--no-config");
    expect(err).toContain(said);
    expect(code).toBe(1);
  });
});

test("DebugCodeMemRemap runs before flash is compared", async () => {
  const remap = fileOf(
    "remap.seq",
    new TextEncoder().encode('sequence DebugCodeMemRemap { Message(0, "remap"); }'),
  );
  const { code, out } = await flash("EX62N", noise(16), "0x10000", "--seq", remap);
  expect(out.indexOf("remap")).toBeGreaterThan(out.indexOf("erase done"));
  expect(out.indexOf("remap")).toBeLessThan(out.indexOf("all verified"));
  expect(code).toBe(0);
});
