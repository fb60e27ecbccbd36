/** The one table of debug access functions. Checker, interpreter, manual and editor grammar all read it. */

export type ParameterKind = "number" | "string" | "sequence" | "format";

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** True if the specification requires a number that is known before anything runs. */
  readonly constant?: true;
  /** True for a time in microseconds that the command takes. */
  readonly lasts?: true;
  /** True for a frequency in Hz. */
  readonly isClock?: true;
  /** Names the parameter that says how many of its bits are sent, lowest first. */
  readonly sends?: number;
  /** Names the parameter that says which of its bits count. */
  readonly selectedBy?: number;
}

/** An access goes through memory, the registers of a port, or what belongs to the lines and the probe. */
export type Through =
  "memory" | "ap" | "access-ap" | "dp" | "abort" | "time" | "pins" | "clock" | "swj" | "jtag";

export interface Builtin {
  /** The name has the specification's spelling; calls are matched without regard to case. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The kind of further arguments: the values of Message's format, or those of an external tool. */
  readonly rest?: "number" | "any";
  /** The number of parameters that may be left out, counted from the end. */
  readonly optional?: number;
  /**
   * `access` goes to the target (posted or asked), `flow` belongs to the interpreter (Sequence, Message,
   * Query, buffers), and `host` touches the user's machine and needs permission.
   */
  readonly effect: "access" | "flow" | "host";
  /** Accesses alone have it. */
  readonly through?: Through;
  /** The bits of the one value that an access reads or writes; absent if it moves a block, or moves lines. */
  readonly bits?: 8 | 16 | 32 | 64;
  /** True if an access has an answer, so that the run may have to wait for it. */
  readonly answers?: boolean;
  /** The reason why it waits for the answers to earlier writes, if it does (wire rules 1, 10). */
  readonly waits?: "delay" | "line command";
  /** True if it works on a buffer of the run, and on nothing else except the target. */
  readonly buffers?: true;
  /** True if it cannot happen between the accesses of an atomic block. */
  readonly notAtomic?: true;
  /** It works only in these sequences. */
  readonly onlyIn?: readonly string[];
  /** It is one sentence for `dbgseq doc`. */
  readonly summary: string;
}

type Facts = Omit<Builtin, "name" | "parameters" | "effect" | "summary">;

function numbers(...names: readonly string[]): readonly Parameter[] {
  return names.map((name) => ({ name, kind: "number" }));
}

function number(name: string, facts: Omit<Parameter, "name" | "kind">): Parameter {
  return { name, kind: "number", ...facts };
}

function text(name: string, kind: ParameterKind = "string"): Parameter {
  return { name, kind };
}

const BUFFER = number("buffID", { constant: true });

type Named<Name extends string> = Builtin & { readonly name: Name };

/** Makes the row of a function that reads one value of the target. */
function read<Name extends string>(
  name: Name,
  facts: Required<Pick<Facts, "through" | "bits">>,
  summary: string,
): Named<Name> {
  return access(name, numbers("addr"), { ...facts, answers: true }, summary);
}

function write<Name extends string>(
  name: Name,
  facts: Required<Pick<Facts, "through" | "bits">>,
  summary: string,
): Named<Name> {
  return access(name, numbers("addr", "val"), facts, summary);
}

function access<Name extends string>(
  name: Name,
  parameters: readonly Parameter[],
  facts: Facts & Required<Pick<Facts, "through">>,
  summary: string,
): Named<Name> {
  return { name, parameters, effect: "access", ...facts, summary };
}

function flow<Name extends string>(
  name: Name,
  parameters: readonly Parameter[],
  facts: Facts,
  summary: string,
): Named<Name> {
  return { name, parameters, effect: "flow", ...facts, summary };
}

function host<Name extends string>(
  name: Name,
  parameters: readonly Parameter[],
  summary: string,
): Named<Name> {
  return { name, parameters, effect: "host", notAtomic: true, summary };
}

