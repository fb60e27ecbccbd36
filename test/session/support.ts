/** Runs a session on a simulated target and keeps everything that a test may ask about. */
import type { SequenceDefinition } from "../../src/device/description.ts";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext, type ContextParts } from "../../src/project/context.ts";
import type { SessionEvent } from "../../src/session/flow/events.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { loadScripts } from "../../src/project/scripts.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import type { Connection } from "../../src/session/connection.ts";
import type { Values } from "../../src/options/given.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

export interface Fixture {
  readonly session: Connection;
  readonly events: readonly SessionEvent[];
  readonly simulator: Simulator;
  /** Runs something and yields its error, or undefined. */
  readonly failure: (work: () => Promise<void>) => Promise<unknown>;
  /** Names of the sequences that were entered, outermost only, in order. */
  readonly entered: () => readonly string[];
  readonly messages: () => readonly string[];
}

export interface FixtureOptions {
  readonly model?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Definitions of the project, as .seq text. */
  readonly seq?: string;
  readonly parts?: ContextParts;
  readonly settings?: Values;
  readonly signal?: AbortSignal;
  readonly hears?: (event: SessionEvent) => void;
}

export async function fixture({
  model = "generic-m4",
  options = {},
  seq,
  parts,
  settings = {},
  signal,
  hears,
}: FixtureOptions = {}): Promise<Fixture> {
  const simulator = openSimulator({ model, options });
  const context = new DeviceContext({
    ...parts,
    ...(seq === undefined ? {} : { project: await definitions(seq) }),
  });
  const events: SessionEvent[] = [];
  const session = await openSessionOver(simulator, {
    context,
    layers: [{ origin: "test", values: settings }],
    operator: scriptedOperator([]),
    onEvent: (event) => {
      events.push(event);
      hears?.(event);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    session,
    events,
    simulator,
    failure: async (work) => {
      try {
        await work();
      } catch (error) {
        return error;
      }
      return undefined;
    },
    entered: () =>
      events.flatMap((event) => (event.kind === "enter" && event.depth === 0 ? [event.name] : [])),
    messages: () => events.flatMap((event) => (event.kind === "message" ? [event.text] : [])),
  };
}

async function definitions(seq: string): Promise<readonly SequenceDefinition[]> {
  const read = (path: string): Promise<never> => Promise.reject(new Error(`${path} is not there`));
  return (await loadScripts([new Source("test.seq", seq)], read, undefined)).definitions;
}

export { exitCodeOf };
