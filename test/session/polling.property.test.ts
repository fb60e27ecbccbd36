/** Polling that is passed over leaves all as polling does that is simulated turn by turn: values, time, counts, log, device. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext } from "../../src/project/context.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { loadScripts } from "../../src/project/scripts.ts";
import { defineModel, wordDevice, type Model } from "../../src/sim.ts";
import yaml from "../../src/simulator/models/generic-m4.yaml";
import type { TransferDisturbance } from "../../src/simulator/port/injection.ts";
import { openSimulator } from "../../src/simulator/open.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 5);

/** A word that becomes 1 at a time: by the agenda, by asking if the time has come, or by a look at the clock. */
const DEVICE = 0x4001_0000;
const HOW = ["agenda", "reached", "clock", "each second read"] as const;
/** What a core writes after a number of turns. */
const WRITTEN = 0x2000_0010;

interface Case {
  readonly how: (typeof HOW)[number];
  readonly atUs: number;
  readonly watchdogUs: number;
  readonly firmware: Firmware;
  readonly wait: string;
  readonly body: string;
  readonly timeoutUs: number;
  readonly latency: string;
  readonly clockHz: number;
  readonly protocol: "swd" | "jtag";
  readonly disturbed?: readonly [TransferDisturbance, number, number] | undefined;
}

type Firmware = { readonly does: "idles" } | { readonly does: (typeof DOES)[number]; readonly after: number };

const DOES = [
  "writes",
  "counts",
  "counts and ticks",
  "works and writes",
  "asks and writes",
  "tells",
  "sleeps and ticks",
  "resets",
] as const;

/** Thumb code at 0x100, where the core of the model branches to itself. */
function codeOf(firmware: Firmware): readonly number[] {
  if (firmware.does === "idles") return [0xe7fe];
  const { after } = firmware;
  const words = (...list: readonly number[]): readonly number[] =>
    list.flatMap((word) => [word & 0xffff, word >>> 16]);
  // LDR r0, =after; SUBS r0, #1; BNE; LDR r1, =address; LDR r2, =value; STR r2, [r1]
  const countdown = [0x4804, 0x3801, 0xd1fd, 0x4904, 0x4a04, 0x600a];
  switch (firmware.does) {
    case "writes":
      return [...countdown, 0xe7fe, 0xbf00, 0xbf00, 0xbf00, ...words(after, WRITTEN, 1)];
    case "resets":
      return [...countdown, 0xe7fe, 0xbf00, 0xbf00, 0xbf00, ...words(after, 0xe000_ed0c, 0x05fa_0004)];
    case "counts":
    case "counts and ticks":
      // LDR r1, =address; ADDS r0, #1; LSRS r2, r0, #shift; STR r2, [r1]; B
      return [0x4902, 0x3001, 0x0a02 | ((after & 7) << 6), 0x600a, 0xe7fb, 0xbf00, ...words(WRITTEN)];
    case "works and writes":
      // LDR r0, =after; LDR r1, =address; STR r0, [r1, #32]; SUBS r0, #1; BNE; LDR r2, =value; STR r2, [r1]; B
      return [
        ...[0x4804, 0x4905, 0x6208, 0x3801, 0xd1fc, 0x4a04, 0x600a, 0xe7f9, 0xbf00, 0xbf00],
        ...words(after, WRITTEN, 1),
      ];
    case "asks and writes":
      // LDR r1, =device; LDR r0, [r1]; CMP r0, #0; BEQ; LDR r1, =address; STR r0, [r1]; B
      return [
        ...[0x4904, 0x6808, 0x2800, 0xd0fc, 0x4903, 0x6008, 0xe7fe, 0xbf00, 0xbf00, 0xbf00],
        ...words(DEVICE, WRITTEN),
      ];
    case "tells":
      // LDR r0, =after; LDR r1, =device; MOVS r2, r0; SUBS r2, #1; BNE; STR r0, [r1, #4]; B
      return [
        ...[0x4804, 0x4905, 0x0002, 0x3a01, 0xd1fd, 0x6048, 0xe7fa, 0xbf00, 0xbf00, 0xbf00],
        ...words(after, DEVICE),
      ];
    case "sleeps and ticks":
      // WFI; B
      return [0xbf30, 0xe7fd];
  }
}

