/** Vendors' own algorithms on the simulated chips that they are for: 64 KiB through the packets of the probe, byte for byte. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { corpusPath, describeCorpus } from "../support/corpus.ts";
import { unwrapped } from "../support/command-line.ts";
import { byFile, flash, noise, type Chip } from "./support.ts";

interface Part extends Chip {
  readonly name: string;
  /** Options of the model under which it must fail, with what must then be said. */
  readonly failures: Readonly<Record<string, RegExp>>;
  /** The option under which the device keeps the debugger out. */
  readonly secured?: string;
  /** Where something is in the flash, and what is said when it is programmed without an erase. */
  readonly occupied: { readonly base: string; readonly said: RegExp };
}

const NOT_ERASED = /bits that should be erased are not: was it erased before it was programmed\?/;
const NOT_PROGRAMMED =
  /the flash holds 0xFF at 0x\w+ instead of 0x\w+; nothing was programmed there: is the flash locked or write-protected\?/;

const PARTS: readonly Part[] = [
  {
    name: "nRF52",
    algorithm: byFile(corpusPath("flm/Nordic__nrf52xxx.flm"), "0x20000000:0x4000"),
    base: "0x10000",
    probe: "sim:nrf52840",
    // Its protection by ACL does what the lock does: nothing is written, and nothing says so.
    secured: "protected=yes",
    failures: {
      "nvmc=locked": NOT_PROGRAMMED,
      "nvmc=busy": /did not return within its \d+ ms; it was in nvmc_wait/,
    },
    occupied: { base: "0", said: /ProgramPage at 0x00000000 failed: Nordic__nrf52xxx.flm returned 0x/ },
  },
  {
    name: "STM32F4",
    algorithm: byFile(corpusPath("flm/ST__STM32F4xx_1024.FLM"), "0x20000000:0x20000"),
    base: "0x08000000",
    probe: "sim:stm32f407",
    failures: {
      "flash=protected":
        /error: the option bytes write-protect flash: every sector\n.*EraseSector at 0x08000000 failed/,
      "flash=locked":
        /ProgramPage at 0x08000000 failed: .* the erase before it said that it had succeeded, and erased nothing: 0x08000000 holds/,
      "flash=busy": /EraseSector of ST__STM32F4xx_1024.FLM did not return within its 6000 ms/,
      "rdp=level1": /EraseSector at 0x08000000 failed: ST__STM32F4xx_1024.FLM returned 0x1/,
    },
    occupied: { base: "0x08000000", said: NOT_ERASED },
  },
  {
    name: "Kinetis",
    algorithm: [
      "--pack",
      corpusPath("packs/pyOCDtest__NXP.MK64F12_DFP.11.0.0.pack"),
      "--device",
      "MK64FN1M0xxx12",
    ],
    base: "0x10000",
    probe: "sim:mk64fn1m0",
    // Its controller has no lock but the protection.
    secured: "secured=yes",
    failures: {
      "flash=protected": /ProgramPage at 0x00010000 failed: arm\/MK_P1M0.FLM returned 0x1/,
      "flash=busy":
        /BlankCheck of arm\/MK_P1M0.FLM did not return within its 3000 ms; it was in FlashCommandSequence/,
    },
    occupied: { base: "0", said: /ProgramPage at 0x00000000 failed: arm\/MK_P1M0.FLM returned 0x1/ },
  },
  {
    name: "SAM D21",
    algorithm: byFile(corpusPath("flm/Microchip__ATSAMD21_256.FLM"), "0x20000000:0x8000"),
    base: "0x4000",
    probe: "sim:atsamd21j18",
    secured: "secured=yes",
    failures: {
      "flash=locked": /ProgramPage at 0x00004000 failed: Microchip__ATSAMD21_256.FLM returned 0x1/,
      "flash=protected": /ProgramPage at 0x00004000 failed: Microchip__ATSAMD21_256.FLM returned 0x1/,
      "flash=busy":
        /ProgramPage of Microchip__ATSAMD21_256.FLM did not return within its 100 ms; it was in ProgramPage\+0x/,
    },
    occupied: { base: "0", said: NOT_ERASED },
  },
  {
    // Its file never looks at an error flag: what it says is not believed.
    name: "STM32H7",
    algorithm: byFile(corpusPath("flm/ST__STM32H7x_2048.FLM"), "0x20000000:0x8000"),
    base: "0x080F8000",
    probe: "sim:stm32h743",
    failures: {
      "flash=protected": NOT_PROGRAMMED,
      "flash=locked": NOT_PROGRAMMED,
      "flash=busy": /ProgramPage of ST__STM32H7x_2048.FLM did not return within its 100 ms/,
    },
    occupied: { base: "0x08000000", said: NOT_ERASED },
  },
];

describeCorpus("vendors' flash algorithms", () => {
  test.each(PARTS)("$name: 64 KiB, read back byte for byte", async (part) => {
    const { code, out } = await flash(noise(0x1_0000), part, "--read-back");
    expect(out).toContain("65536 bytes programmed, 0 sectors unchanged, all verified (read)");
    const [, image, read] = /SHA-256 ([0-9a-f]{64}), read back ([0-9a-f]{64})/.exec(out) ?? [];
    expect(image).toBe(createHash("sha256").update(noise(0x1_0000)).digest("hex"));
    expect(read).toBe(image);
    expect(code).toBe(0);
  });

  test.each(
    PARTS.flatMap((part) =>
      Object.entries(part.failures).map(([option, said]) => ({ ...part, option, said })),
    ),
  )("$name with $option fails and says why", async ({ option, said, ...part }) => {
    const { code, err } = await flash(noise(0x1000), { ...part, probe: `${part.probe}?${option}` });
    expect(unwrapped(err)).toMatch(said);
    expect(code).toBe(1);
  });

  test.each(["protected", "locked"])(
    "STM32H7 with flash=%s: an erase that it claims is not believed",
    async (state) => {
      const part = PARTS.find(({ name }) => name === "STM32H7");
      if (part === undefined) throw new Error("no such part");
      const where = { ...part, base: "0x08000000", probe: `${part.probe}?flash=${state}` };
      const { code, out, err } = await flash(noise(0x1000), where, "--json");
      expect(code).toBe(1);
      expect(err + out).toContain(
        "the erase before it said that it had succeeded, and bits that should be erased are not",
      );
      expect(JSON.parse(out)).toMatchObject({ flash: { sectors: [{ erase: "no" }] } });
    },
  );

  test.each(PARTS.filter(({ secured }) => secured !== undefined))(
    "$name with $secured: the connection fails, not the flash, and says why",
    async ({ secured = "", ...part }) => {
      const { code, err } = await flash(noise(0x1000), { ...part, probe: `${part.probe}?${secured}` });
      expect(unwrapped(err)).toMatch(
        /error: the .* is locked: .*\n {2}failed: the connection failed at the step "read CPUID"/,
      );
      expect(code).toBe(4);
    },
  );

  test.each(PARTS)("$name: programming without erasing fails and says why", async ({ occupied, ...part }) => {
    const { code, err } = await flash(
      noise(0x1000),
      { ...part, base: occupied.base },
      "--erase",
      "none",
      "--no-reset",
      ...["--allow", "lock"],
    );
    expect(err).toMatch(occupied.said);
    expect(code).toBe(1);
  });
});
