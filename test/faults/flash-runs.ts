/**
 * One flash run on a simulated chip, with an algorithm that may lie and one corruption at a random place; and whether what the
 * run then claims is true of the model's own memory. A run is made of its number and a seed, so that each can be repeated alone.
 */
import { readFileSync } from "node:fs";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { readFlm, type AlgorithmFunction, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import type { FlashReport } from "../../src/flash/program/report.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import type { Memory } from "../../src/simulator/bus/memory.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { lyingAlgorithm, type Lie } from "../flash/liars.ts";
import { noise } from "../flash/support.ts";
import { Random } from "../fuzz/random.ts";

interface Chip {
  readonly model: string;
  readonly algorithm: FlashAlgorithm;
  readonly ram: string;
  /** Of the flash; the image is in the two sectors from `base` on. */
  readonly start: number;
  readonly base: number;
  readonly sector: number;
}

const RAM = { start: 0x2000_0000, size: 0x4000 };

function chip(name: string, model: string, place: Omit<Chip, "model" | "algorithm">): Chip {
  const bytes = readFileSync(`test/flash/fixtures/algorithms/${name}.FLM`);
  return { model, algorithm: readFlm(`${name}.FLM`, bytes), ...place };
}

const CHIPS: readonly Chip[] = [
  chip("K64", "mk64fn1m0", { ram: "sram_u", start: 0, base: 0x8000, sector: 0x1000 }),
  chip("STM32F4", "stm32f407", { ram: "ram", start: 0x0800_0000, base: 0x0800_8000, sector: 0x4000 }),
  chip("SAMD21", "atsamd21j18", { ram: "ram", start: 0, base: 0x8000, sector: 0x400 }),
  chip("NRF52", "nrf52840", { ram: "ram", start: 0, base: 0x8000, sector: 0x1000 }),
];

/** The STM32F4 has the largest sectors, and takes the longest. */
const OFTEN = CHIPS.flatMap((one) => (one.model === "stm32f407" ? [one] : [one, one]));

/** Each function, and each way in which it may lie. */
const LIES: readonly (readonly [AlgorithmFunction, Lie])[] = [
  ["Init", "does nothing"],
  ["UnInit", "does nothing"],
  ["EraseSector", "does nothing"],
  ["EraseSector", "does it one sector further"],
  ["EraseChip", "does nothing"],
  ["ProgramPage", "does nothing"],
  ["ProgramPage", "does half"],
  ["ProgramPage", "does it twice as far"],
  ["ProgramPage", "does it one sector further"],
  ["ProgramPage", "changes one bit"],
  ["Verify", "says yes"],
  ["Verify", "says no"],
  ["BlankCheck", "says blank"],
  ["BlankCheck", "says no"],
];

export const CORRUPTIONS = ["none", "request", "answer", "RAM", "code", "cell before", "cell after"] as const;
export type Corruption = (typeof CORRUPTIONS)[number];

const BEFORE = ["blank", "something else", "the image but for a bit", "the image"] as const;

export interface Outcome {
  readonly chip: string;
  readonly corruption: Corruption;
  readonly lies: readonly string[];
  readonly erase: "sector" | "chip" | "none";
  readonly keep: boolean;
  readonly before: (typeof BEFORE)[number];
  readonly error: unknown;
  readonly report: FlashReport | undefined;
  /** What the run claims and the memory does not hold. */
  readonly wrong: readonly string[];
  /** A success that changed flash outside of the sectors of the image. */
  readonly elsewhere: boolean;
  /** That were sent. */
  readonly packets: number;
}

/** Hands packets on, and does something at one of them. */
class CorruptPipe implements PacketPipe {
  sent = 0;
  readonly #simulator: Simulator;
  readonly #at: number;
  readonly #how: Corruption;
  readonly #random: Random;
  readonly #strike: () => void;
  #received = 0;

  constructor(
    simulator: Simulator,
    { at, how, random, strike }: { at: number; how: Corruption; random: Random; strike: () => void },
  ) {
    this.#simulator = simulator;
    this.#at = at;
    this.#how = how;
    this.#random = random;
    this.#strike = strike;
  }

  async send(packet: Uint8Array): Promise<void> {
    const due = this.sent++ === this.#at;
    if (due) this.#strike();
    const sent = due && this.#how === "request" ? this.#flipped(packet) : packet;
    await this.#simulator.pipe.send(sent);
  }

  async receive(limitUs: number): Promise<Uint8Array> {
    const answer = await this.#simulator.pipe.receive(limitUs);
    return this.#received++ === this.#at && this.#how === "answer" ? this.#flipped(answer) : answer;
  }

  resync(): Promise<void> {
    return this.#simulator.pipe.resync();
  }

  close(): Promise<void> {
    return this.#simulator.pipe.resync();
  }

  #flipped(packet: Uint8Array): Uint8Array {
    const made = packet.slice();
    const at = this.#random.int(made.length);
    made[at] = (made[at] ?? 0) ^ (1 << this.#random.int(8));
    return made;
  }
}

/** About how many packets a run has, by what decides most of it. */
const lengths = new Map<string, number>();

export async function flashRun(seed: number, number: number): Promise<Outcome> {
  const random = new Random(seed, number);
  const which = random.pick(OFTEN);
  const corruption = random.pick(CORRUPTIONS);
  const told = random.oneIn(2) ? [] : LIES.filter(() => random.oneIn(7));
  const lies = Object.fromEntries(told) as Partial<Record<AlgorithmFunction, Lie>>;
  // Large sectors take long to keep, and many of them to erase.
  const large = which.sector > 0x1000;
  const erase = random.oneIn(8) ? "none" : !large && random.oneIn(100) ? "chip" : "sector";
  const keep = !large && random.oneIn(4);
  const before = random.pick(BEFORE);
  const way: Way = { which, lies, erase, keep, before, random };
  const key = JSON.stringify([which.model, erase, before]);
  if (corruption !== "none" && corruption !== "cell before" && !lengths.has(key))
    lengths.set(key, (await carryOut({ ...way, lies: {}, random: new Random(1, 0) }, "none", -1)).packets);
  const at = random.int(Math.max(1, lengths.get(key) ?? 1));
  const ran = await carryOut(way, corruption, at);
  return {
    chip: which.model,
    corruption,
    lies: told.map((lie) => lie.join(" ")),
    ...{ erase, keep, before },
    ...ran,
  };
}

interface Way {
  readonly which: Chip;
  readonly lies: Partial<Record<AlgorithmFunction, Lie>>;
  readonly erase: Outcome["erase"];
  readonly keep: boolean;
  readonly before: Outcome["before"];
  readonly random: Random;
}

async function carryOut(
  { which, lies, erase, keep, before, random }: Way,
  corruption: Corruption,
  at: number,
): Promise<Pick<Outcome, "error" | "report" | "wrong" | "elsewhere" | "packets">> {
  const { base, sector, start } = which;
  const image = new FlashImage();
  const seed = random.int(1000) + 1;
  image.add(base + 0x100, noise(0x120, seed), "first");
  image.add(base + sector, noise(0x40, seed + 1), "second");
  const simulator = openSimulator({ model: which.model, options: { latency: "bulk-hs" } });
  const flash = simulator.soc.memory("flash");
  const ram = simulator.soc.memory(which.ram);
  const flipCell = (memory: typeof flash, offset: number): void => {
    memory.put(offset, 1, memory.read(offset, 1) ^ (1 << random.int(8)));
  };
  const touched = base - start;
  if (before === "something else") flash.fill(touched, 2 * sector, 0x5a);
  if (before === "the image" || before === "the image but for a bit")
    for (const { address, bytes } of image.parts)
      bytes.forEach((byte, index) => {
        flash.put(address - start + index, 1, byte);
      });
  if (before === "the image but for a bit") flipCell(flash, touched + 0x100 + random.int(0x120));
  if (corruption === "cell before") flipCell(flash, touched + random.int(2 * sector));
  const held = contentOf(flash);
  const strike = (): void => {
    if (corruption === "RAM") flipCell(ram, random.int(RAM.size));
    // The algorithm stands at the start, the CRC and the page buffers behind its stack.
    if (corruption === "code")
      flipCell(ram, random.oneIn(2) ? random.int(0x200) : 0x900 + random.int(0x1400));
  };
  const pipe = new CorruptPipe(simulator, { at, how: corruption, random, strike });
  let loader: Loader | undefined;
  let error: unknown;
  try {
    const session = await openSessionOver(
      { pipe, clock: simulator.clock },
      { context: new DeviceContext({}), layers: [], operator: scriptedOperator([]) },
    );
    await session.during(async () => {
      const algorithm = lyingAlgorithm(which.algorithm, lies);
      const flashes = await session.openFlashes([{ kind: "algorithm", algorithm, ram: RAM }]);
      loader = new Loader(flashes, image, {
        ...{ erase, keep },
        beforeVerify: async () => {
          const report = await loader?.report();
          const open = report?.sectors.filter(({ skipped }) => !skipped) ?? [];
          if (corruption === "cell after" && open.length > 0)
            flipCell(flash, random.pick(open).address - start + random.int(sector));
        },
      });
      await loader.commit();
    }, "halted");
  } catch (caught) {
    error = caught;
  }
  const report = await loader?.report();
  const now = contentOf(flash);
  const claimed = report === undefined ? [] : claims(report, { now, held, image, which, keep, erase });
  const outside = (memory: Uint8Array): Buffer =>
    Buffer.from(memory.buffer).fill(0, touched, touched + 2 * sector);
  const elsewhere = error === undefined && erase !== "chip" && !outside(now).equals(outside(held));
  const incomplete =
    error === undefined && report?.complete !== true ? ["a success that is not complete"] : [];
  return { error, report, wrong: [...incomplete, ...claimed], elsewhere, packets: pipe.sent };
}

/** A copy, at once: flash of a megabyte is compared after each run. */
function contentOf({ bytes }: Memory): Uint8Array {
  if (bytes === undefined) throw new Error("this flash does not stand in one piece");
  return bytes.slice();
}

interface Memories {
  readonly now: Uint8Array;
  readonly held: Uint8Array;
  readonly image: FlashImage;
  readonly which: Chip;
  readonly keep: boolean;
  readonly erase: Outcome["erase"];
}

/** What the report says was seen, and is not there. */
function claims(report: FlashReport, { now, held, image, which, keep, erase }: Memories): readonly string[] {
  const wrong: string[] = [];
  for (const { address, size, verified, skipped, erase: erased } of report.sectors) {
    if (verified === undefined) continue;
    const at = address - which.start;
    const wanted = held.slice(at, at + size);
    // What stands beside the image was kept, erased, or is no part of the claim.
    const isKept = keep || erase === "none";
    if (!skipped && erased !== "no" && !isKept) wanted.fill(0xff);
    for (const { offset, bytes } of image.within(address, size)) wanted.set(bytes, offset);
    const found = now.subarray(at, at + size);
    const differs = wanted.findIndex((byte, index) => byte !== found[index]);
    if (differs >= 0)
      wrong.push(
        `${verified}: the sector ${address.toString(16)} holds ${String(found[differs])} at ${differs.toString(16)}`,
      );
  }
  return wrong;
}
