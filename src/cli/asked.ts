/** What one command is asked for: its own words, and behind them what the machine's files and variables say. */
import type { GatheredSettings } from "../api/node/gather.ts";
import { gatherSettings } from "../api/node/gather.ts";
import { given, OPTION_NAMES, type Values } from "../api/option-table.ts";
import type { Io } from "./io.ts";
import type { TargetOptions } from "./target-options.ts";

export type Asked = GatheredSettings;

/** The header of a recipe stands between the command line and the environment. */
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

/** A command has options of its own besides. */
function typed(options: TargetOptions): Values {
  const values = given(Object.fromEntries(OPTION_NAMES.map((name) => [name, options[name]])));
  // commander says so if the flag is absent.
  return values.config === true ? given({ ...values, config: undefined }) : values;
}
