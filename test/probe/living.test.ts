/** What a served target makes of the time of its clients, on hosts of any speed: the host's clock is the test's own. */
import { describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { Source } from "../../src/lib/source.ts";
import { requestTime } from "../../src/probe/tcp/request-time.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const COUNT = "0xE7FD3001"; // adds r0, #1; b there
const COUNT_TO_200_AND_STOP = "0x28C83001, 0xBE00D1FC"; // adds r0, #1; cmp r0, #200; bne there; bkpt
// ldr r1, =0xE000E000; ldr r2, =1599; str r2, [r1, #0x14]; movs r2, #7; str r2, [r1, #0x10]; wfi; b wfi; the words
const TICK = "0x4A044903, 0x2207614A, 0xBF30610A, 0x0000E7FD, 0xE000E000, 0x0000063F";
const INSTRUCTIONS_A_TURN = { [COUNT]: 2, [COUNT_TO_200_AND_STOP]: 3 };
const MHZ = 16;
const REQUEST = Uint8Array.of(0x00, 0x03);
const OTHER = Uint8Array.of(0x00, 0x04);
const ANSWER_US = 1_000_000;

function counting(code: string): Simulator {
  const text = `model: counter
about: counts in r0 from reset on
sources: []
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003, csw: 0x23000042 }]
processors: [{ name: cm4, type: Cortex-M4, vectors: 0, mhz: ${MHZ} }]
memories:
  - name: flash
    start: 0
    size: 0x1000
    access: rx
    content: [{ at: 0, words: [0x20000100, 0x00000101] }, { at: 0x3C, words: [0x00000181] }, { at: 0x180, words: [0x47703401] }, { at: 0x100, words: [${code}] }]
  - { name: ram, start: 0x20000000, size: 0x1000, access: rwx }
`;
  return openSimulator({ model: new Source("counter.yaml", text) });
}

/** A host that does so many instructions of the simulated core in a microsecond, and nothing else takes it any time. */
class MadeHost implements Clock {
  readonly #instructions: () => number;
  readonly #speed: number;
  #besidesUs = 0;
  #wake: (() => void) | undefined;

  constructor(speed: number, instructions: () => number) {
    this.#speed = speed;
    this.#instructions = instructions;
  }

  nowUs(): number {
    return this.#besidesUs + this.#instructions() / this.#speed;
  }

  /** Time in which nothing is asked of it; whoever sleeps is woken then. */
  async pass(us: number): Promise<void> {
    this.#besidesUs += us;
    this.#wake?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get hasSleeper(): boolean {
    return this.#wake !== undefined;
  }

  sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  tick(): void {
    // Instructions move it.
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }
}

interface Served {
  readonly simulator: Simulator;
  readonly host: MadeHost;
  readonly pipe: PacketPipe;
  /** Instructions of the core since reset. */
  readonly ran: () => number;
  /** How much of the host's time the answer to a request takes. */
  readonly ask: () => Promise<number>;
}

function served(speed: number): Served {
  const simulator = counting(COUNT);
  const ran = (): number => (simulator.soc.core().registers.general[0] ?? 0) * INSTRUCTIONS_A_TURN[COUNT];
  const host = new MadeHost(speed, ran);
  const pipe = wallTime(simulator.pipe, simulator.clock, simulator.soc, host);
  const ask = async (): Promise<number> => {
    const startUs = host.nowUs();
    await pipe.send(REQUEST);
    await pipe.receive(ANSWER_US);
    return host.nowUs() - startUs;
  };
  return { simulator, host, pipe, ran, ask };
}

describe("a target on wall time", () => {
  test("does all that its clock asks for on a host that is fast enough", async () => {
    const { host, ran, ask, pipe } = served(100);
    for (let left = 100; left > 0; left--) {
      await host.pass(1000);
      await ask();
    }
    const whole = host.nowUs() * MHZ;
    expect(ran() / whole).toBeGreaterThan(0.8);
    expect(ran() / whole).toBeLessThanOrEqual(1.01);
    await pipe.close();
  });

  test("is slower on a slow host, and keeps no client waiting after any sleep", async () => {
    const { host, simulator, ran, ask, pipe } = served(1);
    for (const sleptUs of [1000, 10_000, 100_000, 1_000_000, 60_000_000]) {
      const startUs = simulator.clock.nowUs();
      await host.pass(sleptUs);
      const before = ran();
      expect(await ask()).toBeLessThan(25_000);
      expect(ran()).toBeGreaterThan(before);
      // The chip around the core lives as long as the client.
      expect(simulator.clock.nowUs() - startUs).toBeGreaterThan(sleptUs * 0.9);
    }
    await pipe.close();
  });

  test("goes on, if only a little, on a host that is late whenever it is looked at", async () => {
    const { simulator, ran, host } = served(1e-3);
    const pipe = wallTime(simulator.pipe, simulator.clock, simulator.soc, host);
    for (let left = 5; left > 0; left--) {
      const before = ran();
      await host.pass(10_000);
      await pipe.send(REQUEST);
      expect(ran() - before).toBeGreaterThan(1000);
      expect(ran() - before).toBeLessThan(25_000);
    }
    await pipe.close();
  });

  test("sleeps through no tick of its timer", () => {
    const simulator = counting(TICK);
    // A tick takes 100 us; its handler counts in r4.
    simulator.clock.advance(100_000);
    simulator.soc.live();
    expect(simulator.soc.core().registers.general[4]).toBe(1000);
  });

  test("runs while its client sleeps, and not for ever after the client's last request", async () => {
    const { host, ran, ask, pipe } = served(100);
    await ask();
    for (let left = 10; left > 0; left--) {
      const before = ran();
      await host.pass(2000);
      expect(ran()).toBeGreaterThan(before);
    }
    await host.pass(2_000_000);
    expect(host.hasSleeper).toBe(false);
    await ask();
    expect(host.hasSleeper).toBe(true);
    await pipe.close();
  });
});

describe("a target on the time of requests", () => {
  const at = (code: keyof typeof INSTRUCTIONS_A_TURN): Simulator => {
    const simulator = counting(code);
    return { ...simulator, pipe: requestTime(simulator.pipe, simulator.clock, simulator.soc) };
  };

  async function passed({ pipe, clock }: Simulator, request: Uint8Array): Promise<number> {
    const startUs = clock.nowUs();
    await pipe.send(request);
    await pipe.receive(ANSWER_US);
    return Math.round(clock.nowUs() - startUs);
  }

  test("lives a little with each request, and more each time that it is asked the same again", async () => {
    const simulator = at(COUNT);
    const times = [];
    for (const request of [REQUEST, OTHER, REQUEST, REQUEST, REQUEST, OTHER])
      times.push(await passed(simulator, request));
    expect(times).toEqual([200, 200, 200, 400, 800, 200]);
    for (let left = 8; left > 0; left--) await passed(simulator, OTHER);
    expect(await passed(simulator, OTHER)).toBe(10_000);
  });

  test("has no time of its own once its core has stopped", async () => {
    const simulator = at(COUNT_TO_200_AND_STOP);
    simulator.soc.core().writeDhcsr(0xa05f_0001);
    // 600 instructions are 37.5 us.
    expect(await passed(simulator, REQUEST)).toBe(200);
    expect(simulator.soc.core().halted).toBe(true);
    expect(await passed(simulator, REQUEST)).toBe(0);
  });

  test("behaves the same each time", async () => {
    const run = async (): Promise<readonly number[]> => {
      const simulator = at(COUNT);
      for (let left = 20; left > 0; left--) await passed(simulator, left % 3 === 0 ? OTHER : REQUEST);
      return [simulator.clock.nowUs(), simulator.soc.core().registers.general[0] ?? 0];
    };
    expect(await run()).toEqual(await run());
  });
});