/** The handler of SysTick counts in memory. LDR r1, =address; LDR r2, [r1]; ADDS r2, #1; STR r2, [r1]; BX lr */
const HANDLER = [0x4902, 0x680a, 0x3201, 0x600a, 0x4770, 0xbf00, WRITTEN & 0xffff, WRITTEN >>> 16];

function modelOf({ how, atUs, watchdogUs }: Case): Model {
  return defineModel({
    name: "polled",
    extends: new Source("generic-m4.yaml", yaml),
    build(soc, { clock, log }) {
      let value = 0;
      let reads = 0;
      let writes = 0;
      if (how === "agenda") clock.after(atUs, () => (value = 1));
      const read = (offset: number): number => {
        if (offset === 4) return writes;
        if (how === "reached") return clock.reached(atUs) ? 1 : 0;
        if (how === "clock") return clock.nowUs() >= atUs ? 1 : 0;
        if (how === "each second read") return ++reads > atUs / 10 ? 1 : 0;
        return value;
      };
      const write = (offset: number, written: number): undefined => {
        log(`${offset.toString()} = ${written.toString()} at ${clock.nowUs().toString()}`);
        clock.after(10 + (written & 15), () => (writes += 1));
      };
      const still = (): boolean => how === "agenda" || how === "reached";
      soc.map({ name: "device", start: DEVICE, size: 0x1000 }, wordDevice({ read, write, still }));
      if (watchdogUs > 0)
        clock.after(watchdogUs, () => {
          log("watchdog");
          soc.reset("system", "watchdog");
        });
    },
  });
}

const WAITS = [
  "while (Read32(0x40010000) == 0)",
  "while ((Read32(0x40010000) & 1) == 0)",
  "while (Read32(0x20000010) == 0)",
  "while (Read32(0x20000018) == 0)",
  "while (Read32(0x40010004) < 4)",
  "while (Read32(0x20000018) == Read32(0x20000010))",
  "while ((Read32(0x20000010) & 0x1) == 0)",
  "while (Read8(0x20000010) < 3)",
  "while (Read32(0x20000010) + Read32(0x40010000) == 0)",
  "while (Read32(0x20000010) == (Read32(0x20000014) & 0xFF))",
  "while ((Read32(0xE000EDF0) & 0x20000) == 0)",
  "while ((Read32(0xE000EDF0) & 0x2020000) == 0x20)",
  "while ((Read32(0x40000004) & 1) == 0)",
  "while (Read32(0x40000004) != 1)",
  "while (ReadDP(4) != 0)",
  "while (ReadAP(0xFC) == 0x24770011)",
  "while ((DAP_SWJ_Pins(0, 0, 0) & 0x80) != 0)",
  "while ((DAP_SWJ_Pins(0, 0x80, 2000) & 0x80) == 0)",
  "while (n != Read32(0x20000010))",
  "while (Read32(0x60000000) == 0)",
];

const BODIES = [
  "",
  "",
  "DAP_Delay(40);",
  "DAP_Delay(0);",
  "Write32(0x20000020, 1);",
  "ReadDP(0);",
  "n += 1;",
];

const firmware = fc.oneof(
  fc.constant<Firmware>({ does: "idles" }),
  fc.record({
    does: fc.constantFrom(...DOES),
    after: fc.integer({ min: 1, max: 40_000 }),
  }) as fc.Arbitrary<Firmware>,
);