const TABLE = [
  flow(
    "Sequence",
    [text("name", "sequence")],
    { notAtomic: true },
    "Runs another sequence; __dp, __ap, __apid and __errorcontrol are as before when it returns.",
  ),
  read("Read8", { through: "memory", bits: 8 }, "Reads 8 bits from memory through the selected AP."),
  read("Read16", { through: "memory", bits: 16 }, "Reads 16 bits from memory through the selected AP."),
  read("Read32", { through: "memory", bits: 32 }, "Reads 32 bits from memory through the selected AP."),
  read("Read64", { through: "memory", bits: 64 }, "Reads 64 bits from memory through the selected AP."),
  read("ReadAP", { through: "ap", bits: 32 }, "Reads a register of the selected AP."),
  read(
    "ReadAccessAP",
    { through: "access-ap", bits: 32 },
    "Reads 32 bits from the AP address space of an ADIv6 DP.",
  ),
  read("ReadDP", { through: "dp", bits: 32 }, "Reads a register of the selected DP."),
  write("Write8", { through: "memory", bits: 8 }, "Writes 8 bits to memory through the selected AP."),
  write("Write16", { through: "memory", bits: 16 }, "Writes 16 bits to memory through the selected AP."),
  write("Write32", { through: "memory", bits: 32 }, "Writes 32 bits to memory through the selected AP."),
  write("Write64", { through: "memory", bits: 64 }, "Writes 64 bits to memory through the selected AP."),
  write("WriteAP", { through: "ap", bits: 32 }, "Writes a register of the selected AP."),
  write(
    "WriteAccessAP",
    { through: "access-ap", bits: 32 },
    "Writes 32 bits to the AP address space of an ADIv6 DP.",
  ),
  write("WriteDP", { through: "dp", bits: 32 }, "Writes a register of the selected DP."),
  access(
    "FlashWriteBuffer",
    numbers("addr", "offs", "len", "mode"),
    { through: "memory", answers: true },
    "Writes a part of the flash buffer to memory; yields the number of bytes written.",
  ),
  access(
    "DAP_Delay",
    [number("delay", { lasts: true })],
    { through: "time", waits: "delay" },
    "Waits for a number of microseconds.",
  ),
  access(
    "DAP_WriteABORT",
    numbers("value"),
    { through: "abort", waits: "line command" },
    "Writes the ABORT register of the selected DP.",
  ),
  access(
    "DAP_SWJ_Pins",
    [number("pinout", { selectedBy: 1 }), ...numbers("pinselect"), number("pinwait", { lasts: true })],
    { through: "pins", waits: "line command", answers: true },
    "Drives the selected pins, waits up to pinwait microseconds until they read so, and yields all pins.",
  ),
  access(
    "DAP_SWJ_Clock",
    [number("val", { isClock: true })],
    { through: "clock", waits: "line command" },
    "Sets the highest SWD or JTAG clock in Hz.",
  ),
  access(
    "DAP_SWJ_Sequence",
    [...numbers("cnt"), number("val", { sends: 0 })],
    { through: "swj", waits: "line command" },
    "Sends 1 to 64 bits on SWDIO/TMS, lowest first.",
  ),
  access(
    "DAP_JTAG_Sequence",
    [...numbers("cnt", "tms"), number("tdi", { sends: 0 })],
    { through: "jtag", waits: "line command", answers: true },
    "Clocks 1 to 64 bits of TDI with TMS held, lowest first; yields the bits of TDO.",
  ),
  flow(
    "Query",
    [...numbers("type"), text("message"), ...numbers("default")],
    { notAtomic: true },
    "Asks the user: 0 OK, 1 yes/no, 2 yes/no/cancel, 3 OK/cancel; yields 1 OK, 2 cancel, 3 yes, 4 no.",
  ),
  flow(
    "QueryValue",
    [text("message"), ...numbers("default")],
    { notAtomic: true },
    "Asks the user for a number.",
  ),
  flow(
    "Message",
    [...numbers("type"), text("format", "format")],
    { rest: "any" },
    "Shows a text: 0 note, 1 warning, 2 error, which also ends the sequence and all its callers.",
  ),
  host("LoadDebugInfo", [text("file")], "Loads debug information from a file of the pack."),
  flow(
    "BufferSet",
    [BUFFER, ...numbers("buffOffset", "count", "size", "value")],
    { buffers: true },
    "Fills a buffer with a value of 1 to 8 bytes, count times.",
  ),
  flow(
    "BufferGet",
    [BUFFER, ...numbers("buffOffset", "size")],
    { buffers: true },
    "Reads 1 to 8 bytes of a buffer.",
  ),
  flow(
    "BufferSize",
    [BUFFER],
    { buffers: true },
    "Yields the size of a buffer in bytes, 0 if there is none.",
  ),
  access(
    "BufferRead",
    [BUFFER, ...numbers("buffOffset", "addr", "length", "mode")],
    { through: "memory", answers: true, buffers: true },
    "Reads memory into a buffer.",
  ),
  access(
    "BufferWrite",
    [BUFFER, ...numbers("buffOffset", "addr", "length", "mode")],
    { through: "memory", answers: true, buffers: true },
    "Writes a buffer to memory; yields the number of bytes written.",
  ),
  host(
    "BufferStreamIn",
    [BUFFER, ...numbers("buffOffset", "length"), text("path"), ...numbers("mode", "timeout")],
    "Reads a file into a buffer; yields the number of bytes read.",
  ),
  host(
    "BufferStreamOut",
    [BUFFER, ...numbers("buffOffset", "length"), text("destPath"), ...numbers("destMode", "timeout")],
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
  host("FilePathExists", [text("path"), ...numbers("timeout")], "Yields 0 if a path exists, else 1."),
  flow(
    "FlashLoadAlgorithm",
    [text("algoPath"), ...numbers("ramStart", "ramSize")],
    { onlyIn: ["FlashEraseSetup", "FlashProgramSetup"] },
    "Selects an FLM for the current erase or program phase; yields 0 if that worked.",
  ),
] as const;

export type BuiltinName = (typeof TABLE)[number]["name"];

/** Lists all functions of the pack specification 1.7.60, in its order. */
export const BUILTINS: readonly Builtin[] = TABLE;

const byExactName = new Map<string, Builtin>(BUILTINS.map((builtin) => [builtin.name, builtin]));
const byName = new Map(BUILTINS.map((builtin) => [builtin.name.toLowerCase(), builtin]));

/** Real packs write `sequence(...)`, so case does not matter. */
export function findBuiltin(name: string): Builtin | undefined {
  return byExactName.get(name) ?? byName.get(name.toLowerCase());
}

/** Returns true if a call is spelled as the specification does. */
export function isExactSpelling(name: string): boolean {
  return findBuiltin(name)?.name === name;
}

/** Returns true if it goes through an access port, which posts accesses: its error comes late. */
export function isThroughAp(fn: string): boolean {
  const through = findBuiltin(fn)?.through;
  return through === "memory" || through === "ap" || through === "access-ap";
}
