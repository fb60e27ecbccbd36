/** The RP2040, all data: two cores behind two debug ports on the same wires. */
import { Source } from "../../lib/source.ts";
import { yamlModel, type Model } from "../define-model.ts";
import yaml from "./rp2040.yaml";

export function rp2040(): Model {
  return yamlModel(new Source("rp2040.yaml", yaml));
}
