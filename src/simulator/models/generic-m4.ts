/** Models a plain Cortex-M4 without peculiarities, to learn and to test with. */
import { yamlModel, type Model } from "../model/define-model.ts";
import { Source } from "../../lib/source.ts";
import yaml from "./generic-m4.yaml";

export function genericM4(): Model {
  return yamlModel(new Source("generic-m4.yaml", yaml));
}
