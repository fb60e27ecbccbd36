/** The options of a session by name, and as a layer of settings. Knows no file; what the files say comes from node/gather.ts. */
import { nearest } from "../lib/nearest.ts";
import { SessionFailure } from "../project/faults.ts";
import type { Layer, Settings } from "../options/settings.ts";
import { badArgument } from "./arguments.ts";

/** All are optional. Times and frequencies have their unit in their name. */
export interface SessionOptions {
  /** As `--probe` of the command line: `sim:MODEL?option=value`, an id or part of one, `tcp://HOST`. */
  readonly probe?: string;
  /** A .pdsc or .pack file, or `Vendor::Name[@version]` of the pack root. */
  readonly pack?: string;
  readonly device?: string;
  /** Of a device with several processors: the one whose connect flow runs. */
  readonly pname?: string;
  readonly dbgconf?: string;
  /** An SVD file: names of registers, in place of the pack's. */
  readonly svd?: string;
  /** .seq files whose sequences win over those of the pack. */
  readonly seq?: readonly string[];
  /** Values of the sequences' debugvars. */
  readonly variables?: Readonly<Record<string, number | bigint>>;
  /** Default attach: the core goes on as it was found. */
  readonly connect?: Settings["connect"];
  readonly protocol?: Settings["protocol"];
  readonly dormant?: boolean;
  /** SWCLK or TCK. Default: that of the pack, at most 10 MHz. */
  readonly clockHz?: number;
  /** Default: halted after a halting reset, else as found. */
  readonly leave?: NonNullable<Settings["leave"]>;
  /** Bound of each loop of a sequence that has no timeout. */
  readonly deadlineUs?: number;
  readonly strictTimeouts?: boolean;
  readonly strictSpec?: boolean;
  readonly atomic?: Settings["atomic"];
  /** Ends the connection behind DebugPortStart: for a device whose core nobody may reach yet. */
  readonly debugPortOnly?: boolean;
  /** Looks at all 256 access ports, not only up to the first that is missing. */
  readonly scanAllAps?: boolean;
  /** False: neither dbgseq.yaml nor DBGSEQ_* count. */
  readonly config?: boolean;
}

export type OptionName = keyof SessionOptions;

const NAMES: Readonly<Record<OptionName, "string" | "number" | "boolean" | "object">> = {
  probe: "string",
  pack: "string",
  device: "string",
  pname: "string",
  dbgconf: "string",
  svd: "string",
  seq: "object",
  variables: "object",
  connect: "string",
  protocol: "string",
  dormant: "boolean",
  clockHz: "number",
  leave: "string",
  deadlineUs: "number",
  strictTimeouts: "boolean",
  strictSpec: "boolean",
  atomic: "string",
  debugPortOnly: "boolean",
  scanAllAps: "boolean",
  config: "boolean",
};

const CHOICES: Readonly<Partial<Record<OptionName, readonly string[]>>> = {
  connect: ["none", "attach", "halt", "pre-reset", "under-reset", "auto"],
  protocol: ["swd", "jtag"],
  leave: ["running", "halted", "as-found"],
  atomic: ["strict", "best-effort"],
};

export const OPTION_NAMES = Object.keys(NAMES) as readonly OptionName[];

/** Who gave which options; the strongest comes first. */
export interface GivenOptions {
  readonly origin: string;
  readonly options: SessionOptions;
}

/** From JavaScript anything may come: a name that is none, or a value of another kind, is an error and not ignored. */
export function checkOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!isOption(name)) {
      const near = nearest(name, OPTION_NAMES);
      throw new SessionFailure(
        { kind: "unknown-session-option", name, near: near === undefined ? [] : [near] },
        `there is no session option "${name}"${near === undefined ? `; there are ${OPTION_NAMES.join(", ")}` : `; did you mean "${near}"?`}`,
      );
    }
    if (typeof value !== NAMES[name])
      throw badArgument(`the option ${name} is a ${NAMES[name]}, not a ${typeof value}`);
    if (name === "variables")
      for (const [variable, number] of Object.entries(value as object))
        if (typeof number !== "bigint" && !Number.isSafeInteger(number))
          throw badArgument(`the debugvar ${variable} is a whole number, not ${String(number)}`);
    const choices = CHOICES[name];
    if (choices !== undefined && !choices.includes(value as string))
      throw badArgument(`the option ${name} is one of ${choices.join(", ")}, not "${value as string}"`);
    if (typeof value === "number" && !(value > 0))
      throw badArgument(`the option ${name} is above 0, not ${value}`);
  }
}

export function isOption(name: string): name is OptionName {
  return Object.hasOwn(NAMES, name);
}

const SETTINGS = [
  "connect",
  "protocol",
  "dormant",
  "clockHz",
  "leave",
  "deadlineUs",
  "strictTimeouts",
  "strictSpec",
  "atomic",
] as const satisfies readonly (keyof Settings & OptionName)[];

/** What they say about the connection. */
export function optionsLayer({ origin, options }: GivenOptions): Layer {
  const said = SETTINGS.flatMap((name) =>
    options[name] === undefined ? [] : [[name, options[name]] as const],
  );
  return { origin, values: Object.fromEntries(said) };
}

/** The strongest value of a name, and who gave it. */
export function strongest<Name extends OptionName>(
  name: Name,
  given: readonly GivenOptions[],
): { readonly value: NonNullable<SessionOptions[Name]>; readonly origin: string } | undefined {
  for (const { options, origin } of given) {
    const value = options[name];
    if (value !== undefined) return { value: value, origin };
  }
  return undefined;
}
