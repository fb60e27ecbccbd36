/** Vendors' own algorithms on the simulated chips that they are for: 64 KiB through the packets of the probe, byte for byte. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { corpusPath, describeCorpus } from "../support/corpus.ts";
import { flash, noise, type Chip } from "./support.ts";

interface Part extends Chip {
  readonly name: string;
  /** Options of the model under which it must fail, with what must then be said. */
  readonly failures: Readonly<Record<string, RegExp>>;
}

const PARTS: readonly Part[] = [
  {
    name: "nRF52",
    algorithm: corpusPath("flm/Nordic__nrf52xxx.flm"),
    base: "0x10000",
    ram: "0x20000000:0x4000",
    probe: "sim:nrf52840",
    failures: {
      "nvmc=locked": /the flash holds 0xFF at 0x00010000 instead of/,
      "nvmc=busy": /did not return within its \d+ ms; it was in nvmc_wait/,
    },
  },
  {
    name: "STM32F4",
    algorithm: corpusPath("flm/ST__STM32F4xx_1024.FLM"),
    base: "0x08000000",
    ram: "0x20000000:0x20000",
    probe: "sim:stm32f407",
    failures: {
      "flash=protected": /EraseSector at 0x08000000 failed: ST__STM32F4xx_1024.FLM returned 0x1/,
      "flash=busy": /EraseSector of ST__STM32F4xx_1024.FLM did not return within its 6000 ms/,
    },
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
  )(
    "$name with $option fails and says why",
    async ({ option, said, ...part }) => {
      const { code, err } = await flash(noise(0x1000), { ...part, probe: `${part.probe}?${option}` });
      expect(err).toMatch(said);
      expect(code).toBe(1);
    },
    60_000,
  );
});
