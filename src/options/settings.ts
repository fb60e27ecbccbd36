/** The settings of a session, each with where its value came from. Knows no file and no command line. */

/** How one flow connects. */
export type FlowMode = "none" | "attach" | "halt" | "pre-reset" | "under-reset";
/** `auto` tries several of them, mildest first. */
export type ConnectMode = FlowMode | "auto";
export type Leave = "running" | "halted" | "as-found";

export interface Settings {
  readonly connect: ConnectMode;
  readonly protocol: "swd" | "jtag";
  readonly swj: boolean;
  /** Go through the dormant state when selecting the protocol. */
  readonly dormant: boolean;
  readonly clockHz: number;
  /** `undefined` leaves it to what was done: halted after a halting reset, else as found (wire rule 21). */
  readonly leave: Leave | undefined;
  readonly deadlineUs: number;
  readonly strictTimeouts: boolean;
  readonly strictSpec: boolean;
  readonly atomic: "strict" | "best-effort";
  /** Value of `__traceout`; 0 runs neither TraceStart nor TraceStop (wire rule 22). */
  readonly traceOut: number;
  readonly traceClockInHz: number;
  readonly traceClockOutHz: number;
}

/** A value and who gave it: `command line`, `recipe`, `pack`, `default`, ... */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: string;
}

export type SourcedSettings = { readonly [K in keyof Settings]: Sourced<Settings[K]> };

export interface Layer {
  readonly origin: string;
  readonly values: Partial<Settings>;
}

/** Never faster than this unless somebody asks for it (wire rule 24: some packs say 400 MHz). */
export const UNASKED_CLOCK_HZ = 10_000_000;

const DEFAULTS: Settings = {
  connect: "attach",
  protocol: "swd",
  swj: true,
  dormant: false,
  clockHz: UNASKED_CLOCK_HZ,
  leave: undefined,
  deadlineUs: 60_000_000,
  strictTimeouts: false,
  strictSpec: false,
  atomic: "strict",
  traceOut: 0,
  traceClockInHz: 0,
  traceClockOutHz: 0,
};

/** Merges layers, strongest first, over the defaults. */
export function resolveSettings(layers: readonly Layer[]): SourcedSettings {
  const pick = <K extends keyof Settings>(key: K): Sourced<Settings[K]> => {
    for (const { origin, values } of layers) {
      const value = values[key];
      if (value !== undefined) return { value: value, origin };
    }
    return { value: DEFAULTS[key], origin: "default" };
  };
  return {
    connect: pick("connect"),
    protocol: pick("protocol"),
    swj: pick("swj"),
    dormant: pick("dormant"),
    clockHz: pick("clockHz"),
    leave: pick("leave"),
    deadlineUs: pick("deadlineUs"),
    strictTimeouts: pick("strictTimeouts"),
    strictSpec: pick("strictSpec"),
    atomic: pick("atomic"),
    traceOut: pick("traceOut"),
    traceClockInHz: pick("traceClockInHz"),
    traceClockOutHz: pick("traceClockOutHz"),
  };
}

/** The values alone, for code that does not care who gave them. */
export function plain(settings: SourcedSettings): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, { value }]) => [key, value]),
  ) as unknown as Settings;
}
