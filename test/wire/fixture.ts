/** A simulated target behind every layer up to the debug access, with what went over the pipe and what was reported. */
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { Core } from "../../src/coresight/core/cortex-m.ts";
import { Dp } from "../../src/coresight/adi/dp.ts";
import type { WireEvent } from "../../src/coresight/wire/events.ts";
import type { DapLink } from "../../src/coresight/wire/link.ts";
import type { MemAp } from "../../src/coresight/adi/mem-ap.ts";
import type { Protocol } from "../../src/coresight/wire/verdict.ts";
import { Wire } from "../../src/coresight/wire/wire.ts";
import { runSequence, type RunOptions } from "../../src/interpreter/run/run.ts";
import type { InterpreterEvent } from "../../src/interpreter/events.ts";
import type { Site } from "../../src/interpreter/ports.ts";
import { hex } from "../../src/lib/hex.ts";
import { Source } from "../../src/lib/source.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import { TargetAccess } from "../../src/session/access/debug-access.ts";
import type { Model } from "../../src/simulator/model/define-model.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

/** Out of every region of the model `generic-m4`: an access there is a bus error. */
export const NOWHERE = 0x6000_0000;
export const RAM = 0x2000_0000;

const LINE_RESET = 0x7_ffff_ffff_ffffn;
const JTAG_TO_SWD = 0xe79en;
/** Five high on TMS, then idle. */
const TAP_RESET = 0x1fn;
/** Of the instruction register of Arm's debug port. */
const JTAG_DP_BITS = 4;

export interface FixtureOptions {
  readonly model?: string | Source | Model;
  readonly options?: Readonly<Record<string, string>>;
  readonly atomic?: "strict" | "best-effort";
  readonly waitRetries?: number;
  /** 1 MHz unless told otherwise. */
  readonly clockHz?: number;
  /** What stands between the link and the simulator's pipe. */
  readonly over?: (simulator: Simulator) => PacketPipe;
  /** Stays where power-up left it. */
  readonly asleep?: boolean;
  /** SWD unless told otherwise. */
  readonly protocol?: Protocol;
}

export class WireFixture {
  readonly simulator: Simulator;
  readonly link: DapLink;
  readonly wire: Wire;
  readonly dp: Dp;
  readonly access: TargetAccess;
  readonly events: WireEvent[] = [];
  /** The ids of the commands that were sent. */
  readonly commands: number[];
  /** The most packets that were unanswered at a time. */
  get mostInFlight(): number {
    return this.#flight.most;
  }
  readonly #flight: Flight;

  constructor(
    simulator: Simulator,
    link: DapLink,
    { commands, flight, atomic, protocol = "swd" }: { commands: number[]; flight: Flight } & FixtureOptions,
  ) {
    this.#flight = flight;
    this.simulator = simulator;
    this.link = link;
    this.commands = commands;
    const onEvent = (event: WireEvent): void => void this.events.push(event);
    this.wire = new Wire({ link, clock: simulator.clock, protocol, onEvent });
    this.dp = new Dp(this.wire);
    this.access = new TargetAccess(this.dp, { apOf: () => undefined }, { atomic: atomic ?? "strict" });
  }

  get memory(): MemAp {
    return this.access.memory(0);
  }

  get core(): Core {
    return new Core(this.memory, this.simulator.clock);
  }

  /** Brings SWD, or the TAPs of a chain, into their first state, and the caches with it. */
  async lineReset(): Promise<void> {
    const swj = (count: number, bits: bigint) => ({ kind: "swj", count, bits }) as const;
    this.wire.forget();
    if (this.wire.protocol === "jtag") {
      await this.link.run([swj(6, TAP_RESET)], "stop-at-fault");
      await this.link.chain([JTAG_DP_BITS]);
      await this.dp.readReg(0x0);
      return;
    }
    await this.link.run(
      [swj(51, LINE_RESET), swj(16, JTAG_TO_SWD), swj(51, LINE_RESET), swj(8, 0n)],
      "stop-at-fault",
    );
    await this.dp.readReg(0x0);
  }

  /** What the memory holds, past every port. */
  peek(address: number): number {
    return this.simulator.soc.memory("ram").read(address - RAM, 4);
  }

