/** A fault at every single access, and at every packet, of connecting, a halting reset and disconnecting. */
import { describe, expect, test } from "vitest";
import type { TargetFault } from "../../src/coresight/wire/faults.ts";
import { Failure, sentences } from "../../src/lib/fault.ts";
import { hex32 } from "../../src/lib/hex.ts";
import { DeviceContext } from "../../src/project/context.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";
import { DisturbedPipe, type PacketDisturbance } from "./disturbed.ts";

const REGISTERS: Readonly<Record<string, number>> = {
  CPUID: 0xe000ed00,
  AIRCR: 0xe000ed0c,
  DFSR: 0xe000ed30,
  DHCSR: 0xe000edf0,
  DEMCR: 0xe000edfc,
};

/** What leaving the target alone writes: no debug, no vector catch. */
const RELEASE = new Set([
  `${hex32(0xe000edf0)} = ${hex32(0xa05f0000)}`,
  `${hex32(0xe000edfc)} = ${hex32(0)}`,
]);
const DEBUG_OFF = `${hex32(0xe000edf0)} = ${hex32(0xa05f0000)}`;
/** No run waits longer than the reset, the loops of a clean-up and the margins of lost answers take together. */
const LONGEST_US = 10_000_000;

interface Ran {
  readonly error: unknown;
  readonly warnings: readonly string[];
}

type Protocol = "swd" | "jtag";

async function connectResetDisconnect(
  simulator: Simulator,
  pipe: DisturbedPipe,
  protocol: Protocol,
): Promise<Ran> {
  const events: SessionEvent[] = [];
  let error: unknown;
  try {
    const session = await openSessionOver(
      { pipe, clock: simulator.clock },
      {
        context: new DeviceContext({}),
        layers: [{ origin: "test", values: { protocol } }],
        operator: scriptedOperator([]),
        onEvent: (event) => void events.push(event),
      },
    );
    await session.during(() => session.reset(undefined, { halt: true }), "running");
  } catch (caught) {
    error = caught;
  }
  const warnings = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  return { error, warnings };
}

/** Words that were written, as the target saw them. */
function writesOf({ log }: Simulator): readonly string[] {
  return log.events.flatMap((event) =>
    event.kind === "memory" && event.access === "write" && !event.failed
      ? [`${hex32(event.address)} = ${hex32(event.value)}`]
      : [],
  );
}

interface MemoryAccess {
  /** The number of its transfer on the wire. */
  readonly at: number;
  readonly address: number;
  readonly write: boolean;
}

/** The undisturbed run: which transfer is which access of memory. */
async function measure(protocol: Protocol) {
  const simulator = openSimulator({ model: "generic-m4" });
  const accesses: MemoryAccess[] = [];
  const note = simulator.log.memory.bind(simulator.log);
  simulator.log.memory = (event) => {
    const { address, access } = event;
    accesses.push({ at: simulator.injection.transfers - 1, address, write: access === "write" });
    note(event);
  };
  const pipe = new DisturbedPipe(simulator);
  const { error } = await connectResetDisconnect(simulator, pipe, protocol);
  if (error !== undefined) throw error as Error;
  return {
    transfers: simulator.injection.transfers,
    packets: pipe.sent,
    writes: writesOf(simulator),
    accesses,
  };
}

const CLEAN = { swd: await measure("swd"), jtag: await measure("jtag") };
/** Each place of the JTAG column takes as long as one of SWD, and the two share most code: `npm run test:faults` goes to all. */
const JTAG_STRIDE = Number(process.env["FAULT_JTAG_STRIDE"] ?? 11);

function targetFault(error: unknown): TargetFault | undefined {
  for (let at = error; at instanceof Failure; at = at.cause) {
    const { fault } = at as Failure;
    if (fault.kind === "target-fault") return fault as TargetFault;
  }
  return undefined;
}

