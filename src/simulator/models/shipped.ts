/** Lists the models that ship, by name. They use the same interface as models of a user. */
import { Failure } from "../../lib/fault.ts";
import { nearest } from "../../lib/nearest.ts";
import type { ModelFault } from "../faults.ts";
import type { Model } from "../model/define-model.ts";
import { adiv6 } from "./adiv6.ts";
import { atsamd21j18 } from "./atsamd21j18.ts";
import { cy8c6247 } from "./cy8c6247.ts";
import { efm32gg990 } from "./efm32gg990.ts";
import { genericM0Plus } from "./generic-m0plus.ts";
import { genericM33 } from "./generic-m33.ts";
import { genericM4 } from "./generic-m4.ts";
import { lpc55s36 } from "./lpc55s36.ts";
import { mk64fn1m0 } from "./mk64fn1m0.ts";
import { nrf52840 } from "./nrf52840.ts";
import { nrf5340 } from "./nrf5340.ts";
import { nrf9160 } from "./nrf9160.ts";
import { rp2040 } from "./rp2040.ts";
import { rp2350 } from "./rp2350.ts";
import { stm32f407 } from "./stm32f407.ts";
import { stm32h743 } from "./stm32h743.ts";

const makers: ReadonlyMap<string, () => Model> = new Map([
  ["adiv6", adiv6],
  ["atsamd21j18", atsamd21j18],
  ["cy8c6247", cy8c6247],
  ["efm32gg990", efm32gg990],
  ["generic-m0plus", genericM0Plus],
  ["generic-m33", genericM33],
  ["generic-m4", genericM4],
  ["lpc55s36", lpc55s36],
  ["mk64fn1m0", mk64fn1m0],
  ["nrf52840", nrf52840],
  ["nrf5340", nrf5340],
  ["nrf9160", nrf9160],
  ["rp2040", rp2040],
  ["rp2350", rp2350],
  ["stm32f407", stm32f407],
  ["stm32h743", stm32h743],
]);

export const shippedModelNames: readonly string[] = [...makers.keys()];

/** Finds a model by its name, in any case. Returns undefined if none has it. */
export function shippedModel(name: string): Model | undefined {
  return makers.get(name.toLowerCase())?.();
}

/** Finds a model by its name. Throws `unknown-model`. */
export function knownModel(name: string): Model {
  const found = shippedModel(name);
  if (found !== undefined) return found;
  const guess = nearest(name, shippedModelNames);
  throw new Failure<ModelFault>(
    { kind: "unknown-model", name, known: shippedModelNames },
    `there is no shipped model "${name}"${guess === undefined ? "" : `, did you mean "${guess}"?`}; there are ${shippedModelNames.join(", ")}`,
  );
}
