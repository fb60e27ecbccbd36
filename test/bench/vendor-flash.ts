/**
 * How long vendors' own algorithms take to program simulated chips through a high-speed probe at 10 MHz, in the target's own time, held
 * against the same without any delay between host and probe: what is left then is the algorithm and the flash. Needs their files.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readFlm, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import type { FlashStep } from "../../src/flash/program/report.ts";
import { openArchive } from "../../src/pack/files/archive.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { noise } from "./flash.ts";

interface Part {
  readonly name: string;
  readonly model: string;
  /** Below the corpus; `pack!file` is a file in a pack. */
  readonly file: string;
  readonly base: number;
  readonly ramBytes: number;
  /** What the controller needs for so many bytes, by the data sheets that the models name. */
  readonly unit: { readonly bytes: number; readonly us: number };
}

const PARTS: readonly Part[] = [
  {
    name: "K64",
    model: "mk64fn1m0",
    file: "packs/pyOCDtest__NXP.MK64F12_DFP.11.0.0.pack!arm/MK_P1M0.FLM",
    base: 0x4_0000,
    ramBytes: 0x8000,
    unit: { bytes: 8, us: 90 },
  },
  {
    name: "STM32F407",
    model: "stm32f407",
    file: "flm/ST__STM32F4xx_1024.FLM",
    base: 0x0804_0000,
    ramBytes: 0x2_0000,
    unit: { bytes: 4, us: 16 },
  },
];

/** At 10 MHz behind a high-speed probe; and at a clock at which the wire takes next to nothing, behind a probe that takes nothing. */
const REAL = { latency: "bulk-hs", clockHz: 10_000_000 } as const;
const IDEAL = { latency: "none", clockHz: 50_000_000 } as const;

export interface VendorRate {
  readonly name: string;
  readonly pageBytes: number;
  /** Microseconds of programming alone, and of everything. */
  readonly programUs: number;
  readonly totalUs: number;
  readonly aloneUs: number;
  readonly controllerUs: number;
}

/** The sentence says why there is none. `corpus` is a folder, with its slash. */
export async function vendorRates(corpus: URL, size = 0x4_0000): Promise<readonly VendorRate[] | string> {
  if (!existsSync(corpus)) return `there is no ${fileURLToPath(corpus)} with their files`;
  const rates: VendorRate[] = [];
  for (const part of PARTS) {
    const algorithm = readFlm(part.file, await bytesOf(corpus, part.file));
    const { programUs, totalUs } = await flash(part, algorithm, size, REAL);
    const alone = await flash(part, algorithm, size, IDEAL);
    rates.push({
      name: part.name,
      pageBytes: algorithm.device.pageSize,
      programUs,
      totalUs,
      aloneUs: alone.programUs,
      controllerUs: (size / part.unit.bytes) * part.unit.us,
    });
  }
  return rates;
}

async function bytesOf(corpus: URL, file: string): Promise<Uint8Array> {
  const [outer = file, inner] = file.split("!");
  const path = fileURLToPath(new URL(outer, corpus));
  if (inner === undefined) return readFileSync(path);
  const archive = await openArchive(path);
  try {
    return await archive.read(inner);
  } finally {
    await archive.close();
  }
}

async function flash(
  { model, base, ramBytes }: Part,
  algorithm: FlashAlgorithm,
  size: number,
  { latency, clockHz }: typeof REAL | typeof IDEAL,
): Promise<{ readonly programUs: number; readonly totalUs: number }> {
  const { pipe, clock } = openSimulator({ model, options: { latency } });
  const image = new FlashImage();
  image.add(base, noise(size), "noise");
  const layers = [{ origin: "bench", values: { clockHz } }];
  const session = await openSessionOver(
    { pipe, clock },
    { context: new DeviceContext({}), layers, operator: scriptedOperator([]) },
  );
  const stepsUs = new Map<FlashStep, number>();
  let totalUs = 0;
  await session.during(async () => {
    const ram = { start: 0x2000_0000, size: ramBytes };
    const flashes = await session.openFlashes([{ kind: "algorithm", algorithm, ram }]);
    const beganUs = clock.nowUs();
    let last = beganUs;
    const loader = new Loader(flashes, image, {
      onProgress: ({ step, done, total }) => {
        if (done < total) return;
        stepsUs.set(step, clock.nowUs() - last);
        last = clock.nowUs();
      },
    });
    const { complete } = await loader.commit();
    if (!complete) throw new Error("the image was not proved");
    totalUs = clock.nowUs() - beganUs;
  });
  return { programUs: stepsUs.get("program") ?? 0, totalUs };
}

export function vendorText(rates: readonly VendorRate[] | string): string {
  if (typeof rates === "string") return `skipped: ${rates}`;
  const ms = (us: number): string => `${(us / 1000).toFixed(0)} ms`;
  return rates
    .map(({ name, pageBytes, programUs, totalUs, aloneUs, controllerUs }) => {
      const ratio = (leastUs: number): string => (programUs / leastUs).toFixed(3);
      return (
        `${name.padEnd(10)} pages of ${pageBytes}: program ${ms(programUs)}, ${ratio(aloneUs)} of algorithm and flash alone ` +
        `(${ms(aloneUs)}), ${ratio(controllerUs)} of the controller's own ${ms(controllerUs)}; with comparing and proof ${ms(totalUs)}`
      );
    })
    .join("\n");
}
