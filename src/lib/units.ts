/**
 * Reads and writes frequencies and times as people write them. Says what is wrong with one that cannot be read; throws
 * nothing.
 */
import { table } from "./table.ts";

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const HERTZ: Readonly<Record<string, number>> = table({ hz: 1, khz: 1_000, mhz: 1_000_000 });

/** No probe takes more than 32 bits. */
export const MOST_HERTZ = 0xffff_ffff;

/** Tools differ in what a bare number means, so it is refused and both readings are offered. */
export function readFrequency(text: string): Read<number> {
  const found = /^(\d+(?:\.\d+)?)\s*(hz|khz|mhz)?$/i.exec(text.trim());
  if (found === null) return no("expected a frequency such as 4MHz, 500kHz or 32768Hz");
  const unit = HERTZ[(found[2] ?? "").toLowerCase()];
  if (unit === undefined)
    return no(`without a unit this may be ${text}Hz or ${text}kHz; write the one that you mean`);
  const value = Math.round(Number(found[1]) * unit);
  if (value < 1) return no("the clock must be at least 1 Hz");
  return value > MOST_HERTZ ? no(`the clock must be at most ${MOST_HERTZ} Hz`) : { ok: true, value };
}

const MICROSECONDS: Readonly<Record<string, number>> = table({
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
});

export function readDuration(text: string): Read<number> {
  const found = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min)$/i.exec(text.trim());
  const unit = MICROSECONDS[(found?.[2] ?? "").toLowerCase()];
  if (/^\d+(?:\.\d+)?$/.test(text.trim()))
    return no(`without a unit this may be ${text}ms or ${text}s; write the one that you mean`);
  if (found === null || unit === undefined) return no("expected a time such as 500ms, 10s or 2min");
  const value = Math.round(Number(found[1]) * unit);
  return Number.isSafeInteger(value) ? { ok: true, value } : no("the time must be shorter than 285 years");
}

/** Writes a number of Hz, us or ms as the readers above take it, in the largest unit that keeps it whole. */
export function quantityText(value: number, unit: "Hz" | "us" | "ms"): string {
  const scaled = unit === "ms" ? value * 1000 : value;
  const [name, size] = WRITTEN[unit].find(([, size]) => scaled >= size && scaled % size === 0) ?? [unit, 1];
  return `${unit === name ? value : scaled / size}${name}`;
}

const TIMES = [
  ["min", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1000],
] as const;
const WRITTEN = {
  Hz: [
    ["MHz", 1_000_000],
    ["kHz", 1000],
  ],
  us: TIMES,
  ms: TIMES,
} as const;

/** `4 MHz`, for sentences. */
export function frequencyText(hz: number): string {
  if (hz >= 1_000_000) return `${hz / 1_000_000} MHz`;
  return hz >= 1000 ? `${hz / 1000} kHz` : `${hz} Hz`;
}

/** `100 ms`, for sentences. */
export function timeText(us: number): string {
  if (us >= 1_000_000) return `${us / 1_000_000} s`;
  return us >= 1000 ? `${us / 1000} ms` : `${us} us`;
}

function no(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
