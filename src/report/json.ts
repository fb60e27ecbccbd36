/**
 * Writes events and failures as JSON values. Numbers of the target are hex strings, because they may have 64
 * bits.
 */
import { Failure, sentences } from "../lib/fault.ts";
import { hex } from "../lib/hex.ts";
import { LONGEST_MESSAGE, shortened } from "../lib/shown-text.ts";
import type { Span } from "../lib/source.ts";
import type { SessionEvent } from "../session/flow/events.ts";

/** It is raised when a field changes its meaning or is removed. */
export const JSON_VERSION = 1;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function place({ source, start }: Span): Place & { readonly [key: string]: Json } {
  return { file: source.path, ...source.position(start) };
}

export function eventJson(event: SessionEvent): Json {
  return toJson(event);
}

export function errorJson(error: unknown): Json {
  const fault = error instanceof Failure ? toJson(error.fault) : null;
  return { sentences: sentences(error).map((sentence) => shortened(sentence)), fault };
}

function toJson(value: unknown): Json {
  if (typeof value === "bigint") return hex(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return shortened(value, LONGEST_MESSAGE);
  if (value instanceof Error) return errorJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (ArrayBuffer.isView(value)) return [...(value as Uint32Array)].map((word) => hex(word));
  if (typeof value !== "object") return null;
  if (isSpan(value)) return place(value);
  const entries = Object.entries(value).filter(
    ([, part]) => part !== undefined && typeof part !== "function",
  );
  return Object.fromEntries(entries.map(([key, part]) => [key, toJson(part)]));
}

function isSpan(value: object): value is Span {
  return "source" in value && "start" in value && "end" in value;
}
