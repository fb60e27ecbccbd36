/** Makes the page about recipes from their schema. */
import { stepSchema } from "../recipe/recipe.ts";
import { keysOf, type Key } from "./keys.ts";
import type { Page } from "./page.ts";

const BARE: Readonly<Record<string, string>> = {
  connect: "connects; a step that needs a connection does so by itself",
  disconnect: "disconnects; what is still connected at the end is disconnected",
  reset: "resets the target by its default reset",
};

export function recipePage(): Page {
  return {
    title: "Recipes: a bring-up in YAML (`dbgseq recipe run FILE.yaml`)",
    blocks: [
      {
        text:
          "A recipe has a header and `steps`. Its header takes `name` and every key of `dbgseq doc settings`; paths in it are " +
          "relative to its own folder. A step is a mapping that begins with one of the keys below, or a bare word.",
      },
      {
        table: {
          head: ["step", "what it does"],
          rows: bareSteps().map((word) => [word, BARE[word] ?? ""]),
        },
      },
      { table: { head: ["step", "value", "what it does"], rows: mappings().flatMap(rowsOf) } },
      {
        text:
          "`expect` is an expression of the sequence language, evaluated on the target. A step that fails ends the recipe with " +
          "that failure's exit code, an expectation that does not hold with 1. What the command line says wins over the header; " +
          "a recipe cannot give consent.",
      },
    ],
  };
}

type Alternative = (typeof stepSchema.options)[number];

function bareSteps(): readonly string[] {
  return stepSchema.options.flatMap((one) => (one.type === "picklist" ? one.options : []));
}

function mappings(): readonly Alternative[] {
  return stepSchema.options.filter((one) => one.type === "strict_object");
}

/** Returns the step's own key, and below it the keys that go with it. */
function rowsOf(schema: Alternative): readonly (readonly string[])[] {
  const [own, ...others] = keysOf(schema);
  return own === undefined ? [] : [row(own, ""), ...others.map((key) => row(key, "  "))];
}

function row({ name, value, byDefault, says }: Key, indent: string): readonly string[] {
  return [`${indent}${name}`, value, byDefault === undefined ? says : `${says} (default ${byDefault})`];
}
