/** `dbgseq doc`: the manual, read aloud. Knows no text of its own. */
import type { Command } from "commander";
import { explain, MANUAL_PAGES, topicIndex } from "../../manual/topics.ts";
import type { Io } from "../io.ts";

export function defineDoc(command: Command, io: Io): void {
  command
    .argument(
      "[name]",
      `${MANUAL_PAGES.join(", ")}, or a function, variable, sequence, finding, failure or exit code; without one, all names`,
    )
    .addHelpText(
      "after",
      `
Examples:
  dbgseq doc settings
  dbgseq doc DAP_SWJ_Pins
  dbgseq doc __connection
  dbgseq doc ResetCatchSet
  dbgseq doc undeclared-variable`,
    )
    .action(async (name: string | undefined) => {
      io.out(name === undefined ? topicIndex() : await explain(name));
    });
}
