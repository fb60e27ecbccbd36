/** How long flashing takes on the simulated nRF52840 behind a high-speed probe at 10 MHz, in the target's own time: the same on every machine. */
import { readFlm, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import type { FlashStep } from "../../src/flash/program/report.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const CLOCK_HZ = 10_000_000;
/** nRF52840 product specification v1.7, 4.3.9: a word, a page of 4 KiB. */
const WRITE_US = 41;
const ERASE_US = 85_000;
const PAGE = 0x1000;
/** SWD clocks of a word, and the accesses of a window of 1 KiB: its words, TAR, and what a block transfer adds. */
const WORD_CLOCKS = 46;
const WINDOW = 261 / 256;

export interface FlashTimes {
  /** From the halted core to the end of the proof, and of each step. */
  readonly totalUs: number;
  /** Connecting and the halting reset before that. */
  readonly connectUs: number;
  readonly stepsUs: ReadonlyMap<FlashStep, number>;
}

export interface FlashRates {
  readonly erased: FlashTimes;
  readonly old: FlashTimes;
  readonly again: FlashTimes;
  /** What the flash needs for programming, and for erasing before. */
  readonly programUs: number;
  readonly eraseUs: number;
  /** What the wire needs for the bytes. */
  readonly wireUs: number;
}

/** `flm` is examples/05-flash/EX52.FLM. */
export async function flashRates(flm: Uint8Array, size = 0x4_0000): Promise<FlashRates> {
  const algorithm = readFlm("EX52.FLM", flm);
  const simulator = openSimulator({ model: "nrf52840", options: { latency: "bulk-hs" } });
  const image = noise(size);
  simulator.soc.memory("flash").fill(0, size, 0xff);
  const erased = await flash(simulator, image, algorithm);
  const again = await flash(simulator, image, algorithm);
  simulator.soc.memory("flash").fill(0, size, 0x5a);
  const old = await flash(simulator, image, algorithm);
  return {
    erased,
    old,
    again,
    programUs: (size / 4) * WRITE_US,
    eraseUs: (size / PAGE) * ERASE_US,
    wireUs: ((size / 4) * WORD_CLOCKS * WINDOW * 1_000_000) / CLOCK_HZ,
  };
}

async function flash(
  { pipe, clock }: Simulator,
  bytes: Uint8Array,
  algorithm: FlashAlgorithm,
): Promise<FlashTimes> {
  const image = new FlashImage();
  image.add(0, bytes, "noise");
  const startUs = clock.nowUs();
  const stepsUs = new Map<FlashStep, number>();
  const layers = [{ origin: "bench", values: { clockHz: CLOCK_HZ } }];
  const session = await openSessionOver(
    { pipe: { ...bound(pipe), close: () => pipe.resync() }, clock },
    { context: new DeviceContext({}), layers, operator: scriptedOperator([]) },
  );
  let last = startUs;
  let beganUs = startUs;
  await session.during(async () => {
    const ram = { start: 0x2000_0000, size: 0x4000 };
    const flashes = await session.openFlashes([{ kind: "algorithm", algorithm, ram }]);
    last = beganUs = clock.nowUs();
    const loader = new Loader(flashes, image, {
      onProgress: ({ step, done, total }) => {
        if (done < total) return;
        stepsUs.set(step, clock.nowUs() - last);
        last = clock.nowUs();
      },
    });
    const { complete } = await loader.commit();
    if (!complete) throw new Error("the image was not proved");
    last = clock.nowUs();
  });
  return { totalUs: last - beganUs, connectUs: beganUs - startUs, stepsUs };
}

function bound(pipe: Simulator["pipe"]): Simulator["pipe"] {
  return {
    ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
    send: (packet) => pipe.send(packet),
    receive: (limitUs) => pipe.receive(limitUs),
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

export function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

export function flashText({ erased, old, again, programUs, eraseUs, wireUs }: FlashRates): string {
  const ms = (us: number): string => `${(us / 1000).toFixed(1)} ms`;
  const line = (name: string, { totalUs, stepsUs }: FlashTimes, leastUs: number): string => {
    const steps = [...stepsUs].map(([step, us]) => `${step} ${ms(us)}`).join(", ");
    const ratio = leastUs === 0 ? "" : `, ${(totalUs / leastUs).toFixed(3)} of the least`;
    return `${name.padEnd(22)} ${ms(totalUs)} (${steps})${ratio}`;
  };
  const least = Math.max(wireUs, programUs);
  const whole = Math.max(wireUs, programUs + eraseUs);
  return [
    `least: wire ${ms(wireUs)}, flash ${ms(programUs)}, erasing before that ${ms(eraseUs)}`,
    line("erased flash", erased, least),
    line("other content", old, whole),
    line("the same again", again, 0),
    `connecting and the halting reset before each: ${ms(erased.connectUs)}`,
    `again against first: ${(again.totalUs / erased.totalUs).toFixed(3)} and ${(again.totalUs / old.totalUs).toFixed(3)}`,
  ].join("\n");
}
