/**
 * Makes the page about simulated targets: those that ship, their options, what lasts, and the keys of a
 * user's own model.
 */
import { modelSchema } from "../simulator/model/schema.ts";
import { describeOption, type OptionSpecs } from "../simulator/model/options.ts";
import { shippedModel, shippedModelNames } from "../simulator/models/shipped.ts";
import { commonOptions } from "../simulator/open.ts";
import { keysOf, type Key } from "./keys.ts";
import type { Block, Page, Table } from "./page.ts";

export function modelsPage(): Page {
  return {
    title: "Models: simulated targets (`--probe sim:MODEL?option=value`)",
    blocks: [
      {
        text:
          "`sim` alone derives a model from the pack's device, `sim:MODEL` is one of those below, and `sim:FILE.yaml` is one of your " +
          "own. `sim:./FILE.mjs` is one in code, which runs in the process of dbgseq with the rights of its user and needs " +
          "`--allow model=FILE`. `dbgseq models NAME` has the options and the public sources of one that ships. `dbgseq model init` writes the derived one as a file to start from, `dbgseq model check` reads one.",
      },
      shippedTable(),
      ...shippedModelNames.flatMap((name) => optionsOf(`Options of ${name}`, shippedModel(name)?.options)),
      ...optionsOf("Options of every model", commonOptions),
      { heading: "What lasts" },
      ...LASTING,
      { heading: "Keys of a model in YAML" },
      ...schemaBlocks(),
    ],
  };
}

function shippedTable(): Block {
  return {
    table: {
      head: ["model", "what it is"],
      rows: shippedModelNames.map((name) => [name, shippedModel(name)?.about ?? ""]),
    },
  };
}

function optionsOf(heading: string, options: OptionSpecs = {}): readonly Block[] {
  const rows = Object.entries(options).map(([name, spec]) => [describeOption(name, spec), spec.about]);
  return rows.length === 0 ? [] : [{ heading }, { table: { head: ["option", "meaning"], rows } }];
}

/** Says what a simulated target keeps, and what it does not. */
export const LASTING: readonly Block[] = [
  {
    text:
      "Within one command or session a simulated target keeps what a real one keeps. Each command begins with a target that has just " +
      "been powered up, unless `state=FILE` lets it go on from what the command before left.",
  },
  {
    table: {
      head: ["what", "after a reset", "in the next command", "with state=FILE"],
      code: [],
      rows: [
        ["flash", "stays", "as the model has it", "stays"],
        ["RAM", "stays", "as the model has it", "stays"],
        ["registers of peripherals", "reset, but for `resetBy: power`", "reset", "stay"],
        ["core registers", "reset", "reset", "stay"],
        ["a halt", "ends, unless the vector is caught", "ends", "stays"],
        ["breakpoints, watchpoints", "stay", "are gone", "stay"],
        ["exceptions, active or pending", "are gone", "are gone", "are gone"],
        ["SELECT, CSW and TAR", "stay", "reset", "reset"],
        ["a lock that an option set up", "stays", "as the option says", "stays; the option counts no more"],
        ["an erase under way", "as the model has it", "is gone", "is brought to its end"],
        ["simulated time", "goes on", "begins at 0", "goes on"],
      ],
    },
  },
  {
    text:
      "FILE is JSON; one of another version or model is refused. It is written at the end of a command, whole or not at all, and one " +
      "process has it at a time. A device in code keeps its own variables only if the model hands them to `soc.keep` (`keptVariables`).",
  },
];

/** Returns the mapping of each key that has one, by its path. */
function schemaBlocks(): readonly Block[] {
  const { entries } = modelSchema;
  const register = entries.registers.wrapped.item.entries.items.wrapped.value;
  const parts: readonly (readonly [name: string, schema: object])[] = [
    ["debugPort", entries.debugPort],
    ["accessPorts", entries.accessPorts.item],
    ["processors", entries.processors.wrapped.item],
    ["memories", entries.memories.wrapped.item],
    ["romTables", entries.romTables.wrapped.item],
    ["otherTaps", entries.otherTaps.wrapped.item],
    ["registers", entries.registers.wrapped.item],
    ["registers: items", register],
    ["registers: items: setsAfter, clearsAfter", register.entries.setsAfter.wrapped],
  ];
  return [
    { table: keyTable(modelSchema) },
    ...parts.flatMap(([name, schema]): readonly Block[] => [
      { heading: `Keys of ${name}` },
      { table: keyTable(schema) },
    ]),
  ];
}

function keyTable(schema: object): Table {
  return {
    head: ["key", "value", "meaning"],
    rows: keysOf(schema).map((key) => [key.name, key.value, meaning(key)]),
  };
}

function meaning({ says, byDefault, required }: Key): string {
  if (byDefault !== undefined) return `${says} (default ${byDefault})`;
  return required ? `${says} (required)` : says;
}
