/**
 * No stretch of a run is longer than 100,000 steps without a turn of the event loop, in which signals and timers are served: steps
 * are bytes to and from the probe and turns of loops. While files are read a signal ends the process at once instead, whatever
 * the parser does (ends.test.ts).
 */
import { afterEach, expect, test, vi } from "vitest";
import { VirtualClock } from "../../src/lib/clock.ts";
import { SimulatorPipe } from "../../src/simulator/probe/pipe.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const MOST_STEPS = 100_000;

/** Counts steps between turns of the event loop, as long as it runs. */
class Stretches {
  longest = 0;
  total = 0;
  #steps = 0;
  #isOver = false;

  constructor() {
    const turn = (): void => {
      this.#steps = 0;
      if (!this.#isOver) setImmediate(turn);
    };
    turn();
  }

  count(steps: number): void {
    this.total += steps;
    this.#steps += steps;
    this.longest = Math.max(this.longest, this.#steps);
  }

  end(): void {
    this.#isOver = true;
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

function counted(stretches: Stretches): void {
  const send = method(SimulatorPipe, "send") as SimulatorPipe["send"];
  vi.spyOn(SimulatorPipe.prototype, "send").mockImplementation(function (this: SimulatorPipe, packet) {
    stretches.count(packet.length);
    return send.call(this, packet);
  });
  const receive = method(SimulatorPipe, "receive") as SimulatorPipe["receive"];
  vi.spyOn(SimulatorPipe.prototype, "receive").mockImplementation(async function (
    this: SimulatorPipe,
    ...limits
  ) {
    const packet = await receive.apply(this, limits);
    stretches.count(packet.length);
    return packet;
  });
  const tick = method(VirtualClock, "tick") as VirtualClock["tick"];
  vi.spyOn(VirtualClock.prototype, "tick").mockImplementation(function (this: VirtualClock, us) {
    stretches.count(1);
    tick.call(this, us);
  });
}

/** As it is before it is spied on. */
function method({ prototype }: { readonly prototype: object }, name: string): unknown {
  return Reflect.get(prototype, name);
}

const FLASH = ["--pack", "examples/05-flash/Example.EX52_DFP.pdsc", "--probe", "sim:nrf52840"];
const IMAGE = Uint8Array.from({ length: 0x2_0000 }, (_, at) => (at * at) >> 3);

test.each([
  ["a loop", ["run", "-e", "__var i = 0; while (i < 300000) { i += 1; }", "--probe", "sim:generic-m4"]],
  [
    "a loop without a body",
    ["run", "-e", "__var i = 0; while ((i = i + 1) < 300000);", "--probe", "sim:generic-m4"],
  ],
  [
    "writes",
    [
      "run",
      "-e",
      "__var i = 0; while (i < 30000) { Write32(0x20000000, i); i += 1; }",
      "--probe",
      "sim:generic-m4",
    ],
  ],
  [
    "reads",
    [
      "run",
      "-e",
      "__var i = 0; while (i < 20000) { Read32(0x20000000); i += 1; }",
      "--probe",
      "sim:generic-m4",
    ],
  ],
  ["fill", ["fill", "0x20000000:0x40000", "0x55", "--probe", "sim:nrf52840"]],
  ["dump", ["dump", "0:0x20000", "-o", "FOLDER/out.bin", "--probe", "sim:nrf52840"]],
  ["verify", ["verify", "FOLDER/image.bin", "--base", "0", ...FLASH]],
  ["flash", ["flash", "FOLDER/image.bin", "--base", "0", ...FLASH]],
] as const)("%s", async (_, words) => {
  const folder = folderWith({ "image.bin": IMAGE });
  const stretches = new Stretches();
  counted(stretches);
  const argv = words.map((word) => word.replace("FOLDER", folder));
  const { code } = await dbgseqIn({ cwd: process.cwd(), env: {} }, ...argv);
  stretches.end();
  expect([0, 1]).toContain(code);
  expect(stretches.total).toBeGreaterThan(MOST_STEPS);
  expect(stretches.longest).toBeLessThanOrEqual(MOST_STEPS);
});
