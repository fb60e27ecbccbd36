/**
 * Chooses the model if only a device is named: the shipped model of that name, else one derived from the
 * description.
 */
import type { DeviceDescription } from "../../device/description.ts";
import { assumptionText } from "../model/assume.ts";
import { deriveModel, type MoreKnown } from "../model/derive.ts";
import type { Model } from "../model/define-model.ts";
import { shippedModelNames } from "./shipped.ts";

export interface ModelForDevice {
  /** The name of a shipped model, or the derived model. */
  readonly model: string | Model;
  /** The facts that a reader of results must know; empty for a shipped model. */
  readonly notes: readonly string[];
}

/** This model is used if nothing is known at all. */
const GENERIC = "generic-m4";

/** Takes `stm32h743` as the model of STM32H743ZITx. Throws `underivable` if no model can be made. */
export async function modelForDevice(
  description: DeviceDescription | undefined,
  /** It is called only if a model is derived. */
  moreKnown: () => Promise<MoreKnown> = () => Promise.resolve({}),
): Promise<ModelForDevice> {
  if (description === undefined) return { model: GENERIC, notes: [] };
  const device = description.device.toLowerCase();
  const shipped = shippedModelNames.find((name) => device.startsWith(name));
  if (shipped !== undefined) return { model: shipped, notes: [] };
  const more = await moreKnown();
  const { model, notes } = deriveModel(description, more);
  return { model, notes: [...notes, ...(more.assumptions ?? []).map(assumptionText)] };
}
