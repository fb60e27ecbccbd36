/** The last failure of a command of this user, as it is kept in the user's cache. */
import { keepLastFailure, readLastFailure, type Environment } from "../../host/files/last-failure.ts";

/** All that is known of a failure, in words that can be kept. */
export interface LastFailure {
  /** ISO 8601, in UTC. */
  readonly when: string;
  /** The command line. */
  readonly command: string;
  readonly exitCode: number;
  /** One sentence for each layer, the last nearest to the cause. */
  readonly sentences: readonly string[];
  /** Its cause, if one was found. */
  readonly diagnosis: {
    readonly code: string;
    readonly certainty: string;
    readonly says: string;
    readonly evidence: readonly string[];
    readonly tries: readonly string[];
  } | null;
  readonly notes: readonly string[];
  /** Places in sequences, each with its lines: the one that failed, then its callers. */
  readonly places: readonly { readonly where: string; readonly lines: readonly string[] }[];
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  /** Registers that the failure has seen, as hex numbers. */
  readonly registers: readonly { readonly name: string; readonly value: string }[];
  /** Ways to connect that were tried, each with what became of it. */
  readonly tried: readonly { readonly name: string; readonly reason: string }[];
}

const VERSION = 1;

/** Keeps a failure in the place of the one before; false if it was not kept, for which there is no error. */
export function keepFailure(failure: LastFailure, env: Environment): boolean {
  return keepLastFailure({ version: VERSION, ...failure }, env);
}

/** Undefined if none was kept, or the file is not as this version writes it. */
export function lastFailure(env: Environment): LastFailure | undefined {
  const { version, ...kept } = (readLastFailure(env) ?? {}) as LastFailure & { readonly version?: unknown };
  return version === VERSION && isWhole(kept) ? kept : undefined;
}

/** The file is the user's own, and may have been changed. */
function isWhole(kept: LastFailure): boolean {
  const { when, command, exitCode, sentences, diagnosis, notes, places, variables, registers, tried } =
    kept as Partial<LastFailure>;
  return (
    [when, command].every(isText) &&
    typeof exitCode === "number" &&
    [sentences, notes].every((one) => isListOf(one, isText)) &&
    isListOf(places, (one) => isListOf((one as { readonly lines?: unknown } | null)?.lines, isText)) &&
    [variables, registers, tried].every((one) => isListOf(one, (row) => hasTexts(row))) &&
    (diagnosis === null ||
      (hasTexts(diagnosis) && [diagnosis?.evidence, diagnosis?.tries].every((one) => isListOf(one, isText))))
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function hasTexts(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).some(isText);
}
