/** Translates words of pyOCD, OpenOCD, probe-rs and others for options that have another name here. */
import { squeezed } from "../lib/arguments.ts";
import { table } from "../lib/table.ts";
import type { OptionName } from "./given.ts";

/** These are options of a session; `uniqueId` is a program's word for a probe. */
type Ours = OptionName | "uniqueId";

const WORDS = table<Ours>({
  target: "device",
  chip: "device",
  targetoverride: "device",
  t: "device",
  d: "device",
  frequency: "clockHz",
  speed: "clockHz",
  freq: "clockHz",
  f: "clockHz",
  clock: "clockHz",
  connectmode: "connect",
  m: "connect",
  uniqueid: "uniqueId",
  uid: "uniqueId",
  serial: "uniqueId",
  serialnumber: "uniqueId",
  probeid: "uniqueId",
  u: "uniqueId",
  dapprotocol: "protocol",
  wireprotocol: "protocol",
  transport: "protocol",
  script: "seq",
  userscript: "seq",
  packs: "pack",
  noconfig: "config",
  configfile: "config",
  resumeondisconnect: "leave",
  primarycore: "pname",
  core: "pname",
  deadline: "deadlineUs",
  timeout: "deadlineUs",
  wait: "waitMs",
  set: "variables",
  debugvars: "variables",
  scanallaps: "scanAllAps",
  yes: "batch",
  auto: "batch",
});

/** Returns our name for it. `target_override`, `--target-override` and `targetOverride` are one word. */
export function foreignWord(word: string): Ours | undefined {
  return WORDS[squeezed(word)];
}
