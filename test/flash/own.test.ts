/** The own algorithm of examples/05-flash on the simulated nRF52840: what vendor.test.ts shows, without anybody's files. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseq, dbgseqIn } from "../support/command-line.ts";
import { madeFlm } from "./made-flm.ts";
import { byFile, EX52, fileOf, flash, newPath, noise } from "./support.ts";

describe("the own algorithm", () => {
  test("programs 16 KiB, read back byte for byte", async () => {
    const { code, out } = await flash(noise(0x4000), EX52, "--read-back");
    expect(out).toContain("16384 bytes programmed, 0 sectors unchanged, all verified (read)");
    const [, image, read] = /SHA-256 ([0-9a-f]{64}), read back ([0-9a-f]{64})/.exec(out) ?? [];
    expect(read).toBe(image);
    expect(code).toBe(0);
  });

  test.each([
    {
      option: "nvmc=locked",
      said: /ProgramPage at 0x00010000 failed: EX52.FLM returned 0x1, and only 0 is success/,
    },
    { option: "nvmc=busy", said: /of EX52.FLM did not return within its 1000 ms; it was in \w+\+0x/ },
    {
      option: "protected=yes",
      said: /error: the nRF52 is locked: APPROTECT is set/,
      exit: 4,
    },
  ])("$option fails and says why", async ({ option, said, exit = 1 }) => {
    const { code, err } = await flash(noise(0x1000), { ...EX52, probe: `${EX52.probe}?${option}` });
    expect(err).toMatch(said);
    expect(code).toBe(exit);
  });

  test("programming without erasing fails and says why", async () => {
    const { code, err } = await flash(noise(0x1000), { ...EX52, base: "0" }, "--erase", "none");
    expect(err).toMatch(/ProgramPage at 0x00000000 failed: EX52.FLM returned 0x1/);
    expect(code).toBe(1);
  });

  test("RAM that is too small is refused with the numbers, before the target is touched", async () => {
    const small = {
      ...EX52,
      algorithm: ["--algorithm", "examples/05-flash/EX52.FLM", "--ram", "0x20000000:0x800"],
    };
    const { code, err } = await flash(noise(16), small);
    expect(err).toMatch(
      /needs \d+ bytes of RAM \(code and data \d+, stack 512, one page 4096\); the 2048 bytes/,
    );
    expect(code).toBe(2);
  });

  test("RAM that is only just enough: one page buffer, and the small form of the CRC", async () => {
    const small = { ...EX52, algorithm: byFile("examples/05-flash/EX52.FLM", "0x20000000:0x1400") };
    const { code, out } = await flash(noise(0x2001), small);
    expect(out).toContain("12288 bytes programmed, 0 sectors unchanged, all verified (crc)");
    expect(code).toBe(0);
  });

  test("content outside of the flash is refused before anything is erased", async () => {
    const { code, err, out } = await flash(noise(0x20), { ...EX52, base: "0xFFFF0" });
    expect(err).toContain(
      "16 bytes at 0x00100000 are outside of the flash, which is EX52 1 MiB NVMC 0x00000000 to 0x000FFFFF",
    );
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("--keep leaves what a touched sector holds besides the image", async () => {
    const { code, out } = await flash(noise(16), { ...EX52, base: "0x20" }, "--keep", "--no-reset");
    // The vectors and the loop at 0x100 are in the page, with what is kept between them and the image.
    expect(out).toContain("4096 bytes programmed, 0 sectors unchanged, all verified (crc)");
    expect(code).toBe(0);
  });

  test("--keep: what an interrupted run may have lost is saved, and older files of that kind stay", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "dbgseq-kept-"));
    const argv = [
      ...["flash", fileOf("sixteen.bin", noise(16)), "--base", "0x20", "--keep", "--no-config"],
      ...["--algorithm", resolve("examples/05-flash/EX52.FLM"), "--ram", "0x20000000:0x4000"],
      ...["--probe", "sim:nrf52840?nvmc=busy"],
    ];
    const first = await dbgseqIn({ cwd, env: {} }, ...argv);
    expect(first.err).toContain(
      "what the sector 0x00000000 held outside of the image may be gone, and flashing the image again does not " +
        "bring it back; dbgseq-kept-00000000.hex has it, with the image's own bytes: flash that file",
    );
    expect(first.code).toBe(1);
    const saved = readFileSync(join(cwd, "dbgseq-kept-00000000.hex"), "utf8");
    const again = await dbgseqIn({ cwd, env: {} }, ...argv);
    expect(again.err).toContain("dbgseq-kept-00000000-2.hex has it");
    expect(readFileSync(join(cwd, "dbgseq-kept-00000000.hex"), "utf8")).toBe(saved);

    // A device whose flash is blank, in place of the one that lost it.
    const restored = await dbgseqIn(
      { cwd, env: {} },
      ...["flash", join(cwd, "dbgseq-kept-00000000.hex"), "--no-config", "--probe", "sim:nrf52840"],
      ...argv.slice(argv.indexOf("--algorithm"), -2),
    );
    expect(restored.err + restored.out).toContain("all verified");
    expect(restored.code).toBe(0);
  });

  test("--ram counts for the pack's algorithm too", async () => {
    const pack = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc", "--no-config"];
    const argv = [
      "flash",
      fileOf("ram.bin", noise(64)),
      "--base",
      "0x20000",
      ...pack,
      "--probe",
      "sim:nrf52840",
    ];
    const small = await dbgseq(...argv, "--ram", "0x20000000:0x100");
    expect(small.err).toMatch(/needs \d+ bytes of RAM .* the 256 bytes/);
    expect(small.code).toBe(2);
    expect((await dbgseq(...argv, "--ram", "0x20002000:0x4000")).code).toBe(0);
  });

  test("an address outside of RAM is refused before anything is loaded", async () => {
    const nowhere = { ...EX52, algorithm: byFile("examples/05-flash/EX52.FLM", "0x50000000:0x8000") };
    const { code, err } = await flash(noise(16), nowhere);
    expect(err).toContain(
      "no flash algorithm can run from 0x50000000: it is not memory that a Cortex-M executes from",
    );
    expect(code).toBe(2);
  });

  test("options and names that contradict each other are refused", async () => {
    const both = await flash(noise(16), EX52, "--no-verify", "--read-back");
    expect(both.err).toContain("--read-back verifies: it contradicts");
    expect(both.code).toBe(2);
    const uf2 = newPath("d.uf2");
    const dumped = await dbgseq("dump", "0:0x100", "-o", uf2, "--probe", EX52.probe, "--no-config");
    expect(dumped.err).toContain("memory is written as Intel HEX, S-record or raw bytes, not as UF2");
    expect(dumped.code).toBe(2);
    expect(existsSync(uf2)).toBe(false);
  });

  test("an image that secures a Kinetis is refused without consent, with its byte", async () => {
    const made = madeFlm({
      name: "MK made 64KB Prog Flash",
      address: 0,
      size: 0x1_0000,
      sectors: [[0x1000, 0]],
    });
    const chip = { ...EX52, algorithm: byFile(fileOf("made.flm", made), "0x20000000:0x4000"), base: "0x400" };
    const field = new Uint8Array(16).fill(0xff);
    const locked = await flash(field, chip);
    expect(locked.err).toContain(
      "at 0x0000040C would become 0xFFFFFFFF, which secures the device at its next reset (FSEC), on Kinetis parts: debuggers are locked out until everything is erased",
    );
    expect(locked.code).toBe(5);
    // A sector that is erased around the image is secured too.
    const around = await flash(noise(16), { ...chip, base: "0" });
    expect(around.err).toContain(
      "at 0x0000040C would be left erased as 0xFFFFFFFF, which secures the device at its next reset (FSEC)",
    );
    expect(around.err).toContain(
      "An image with another value there avoids it; to program this one, consent is required (lock)",
    );
    expect(around.code).toBe(5);
    expect((await flash(noise(16), { ...chip, base: "0x1000" })).code).not.toBe(5);
    field[12] = 0xfe;
    expect((await flash(field, chip)).code).not.toBe(5);
    field[12] = 0xff;
    expect((await flash(field, chip, "--allow", "lock")).code).not.toBe(5);
  });

  test("--erase none: bytes that are blank are programmed beside others, and not once more", async () => {
    const chip = { ...EX52, base: "0x8" };
    // The vectors stand in the words before.
    const first = await flash(Uint8Array.of(1, 2, 3, 4), chip, "--erase", "none", "--no-reset");
    expect(first.out).toContain("4096 bytes programmed, 0 sectors unchanged, all verified");
    expect(first.code).toBe(0);
    const again = await flash(Uint8Array.of(0xff, 0xff, 0xff, 0xff), chip, "--erase", "none", "--no-reset");
    expect(again.out).toContain("0 bytes programmed, 1 sector unchanged, all verified");
  });

  test("--reset is the default, and may be said", async () => {
    const { code } = await flash(noise(16), { ...EX52, base: "0x20000" }, "--reset");
    expect(code).toBe(0);
  });

  test("Ctrl-C between pages ends it, on the simulator too, and says how far it came", async () => {
    const { folder, cli } = await bundledCli();
    try {
      const image = fileOf("long.bin", noise(0x10_0000));
      const argv = [cli, "flash", image, "--base", "0", "--no-config", "--batch", ...EX52.algorithm];
      const child = spawn(process.execPath, [...argv, "--probe", EX52.probe]);
      let err = "";
      let asked = false;
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
        // From here on there is something to be told, and programming takes seconds. A second signal would end it at once.
        if (err.includes("erased") && !asked) asked = child.kill("SIGINT");
      });
      const [code] = (await once(child, "close")) as [number | null];
      expect(err).toMatch(
        /it ended while (erasing|programming), in the sector 0x\w+(, at the page 0x\w+)?; flashing again completes it/,
      );
      expect(code).toBe(130);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
