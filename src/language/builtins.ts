/** The one table of debug access functions. Checker, interpreter, manual and editor grammar all read it. */

export type ParameterKind = "number" | "string" | "sequence" | "format";

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
}

export interface Builtin {
  /** The specification's spelling; calls are matched without regard to case. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Arguments behind the named ones: the values of Message's format, or those of an external tool. */
  readonly rest?: "number" | "any";
  /** How many of the parameters may be left out, counted from the end. */
  readonly optional?: number;
  /**
   * `access` goes to the target (posted or asked), `flow` belongs to the interpreter (Sequence, Message, Query,
   * buffers), `host` touches the user's machine and needs permission.
   */
  readonly effect: "access" | "flow" | "host";
  /** For accesses: whether an answer comes back, so that the run may have to wait for it. */
  readonly answers?: boolean;
  /** One sentence for `dbgseq doc`. */
  readonly summary: string;
}

function numbers(...names: readonly string[]): readonly Parameter[] {
  return names.map((name) => ({ name, kind: "number" }));
}

function text(name: string, kind: ParameterKind = "string"): Parameter {
  return { name, kind };
}

function access(name: string, parameters: readonly Parameter[], summary: string): Builtin {
  return { name, parameters, effect: "access", summary };
}

function question(name: string, parameters: readonly Parameter[], summary: string): Builtin {
  return { ...access(name, parameters, summary), answers: true };
}

function flow(name: string, parameters: readonly Parameter[], summary: string): Builtin {
  return { name, parameters, effect: "flow", summary };
}

function host(name: string, parameters: readonly Parameter[], summary: string): Builtin {
  return { name, parameters, effect: "host", summary };
}

/** All functions of the pack specification 1.7.60, in its order. */
export const BUILTINS: readonly Builtin[] = [
  flow(
    "Sequence",
    [text("name", "sequence")],
    "Runs another sequence; __dp, __ap, __apid and __errorcontrol are as before when it returns.",
  ),
  question("Read8", numbers("addr"), "Reads 8 bits from memory through the selected AP."),
  question("Read16", numbers("addr"), "Reads 16 bits from memory through the selected AP."),
  question("Read32", numbers("addr"), "Reads 32 bits from memory through the selected AP."),
  question("Read64", numbers("addr"), "Reads 64 bits from memory through the selected AP."),
  question("ReadAP", numbers("addr"), "Reads a register of the selected AP."),
  question("ReadAccessAP", numbers("addr"), "Reads 32 bits from the AP address space of an ADIv6 DP."),
  question("ReadDP", numbers("addr"), "Reads a register of the selected DP."),
  access("Write8", numbers("addr", "val"), "Writes 8 bits to memory through the selected AP."),
  access("Write16", numbers("addr", "val"), "Writes 16 bits to memory through the selected AP."),
  access("Write32", numbers("addr", "val"), "Writes 32 bits to memory through the selected AP."),
  access("Write64", numbers("addr", "val"), "Writes 64 bits to memory through the selected AP."),
  access("WriteAP", numbers("addr", "val"), "Writes a register of the selected AP."),
  access("WriteAccessAP", numbers("addr", "val"), "Writes 32 bits to the AP address space of an ADIv6 DP."),
  access("WriteDP", numbers("addr", "val"), "Writes a register of the selected DP."),
  question(
    "FlashWriteBuffer",
    numbers("addr", "offs", "len", "mode"),
    "Writes a part of the flash buffer to memory; yields the number of bytes written.",
  ),
  access("DAP_Delay", numbers("delay"), "Waits for a number of microseconds."),
  access("DAP_WriteABORT", numbers("value"), "Writes the ABORT register of the selected DP."),
  question(
    "DAP_SWJ_Pins",
    numbers("pinout", "pinselect", "pinwait"),
    "Drives the selected pins, waits up to pinwait microseconds until they read so, and yields all pins.",
  ),
  access("DAP_SWJ_Clock", numbers("val"), "Sets the highest SWD or JTAG clock in Hz."),
  access("DAP_SWJ_Sequence", numbers("cnt", "val"), "Sends 1 to 64 bits on SWDIO/TMS, lowest first."),
  question(
    "DAP_JTAG_Sequence",
    numbers("cnt", "tms", "tdi"),
    "Clocks 1 to 64 bits of TDI with TMS held, lowest first; yields the bits of TDO.",
  ),
  flow(
    "Query",
    [...numbers("type"), text("message"), ...numbers("default")],
    "Asks the user: 0 OK, 1 yes/no, 2 yes/no/cancel, 3 OK/cancel; yields 1 OK, 2 cancel, 3 yes, 4 no.",
  ),
  flow("QueryValue", [text("message"), ...numbers("default")], "Asks the user for a number."),
  {
    ...flow(
      "Message",
      [...numbers("type"), text("format", "format")],
      "Shows a text: 0 note, 1 warning, 2 error, which also ends the sequence and all its callers.",
    ),
    rest: "any",
  },
  host("LoadDebugInfo", [text("file")], "Loads debug information from a file of the pack."),
  flow(
    "BufferSet",
    numbers("buffID", "buffOffset", "count", "size", "value"),
    "Fills a buffer with a value of 1 to 8 bytes, count times.",
  ),
  flow("BufferGet", numbers("buffID", "buffOffset", "size"), "Reads 1 to 8 bytes of a buffer."),
  flow("BufferSize", numbers("buffID"), "Yields the size of a buffer in bytes, 0 where there is none."),
  question(
    "BufferRead",
    numbers("buffID", "buffOffset", "addr", "length", "mode"),
    "Reads memory into a buffer.",
  ),
  question(
    "BufferWrite",
    numbers("buffID", "buffOffset", "addr", "length", "mode"),
    "Writes a buffer to memory; yields the number of bytes written.",
  ),
  host(
    "BufferStreamIn",
    [...numbers("buffID", "buffOffset", "length"), text("path"), ...numbers("mode", "timeout")],
    "Reads a file into a buffer; yields the number of bytes read.",
  ),
  host(
    "BufferStreamOut",
    [...numbers("buffID", "buffOffset", "length"), text("destPath"), ...numbers("destMode", "timeout")],
    "Writes a buffer to a file; yields the number of bytes written.",
  ),
  host(
    "RunApplication",
    [text("appPath"), text("arguments"), text("workDirectory"), ...numbers("timeout")],
    "Runs a program on the host; yields its exit code.",
  ),
  host(
    "RunPythonScript",
    [text("scriptPath"), text("arguments"), text("workDirectory"), ...numbers("timeout")],
    "Runs a Python script on the host; yields its exit code.",
  ),
  host("FilePathExists", [text("path"), ...numbers("timeout")], "Yields 0 where a path exists, else 1."),
  flow(
    "FlashLoadAlgorithm",
    [text("algoPath"), ...numbers("ramStart", "ramSize")],
    "Selects an FLM for the current erase or program phase; yields 0 where that worked.",
  ),
];

const byExactName = new Map(BUILTINS.map((builtin) => [builtin.name, builtin]));
const byName = new Map(BUILTINS.map((builtin) => [builtin.name.toLowerCase(), builtin]));

/** Real packs write `sequence(...)`, so case does not matter. */
export function findBuiltin(name: string): Builtin | undefined {
  return byExactName.get(name) ?? byName.get(name.toLowerCase());
}

/** Whether a call is spelled as the specification does. */
export function isExactSpelling(name: string): boolean {
  return findBuiltin(name)?.name === name;
}
