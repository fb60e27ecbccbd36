/** What is simulated where only a device is named: the shipped model of that name, else one derived from the description. */
import type { DeviceDescription } from "../device/description.ts";
import type { RegisterMap } from "../device/peripherals.ts";
import { deriveModel } from "./derive.ts";
import type { Model } from "./define-model.ts";
import { shippedModelNames } from "./models.ts";

export interface ModelForDevice {
  /** A shipped model's name, or the derived model. */
  readonly model: string | Model;
  /** What somebody who reads results must know; empty for a shipped model. */
  readonly notes: readonly string[];
}

/** Where nothing is known at all. */
const GENERIC = "generic-m4";

/** `stm32h743` is the model of STM32H743ZITx. Throws `underivable` where there is no model to be had. */
export async function modelForDevice(
  description: DeviceDescription | undefined,
  /** Asked only where a model is derived. */
  registersOf: () => Promise<RegisterMap | undefined> = () => Promise.resolve(undefined),
): Promise<ModelForDevice> {
  if (description === undefined) return { model: GENERIC, notes: [] };
  const device = description.device.toLowerCase();
  const shipped = shippedModelNames.find((name) => device.startsWith(name));
  if (shipped !== undefined) return { model: shipped, notes: [] };
  return deriveModel(description, { registers: await registersOf() });
}
