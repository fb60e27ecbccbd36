/** A fault at accesses, and the end of everything at packets, of a flash run: what is then claimed is true, and a second run completes. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFlm } from "../../src/flash/algorithm/flm.ts";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import type { FlashReport } from "../../src/flash/program/report.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import type { TransferDisturbance } from "../../src/simulator/port/injection.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { noise } from "../flash/support.ts";
import { DisturbedPipe } from "./disturbed.ts";

/** Every so many accesses, and so many packets, are tried: 50 and 50 in the long form. */
const STRIDE = Number(process.env["FLASH_FAULT_STRIDE"] ?? "977");
const KILLS = Number(process.env["FLASH_KILLS"] ?? "6");
/** Every so many packets a run that keeps bytes is ended. */
const KEEP_STRIDE = KILLS < 50 ? 11 : 1;

const BASE = 0x8000;
const IMAGE = noise(0x1800);
const ALGORITHM = readFlm("EX52.FLM", readFileSync("examples/05-flash/EX52.FLM"));

interface Ran {
  readonly error: unknown;
  readonly loader?: Loader | undefined;
  readonly report: FlashReport | undefined;
}

async function flash(
  simulator: Simulator,
  pipe: DisturbedPipe,
  { bytes = IMAGE, keep = false } = {},
): Promise<Ran> {
  const image = new FlashImage();
  image.add(BASE, bytes, "noise");
  let loader: Loader | undefined;
  try {
    const session = await openSessionOver(
      { pipe, clock: simulator.clock },
      { context: new DeviceContext({}), layers: [], operator: scriptedOperator([]) },
    );
    await session.during(async () => {
      const ram = { start: 0x2000_0000, size: 0x4000 };
      const flashes = await session.openFlashes([{ kind: "algorithm", algorithm: ALGORITHM, ram }]);
      loader = new Loader(flashes, image, { keep });
      await loader.commit();
      await session.reset(undefined);
    }, "running");
    return { error: undefined, loader, report: await loader?.report() };
  } catch (error) {
    return { error, loader, report: await loader?.report() };
  }
}

function held(simulator: Simulator, address: number, size: number): readonly number[] {
  return [...simulator.soc.memory("flash").dump(address, size)];
}

/** Of the sector, as it must be in the end. */
function wanted(address: number, size: number): readonly number[] {
  const sector = new Uint8Array(size).fill(0xff);
  sector.set(IMAGE.subarray(address - BASE, Math.min(IMAGE.length, address - BASE + size)));
  return [...sector];
}

/** No claim that is not true; and where it failed, it is said how far it came. */
function judge(simulator: Simulator, { error, report }: Ran): void {
  for (const { address, size, verified } of report?.sectors ?? [])
    if (verified !== undefined) expect(held(simulator, address, size)).toEqual(wanted(address, size));
  if (report?.complete === true) expect(held(simulator, BASE, IMAGE.length)).toEqual([...IMAGE]);
  if (error === undefined) {
    expect(report?.complete).toBe(true);
    return;
  }
  expect(exitCodeOf(error)).toBeGreaterThan(0);
  if (report === undefined || report.complete || report.sectors.length === 0) return;
  const { reached } = report;
  if (reached !== undefined) expect([BASE, BASE + 0x1000]).toContain(reached.sector);
  if (reached?.step === "program") expect(reached.page).toBe(reached.sector);
  if (report.sectors.some(({ erase, programmed }) => erase === "erased" || programmed > 0))
    expect(reached).toBeDefined();
}

async function mustComplete(simulator: Simulator): Promise<void> {
  const { error, report } = await flash(simulator, new DisturbedPipe(simulator));
  expect(error).toBeUndefined();
  expect(report?.complete).toBe(true);
  expect(held(simulator, BASE, 0x2000)).toEqual([...wanted(BASE, 0x2000)]);
}

/** The undisturbed run; what is there before makes it erase. */
async function measure(): Promise<{ readonly transfers: number; readonly packets: number }> {
  const simulator = started();
  const pipe = new DisturbedPipe(simulator);
  const { error } = await flash(simulator, pipe);
  expect(error).toBeUndefined();
  return { transfers: simulator.injection.transfers, packets: pipe.sent };
}

function started(): Simulator {
  const simulator = openSimulator({ model: "nrf52840", options: { latency: "bulk-hs" } });
  simulator.soc.memory("flash").fill(BASE, 0x2000, 0x5a);
  return simulator;
}

const { transfers, packets } = await measure();

describe(`a fault at one of ${transfers} transfers`, () => {
  const places = Array.from(
    { length: Math.ceil(transfers / STRIDE) },
    (_, index) => index * STRIDE + (index % STRIDE),
  ).filter((at) => at < transfers);
  test.each(["FAULT", "NO_ACK", "PARITY", "WAIT"] satisfies TransferDisturbance[])(
    "%s",
    async (how) => {
      let failures = 0;
      for (const at of places) {
        const simulator = started();
        simulator.injection.disturb(how, at, how === "WAIT" ? 150 : 1);
        const ran = await flash(simulator, new DisturbedPipe(simulator));
        if (ran.error !== undefined) failures += 1;
        judge(simulator, ran);
        await mustComplete(simulator);
      }
      if (how === "FAULT") expect(failures).toBeGreaterThan(0);
    },
    600_000,
  );
});

describe(`the end at one of ${packets} packets`, () => {
  test.each(Array.from({ length: KILLS }, (_, index) => Math.floor(((index + 1) * packets) / (KILLS + 1))))(
    "after %i",
    async (at) => {
      const simulator = started();
      const ran = await flash(simulator, new DisturbedPipe(simulator, "unplug", at));
      expect(exitCodeOf(ran.error)).toBe(3);
      judge(simulator, ran);
      await mustComplete(simulator);
    },
    60_000,
  );
});

describe("what is to be kept besides the image", () => {
  const few = { bytes: IMAGE.subarray(0, 16), keep: true };

  test("is in the flash or in hand, wherever the run ends", async () => {
    const whole = started();
    const undisturbed = new DisturbedPipe(whole);
    expect((await flash(whole, undisturbed, few)).error).toBeUndefined();
    let inHand = 0;
    for (let at = 1; at < undisturbed.sent; at += KEEP_STRIDE) {
      const simulator = started();
      const { error, loader } = await flash(simulator, new DisturbedPipe(simulator, "unplug", at), few);
      expect(exitCodeOf(error)).toBe(3);
      const flashed = held(simulator, BASE + 16, 0x1000 - 16);
      if (flashed.every((byte) => byte === 0x5a)) continue;
      inHand += 1;
      const [lost] = loader?.lostPages ?? [];
      expect(lost?.address).toBe(BASE);
      expect([...(lost?.bytes ?? [])]).toEqual([...few.bytes, ...new Uint8Array(0x1000 - 16).fill(0x5a)]);
    }
    expect(inHand).toBeGreaterThan(0);
  });
});
