/** The scripts that ship with dbgseq, and what their sequences do. */
import { readSource } from "../../host/files/input-files.ts";
import { shippedScripts } from "../../host/files/shipped.ts";
import { parseScript } from "../../language/text/parse.ts";
import type { Script } from "../../language/tree.ts";
import { deviceContext } from "../../project/device-context.ts";

export interface ShippedSequence {
  readonly name: string;
  /** What it does, in the words of its script; empty if the script has none. */
  readonly about: string;
  /** True if it erases what the device holds, by itself or by what it calls: it needs consent. */
  readonly erases: boolean;
}

export interface ShippedScript {
  /** `shipped:nordic/nrf52`, which stands for the file wherever a path of a .seq file does. */
  readonly name: string;
  /** The first sentence of its comment. */
  readonly about: string;
  readonly sequences: readonly ShippedSequence[];
}

/**
 * Lists the scripts that ship, in alphabetical order, with the sequences of each in the order of the file.
 *
 * `(await listShipped()).map(({ name }) => name)`
 */
export function listShipped(): Promise<readonly ShippedScript[]> {
  return Promise.all(shippedScripts().map(scriptOf));
}

async function scriptOf(name: string): Promise<ShippedScript> {
  const source = await readSource(name);
  const { items } = parseScript(source).script;
  const context = await deviceContext({ seq: [source] });
  const sequences = items.flatMap((item) =>
    item.kind === "sequence"
      ? [
          {
            name: item.name.text,
            about: item.info?.text ?? "",
            erases: context.erases(item.name.text),
          },
        ]
      : [],
  );
  return { name, about: aboutOf(items), sequences };
}

function aboutOf(items: Script["items"]): string {
  const comment = items.find((item) => item.kind === "comment");
  const text = (comment?.text ?? "").replace(/\s+/g, " ").trim();
  return /^.*?(?=\.(?: |$)|$)/.exec(text)?.[0] ?? "";
}
