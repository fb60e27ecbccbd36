/**
 * Checks what callers pass in: a wrong value is an error, never cut to fit. Each public call has one schema, `call`
 * of its parameters by name; the sentences begin with the name.
 */
import { Failure } from "./fault.ts";
import { hex } from "./hex.ts";
import { nearest } from "./nearest.ts";
import { Source } from "./source.ts";

export interface ArgumentFault {
  readonly kind: "bad-argument";
  readonly what: string;
}

export function badArgument(what: string): Failure<ArgumentFault> {
  return new Failure<ArgumentFault>({ kind: "bad-argument", what }, what);
}

/** Returns the value as its type, or throws `bad-argument`. `what` is the name of the parameter. */
export type Check<T> = (value: unknown, what: string) => T;

type Shape = Readonly<Record<string, Check<unknown>>>;
type Checked<S extends Shape> = { readonly [Name in keyof S]: ReturnType<S[Name]> };

/**
 * The schema of a call.
 *
 * ```ts
 * const WRITE = call({ address: memoryAddress, value: unsigned(32) });
 * const { address, value } = WRITE({ address, value });
 * ```
 */
export function call<const S extends Shape>(
  shape: S,
): (given: { readonly [Name in keyof S]: unknown }) => Checked<S> {
  return (given) => checked(shape, given, "");
}

/**
 * Accepts an object with these names and no other; the whole may be omitted. `foreign` translates words of other
 * tools.
 */
export function options<const S extends Shape>(
  shape: S,
  foreign: (word: string) => string | undefined = () => undefined,
): Check<Checked<S>> {
  const names = Object.keys(shape);
  return (value, what) => {
    if (value !== undefined && !isObject(value))
      throw badArgument(`${what} must be an object of ${names.join(", ")}, not ${shown(value)}`);
    for (const name of Object.keys(value ?? {}))
      if (!names.includes(name))
        throw badArgument(`${what}: unknown option "${name}"; ${helpFor(name, names, foreign(name))}`);
    return checked(shape, (value ?? {}) as Readonly<Record<string, unknown>>, "");
  };
}

/** Accepts what `options` accepts, but the object must be given. */
export function record<const S extends Shape>(
  shape: S,
  foreign?: (word: string) => string | undefined,
): Check<Checked<S>> {
  const check = options(shape, foreign);
  return (value, what) => {
    if (value !== undefined) return check(value, what);
    throw mustBe(what, `an object of ${Object.keys(shape).join(", ")}`, value);
  };
}

/** Says which name stands for an unknown one here, else the nearest name, else all names. */
function helpFor(name: string, names: readonly string[], foreign: string | undefined): string {
  const ours = names.find((one) => squeezed(one) === squeezed(name) || one === foreign);
  if (ours !== undefined) return `use ${ours} instead`;
  const near = nearest(name, names);
  return near === undefined ? `known: ${names.join(", ")}` : `did you mean "${near}"?`;
}

/** Returns a word in lower case without what joins its parts, so that all spellings of it compare equal. */
export function squeezed(word: string): string {
  return word.replace(/[^a-z0-9]/gi, "").toLowerCase();
}

/** Checks those names of an object that the shape knows; it may have others, too. */
export function known(shape: Shape): (given: unknown, what: string) => void {
  return (given, what) => {
    if (!isObject(given)) throw mustBe(what, "an object", given);
    // Members may stand on the prototype.
    checked(shape, given as Readonly<Record<string, unknown>>, "");
  };
}

function checked<const S extends Shape>(
  shape: S,
  given: Readonly<Partial<Record<string, unknown>>>,
  before: string,
): Checked<S> {
  const values = Object.entries(shape).map(([name, check]) => [name, check(given[name], `${before}${name}`)]);
  return Object.fromEntries(values) as Checked<S>;
}

/** Returns `otherwise` for undefined. */
export function optional<T>(check: Check<T>): Check<T | undefined>;
export function optional<T>(check: Check<T>, otherwise: T): Check<T>;
export function optional<T>(check: Check<T>, otherwise?: T): Check<T | undefined> {
  return (value, what) => (value === undefined ? otherwise : check(value, what));
}

/** Accepts a whole number of `bits` bits, 32 at most. */
export function unsigned(bits: number): Check<number> {
  return (value, what) => {
    if (isWhole(value) && value >= 0 && value < 2 ** bits) return value;
    throw mustBe(what, `an unsigned ${bits}-bit number`, value);
  };
}

export const unsigned64: Check<bigint> = (value, what) => {
  if (typeof value === "bigint" && value >= 0n && value <= 0xffff_ffff_ffff_ffffn) return value;
  throw mustBe(what, "an unsigned 64-bit number as a bigint", value);
};

export const memoryAddress: Check<number> = unsigned(32);

/** Accepts a register offset: 0x00 to `most`. */
export function registerOffset(most: number): Check<number> {
  return (value, what) => {
    if (isWhole(value) && value >= 0 && value <= most && value % 4 === 0) return value;
    throw mustBe(what, `a multiple of 4 from 0x00 to ${hex(most)}`, value);
  };
}

export const wholeNumber: Check<number> = (value, what) => {
  if (isWhole(value)) return value;
  throw mustBe(what, "a whole number", value);
};

export const bigNumber: Check<bigint> = (value, what) => {
  if (typeof value === "bigint") return value;
  throw mustBe(what, "a bigint", value);
};

/** Accepts a whole number, `least` or more. */
export function count(least: number): Check<number> {
  return (value, what) => {
    if (isWhole(value) && value >= least) return value;
    throw mustBe(what, `a whole number from ${least} on`, value);
  };
}

