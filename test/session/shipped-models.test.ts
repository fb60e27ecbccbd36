/** Every model that ships is connected to, reset with a halt in each way, and left, by a user who knows no more than its name. */
import { expect, test } from "vitest";
import { shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { dbgseq, unwrapped } from "../support/command-line.ts";

/** Packs of our own, each with a quirk of the real one of its device. */
const own = (file: string, device: string): readonly string[] => [
  "--pack",
  `test/session/fixtures/${file}`,
  "--device",
  device,
];

/** What a part wants before it lets anybody in, or before its core is found. */
const HELP: Readonly<Record<string, readonly string[]>> = {
  cy8c6247: own("Example.EX62_DFP.pdsc", "CY8C6247"),
  nrf52840: own("Example.EXSW_DFP.pdsc", "nRF52840"),
  nrf5340: own("Example.EXSW_DFP.pdsc", "nRF5340"),
  nrf9160: own("Example.EXSW_DFP.pdsc", "nRF9160"),
  atsamd21j18: own("Example.EXSW_DFP.pdsc", "ATSAMD21J18"),
  lpc55s36: ["--seq", "sequences/vendor/nxp/lpc55.seq"],
  rp2040: ["--seq", "sequences/vendor/raspberrypi/rp2040.seq"],
  rp2350: ["--seq", "sequences/vendor/raspberrypi/rp2350.seq"],
};

test.each(shippedModelNames.flatMap((name) => ["system", "hardware"].map((type) => [name, type] as const)))(
  "%s: a %s reset",
  async (name, type) => {
    const argv = ["--probe", `sim:${name}`, "--connect", "auto", "--no-config", ...(HELP[name] ?? [])];
    const { code, all } = await dbgseq("reset", "--halt", "--type", type, ...argv);
    if (name === "lpc55s36") {
      // Each reset closes its access port again; how it is opened after one is in the sequences of its pack.
      expect(code).toBe(4);
      expect(unwrapped(all)).toContain("AP 0 was open, and the reset has closed it again");
      return;
    }
    expect({ code, all }).toMatchObject({ code: 0 });
    expect(all).toContain("the core is left halted");
  },
);
