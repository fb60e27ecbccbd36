/** The models that ship, by name. They use the same door as anybody's own. */
import type { Model } from "./define-model.ts";
import { genericM4 } from "./models/generic-m4.ts";

let found: ReadonlyMap<string, Model> | undefined;

/** Read once, when first asked for. */
export function shippedModels(): ReadonlyMap<string, Model> {
  found ??= new Map([genericM4()].map((model) => [model.name, model]));
  return found;
}