export function oneOf<const T extends number | string>(allowed: readonly T[]): Check<T> {
  return (value, what) => {
    const found = allowed.find((each) => each === value);
    if (found !== undefined) return found;
    throw mustBe(what, `one of ${allowed.map(shown).join(", ")}`, value);
  };
}

export const yesOrNo: Check<boolean> = (value, what) => {
  if (typeof value === "boolean") return value;
  throw mustBe(what, "true or false", value);
};

export const text: Check<string> = (value, what) => {
  if (typeof value === "string") return value;
  throw mustBe(what, "a string", value);
};

/** Accepts a name or a number, as of a core register. */
export const nameOrNumber: Check<string | number> = (value, what) => {
  if (typeof value === "string" || (isWhole(value) && value >= 0)) return value;
  throw mustBe(what, "a name or a number", value);
};

export function either<T, U>(one: Check<T>, other: Check<U>, what: string): Check<T | U> {
  return (value, name) => {
    for (const check of [one, other])
      try {
        return check(value, name);
      } catch {
        // The next check may accept it.
      }
    throw mustBe(name, what, value);
  };
}

/** Accepts an object whose `kind` says which of the checks it must pass. */
export function byKind<const C extends Readonly<Record<string, Check<unknown>>>>(
  checks: C,
): Check<ReturnType<C[keyof C]>> {
  return (value, what) => {
    if (!isObject(value)) throw mustBe(what, "an object with a kind", value);
    const kind = oneOf(Object.keys(checks))((value as { readonly kind?: unknown }).kind, "kind");
    return checks[kind]?.(value, what) as ReturnType<C[keyof C]>;
  };
}

export const work: Check<(...given: never[]) => unknown> = (value, what) => {
  if (typeof value === "function") return value as (...given: never[]) => unknown;
  throw mustBe(what, "a function", value);
};

export function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value, what) => {
    if (!Array.isArray(value)) throw mustBe(what, "an array", value);
    return value.map((one, at) => check(one, `${what}[${at}]`));
  };
}

/** Accepts an object whose values all pass the check. */
export function recordOf<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, what) => {
    if (!isObject(value)) throw mustBe(what, "an object", value);
    const entries = Object.entries(value).map(
      ([name, one]) => [name, check(one, `${what}.${name}`)] as const,
    );
    return Object.fromEntries(entries);
  };
}

/** Accepts bytes of any kind. */
export const bytes: Check<Uint8Array> = (value, what) => {
  if (value instanceof Uint8Array) return value;
  if (!Array.isArray(value)) throw mustBe(what, "a Uint8Array or an array of bytes", value);
  return Uint8Array.from(listOf(unsigned(8))(value, what));
};

export const words: Check<Uint32Array> = (value, what) => {
  if (value instanceof Uint32Array) return value;
  if (!Array.isArray(value)) throw mustBe(what, "a Uint32Array or an array of 32-bit numbers", value);
  return Uint32Array.from(listOf(unsigned(32))(value, what));
};

export const source: Check<Source> = (value, what) => {
  if (isSource(value)) return value;
  throw mustBe(what, "a Source", value);
};

/** Accepts a source or a plain string, which messages call by the name of the parameter. */
export const sourceOrText: Check<Source> = (value, what) => {
  if (typeof value === "string") return new Source(`<${what}>`, value);
  if (isSource(value)) return value;
  throw mustBe(what, "a string or a Source", value);
};

/** True for a source by its properties, for another copy of the library may have made it. */
function isSource(value: unknown): value is Source {
  return (
    hasMember(value, "path", "string") &&
    hasMember(value, "text", "string") &&
    hasMember(value, "position", "function")
  );
}

/**
 * Accepts an object that the library made, by its properties: another copy of the library may have made it. `what`
 * says what it is and where it comes from.
 */
export function thing<T>(
  what: string,
  members: Readonly<Record<string, "function" | "object" | "string">>,
): Check<T> {
  return (value, name) => {
    if (Object.entries(members).every(([member, type]) => hasMember(value, member, type))) return value as T;
    throw mustBe(name, what, value);
  };
}

function hasMember(value: unknown, name: string, type: string): boolean {
  return isObject(value) && typeof (value as Readonly<Record<string, unknown>>)[name] === type;
}

/**
 * Guards the constructor of a class whose objects the library makes: refuses parts that lack a member. `maker` says
 * what makes them.
 */
export function madeBy(maker: string, ...members: readonly string[]): (name: string, parts: unknown) => void {
  return (name, parts) => {
    const isWhole = isObject(parts) && members.every((member) => Reflect.get(parts, member) !== undefined);
    if (!isWhole) throw badArgument(`new ${name}() is not for programs: ${maker} makes it`);
  };
}

export const signal: Check<AbortSignal | undefined> = optional(
  thing<AbortSignal>("an AbortSignal", { addEventListener: "function", throwIfAborted: "function" }),
);

const DAY_MS = 86_400_000;

/** Accepts a time to wait, no longer than a day. */
export const milliseconds: Check<number> = (value, what) => {
  if (typeof value === "number" && value >= 0 && value <= DAY_MS) return value;
  throw mustBe(what, `a time from 0 to ${DAY_MS} ms`, value);
};

/** Accepts a value that is checked at its use, or belongs to the caller. */
export const any: Check<unknown> = (value) => value;

function mustBe(what: string, wanted: string, value: unknown): Failure<ArgumentFault> {
  return badArgument(`${what} must be ${wanted}, not ${shown(value)}`);
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const LONGEST_SHOWN = 80;

/** Shows a value, which may be anything if it comes from JavaScript. */
function shown(value: unknown): string {
  if (typeof value === "string")
    return `"${value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}...` : value}"`;
  if (typeof value === "number" && Number.isInteger(value) && value >= 10) return hex(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
