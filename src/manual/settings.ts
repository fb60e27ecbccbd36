/** Makes the page about settings: the table of options, with every name that an option has. */
import { OPTION_NAMES, rowOf } from "../options/given.ts";
import type { Merge } from "../options/table.ts";
import type { Page } from "./page.ts";

const MERGED: Readonly<Record<Merge, string | undefined>> = {
  strongest: undefined,
  all: "all givers' values hold",
  "by-name": "each name by its strongest giver",
};

/** Lists the names of those options, in a sentence. */
function named(which: (row: ReturnType<typeof rowOf>) => boolean): string {
  const names = OPTION_NAMES.filter((name) => which(rowOf(name))).map((name) => `\`${name}\``);
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

export function settingsPage(): Page {
  const rows = OPTION_NAMES.map((name) => {
    const { api, file, flag, says, otherwise, merge, consent } = rowOf(name);
    const notes = [
      otherwise,
      MERGED[merge],
      consent ? "consent: never from a file or a variable" : undefined,
      api || file !== undefined || flag !== undefined ? undefined : `\`config\` shows it as ${name}`,
    ];
    const note = notes.filter((one) => one !== undefined).join("; ");
    return [api ? name : "", file ?? "", flag ?? "", `${says}${note === "" ? "" : ` (${note})`}`];
  });
  const all = named(({ merge }) => merge === "all");
  const byName = named(({ merge }) => merge === "by-name");
  const consents = named(({ consent }) => consent);
  return {
    title: "Settings: dbgseq.yaml, the header of a recipe, flags and variables",
    blocks: [
      {
        text:
          "These are asked for a value, the strongest first: the command line, the recipe, the environment, dbgseq.yaml in the working " +
          "folder or above it, the .cbuild-run.yml, the pack, the default. " +
          `The first that states a value wins; of ${all} all values hold, and of ${byName} the strongest for each name. ` +
          "`dbgseq config` prints what holds and who said so. " +
          "A key `clock` is the variable `DBGSEQ_CLOCK`, too; lists and numbers by name have no variable. " +
          `Consent (${consents}) has no key: it is given on the command line, or by the library's options.`,
      },
      {
        table: {
          head: ["in a program", "in a file", "flag", "what it sets"],
          rows,
          code: [0, 1, 2],
        },
      },
      {
        text: "`dbgseq doc --clock` explains one option, by any of its names. Paths in a file are relative to it, and lead outside of its folder only with `--allow read=PATH`.",
      },
    ],
  };
}
