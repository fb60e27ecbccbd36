/** The page about settings: each key of a header with the flag and the variable that say the same. */
import { headerEntries, type Header } from "../options/header.ts";
import { keysOf } from "./keys.ts";
import type { Page } from "./page.ts";

const SAYS: Readonly<Record<keyof Header, string>> = {
  device: "the device, by its name in the pack; Vendor::Device:Pname works, too",
  pack: ".pdsc, .pack, Vendor::Name[@version] of the pack root, or .cbuild-run.yml",
  pname: "the processor of a device that has several",
  dbgconf: "values of debugvars from a .dbgconf file",
  probe: "the probe: see `dbgseq doc probes`",
  connect: "how to connect (default attach)",
  protocol: "the wire protocol (default: the pack's, else swd)",
  dormant: "whether to go through the dormant state",
  clock: "SWCLK or TCK, as 4MHz (default: the pack's, at most 10MHz)",
  seq: "sequences that override those of the pack",
  leave: "the state in which the target is left (default: by what was done)",
  deadline: "the longest run: a sequence with all that it calls, or a flow (default 60s)",
  "strict-timeouts": "whether a loop's expired timeout is an error",
  "strict-spec": "whether to make no allowance for what working packs do against the specification",
  atomic:
    "whether a block that the probe cannot run without the host is an error (default), or runs all the same",
  variables: "values of the pack's debug variables",
};

/** Keys that one text cannot hold. */
const WITHOUT_VARIABLE = ["seq", "variables"];

export function settingsPage(): Page {
  const rows = keysOf({ entries: headerEntries }).map(({ name, value }) => [
    name,
    name === "variables" ? "--set NAME=VALUE" : `--${name}`,
    WITHOUT_VARIABLE.includes(name) ? "" : `DBGSEQ_${name.toUpperCase().replaceAll("-", "_")}`,
    `${SAYS[name as keyof Header]}; ${value}`,
  ]);
  return {
    title: "Settings: dbgseq.yaml, the header of a recipe, flags and variables",
    blocks: [
      {
        text:
          "The first of these that states a value wins: the command line, the recipe, the environment, dbgseq.yaml in the working " +
          "folder or above it, the .cbuild-run.yml, the pack, the default. `dbgseq config` prints what holds and who said so. " +
          "Consent has no key: it is given on the command line (`--allow`), or by the library's options.",
      },
      {
        table: {
          head: ["key of the file", "flag", "environment", "what it sets"],
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