const cases: fc.Arbitrary<Case> = fc.record({
  how: fc.constantFrom(...HOW),
  atUs: fc.integer({ min: 100, max: 12_000 }),
  watchdogUs: fc.oneof(fc.constant(0), fc.integer({ min: 3000, max: 12_000 })),
  firmware,
  wait: fc.constantFrom(...WAITS),
  body: fc.constantFrom(...BODIES),
  timeoutUs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 500, max: 6000 }) },
    // The event loop has several turns in it.
    { weight: 1, arbitrary: fc.integer({ min: 8000, max: 40_000 }) },
  ),
  latency: fc.constantFrom("none", "none", "bulk-hs", "hid-fs"),
  clockHz: fc.constantFrom(10_000_000, 3_000_000, 1_000_000),
  protocol: fc.constantFrom("swd", "swd", "swd", "jtag"),
  disturbed: fc.option(
    fc.tuple(
      fc.constantFrom<TransferDisturbance>("WAIT", "FAULT", "NO_ACK", "PARITY"),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 3 }),
    ),
    { nil: undefined },
  ),
});

function sequenceOf({ wait, body, timeoutUs, firmware: { does } }: Case): string {
  const ticks =
    does === "sleeps and ticks" || does === "counts and ticks"
      ? "Write32(0xE000E014, 4000); Write32(0xE000E018, 0); Write32(0xE000E010, 7);"
      : "";
  return `sequence Wait {
    __var n = 5; __var i = 0; __var x = 0;
    __errorcontrol = 1;
    ${ticks}
    ${wait} timeout ${timeoutUs}us ${body === "" ? ";" : `{ ${body} }`}
    __errorcontrol = 0;
    __var seen = Read32(0x20000010);
    while (i < 2500) { i += 1; ${"x += i; ".repeat(30)} }
    Message(0, "%d %d", seen, Read32(0xE000EDF0));
  }`;
}

async function outcome(one: Case, polling: "passed over" | "simulated"): Promise<unknown> {
  const simulator = openSimulator({ model: modelOf(one), options: { latency: one.latency } }, { polling });
  const flash = simulator.soc.memory("flash");
  const put = (at: number, halves: readonly number[]): void => {
    flash.load(at, new Uint8Array(Uint16Array.from(halves).buffer));
  };
  put(0x100, codeOf(one.firmware));
  put(0x200, HANDLER);
  put(0x3c, [0x201, 0]);
  const { definitions } = await loadScripts(
    [new Source("wait.seq", sequenceOf(one))],
    (path) => Promise.reject(new Error(path)),
    undefined,
  );
  const events: SessionEvent[] = [];
  const session = await openSessionOver(simulator, {
    context: new DeviceContext({ project: definitions }),
    layers: [{ origin: "test", values: { clockHz: one.clockHz, protocol: one.protocol } }],
    operator: scriptedOperator([]),
    onEvent: (event) => {
      if (event.kind !== "exchange" && event.kind !== "sync" && event.kind !== "access") events.push(event);
    },
    leavesOutRepeats: true,
  });
  const failures: string[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => failures.push(String(error)));
  };
  await attempt(() => session.connect());
  if (one.disturbed !== undefined) simulator.injection.disturb(...one.disturbed);
  await attempt(() => session.run("Wait"));
  const { clock, injection, log } = simulator;
  const counts = [clock.nowPs(), clock.delayedUs, injection.transfers, injection.packets, log.count];
  const said = events.filter(({ kind }) => kind !== "condition" && kind !== "doubtful-condition");
  return { failures, counts, said: said.map(plainly), log: log.events, kept: simulator.keep() };
}

/** Without the objects that name places, which are others for each run. */
function plainly(event: SessionEvent): unknown {
  return JSON.stringify(event, (name, value: unknown) =>
    name === "site" || name === "span" || name === "origins" || name === "sites"
      ? undefined
      : typeof value === "bigint"
        ? String(value)
        : value,
  );
}

describe("polling that is passed over", () => {
  test("ends as polling does that is simulated turn by turn", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        expect(await outcome(one, "passed over")).toEqual(await outcome(one, "simulated"));
      }),
      { numRuns: RUNS },
    );
  });
});
