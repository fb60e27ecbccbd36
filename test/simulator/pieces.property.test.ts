/** In how many pieces a core is run through its time shows nowhere: not in registers, memory, devices, times or the log. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { VirtualClock } from "../../src/lib/clock.ts";
import { Source } from "../../src/lib/source.ts";
import { defineModel, wordDevice, type Model } from "../../src/sim.ts";
import yaml from "../../src/simulator/models/generic-m4.yaml";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 12);
const SPAN_PS = 400_000_000;

/** r1 is memory, r2 a device, r3 SysTick, r4 the word that PendSV is set by, r5 its value. */
const PRELUDE = [0x4904, 0x4a05, 0x4b05, 0x4c06, 0x4d06, 0x2600, 0xb662, 0xe00b];
const WORDS = [0x2000_0010, 0x4001_0000, 0xe000_e010, 0xe000_ed04, 0x1000_0000];

const low = fc.constantFrom(0, 6, 7);
const small = fc.integer({ min: 0, max: 7 });
const offset = fc.integer({ min: 0, max: 3 });
const instruction = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(low, fc.integer({ min: 0, max: 255 })).map(([d, i]) => 0x3000 | (d << 8) | i),
  },
  { weight: 2, arbitrary: fc.tuple(low, low, low).map(([d, n, m]) => 0x1800 | (m << 6) | (n << 3) | d) },
  { weight: 2, arbitrary: fc.tuple(low, low, small).map(([d, m, i]) => 0x0800 | (i << 6) | (m << 3) | d) },
  // LDR and STR of memory, of the device, of SysTick.
  { weight: 3, arbitrary: fc.tuple(low, offset).map(([t, i]) => 0x6800 | (i << 6) | (1 << 3) | t) },
  { weight: 3, arbitrary: fc.tuple(low, offset).map(([t, i]) => 0x6000 | (i << 6) | (1 << 3) | t) },
  { weight: 1, arbitrary: fc.tuple(low, offset).map(([t, i]) => 0x6800 | (i << 6) | (2 << 3) | t) },
  { weight: 1, arbitrary: fc.tuple(low, offset).map(([t, i]) => 0x6000 | (i << 6) | (2 << 3) | t) },
  { weight: 1, arbitrary: fc.tuple(low, offset).map(([t, i]) => 0x6800 | (i << 6) | (3 << 3) | t) },
  // LDM r1, {r0, r6}; STR r5, [r4]; IT EQ; WFI; WFE; SVC; skip the next one if equal.
  fc.constantFrom(0xc941, 0x6025, 0xbf08, 0xbf30, 0xbf20, 0xbf40, 0xdf00, 0xd000),
);

interface Case {
  readonly body: readonly number[];
  readonly reload: number;
  readonly tick: number;
  readonly pieces: readonly number[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  body: fc.array(instruction, { minLength: 1, maxLength: 14 }),
  reload: fc.integer({ min: 20, max: 900 }),
  tick: fc.constantFrom(0, 5, 7),
  pieces: fc.array(fc.integer({ min: 1, max: 9_000_000 }), { minLength: 1, maxLength: 30 }),
});

/**
 * The handler of SysTick, PendSV and SVC counts in memory, and adds up where it came. LDR r1, =address; LDR r0, [r1]; ADDS r0, #1;
 * STR r0, [r1]; LDR r0, [r1, #4]; LDR r2, [sp, #24]; ADDS r0, r0, r2; STR r0, [r1, #4]; BX lr
 */
const HANDLER = [
  0x4904, 0x6808, 0x3001, 0x6008, 0x6848, 0x9a06, 0x1880, 0x6048, 0x4770, 0xbf00, 0x0040, 0x2000,
];

function halves(words: readonly number[]): readonly number[] {
  return words.flatMap((word) => [word & 0xffff, word >>> 16]);
}

/** A device that tells of each access and its time, and does something a little later. */
function model(): Model {
  return defineModel({
    name: "pieces",
    extends: new Source("generic-m4.yaml", yaml),
    build(soc, { clock, log }) {
      let value = 0;
      const device = wordDevice({
        read(at) {
          if (at === 4) return clock.reached(200) ? 1 : 0;
          log(`read ${at.toString()} at ${clock.nowUs().toString()}`);
          return at === 8 ? Math.floor(clock.nowUs()) : value;
        },
        write(at, written) {
          log(`write ${at.toString()} at ${clock.nowUs().toString()}`);
          clock.after(3 + (written & 7), () => (value += 1));
          return undefined;
        },
        still: (at) => at === 4,
      });
      soc.map({ name: "device", start: 0x4001_0000, size: 0x1000 }, device);
    },
  });
}

function started({ body, reload, tick }: Case): {
  readonly simulator: Simulator;
  readonly clock: VirtualClock;
} {
  const clock = new VirtualClock();
  const simulator = openSimulator({ model: model() }, { clock });
  const flash = simulator.soc.memory("flash");
  const put = (at: number, code: readonly number[]): void => {
    flash.load(at, new Uint8Array(Uint16Array.from(code).buffer));
  };
  // B back to the first instruction of the body.
  const back = 0xe000 | ((-body.length - 3) & 0x7ff);
  put(0x100, [...PRELUDE, 0xbf00, 0xbf00, ...halves(WORDS), ...body, 0xbf00, back]);
  put(0x200, HANDLER);
  for (const vector of [11, 14, 15]) put(vector * 4, [0x201, 0]);
  simulator.soc.reset("system", "test");
  clock.advance(simulator.soc.settings.resetUs);
  simulator.soc.catchUp();
  const { executor } = simulator.soc.core();
  executor.writeSystem(0x14, reload);
  executor.writeSystem(0x18, 0);
  executor.writeSystem(0x10, tick);
  return { simulator, clock };
}

function outcome(one: Case, pieces: readonly number[]): unknown {
  const { simulator, clock } = started(one);
  let left = SPAN_PS;
  for (let at = 0; left > 0; at++) {
    const ps = Math.min(left, pieces[at % pieces.length] ?? left);
    left -= ps;
    clock.advancePs(ps);
    simulator.soc.live();
  }
  const { registers } = simulator.soc.core();
  return {
    registers: [...registers.general, registers.xpsr],
    memory: simulator.soc.memory("ram").dump(0, 0x60),
    log: simulator.log.events,
    halted: simulator.soc.core().peekDhcsr(),
    tick: simulator.soc.core().executor.readSystem(0x18),
  };
}

test("a core that is run in pieces does the same as in one piece", () => {
  fc.assert(
    fc.property(cases, (one) => {
      expect(outcome(one, one.pieces)).toEqual(outcome(one, [SPAN_PS]));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
