/** Models a plain Cortex-M0+ without peculiarities, to learn and to test with. */
import { yamlModel, type Model } from "../model/define-model.ts";
import { Source } from "../../lib/source.ts";
import yaml from "./generic-m0plus.yaml";

export function genericM0Plus(): Model {
  return yamlModel(new Source("generic-m0plus.yaml", yaml));
}
