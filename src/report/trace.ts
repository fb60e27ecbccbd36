/** Writes a readable account of a run, one line an event: time, nesting, what happened, and where. Pure. */
import { assertNever } from "../lib/assert-never.ts";
import { findBuiltin, isThroughAp, type Parameter } from "../language/builtins.ts";
import { hex, hex32 } from "../lib/hex.ts";
import type { Span } from "../lib/source.ts";
import type { Access, Ended, Site } from "../interpreter/ports.ts";
import type { SessionEvent } from "../session/flow/events.ts";
import { frequencyText, timeText } from "../lib/units.ts";

/** Returns the line for an event, or undefined for one that a reader of a trace does not need. */
export function traceLine(event: SessionEvent): string | undefined {
  switch (event.kind) {
    case "flow":
      return line(event.timeUs, 0, `== ${event.text}`);
    case "act":
      return line(event.timeUs, 1, `${event.act}: ${event.text}`);
    case "step":
      return line(event.timeUs, 1, event.text);
    case "notice":
    case "warning":
      return line(event.timeUs, 1, `${event.kind}: ${event.text}`);
    case "enter":
      return line(event.timeUs, event.depth, `> ${event.name}`, event.origin);
    case "skip":
      return line(event.timeUs, event.depth, `- ${event.name}: disabled, does nothing`, event.origin);
    case "leave":
      return line(event.timeUs, event.depth, `< ${event.name}`);
    case "assign":
      return at(event, `${event.name} = ${hex(event.value)}`);
    case "access":
      return at(event, `${call(event.access)}${answer(event.value, event.failed)}`);
    case "atomic":
      return at(
        event,
        `atomic ${event.info === undefined ? "" : `"${event.info}" `}(${event.accesses} accesses without the host)`,
      );
    case "condition":
      return at(event, `${event.of} -> ${hex(event.value)}`);
    case "doubtful-condition":
      return at(
        event,
        `${event.of} -> ${hex(event.value)}, decided by a failed access: ${event.failed.message}`,
      );
    case "timeout":
      return at(
        event,
        event.sleep
          ? `waited ${timeText(event.limitUs)}`
          : `timeout after ${timeText(event.limitUs)} and ${event.turns} turns, last value ${hex(event.value)}`,
      );
    case "message":
      return at(event, `message${["", " (warning)", " (error)"][event.level] ?? ""}: ${event.text}`);
    case "query":
      return at(event, queryText(event));
    case "tolerated":
      return line(event.timeUs, 1, `tolerated: ${event.failure.message}`);
    case "patched":
      return line(
        event.timeUs,
        1,
        `patched: ${event.place} reads ${hex32(event.raw)}, taken as ${hex32(event.value)}`,
      );
    case "outside":
      return (
        at(
          event,
          `${event.fn}(${event.args.map(argument).join(", ")})${answer(event.value, event.failed)}${event.note === undefined ? "" : `  ${event.note}`}`,
        ) + printed(event.ended)
      );
    case "sync":
    case "exchange":
      return undefined;
    default:
      return assertNever(event);
  }
}

function argument(value: bigint | string): string {
  return typeof value === "string" ? `"${value}"` : hex(value);
}

/** Returns what a program printed, below the line that tells of it. */
function printed(ended: Ended | undefined): string {
  return ended === undefined
    ? ""
    : programLines(ended)
        .map((text) => `\n${" ".repeat(17)}| ${text}`)
        .join("");
}

/** Returns what a program printed, line by line. */
export function programLines({ stdout, stderr, dropped }: Ended): readonly string[] {
  const lines = [stdout, stderr].flatMap((text) => (text === "" ? [] : text.trimEnd().split("\n")));
  return [...lines, ...(dropped === 0 ? [] : [`(${dropped} bytes more)`])];
}

const PLACE_COLUMN = 84;

function line(timeUs: number, depth: number, text: string, place = ""): string {
  const time = (timeUs / 1000).toFixed(3).padStart(10);
  const body = `${time} ms ${"  ".repeat(depth)} ${text}`;
  return place === "" ? body : `${body.padEnd(PLACE_COLUMN)} ${place}`;
}

function at(event: { readonly timeUs: number; readonly site: Site }, text: string): string {
  return line(event.timeUs, depthOf(event.site) + 1, text, shortPlace(event.site.span));
}

/**
 * The folder is named once, when the sequence is entered; in each line it would only push the rest aside. A name with
 * a scheme (`shipped:nordic/nrf52`) has no folder.
 */
function shortPlace({ source, start }: Span): string {
  const { line: row, column } = source.position(start);
  const { path } = source;
  const name = /^\w{2,}:/.test(path) ? path : (path.split(/[\\/]/).at(-1) ?? "");
  return `${name}:${row}:${column}`;
}

function depthOf(site: Site): number {
  let depth = 0;
  for (let caller = site.caller; caller !== undefined; caller = caller.caller) depth += 1;
  return depth;
}

function call({ fn, args, ap }: Access): string {
  const port = isThroughAp(fn) ? `  AP ${ap}` : "";
  const parameters = findBuiltin(fn)?.parameters ?? [];
  return `${fn}(${args.map((arg, at) => withUnit(arg, parameters[at])).join(", ")})${port}`;
}

/** Times and clocks have a unit; any other number of an access is hexadecimal. */
function withUnit(value: bigint, parameter: Parameter | undefined): string {
  if (parameter?.lasts === true) return timeText(Number(value));
  return parameter?.isClock === true ? frequencyText(Number(value)) : hex(value);
}

function answer(value: bigint | undefined, failed: Error | undefined): string {
  if (failed !== undefined) return `  failed, counts as 0: ${failed.message}`;
  return value === undefined ? "" : ` -> ${hex(value)}`;
}

const RESULTS: Readonly<Record<string, string>> = { 0: "error", 1: "ok", 2: "cancel", 3: "yes", 4: "no" };

/** Returns a question with its answer and who gave it. */
export function queryText({ text, answer, by, type }: Extract<SessionEvent, { kind: "query" }>): string {
  const named = type === undefined ? undefined : RESULTS[String(answer)];
  return `query "${text}" -> ${named ?? answer}, by ${by}`;
}
