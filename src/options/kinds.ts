/**
 * Declares the kinds of values that options have: how each is read from text, what a program may hand in, and
 * how it is shown.
 */
import { shortened } from "../lib/shown-text.ts";
import { nearest } from "../lib/nearest.ts";
import { table } from "../lib/table.ts";
import { GRANT_WORDS, isGrant } from "./grants.ts";
import { readUnsigned } from "../lib/ranges.ts";
import { MOST_HERTZ, readDuration, readFrequency, type Read } from "../lib/units.ts";

export interface Kind<T> {
  /** It says how a file writes the value, and decides its schema. `read` is a text that only the reader understands. */
  readonly form: "text" | "texts" | "choice" | "flag" | "read" | "numbers" | "whole";
  /** Says what a person writes. */
  readonly says: string;
  /** Says what the number of a program counts, if a person writes a unit. */
  readonly unit?: "Hz" | "us" | "ms";
  /** Reads one word of a command line or a variable as a value. */
  read(text: string): Read<T>;
  /** Returns what is wrong with a value that a program hands in, or undefined if it is valid. */
  problem(value: unknown): string | undefined;
  /** Writes the value as `config` prints it. */
  show(value: T): string;
  readonly choices?: readonly string[];
  /** The range of a whole number; both ends belong to it. */
  readonly range?: Range;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** These are numbers by name, for debugvars. */
export type Numbers = Readonly<Record<string, number | bigint>>;
/** A prepared answer, to the queries whose text contains `text`, or to all of them. */
export interface AnswerText {
  readonly text: string;
  readonly value: bigint;
}
export interface TraceClock {
  readonly inHz: number;
  /** 0 leaves it to the sequences. */
  readonly outHz: number;
}
/** `port:4` is a parallel port of four bits. */
export type TraceSink = "swo" | "buffer" | `port:${number}`;

const read = <T>(value: T): Read<T> => ({ ok: true, value });
const refused = (reason: string): Read<never> => ({ ok: false, reason });

const mustBe = (what: string, value: unknown): string => `must be ${what}, not ${shown(value)}`;

/** A message shows at most this many letters of a value. */
const MOST_SHOWN = 100;

function shown(value: unknown): string {
  if (typeof value === "string") return `"${shortened(value, MOST_SHOWN)}"`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "an array";
  if (isPlainObject(value)) return "an object";
  if (typeof value === "object" && value !== null) return `an instance of ${value.constructor.name}`;
  return typeof value === "function" ? "a function" : String(value);
}

const isBlank = (given: string): boolean => given.trim() === "";

export const text: Kind<string> = {
  form: "text",
  says: "a text",
  read: (given) => (isBlank(given) ? refused("must not be empty") : read(given)),
  problem: (value) =>
    typeof value === "string" && !isBlank(value) ? undefined : mustBe("a string that is not empty", value),
  show: (value) => value,
};

export const texts: Kind<readonly string[]> = {
  form: "texts",
  says: "a list of texts",
  read: (given) => (isBlank(given) ? refused("must not be empty") : read([given])),
  problem: (value) => problemOfList(value, "an array of strings", (one) => text.problem(one)),
  show: (value) => value.join(", "),
};

/** Returns what is wrong with a list, or with the first wrong element of it. */
function problemOfList(
  value: unknown,
  what: string,
  problemOf: (one: unknown) => string | undefined,
): string | undefined {
  if (!Array.isArray(value)) return mustBe(what, value);
  for (const [at, one] of value.entries()) {
    const problem = problemOf(one);
    if (problem !== undefined) return `must be ${what}: element ${at} ${problem}`;
  }
  return undefined;
}

/** A user may allow these, word by word. */
export const grants: Kind<readonly string[]> = {
  ...texts,
  says: "a list of what is allowed",
  problem: (value) => {
    const wrong = texts.problem(value);
    if (wrong !== undefined) return wrong;
    const strange = (value as readonly string[]).find((one) => !isGrant(one));
    return strange === undefined
      ? undefined
      : `must be made of ${GRANT_WORDS.join(", ")}, run=PROGRAM, model=FILE, read=PATH and write=PATH, not "${strange}"`;
  },
};

export const flag: Kind<boolean> = {
  form: "flag",
  says: "true or false",
  read: (given) =>
    given === "true" || given === "false" ? read(given === "true") : refused("must be true or false"),
  problem: (value) => (typeof value === "boolean" ? undefined : mustBe("true or false", value)),
  show: String,
};

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  const among = `one of ${choices.join(", ")}`;
  return {
    form: "choice",
    says: among,
    choices,
    read: (given) => {
      const found = choices.find((one) => one === given);
      if (found !== undefined) return read(found);
      const near = nearest(given, choices);
      return refused(`must be ${among}${near === undefined ? "" : `; did you mean "${near}"?`}`);
    },
    problem: (value) => ((choices as readonly unknown[]).includes(value) ? undefined : mustBe(among, value)),
    show: (value) => value,
  };
}

/** The value is in Hz. */
export const frequency: Kind<number> = {
  form: "read",
  says: "a frequency such as 4MHz",
  unit: "Hz",
  read: readFrequency,
  problem: (value) =>
    Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MOST_HERTZ
      ? undefined
      : mustBe(`a whole number of Hz from 1 to ${MOST_HERTZ}`, value),
  show: String,
};

