/** Checks arguments that several jobs have. */
import type { ApPlace } from "../../coresight/ap-place.ts";
import type { FlashPlace } from "../../session/flash/places.ts";
import {
  count,
  either,
  listOf,
  memoryAddress,
  oneOf,
  optional,
  record,
  signal,
  text,
  thing,
  work,
  yesOrNo,
  type Check,
} from "../arguments.ts";

export const range = record({ address: memoryAddress, size: count(0) });

/** RAM that the caller names. */
export const ramRange = record({ address: memoryAddress, size: count(0), name: optional(text) });

export const accessBits = oneOf([8, 16, 32, 64]);

const apAt: Check<unknown> = (value, what) =>
  record({ address: count(0), parent: optional(apPlace) })(value, what);
export const apPlace = either(count(0), apAt, "a number or { address, parent }") as Check<ApPlace>;

export const flashPlaces: Check<readonly FlashPlace[]> = listOf(
  thing<FlashPlace>("a flash place, as findAlgorithms makes it", { kind: "string" }),
);

/** Columns of jobs that can be watched and ended. */
export const watched = { onProgress: optional(work), signal };

/** Columns of jobs that erase. */
export const erasing = {
  ...watched,
  proof: optional(oneOf(["any", "required"])),
  force: optional(yesOrNo),
  reset: optional(yesOrNo),
  mayErase: optional(yesOrNo),
};
