/** Simulated devices: those that ship. Pure. */
import { shippedModelNames } from "../../simulator/models/shipped.ts";

/**
 * The names of the simulated devices that ship, in alphabetical order; `sim:NAME` is a probe with one.
 *
 * `listModels().includes("nrf52840")`
 */
export function listModels(): readonly string[] {
  return shippedModelNames;
}