/** The memory addresses that a report names; empty where it names the port only. */
function blamed({ origins }: TargetFault): readonly number[] {
  return origins.flatMap(({ label }) => {
    const spelled = /^(?:Read|Write)32\((0x[0-9A-F]+)/.exec(label)?.[1];
    const named = / of (\w+)$/.exec(label)?.[1];
    const address = spelled === undefined ? REGISTERS[named ?? ""] : Number(spelled);
    return address === undefined ? [] : [address];
  });
}

/** The access before and the one at or behind a transfer: between them are their own TAR, CSW and RDBUFF. */
function neighbours(protocol: Protocol, transfer: number): readonly number[] {
  const clean = CLEAN[protocol];
  const before = clean.accesses.findLast(({ at }) => at < transfer);
  const behind = clean.accesses.find(({ at }) => at >= transfer);
  return [before, behind].flatMap((access) => (access === undefined ? [] : [access.address]));
}

async function expectReleased(
  simulator: Simulator,
  writes: readonly string[],
  protocol: Protocol,
): Promise<void> {
  expect(simulator.lights).toEqual({ connected: false, running: false });
  const control = writes.filter((text) => text.startsWith(hex32(0xe000edf0)));
  if (control.length > 0) expect(control.at(-1)).toBe(DEBUG_OFF);
  simulator.log.clear();
  const again = await connectResetDisconnect(simulator, new DisturbedPipe(simulator), protocol);
  expect(sentences(again.error)).toEqual([]);
  expect(writesOf(simulator)).toEqual(CLEAN[protocol].writes);
}

const every = (count: number, protocol: Protocol): readonly number[] => {
  const stride = protocol === "jtag" ? JTAG_STRIDE : 1;
  return Array.from({ length: Math.ceil(count / stride) }, (_, at) => at * stride);
};

describe.each([
  ["swd", "WAIT", 102],
  ["swd", "FAULT", 1],
  ["swd", "NO_ACK", 1],
  ["swd", "PARITY", 1],
  // There is no parity.
  ["jtag", "WAIT", 102],
  ["jtag", "FAULT", 1],
  ["jtag", "NO_ACK", 1],
] as const)("wire rules 2, 3, 4, 5: %s, %s", (protocol, kind, times) => {
  const clean = CLEAN[protocol];
  test.each(every(clean.transfers, protocol))("at transfer %d", async (transfer) => {
    const simulator = openSimulator({ model: "generic-m4" });
    simulator.injection.disturb(kind, transfer, times);
    const startUs = simulator.clock.nowUs();
    const { error, warnings } = await connectResetDisconnect(
      simulator,
      new DisturbedPipe(simulator),
      protocol,
    );
    expect(simulator.clock.nowUs() - startUs).toBeLessThan(LONGEST_US);
    const writes = writesOf(simulator);
    const fault = targetFault(error);
    // A core that answers FAULT before it is reset is said, and reset.
    const isSaid = kind === "FAULT" && /did not answer before the reset/.test(warnings.join());
    if (!isSaid) expect(warnings).toEqual([]);
    if (fault === undefined) {
      // DebugPortSetup tolerates what its first look meets; a DP write that is lost right before DebugPortStart clears
      // all errors shows nowhere, as it would not on a board.
      expect(sentences(error)).toEqual([]);
      // On JTAG an error is one of an access port; of other transfers there is none.
      const isUnseen =
        protocol === "jtag" ? kind === "FAULT" : kind === "PARITY" && transfer < (clean.accesses[0]?.at ?? 0);
      expect(transfer === 0 || isUnseen || isSaid).toBe(true);
      expect(writes).toEqual(clean.writes);
    } else {
      expect(exitCodeOf(error)).toBe(4);
      // The DP tells of a write with bad parity by WDATAERR, a FAULT of what follows.
      expect(kind === "PARITY" ? ["PARITY", "FAULT"] : [kind]).toContain(fault.ack);
      const named = blamed(fault);
      if (named.length > 0)
        expect(neighbours(protocol, transfer)).toEqual(expect.arrayContaining([named.at(-1)]));
      else
        expect(fault.origins.map(({ label }) => label).join()).toMatch(
          /DP\(|DPIDR|DP ABORT|DP CTRL|AP 0 (IDR|CSW)/,
        );
      if (fault.certainty === "certain") expect(fault.origins.length).toBe(1);
      const done = clean.accesses.filter(({ at, write }) => write && at < transfer).length;
      expect(writes.slice(0, done)).toEqual(clean.writes.slice(0, done));
      expect(writes.slice(done).filter((text) => !RELEASE.has(text))).toEqual([]);
    }
    await expectReleased(simulator, writes, protocol);
  });
});

const PACKETS: readonly (readonly [how: PacketDisturbance, kind: string])[] = [
  ["no answer", "probe-timeout"],
  ["short answer", "probe-protocol"],
  ["one too few", "probe-protocol"],
  ["foreign answer", "probe-protocol"],
  ["unplug", "unplugged"],
];

/** DAP_Info, DAP_HostStatus, DAP_Disconnect. */
const DECORATION = [0x00, 0x01, 0x03];
/** The idle clocks before silence, when all that was asked for was confirmed: DAP_SWJ_Sequence. */
const FAREWELL = 0x12;
const LAST_PACKETS = 4;

describe.each(
  PACKETS.flatMap(([how, kind]) => [
    ["swd" as const, how, kind] as const,
    ["jtag" as const, how, kind] as const,
  ]),
)("wire rule 12: %s, %s", (protocol, how, kind) => {
  const clean = CLEAN[protocol];
  test.each(every(clean.packets, protocol))("at packet %d", async (packet) => {
    const simulator = openSimulator({ model: "generic-m4" });
    const startUs = simulator.clock.nowUs();
    const pipe = new DisturbedPipe(simulator, how, packet);
    const { error, warnings } = await connectResetDisconnect(simulator, pipe, protocol);
    expect(simulator.clock.nowUs() - startUs).toBeLessThan(LONGEST_US);
    if (how === "one too few" && !pipe.disturbed) {
      expect(sentences(error)).toEqual([]);
      return;
    }
    if (error === undefined) {
      // What only decorates a run does not fail it, and all that was asked for was done.
      const isLast = packet >= clean.packets - LAST_PACKETS;
      expect(isLast ? [...DECORATION, FAREWELL] : DECORATION).toContain(pipe.command);
      expect(writesOf(simulator)).toEqual(clean.writes);
      return;
    }
    expect(exitCodeOf(error)).toBe(3);
    const kinds: string[] = [];
    for (let at: unknown = error; at instanceof Failure; at = at.cause)
      kinds.push((at as Failure).fault.kind);
    expect(kinds).toContain(kind);
    const writes = writesOf(simulator);
    const done = writes.findIndex((text, at) => text !== clean.writes[at]);
    const later = done < 0 ? [] : writes.slice(done);
    expect(later.filter((text) => !RELEASE.has(text))).toEqual([]);
    if (how === "unplug") {
      expect(later).toEqual([]);
      // Where a connection was there to give up, one sentence says that it could not be.
      expect(warnings.length).toBeLessThanOrEqual(1);
      await simulator.pipe.resync();
      const again = await connectResetDisconnect(simulator, new DisturbedPipe(simulator), protocol);
      expect(sentences(again.error)).toEqual([]);
    } else {
      expect(warnings).toEqual([]);
      await expectReleased(simulator, writes, protocol);
    }
  });
});
