/** Checks what controllers are made of: the chip, the context of its model, and the parts of each. */
import {
  badArgument,
  call,
  listOf,
  memoryAddress,
  optional,
  record,
  text,
  thing,
  unsigned,
  yesOrNo,
  type Check,
} from "../../lib/arguments.ts";
import type { PartContext } from "../model/define-model.ts";
import type { Placement, Soc } from "../soc/soc.ts";

export const soc: Check<Soc> = thing("the Soc that the build function of a model is called with", {
  memAp: "function",
  onReset: "function",
});

const context: Check<PartContext> = thing("the context that the build function of a model is called with", {
  clock: "object",
  log: "function",
});

/** The schema of a controller with these parts. */
export function controller(
  parts: Parameters<typeof record>[0],
): (given: { readonly soc: unknown; readonly context: unknown; readonly parts: unknown }) => unknown {
  return call({ soc, context, parts: record(parts) });
}

/** An access port by its number. */
export const apIndex = unsigned(8);

/** A time that an operation takes. */
export const timeUs: Check<number> = (value, what) => {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw badArgument(`${what} must be a time in microseconds from 0 on`);
};

const view = record({ bus: text, start: memoryAddress });

/** The columns of a placement whose name and size the controller knows. */
export const placed = {
  start: memoryAddress,
  bus: optional(text),
  alsoOn: optional(listOf(text)),
  debugDomain: optional(yesOrNo),
  aliases: optional(listOf(memoryAddress)),
  views: optional(listOf(view)),
  secure: optional(yesOrNo),
} satisfies Record<keyof Omit<Placement, "name" | "size">, unknown>;
