/** The browser page and its scenario as one script, as a stranger's bundler makes it: for the browser, with nothing of Node. */
import { readFileSync } from "node:fs";
import { build, type Metafile } from "esbuild";
import type { Inputs, Results } from "./scenario.ts";

export interface Bundle {
  readonly text: string;
  readonly metafile: Metafile;
}

/** `globalThis.browserTest.scenario` is the scenario. */
export async function bundled(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    globalName: "browserTest",
    target: "es2022",
    // Named here they are found in the metafile, instead of ending the build with the first.
    external: ["node:*", "usb", "node-hid"],
    loader: { ".seq": "text", ".yaml": "text" },
    logLevel: "silent",
  });
  return { text: outputFiles[0]?.text ?? "", metafile };
}

const EXAMPLE = "examples/05-flash";

export const INPUTS: Inputs = {
  pack: readFileSync(`${EXAMPLE}/Example.EX52_DFP.pdsc`, "utf8"),
  algorithm: readFileSync(`${EXAMPLE}/EX52.FLM`).toString("hex"),
  firmware: readFileSync(`${EXAMPLE}/firmware.hex`).toString("hex"),
};

/** What README.md shows of the same files on the command line, and what stands in firmware.hex. */
export const EXPECTED: Results = {
  messages: ["CPUID 410FC241"],
  accessPorts: [
    "AP 0: AHB3 MEM-AP, Arm (IDR 0x24770011)",
    "AP 1: vendor's own AP, Nordic Semiconductor (IDR 0x02880000)",
  ],
  pc: "0x100",
  complete: true,
  digest: "09afb6204d7979a2153651cc5c78734eccd9b00a1906afe821a3efa1b5c75d01",
  firstWords: [0x2004_0000, 0x101, 0, 0],
  refusals: [
    "probe-not-openable: tcp://localhost: in a browser only simulated probes have names; others are handed in as `probes`",
    "bad-argument: there are no files here for the option pack; hand in `context`, which deviceContext makes",
    'no-probe: no CMSIS-DAP probe is attached; the option probe: "sim:generic-m4" needs none',
  ],
};
