/** Makes the page about settings: the table of options, with every name that an option has. */
import { OPTION_NAMES, rowOf } from "../options/given.ts";
import type { Page } from "./page.ts";

export function settingsPage(): Page {
  const rows = OPTION_NAMES.map((name) => {
    const { api, file, flag, says, otherwise, consent } = rowOf(name);
    const notes = [otherwise, consent ? "consent: never from a file or a variable" : undefined];
    const note = notes.filter((one) => one !== undefined).join("; ");
    return [api ? name : "", file ?? "", flag ?? "", `${says}${note === "" ? "" : ` (${note})`}`];
  });
  return {
    title: "Settings: dbgseq.yaml, the header of a recipe, flags and variables",
    blocks: [
      {
        text:
          "The first of these that states a value wins: the command line, the recipe, the environment, dbgseq.yaml in the working " +
          "folder or above it, the .cbuild-run.yml, the pack, the default. `dbgseq config` prints what holds and who said so. " +
          "A key `clock` is the variable `DBGSEQ_CLOCK`, too; lists and numbers by name have no variable. Consent has no key: it is given on the command line (`--allow`), or by the library's options.",
      },
      {
        table: {
          head: ["in a program", "in a file", "flag", "what it sets"],
          rows,
          code: [0, 1, 2],
        },
      },
      {
        text: "Paths in a file are relative to it, and lead outside of its folder only with `--allow read=PATH`.",
      },
    ],
  };
}
