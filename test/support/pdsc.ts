/** Small pack descriptions for tests. */
import { Source, where } from "../../src/lib/source.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Described } from "../../src/pack/pdsc/describe.ts";
import { readPdsc, type Pack } from "../../src/pack/pdsc/pdsc.ts";

/** A pack whose devices element holds `devices`, one line below it. */
export function packOf(devices: string): Pack {
  const text = `<package><vendor>V</vendor><name>N</name><devices>\n${devices}\n</devices></package>`;
  const { pack, diagnostics } = readPdsc(new Source("v.pdsc", text));
  if (pack === undefined) throw new Error(diagnostics.map(shown).join("\n"));
  return pack;
}

/** The description of device D; its family's elements begin on line 3, its own two lines behind the end of those. */
export function describedBy(parts: { readonly family?: string; readonly device?: string }): Described {
  return deviceOf(
    packOf(
      `<family Dfamily="F" Dvendor="V:1">
${parts.family ?? ""}
` +
        `<device Dname="D">
${parts.device ?? ""}</device></family>`,
    ),
    "D",
  );
}

export function deviceOf(pack: Pack, name: string): Described {
  const described = pack.describe(name);
  if (described === undefined) throw new Error(`no device ${name}`);
  return described;
}

/** `file:line:column: code: message` */
export function shown({ code, message, span }: Diagnostic): string {
  return `${where(span)}: ${code}: ${message}`;
}
