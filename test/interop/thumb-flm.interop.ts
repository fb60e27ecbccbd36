/** Whole calls of vendors' flash algorithms in our interpreter and in Unicorn: the same accesses, registers, flags and RAM. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FlashFailure } from "../../src/flash/faults.ts";
import { readFlm, type AlgorithmFunction, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { openArchive } from "../../src/pack/files/archive.ts";
import { shippedModel } from "../../src/simulator/models/shipped.ts";
import { PROFILES } from "../../src/simulator/thumb/profile.ts";
import { corpus, corpusFiles, corpusPath } from "../support/corpus.ts";
import { Loaded, RAM, RAM_SIZE, type Call, type Chip } from "./thumb-call.ts";
import { Draw } from "./thumb-cases.ts";
import { findUnicorn, Oracle } from "./unicorn.ts";

const found = findUnicorn();
const files = corpusFiles("flm");
const why = typeof found === "string" ? found : files.length === 0 ? "no ../shared/corpus here" : undefined;

/** A call that polls for ever is compared so far. */
const MOST = 200_000;
/** Each access takes this long on the chip, so that an erase does not take a million of them. */
const ACCESS_US = 20;

/** A model that ships, without its own core and debug port. */
function modelChip(name: string): Chip {
  let nowUs = 0;
  const soc = shippedModel(name)?.create({}, { clockUs: () => nowUs, seed: 1 });
  if (soc === undefined) throw new Error(`no model ${name}`);
  const later = (): void => {
    nowUs += ACCESS_US;
    soc.agenda.catchUp();
  };
  return {
    read(address, size) {
      later();
      const value = soc.bus().read(address, size as 1 | 2 | 4);
      return value === "error" ? 0 : value;
    },
    write(address, size, value) {
      later();
      soc.bus().write(address, size as 1 | 2 | 4, value);
    },
  };
}

/** No chip at all: bytes keep what is written, and the rest are one value or any. */
function inventedChip(other: () => number): Chip {
  const bytes = new Map<number, number>();
  return {
    read(address, size) {
      let value = 0;
      for (let at = size - 1; at >= 0; at--) value = value * 256 + (bytes.get(address + at) ?? other());
      return value;
    },
    write(address, size, value) {
      for (let at = 0; at < size; at++) bytes.set(address + at, (value >>> (8 * at)) & 0xff);
    },
  };
}

interface Subject {
  readonly name: string;
  readonly chip: string;
  readonly core: "Cortex-M0" | "Cortex-M4" | "Cortex-M7" | "Cortex-M33";
  readonly read: () => Promise<Uint8Array>;
  readonly make: () => Chip;
}

const fileOf = (name: string) => (): Promise<Uint8Array> => Promise.resolve(readFileSync(corpus(name)));

const MODELLED: readonly (readonly [string, string, Subject["core"]])[] = [
  ["flm/Nordic__nrf52xxx.flm", "nrf52840", "Cortex-M4"],
  ["flm/ST__STM32F4xx_1024.FLM", "stm32f407", "Cortex-M4"],
  ["flm/Microchip__ATSAMD21_256.FLM", "atsamd21j18", "Cortex-M0"],
  ["flm/ST__STM32H7x_2048.FLM", "stm32h743", "Cortex-M7"],
];

const KINETIS: Subject = {
  name: "MK_P1M0.FLM",
  chip: "mk64fn1m0",
  core: "Cortex-M4",
  read: async () => {
    const archive = await openArchive(corpusPath("packs/pyOCDtest__NXP.MK64F12_DFP.11.0.0.pack"));
    try {
      return await archive.read("arm/MK_P1M0.FLM");
    } finally {
      await archive.close();
    }
  },
  make: () => modelChip("mk64fn1m0"),
};

/** The table of its ROM is at 0xFFFFFFFF then: what an unaligned access to a device does is left open. */
const LEFT_OUT = (subject: Subject): boolean =>
  subject.name === "flm/NXP__MCXN9XX_2048.FLM" && subject.chip === "invented, all ones";

const SUBJECTS: readonly Subject[] = [
  ...MODELLED.map(([name, chip, core]): Subject => ({ name, chip, core, read: fileOf(name), make: () => modelChip(chip) })),
  KINETIS,
  ...files.flatMap((name): readonly Subject[] => [
    { name, chip: "invented, all ones", core: "Cortex-M33", read: fileOf(name), make: () => inventedChip(() => 0xff) },
    { name, chip: "invented, all zeros", core: "Cortex-M33", read: fileOf(name), make: () => inventedChip(() => 0) },
    { name, chip: "invented, any", core: "Cortex-M33", read: fileOf(name), make: anyChip },
  ]),
]; // prettier-ignore