/** The value is in microseconds. */
export const duration: Kind<number> = {
  form: "read",
  says: "a time such as 500ms or 2min",
  unit: "us",
  read: (given) => {
    const time = readDuration(given);
    return time.ok && time.value < 1 ? refused("must be longer than 0") : time;
  },
  problem: (value) =>
    typeof value === "number" && value > 0 && value < Infinity
      ? undefined
      : mustBe("a number of microseconds above 0", value),
  show: String,
};

/** The value is in milliseconds, and may be 0. */
export const patience: Kind<number> = {
  form: "read",
  says: "a time such as 0s or 10s",
  unit: "ms",
  read: (given) => {
    const time = readDuration(given);
    return time.ok ? read(time.value / 1000) : time;
  },
  problem: (value) =>
    typeof value === "number" && value >= 0 && value < Infinity
      ? undefined
      : mustBe("a number of milliseconds from 0 on", value),
  show: String,
};

/** Makes a number without a unit; both ends belong to the range. */
export function whole(from: number, to: number): Kind<number> {
  const says = `a whole number from ${from} to ${to}`;
  const isWithin = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to;
  return {
    form: "whole",
    says,
    range: { from, to },
    read: (given) => {
      const number = readUnsigned(given);
      return number.ok && isWithin(Number(number.value))
        ? read(Number(number.value))
        : refused(mustBe(says, given));
    },
    problem: (value) => (isWithin(value) ? undefined : mustBe(says, value)),
    show: String,
  };
}

/** The values are whole numbers of up to 64 bits by name. */
export const numbers: Kind<Numbers> = {
  form: "numbers",
  says: "numbers by name",
  read: (given) => {
    const equals = given.indexOf("=");
    if (equals < 1) return refused("expected NAME=VALUE");
    const value = readUnsigned(given.slice(equals + 1));
    return value.ok ? read({ [given.slice(0, equals).trim()]: value.value }) : value;
  },
  problem: (value) => {
    if (!isPlainObject(value)) return mustBe("an object of numbers by name", value);
    for (const [name, number] of Object.entries(value)) {
      const isWhole =
        typeof number === "bigint"
          ? number >= 0n && number <= MOST
          : Number.isSafeInteger(number) && (number as number) >= 0;
      if (!isWhole)
        return `must be an object of numbers by name: ${name} ${mustBe("an unsigned 64-bit number", number)}`;
    }
    return undefined;
  },
  show: (value) =>
    Object.entries(value)
      .map(([name, number]) => `${name}=${number}`)
      .join(", "),
};

/** A Map or a Date has no names of its own, so that all in it would be lost. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const above: unknown = Object.getPrototypeOf(value);
  return above === null || above === Object.prototype;
}

const MOST = 0xffff_ffff_ffff_ffffn;
const ANSWERS: Readonly<Record<string, bigint>> = table({ ok: 1n, cancel: 2n, yes: 3n, no: 4n });

export const answers: Kind<readonly AnswerText[]> = {
  form: "texts",
  says: "a list of answers",
  read: (given) => {
    const equals = given.lastIndexOf("=");
    const about = equals < 0 ? "" : given.slice(0, equals);
    const word = given.slice(equals + 1).trim();
    const value = ANSWERS[word.toLowerCase()];
    if (value !== undefined) return read([{ text: about, value }]);
    const number = readUnsigned(word);
    return number.ok
      ? read([{ text: about, value: number.value }])
      : refused(mustBe("yes, no, ok, cancel or a number", word));
  },
  problem: (value) =>
    problemOfList(value, "an array of { text, value }", (one) =>
      isAnswer(one) ? undefined : mustBe("{ text, value } with a string and a bigint", one),
    ),
  show: (value) => value.map((one) => `${one.text}=${one.value}`).join(", "),
};

function isAnswer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { text: about, value: answer } = value as Partial<AnswerText>;
  return typeof about === "string" && typeof answer === "bigint";
}

const SINKS = "swo, port:N (1 to 32) or buffer";
const portWidth = whole(1, 32);

export const traceSink: Kind<TraceSink> = {
  form: "read",
  says: SINKS,
  read: (given) => (isTraceSink(given) ? read(given) : refused(mustBe(SINKS, given))),
  problem: (value) => (typeof value === "string" && isTraceSink(value) ? undefined : mustBe(SINKS, value)),
  show: (value) => value,
};

function isTraceSink(given: string): given is TraceSink {
  const [, width] = /^port:(\d+)$/.exec(given) ?? [];
  return given === "swo" || given === "buffer" || (width !== undefined && portWidth.read(width).ok);
}

export const traceClock: Kind<TraceClock> = {
  form: "read",
  says: "the trace clock, and the output's behind a colon, for example 100MHz:10MHz",
  read: (given) => {
    const [input = "", output, more] = given.split(":");
    if (more !== undefined) return refused("expected IN[:OUT]");
    const [inHz, outHz] = [readFrequency(input), output === undefined ? read(0) : readFrequency(output)];
    if (!inHz.ok) return inHz;
    return outHz.ok ? read({ inHz: inHz.value, outHz: outHz.value }) : outHz;
  },
  problem: (value) => {
    const { inHz, outHz } = (typeof value === "object" ? (value ?? {}) : {}) as Partial<TraceClock>;
    return [inHz, outHz].every((hz) => Number.isSafeInteger(hz) && (hz ?? -1) >= 0)
      ? undefined
      : mustBe("{ inHz, outHz } in Hz", value);
  },
  show: ({ inHz, outHz }) => (outHz === 0 ? String(inHz) : `${inHz}:${outHz}`),
};
