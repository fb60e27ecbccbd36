/** Models a plain Cortex-M33 with TrustZone without peculiarities, to learn and to test with. */
import { yamlModel, type Model } from "../model/define-model.ts";
import { Source } from "../../lib/source.ts";
import yaml from "./generic-m33.yaml";

export function genericM33(): Model {
  return yamlModel(new Source("generic-m33.yaml", yaml));
}