function anyChip(): Chip {
  const draw = new Draw(7);
  // Addresses made of these are mostly aligned, for what an unaligned access does to a device is left open.
  return inventedChip(() => 4 * draw.below(64));
}

function plan(
  { device }: FlashAlgorithm,
  buffer: number,
): readonly (readonly [AlgorithmFunction, readonly number[]])[] {
  const { address, pageSize, size } = device;
  const page = address + (size >= 0x1_0000 ? 0x8000 : 0);
  const length = Math.min(pageSize, size);
  return [
    ["Init", [address, 8_000_000, 1]],
    ["EraseSector", [page]],
    ["BlankCheck", [page, length, device.erased]],
    ["UnInit", [1]],
    ["Init", [address, 8_000_000, 2]],
    ["ProgramPage", [page, length, buffer]],
    ["Verify", [page, length, buffer]],
    ["UnInit", [2]],
    ["EraseChip", []],
  ];
}

/** Words behind the registers: RAM's CRC, accesses done, and the first that was not as recorded. */
interface Answer {
  readonly error: number;
  readonly registers: readonly number[];
  readonly pc: number;
  readonly xpsr: number;
  readonly ram: number;
  readonly accesses: number;
  readonly strange: readonly number[];
}

function answerOf(words: Uint32Array): Answer {
  const list = Array.from(words);
  const [error = 0] = list;
  const [pc = 0, xpsr = 0, ram = 0, accesses = 0] = list.slice(16, 20);
  return { error, registers: list.slice(1, 16), pc, xpsr, ram, accesses, strange: list.slice(20) };
}

async function replayed(oracle: Oracle, subject: Subject, loaded: Loaded, call: Call): Promise<Answer> {
  const request = {
    work: "call",
    model: subject.core,
    ram: { base: RAM, size: RAM_SIZE },
    registers: call.given,
    start: call.start,
    until: call.end === "left RAM" ? call.pc : loaded.breakpoint,
    // Whoever goes astray ends, too.
    count: call.instructions + 1000,
  };
  const accesses = new Uint8Array(Uint32Array.from(call.accesses).buffer);
  return answerOf(await oracle.ask(request, call.ramBefore, accesses));
}

describe.skipIf(why !== undefined)(why === undefined ? "Unicorn, whole calls" : `skipped: ${why}`, () => {
  let oracle: Oracle;
  let calls = 0;
  let instructions = 0;
  beforeAll(() => {
    if (typeof found !== "string") oracle = new Oracle(found);
  });
  afterAll(async () => {
    console.info(`${calls} calls of ${instructions} instructions compared`);
    await oracle.close();
  });

  test.each(
    SUBJECTS.filter((subject) => !LEFT_OUT(subject)).map(
      (subject) => [subject.name, subject.chip, subject] as const,
    ),
  )("%s on %s", { timeout: 300_000 }, async (name, _chip, subject) => {
    const algorithm = await readable(name, subject);
    if (algorithm === undefined) return;
    const loaded = new Loaded(
      algorithm,
      PROFILES[subject.core],
      new Draw(3).bytes(Math.min(algorithm.device.pageSize, 0x1_0000)),
    );
    const chip = subject.make();
    for (const [fn, args] of plan(algorithm, loaded.buffer)) {
      const call = loaded.call(fn, args, chip, MOST);
      if (call === undefined) continue;
      expect(loaded.again(call), `${fn}, stepped and run`).toBe("");
      const theirs = await replayed(oracle, subject, loaded, call);
      expect({ fn, end: call.end, strange: theirs.strange }).toEqual({
        fn,
        end: call.end,
        strange: [0xffff_ffff, 0, 0, 0],
      });
      calls++;
      instructions += call.instructions;
      expect({ fn, accesses: theirs.accesses }).toEqual({ fn, accesses: call.accesses.length / 3 });
      if (call.end !== "returned" && call.end !== "left RAM") continue;
      expect({ fn, end: call.end, ...theirs, error: 0 }).toEqual({
        fn,
        end: call.end,
        error: 0,
        registers: call.registers,
        pc: call.pc,
        xpsr: call.xpsr,
        ram: call.ramAfter,
        accesses: theirs.accesses,
        strange: theirs.strange,
      });
    }
  });

  /** Those of the corpus that are refused as damaged are nothing to run. */
  async function readable(name: string, subject: Subject): Promise<FlashAlgorithm | undefined> {
    try {
      const algorithm = readFlm(name, await subject.read());
      return algorithm.image.length < RAM_SIZE - 0x1_0000 ? algorithm : undefined;
    } catch (error) {
      if (error instanceof FlashFailure) return undefined;
      throw error;
    }
  }
});