  /** The accesses of the target's memory since `mark`, as `AP 0 write 0x20000000 = 0x1`. */
  accesses(): readonly string[] {
    return this.simulator.log.events.flatMap((event) =>
      event.kind === "memory"
        ? [
            `AP ${event.ap} ${event.access} ${hex(event.address)} = ${hex(event.value)}${event.failed ? " failed" : ""}`,
          ]
        : [],
    );
  }

  exchanges(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === "exchange" ? [event.reason] : []));
  }

  tolerated(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === "tolerated" ? [event.failure.message] : []));
  }

  /** Runs `.seq` text, its first sequence. Throws what the run throws. */
  async run(text: string, options: Partial<RunOptions> = {}): Promise<readonly InterpreterEvent[]> {
    const { script, diagnostics } = parseScript(new Source("test.seq", text));
    const wrong = diagnostics.filter(({ severity }) => severity === "error");
    if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join("; "));
    const sequences = script.items.filter((item) => item.kind === "sequence");
    const events: InterpreterEvent[] = [];
    this.access.startSequence();
    await runSequence(sequences[0]?.name.text ?? "", {
      access: this.access,
      sequences: {
        find: (name) => {
          const sequence = sequences.find((item) => item.name.text === name);
          return sequence === undefined ? undefined : { sequence, origin: "test" };
        },
      },
      environment: ENVIRONMENT,
      debugVars: new Map(),
      operator: {
        query: (_type, _message, fallback) => Promise.resolve(fallback),
        queryValue: (_message, fallback) => Promise.resolve(fallback),
      },
      clock: this.simulator.clock,
      deadlineUs: 60_000_000,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return events;
  }
}

const ENVIRONMENT = {
  __protocol: 0x1_0002n,
  __connection: 0x101n,
  __dp: 0n,
  __ap: 0n,
  __apid: 0n,
  __traceout: 0n,
  __traceclockin: 0n,
  __traceclockout: 0n,
  __FlashOp: 0n,
  __FlashAddr: 0n,
  __FlashLen: 0n,
  __FlashArg: 0n,
};

interface Flight {
  now: number;
  most: number;
}

/** A pipe that notes the command of each packet, and how many are under way. */
function noting(pipe: PacketPipe, commands: number[], flight: Flight): PacketPipe {
  return {
    ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
    send: (packet) => {
      commands.push(packet[0] ?? -1);
      flight.now += 1;
      flight.most = Math.max(flight.most, flight.now);
      return pipe.send(packet);
    },
    receive: (limitUs) => {
      flight.now -= 1;
      return pipe.receive(limitUs);
    },
    resync: () => pipe.resync(),
    close: () => pipe.close(),
  };
}

/** Connected in SWD, line reset done, debug domain powered; counters at zero. */
export async function openFixture(options: FixtureOptions = {}): Promise<WireFixture> {
  const { model = "generic-m4", waitRetries = 20, clockHz = 1_000_000, protocol = "swd" } = options;
  const simulator = openSimulator({
    model,
    ...(options.options === undefined ? {} : { options: options.options }),
  });
  const commands: number[] = [];
  const flight: Flight = { now: 0, most: 0 };
  const link = await openLink(
    noting(options.over?.(simulator) ?? simulator.pipe, commands, flight),
    simulator.clock,
  );
  await link.connect({ protocol, clockHz, idleCycles: 0, waitRetries });
  const fixture = new WireFixture(simulator, link, { ...options, commands, flight });
  if (options.asleep !== true) {
    await fixture.lineReset();
    await fixture.dp.powerUp();
    await fixture.memory.ready();
  }
  fixture.events.length = 0;
  commands.length = 0;
  simulator.log.clear();
  return fixture;
}

export interface Call {
  readonly fn: string;
  readonly args: readonly (number | bigint)[];
  readonly tolerate?: boolean;
  readonly ap?: number;
}

/** An access as the interpreter hands it over. */
export function access({ fn, args, tolerate = false, ap = 0 }: Call) {
  return { fn, args: args.map(BigInt), dp: 0, ap: BigInt(ap), apid: 0n, tolerate };
}

/** The n-th statement of a sequence. */
export function statement(number: number): Site {
  const source = new Source("test.seq", "");
  return { span: { source, start: number, end: number }, sequence: "test" };
}
