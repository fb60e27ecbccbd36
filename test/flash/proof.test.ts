/** What is called verified was seen in the flash; the word of an algorithm alone is called that, and may be refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FlashReport } from "../../src/flash/program/report.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { lyingFile } from "./liars.ts";
import { byFile, EX52, fileOf, flash, noise } from "./support.ts";

type Lies = Parameters<typeof lyingFile>[1];

/** The own algorithm of examples/05-flash with some of its functions replaced. */
function lying(lies: Lies, type = 1): readonly string[] {
  const bytes = lyingFile(readFileSync("examples/05-flash/EX52.FLM"), lies, { type });
  return byFile(fileOf("liar.FLM", bytes), "0x20000000:0x4000");
}

function run(lies: Lies, type: number, ...more: string[]): Promise<Finished> {
  return flash(noise(0x1800), { ...EX52, algorithm: lying(lies, type) }, "--no-reset", "--force", ...more);
}

function reportOf({ out }: Finished): FlashReport {
  return (JSON.parse(out) as { readonly flash: FlashReport }).flash;
}

const NOTHING = { ProgramPage: "does nothing", Verify: "says yes" } as const;

describe("flash that can be read", () => {
  test("a ProgramPage that does nothing and a Verify that says yes are found out", async () => {
    const { code, err, out } = await run(NOTHING, 1);
    expect(err).toMatch(
      /the flash holds 0xFF at 0x0001000\w instead of 0x\w\w; nothing was programmed there/,
    );
    expect(out).toContain("2 sectors not verified");
    expect(code).toBe(1);
  });

  test("... also where the file does not say what kind of flash it is for", async () => {
    const { code, err } = await run(NOTHING, 0);
    expect(err).toContain("nothing was programmed there");
    expect(code).toBe(1);
  });

  test("a Verify that says yes is not a proof, and does not spoil one", async () => {
    const { code, out } = await run({ Verify: "says yes" }, 1, "--proof", "required");
    expect(out).toContain("all verified (crc)");
    expect(code).toBe(0);
  });

  test("... also where the file calls it external", async () => {
    const { code, out } = await run({ Verify: "says yes" }, 5, "--proof", "required");
    expect(out).toContain("all verified (crc)");
    expect(code).toBe(0);
  });

  test("an EraseSector that does nothing is found by what stands beside the image", async () => {
    // The vectors of the simulated device are at 0; the image only moves bits to where they may still go.
    const bytes = readFileSync("test/flash/fixtures/algorithms/NRF52.FLM");
    const path = fileOf("liar.FLM", lyingFile(bytes, { EraseSector: "does nothing" }));
    const chip = { ...EX52, base: "0x800", algorithm: byFile(path, "0x20000000:0x4000") };
    const { code, err } = await flash(noise(0x100), chip, "--no-reset");
    expect(err).toMatch(/says that the sector was erased, and 0x000000\w\w beside the image holds 0x\w\w/);
    expect(code).toBe(1);
  });

  test("--proof required contradicts --no-verify", async () => {
    const { code, err } = await run({}, 1, "--no-verify", "--proof", "required");
    expect(err).toContain("--proof required needs what --no-verify leaves out");
    expect(code).toBe(2);
  });

  test("without verifying nothing is called proved", async () => {
    const { proof, complete } = reportOf(await run({}, 1, "--no-verify", "--json"));
    expect({ proof, complete }).toEqual({ proof: "none", complete: true });
  });
});

describe("flash that cannot be read", () => {
  test("only the vendor's algorithm vouches for it, and the report says so", async () => {
    const { code, out } = await run(NOTHING, 5);
    expect(out).toContain("2 sectors verified by the vendor's algorithm only");
    expect(out).not.toContain("all verified");
    expect(code).toBe(0);
    const { proof, sectors } = reportOf(await run(NOTHING, 5, "--json"));
    expect(proof).toBe("algorithm");
    expect(sectors.map(({ verified }) => verified)).toEqual(["algorithm", "algorithm"]);
  });

  test("--proof required ends with 1, and says what is missing", async () => {
    const { code, err } = await run(NOTHING, 5, "--proof", "required");
    expect(err).toContain("cannot be read: only liar.FLM says that it was programmed");
    expect(code).toBe(1);
  });

  test("without a Verify nothing vouches for it", async () => {
    const { code, err } = await run({ ProgramPage: "does nothing" }, 5);
    expect(err).toMatch(/the flash holds 0xFF at 0x0001000\w instead of/);
    expect(code).toBe(1);
  });

  test("a pack that describes no memory there counts as that", async () => {
    const pdsc = readFileSync("examples/05-flash/Example.EX52_DFP.pdsc", "utf8").replace(
      /<memory name="Flash"[^>]*>/,
      "",
    );
    const pack = fileOf("Example.EX52_DFP.pdsc", pdsc);
    fileOf("EX52.FLM", lyingFile(readFileSync("examples/05-flash/EX52.FLM"), NOTHING));
    const chip = { ...EX52, algorithm: ["--pack", pack] };
    const any = await flash(noise(0x100), chip, "--no-reset");
    expect(any.out).toContain("1 sector verified by the vendor's algorithm only");
    expect((await flash(noise(0x100), chip, "--no-reset", "--proof", "required")).code).toBe(1);
  });

  test("the same holds for BlankCheck after erasing", async () => {
    const lies = { EraseSector: "does nothing", BlankCheck: "says blank" } as const;
    const argv = ["erase", "0", ...lying(lies, 5), "--probe", EX52.probe, "--no-config"];
    const any = await dbgseq(...argv);
    expect(any.out).toContain("1 sector blank, 4096 bytes");
    expect(any.out).toContain("1 verified by the vendor's algorithm only");
    const required = await dbgseq(...argv, "--proof", "required");
    expect(required.err).toContain("cannot be read: only liar.FLM says that it is blank");
    expect(required.code).toBe(1);
  });
});
