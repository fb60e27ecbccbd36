/**
 * Writes the state of a simulated device as the text of a file: its time, memories, and what each part keeps.
 * Knows the file's format, its version, and what makes it one of another device; the caller reads and writes
 * the file.
 */
import * as v from "valibot";
import { Failure } from "../../lib/fault.ts";
import type { Source } from "../../lib/source.ts";
import type { ModelFault } from "../faults.ts";
import type { Soc } from "./soc.ts";

/** The version counts up with every change that an older file does not fit. */
const STATE_VERSION = 1;
const FORMAT = "dbgseq simulated device";
const CHUNK = 0x1000;
/** This stands for a time that never comes, because JSON has no infinity. */
const NEVER = Number.MAX_VALUE;

const stateSchema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(STATE_VERSION),
  model: v.string(),
  /** Microseconds since power came. */
  timeUs: v.pipe(v.number(), v.minValue(0)),
  /**
   * Each memory has its size, and its content in pieces, by offset in base 16 and in base 64; everything else
   * is `fill`.
   */
  memories: v.record(
    v.string(),
    v.strictObject({ size: v.number(), fill: v.number(), content: v.record(v.string(), v.string()) }),
  ),
  /** Each core, block of registers and controller has its own numbers. */
  parts: v.record(v.string(), v.record(v.string(), v.number())),
});

export type SimulatorState = v.InferOutput<typeof stateSchema>;

export function stateText(model: string, soc: Soc, timeUs: number): string {
  const state: SimulatorState = {
    format: FORMAT,
    version: STATE_VERSION,
    model,
    timeUs,
    memories: Object.fromEntries(
      [...soc.memories].map(([name, memory]) => [
        name,
        { size: memory.size, fill: memory.fillByte, content: contentOf(memory) },
      ]),
    ),
    parts: Object.fromEntries([...soc.kept].map(([name, kept]) => [name, finite(kept.save())])),
  };
  return `${JSON.stringify(state, undefined, 1)}\n`;
}

/** Throws `bad-state` if it is not such a file, or one of another version or model. */
export function readState({ path, text }: Source, model: string): SimulatorState {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw badState(path, "it is not the state of a simulated device (no JSON)");
  }
  const head = v.safeParse(
    v.looseObject({ format: v.literal(FORMAT), version: v.number(), model: v.string() }),
    found,
  );
  if (!head.success) throw badState(path, "it is not the state of a simulated device");
  const { version, model: whose } = head.output;
  if (version !== STATE_VERSION)
    throw badState(
      path,
      `it has version ${version} of the format, and version ${STATE_VERSION} is read here`,
    );
  if (whose !== model) throw badState(path, `it is the state of the model ${whose}, not of ${model}`);
  const state = v.safeParse(stateSchema, found);
  if (state.success) return state.output;
  const [issue] = state.issues;
  throw badState(path, `${v.getDotPath(issue) ?? "it"} is not as the format has it: ${issue.message}`);
}

/** Throws `bad-state` if the model had other memories or parts when the file was written. */
export function restoreState(path: string, state: SimulatorState, soc: Soc): void {
  mustMatch(path, "memories", Object.keys(state.memories), [...soc.memories.keys()]);
  mustMatch(path, "parts", Object.keys(state.parts), [...soc.kept.keys()]);
  for (const [name, { size, fill, content }] of Object.entries(state.memories)) {
    const memory = soc.memory(name);
    if (size !== memory.size)
      throw badState(path, `the memory ${name} has ${size} bytes there and ${memory.size} in the model`);
    memory.fill(0, size, fill);
    for (const [offset, text] of Object.entries(content)) {
      const at = Number.parseInt(offset, 16);
      const bytes = bytesOf(path, text);
      if (!(at >= 0 && at + bytes.length <= size))
        throw badState(path, `a piece of the memory ${name} at ${offset} is outside of it`);
      memory.load(at, bytes);
    }
  }
  for (const [name, kept] of soc.kept) {
    const numbers = Object.entries(state.parts[name] ?? {});
    kept.load(Object.fromEntries(numbers.map(([key, value]) => [key, value === NEVER ? Infinity : value])));
  }
}

function contentOf(memory: {
  readonly size: number;
  readonly fillByte: number;
  dump(offset: number, length: number): Uint8Array;
  touched(offset: number): boolean;
}): Record<string, string> {
  const content: Record<string, string> = {};
  for (let at = 0; at < memory.size; at += CHUNK) {
    if (!memory.touched(at)) continue;
    const bytes = memory.dump(at, Math.min(CHUNK, memory.size - at));
    if (bytes.some((byte) => byte !== memory.fillByte))
      content[at.toString(16)] = btoa(String.fromCharCode(...bytes));
  }
  return content;
}

function bytesOf(path: string, text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw badState(path, "a piece of a memory is not in base 64");
  }
}

function finite(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([key, value]) => [key, Number.isFinite(value) ? value : NEVER]),
  );
}

function mustMatch(path: string, what: string, there: readonly string[], here: readonly string[]): void {
  const other = [
    ...there.filter((name) => !here.includes(name)),
    ...here.filter((name) => !there.includes(name)),
  ];
  if (other.length > 0)
    throw badState(
      path,
      `its ${what} are not those of the model, which has changed since: ${other.join(", ")}`,
    );
}

function badState(path: string, reason: string): Failure<ModelFault> {
  return new Failure({ kind: "bad-state", path, reason }, `${path}: ${reason}`);
}
