/** Checks the arguments of calls on texts: texts, sources, devices, findings. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { Source } from "../../lib/source.ts";
import type { DeviceContext } from "../../project/context.ts";
import { mustBe, type Check } from "../arguments.ts";

export const source: Check<Source> = (value, what) => {
  if (isSource(value)) return value;
  throw mustBe(what, "a Source", value);
};

/** Accepts a source or a plain string, which messages call by the name of the parameter. */
export const sourceOrText: Check<Source> = (value, what) => {
  if (typeof value === "string") return new Source(`<${what}>`, value);
  if (isSource(value)) return value;
  throw mustBe(what, "a string or a Source", value);
};

export const device: Check<DeviceContext> = (value, what) => {
  if (has(value, "resolve", "function") && has(value, "layers", "object")) return value as DeviceContext;
  throw mustBe(what, "a DeviceContext", value);
};

export const finding: Check<Diagnostic> = (value, what) => {
  if (has(value, "code", "string") && has(value, "span", "object")) return value as Diagnostic;
  throw mustBe(what, "a finding", value);
};

/** True for a source by its properties, for another copy of the library may have made it. */
function isSource(value: unknown): value is Source {
  return has(value, "path", "string") && has(value, "text", "string") && has(value, "position", "function");
}

function has(value: unknown, name: string, type: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    name in value &&
    typeof (value as Readonly<Record<string, unknown>>)[name] === type
  );
}
