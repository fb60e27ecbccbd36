/**
 * Names the sections of a cbuild-run.yml that are not used, so that the user does not wait for their effect.
 * Knows no values.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { YamlPath } from "../../lib/formats/yaml.ts";
import { isMapping, type CbuildReader } from "./reader.ts";

/** These sections are read, or only say which tool made the file. */
const USED = new Set(
  (
    "generated-by solution target-type target-set compiler board board-pack board-pack-path device device-pack device-pack-path " +
    "output system-descriptions system-resources debugger debug-vars programming"
  ).split(" "),
);
/** These are copies of what the device's pack says; the pack itself is read. */
const FROM_PACK = new Set("debug-sequences debug-sequences-conf debug-topology flash-info".split(" "));
const USED_OF_DEBUGGER = new Set(
  "name info protocol port clock dbgconf connect start-pname device-settings".split(" "),
);

export function unusedSections(reader: CbuildReader, root: YamlPath): readonly Diagnostic[] {
  const keys = reader.keys(root);
  const copies = keys.filter((key) => FROM_PACK.has(key));
  if (reader.at([...root, "system-resources", "processors"]) !== undefined)
    copies.push("system-resources: processors");
  const others = keys.filter((key) => !USED.has(key) && !FROM_PACK.has(key));
  const ofDebugger = reader.keys([...root, "debugger"]).filter((key) => !USED_OF_DEBUGGER.has(key));
  const section = [...root, "debugger", "device-settings"];
  const descriptions = [...root, "system-descriptions"];
  const types = reader.entries(descriptions).flatMap((path) => {
    const type = reader.text([...path, "type"]);
    return type === undefined || type.toLowerCase() === "svd" ? [] : [`system-descriptions: ${type}`];
  });
  const words = isMapping(reader.at(section))
    ? reader.keys(section).filter((key) => typeof reader.at([...section, key]) === "string")
    : [];
  return [
    ...note(reader, root, "taken from the device's pack instead", copies),
    ...note(reader, root, "not used", [
      ...others,
      ...new Set(types),
      ...ofDebugger.map((key) => `debugger: ${key}`),
      ...words.map((key) => `device-settings: ${key}`),
    ]),
  ];
}

function note(
  reader: CbuildReader,
  root: YamlPath,
  what: string,
  keys: readonly string[],
): readonly Diagnostic[] {
  if (keys.length === 0) return [];
  const message = `${what}: ${keys.join(", ")}`;
  return [{ code: "unused-section", severity: "note", message, span: reader.keySpan(root) }];
}
