/**
 * Reads frequencies and times as people write them. Says what is wrong with one that cannot be read; throws
 * nothing.
 */
import { table } from "./table.ts";

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const HERTZ: Readonly<Record<string, number>> = table({ hz: 1, khz: 1_000, mhz: 1_000_000 });

/** Tools differ in what a bare number means, so it is refused and both readings are offered. */
export function readFrequency(text: string): Read<number> {
  const found = /^(\d+(?:\.\d+)?)\s*(hz|khz|mhz)?$/i.exec(text.trim());
  if (found === null) return no("expected a frequency such as 4MHz, 500kHz or 32768Hz");
  const unit = HERTZ[(found[2] ?? "").toLowerCase()];
  if (unit === undefined)
    return no(`without a unit this may be ${text}Hz or ${text}kHz; write the one that you mean`);
  const value = Math.round(Number(found[1]) * unit);
  return value < 1 ? no("the clock must be at least 1 Hz") : { ok: true, value };
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
  if (found === null || unit === undefined) return no("expected a time such as 500ms, 10s or 2min");
  return { ok: true, value: Math.round(Number(found[1]) * unit) };
}

function no(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
