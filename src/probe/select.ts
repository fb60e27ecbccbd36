/** Parses the name of a probe. Opens nothing. */
import { ProbeFailure } from "./faults.ts";

export type ProbeChoice =
  | { readonly kind: "sim"; readonly model?: string; readonly options: ReadonlyMap<string, string> }
  | { readonly kind: "usb-id"; readonly id: string }
  | { readonly kind: "usb-product"; readonly vid: number; readonly pid: number; readonly serial?: string }
  | { readonly kind: "usb-path"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "pyocd"; readonly host: string; readonly port: number };

/** Lists every form of a probe's name, for people. */
export const PROBE_FORMS: readonly { readonly form: string; readonly means: string }[] = [
  { form: "sim", means: "the simulator, with a model that is derived from the pack" },
  { form: "sim:MODEL?option=value", means: "a simulated device that ships, with options of its model" },
  { form: "sim:FILE.yaml", means: "a simulated device of your own" },
  {
    form: "sim:./FILE.mjs",
    means: "a simulated device of your own in code, which needs consent",
  },
  { form: "ID", means: "an attached probe by its unique id, or a part of one" },
  { form: "VID:PID[:SERIAL]", means: "an attached probe by its USB ids" },
  { form: "usb@BUS-PORT", means: "an attached probe by the socket that it is in" },
  { form: "tcp://HOST[:PORT]", means: "a probe that `dbgseq serve` or another CMSIS-DAP server lends" },
  { form: "pyocd://HOST[:PORT]", means: "a probe that a `pyocd server` lends" },
];

/** Joins all forms in one line, for the help of an option. */
export const PROBE_FORM_LINE = PROBE_FORMS.map(({ form }) => form).join(", ");

/** These are the ports of OpenOCD's `cmsis-dap tcp` and of `pyocd server`. */
const TCP_PORT = 4441;
const PYOCD_PORT = 5555;

export function parseProbe(text: string): ProbeChoice {
  const bad = (reason: string): never => {
    throw new ProbeFailure({ kind: "bad-probe-name", text, reason }, `probe "${text}": ${reason}`);
  };
  if (text === "") bad("a probe needs a name");
  if (text === "sim" || text.startsWith("sim:") || text.startsWith("sim?")) return simulated(text, bad);
  const url = /^(tcp|pyocd):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(text);
  if (url !== null) {
    const kind = url[1] === "tcp" ? "tcp" : "pyocd";
    const port = url[3] === undefined ? (kind === "tcp" ? TCP_PORT : PYOCD_PORT) : Number(url[3]);
    if (port > 0xffff) bad(`a TCP port must be at most 65535, not ${port}`);
    return { kind, host: url[2] ?? "", port };
  }
  if (/^(tcp|pyocd):/.test(text)) bad("the form is tcp://HOST[:PORT]");
  if (text.startsWith("usb@")) return { kind: "usb-path", path: text.slice(4) };
  const product = /^([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::(.+))?$/.exec(text);
  if (product !== null) {
    const serial = product[3] === undefined ? {} : { serial: product[3] };
    const hex = (index: 1 | 2): number => Number.parseInt(product[index] ?? "", 16);
    return { kind: "usb-product", vid: hex(1), pid: hex(2), ...serial };
  }
  return { kind: "usb-id", id: text };
}

function simulated(text: string, bad: (reason: string) => never): ProbeChoice {
  const question = text.indexOf("?");
  const name = text.slice(4, question < 0 ? undefined : question);
  const options = new Map<string, string>();
  for (const part of question < 0 ? [] : text.slice(question + 1).split("&")) {
    const found = /^([^=]+)=(.*)$/.exec(part);
    const [, key = "", value = ""] = found ?? bad(`"${part}" is not option=value`);
    if (options.has(key)) bad(`the option ${key} is given twice`);
    options.set(key, value);
  }
  return { kind: "sim", options, ...(name === "" ? {} : { model: name }) };
}
