/** What one command is asked for: its own words, followed by those of the machine's files and variables. */
import type { GatheredSettings } from "../../api/node/gather.ts";
import { gatherSettings } from "../../api/node/gather.ts";
import { given, OPTION_NAMES, type Values } from "../../api/option-table.ts";
import type { Io } from "../terminal/io.ts";
import type { TargetOptions } from "./target-options.ts";

export type Asked = GatheredSettings;

/** Gathers the request. The header of a recipe comes between the command line and the environment. */
export function gather(io: Io, options: TargetOptions, recipe?: string): Promise<Asked> {
  return gatherSettings(typed(options), {
    origin: "command line",
    recipe,
    cwd: io.cwd,
    env: io.env,
    tell: (text) => {
      io.err(`${text}\n`);
    },
  });
}

/** Picks the target's options; a command has others as well. */
function typed(options: TargetOptions): Values {
  const values = given(Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]])));
  // commander sets it to true if the flag is absent.
  return values.config === true ? given({ ...values, config: undefined }) : values;
}
