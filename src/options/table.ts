/**
 * The one table of options: a row an option, by the name that programs use. Flags, `DBGSEQ_*`, dbgseq.yaml,
 * the header of a recipe, the fields of a cbuild-run.yml, the options of a session, `config` and the pages
 * that list options are made of it.
 */
import * as kinds from "./kinds.ts";
import type { Kind } from "./kinds.ts";

/** Values of several givers become one in these ways. */
export type Merge =
  /** The strongest giver's value holds. */
  | "strongest"
  /** All values hold, those of the strongest giver first. */
  | "all"
  /** Each name's value is that of the strongest giver that has the name. */
  | "by-name";

/** A cbuild-run.yml gives these fields of the connection. */
export type RunField = "device" | "startPname" | "dbgconf" | "protocol" | "connect" | "clockHz";

interface Row<T> {
  readonly kind: Kind<T>;
  /** The value that holds if it is not given. */
  readonly default: T | undefined;
  /** Says in words what holds then. */
  readonly otherwise: string | undefined;
  /** The flag as the help shows it; `--no-x` gives false. */
  readonly flag: string | undefined;
  /** A word of other tools for the flag, which works and is not shown. */
  readonly alias: string | undefined;
  /** Commands that look at a device take it, or only those that have a target; it also chooses the heading. */
  readonly on: "device" | "target" | undefined;
  readonly group: "Device" | "Connection" | "Running" | undefined;
  /** True if programs may give it. */
  readonly api: boolean;
  /** True if it is settled when a connection is made; `config` always shows it. */
  readonly setting: boolean;
  readonly merge: Merge;
  /** The sentence for the help and the pages. */
  readonly says: string;
}

/** Consent must come from the user: no file and no variable of the environment can give it. */
interface Consent<T> extends Row<T> {
  readonly consent: true;
  readonly environment: undefined;
  readonly file: undefined;
  readonly run: undefined;
}

interface Wish<T> extends Row<T> {
  readonly consent: false;
  readonly environment: `DBGSEQ_${string}` | undefined;
  /** The key in dbgseq.yaml and in the header of a recipe. */
  readonly file: string | undefined;
  readonly run: RunField | undefined;
}

export type Option<T> = Consent<T> | Wish<T>;

/** The clock is never faster than this unless it is asked for (wire rule 24: some packs say 400 MHz). */
export const UNASKED_CLOCK_HZ = 10_000_000;

/** `auto` tries several ways, mildest first. */
const connectMode = kinds.oneOf("none", "attach", "halt", "pre-reset", "under-reset", "auto");

type HeldToKinds<Rows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends { readonly kind: Kind<infer T> }
    ? { readonly default: T | undefined }
    : never;
};

/** A default that is not of its row's kind does not compile. */
export function heldToKinds<const Rows>(rows: Rows & HeldToKinds<Rows>): Rows {
  return rows;
}

export const OPTIONS = heldToKinds({
  pack: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--pack <file>",
    alias: undefined,
    environment: "DBGSEQ_PACK",
    file: "pack",
    run: undefined,
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: ".pdsc, .pack, Vendor::Name[@version] of the pack root, or .cbuild-run.yml",
  },
  device: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--device <name>",
    alias: undefined,
    environment: "DBGSEQ_DEVICE",
    file: "device",
    run: "device",
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "device, case does not matter; Vendor::Device:Pname works too",
  },
  /** On a device with several processors, the connect flow of this one runs. */
  pname: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--pname <name>",
    alias: "--core <name>",
    environment: "DBGSEQ_PNAME",
    file: "pname",
    run: "startPname",
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "processor of a device with several",
  },
  /** .seq files whose sequences win over those of the pack. */
  seq: {
    kind: kinds.texts,
    default: undefined,
    otherwise: undefined,
    flag: "--seq <file>",
    alias: undefined,
    environment: undefined,
    file: "seq",
    run: undefined,
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "all",
    consent: false,
    says: "sequences that override those of the pack: FILE.seq, or shipped:VENDOR/FILE",
  },
  /** The values of the sequences' debugvars. One that neither the pack nor a script declares is an error. */
  variables: {
    kind: kinds.numbers,
    default: undefined,
    otherwise: undefined,
    flag: "--set <name=value>",
    alias: undefined,
    environment: undefined,
    file: "variables",
    run: undefined,
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "by-name",
    consent: false,
    says: "value of a debugvar",
  },
  dbgconf: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--dbgconf <file>",
    alias: undefined,
    environment: "DBGSEQ_DBGCONF",
    file: "dbgconf",
    run: "dbgconf",
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "values of debugvars from a .dbgconf file",
  },
  /** If false, neither dbgseq.yaml nor DBGSEQ_* count. */
  config: {
    kind: kinds.flag,
    default: true,
    otherwise: undefined,
    flag: "--no-config",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "device",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "use neither dbgseq.yaml nor DBGSEQ_* variables",
  },
  /** An SVD file gives the names of registers, instead of the pack's. */
  svd: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--svd <file>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Device",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "names of registers (the pack's)",
  },
  /** It is `sim:MODEL?option=value`, an id or a part of one, `tcp://HOST` or `pyocd://HOST`. */
  probe: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--probe <probe>",
    alias: undefined,
    environment: "DBGSEQ_PROBE",
    file: "probe",
    run: undefined,
    api: true,
    on: "target",
    group: "Connection",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "sim, sim:MODEL?option=value, sim:FILE.yaml, sim:./FILE.mjs, ID, VID:PID[:SERIAL], usb@BUS-PORT, tcp://HOST[:PORT], pyocd://HOST[:PORT] (ID: unique id or a part of one)",
  },
  /** The default is attach: the core goes on as it was found. */
  connect: {
    kind: connectMode,
    default: "attach",
    otherwise: "attach",
    flag: "--connect <mode>",
    alias: undefined,
    environment: "DBGSEQ_CONNECT",
    file: "connect",
    run: "connect",
    api: true,
    on: "target",
    group: "Connection",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "how to connect",
  },
  protocol: {
    kind: kinds.oneOf("swd", "jtag"),
    default: "swd",
    otherwise: "the pack's, else swd",
    flag: "--protocol <name>",
    alias: undefined,
    environment: "DBGSEQ_PROTOCOL",
    file: "protocol",
    run: "protocol",
    api: true,
    on: "target",
    group: "Connection",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "wire protocol",
  },
  swj: {
    kind: kinds.flag,
    default: true,
    otherwise: undefined,
    flag: undefined,
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: false,
    on: undefined,
    group: undefined,
    setting: true,
    merge: "strongest",
    consent: false,
    says: "the lines are switched between SWD and JTAG; only a pack says that they cannot be",
  },
  dormant: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: "--dormant",
    alias: undefined,
    environment: "DBGSEQ_DORMANT",
    file: "dormant",
    run: undefined,
    api: true,
    on: "target",
    group: "Connection",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "go through the dormant state",
  },
  /** The frequency of SWCLK or TCK. The default is that of the pack, at most 10 MHz. */
  clockHz: {
    kind: kinds.frequency,
    default: UNASKED_CLOCK_HZ,
    otherwise: "the pack's, at most 10MHz",
    flag: "--clock <frequency>",
    alias: undefined,
    environment: "DBGSEQ_CLOCK",
    file: "clock",
    run: "clockHz",
    api: true,
    on: "target",
    group: "Connection",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "SWCLK or TCK, for example 4MHz",
  },
  /** By default the core is left halted after a halting reset, else as found. */
  leave: {
    kind: kinds.oneOf("running", "halted", "as-found"),
    default: undefined,
    otherwise: undefined,
    flag: "--leave <state>",
    alias: undefined,
    environment: "DBGSEQ_LEAVE",
    file: "leave",
    run: undefined,
    api: true,
    on: "target",
    group: "Connection",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "state in which the target is left",
  },
  waitMs: {
    kind: kinds.patience,
    default: 0,
    otherwise: "0s",
    flag: "--wait <time>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Connection",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "wait so long for a probe that is busy or absent",
  },
  /**
   * The path for the levels of the wires, which only a simulated probe can tell. The file is written whole
   * when the session is closed.
   */
  wire: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--wire <file>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Connection",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "simulator: what the wires did, as a .vcd file for any viewer",
  },
  /** Ends the connection after DebugPortStart, for a device whose core must not be reached yet. */
  debugPortOnly: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: undefined,
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: undefined,
    group: undefined,
    setting: false,
    merge: "strongest",
    consent: false,
    says: "the connection ends after DebugPortStart",
  },
  /** Looks at all 256 access ports, not only up to the first that is missing. */
  scanAllAps: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: undefined,
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: undefined,
    group: undefined,
    setting: false,
    merge: "strongest",
    consent: false,
    says: "all 256 access ports are looked at",
  },
  /** The longest run of a sequence with all that it calls, or of a flow; queries do not count. */
  deadlineUs: {
    kind: kinds.duration,
    default: 60_000_000,
    otherwise: "60s",
    flag: "--deadline <time>",
    alias: undefined,
    environment: "DBGSEQ_DEADLINE",
    file: "deadline",
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "longest run: a sequence with all that it calls, or a flow; not queries",
  },
  strictTimeouts: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: "--strict-timeouts",
    alias: undefined,
    environment: "DBGSEQ_STRICT_TIMEOUTS",
    file: "strict-timeouts",
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "a loop's expired timeout is an error",
  },
  strictSpec: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: "--strict-spec",
    alias: undefined,
    environment: "DBGSEQ_STRICT_SPEC",
    file: "strict-spec",
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "no allowance for what working packs do against the specification",
  },
  atomic: {
    kind: kinds.oneOf("strict", "best-effort"),
    default: "strict",
    otherwise: undefined,
    flag: "--atomic <how>",
    alias: undefined,
    environment: "DBGSEQ_ATOMIC",
    file: "atomic",
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "a block that the probe cannot run without the host is an error (strict), or runs all the same",
  },
  /**
   * Each is used up by the first query whose text contains `text`; an empty text fits any. `value` is 1 OK, 2
   * Cancel, 3 Yes, 4 No, or a number.
   */
  answers: {
    kind: kinds.answers,
    default: undefined,
    otherwise: undefined,
    flag: "--answer <[text=]value>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: false,
    merge: "all",
    consent: true,
    says: "answer to a query: yes, no, ok, cancel or a number",
  },
  /** The path for the placeholders `$L` and `%L` of sequences. */
  program: {
    kind: kinds.text,
    default: undefined,
    otherwise: undefined,
    flag: "--program <file>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: false,
    merge: "strongest",
    consent: false,
    says: "main output file of the project: $L and %L of sequences",
  },
  /** If true, a query that no answer fits takes its own default. */
  batch: {
    kind: kinds.flag,
    default: false,
    otherwise: undefined,
    flag: "--batch",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: false,
    merge: "strongest",
    consent: true,
    says: "never ask; queries take their default",
  },
  /** The trace sink; with one, TraceStart and TraceStop run. `port:4` is a parallel port of four bits. */
  traceOut: {
    kind: kinds.traceSink,
    default: undefined,
    otherwise: "none",
    flag: "--traceout <sink>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "swo, port:N or buffer: runs TraceStart and TraceStop",
  },
  /** The trace clocks in Hz; an `outHz` of 0 leaves it to the sequences. */
  traceClock: {
    kind: kinds.traceClock,
    default: undefined,
    otherwise: "none",
    flag: "--traceclk <in[:out]>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: "target",
    group: "Running",
    setting: true,
    merge: "strongest",
    consent: false,
    says: "trace clocks, for example 100MHz:10MHz",
  },
  /**
   * Only the caller may give it. It is `erase`, `lock`, `lock=forever`; `remote` for a probe on another
   * machine that a file names; or `run=PROGRAM`, `read=PATH`, `write=PATH` for what sequences and files do on
   * this machine; or `model=FILE`, which runs the code of a simulated device.
   */
  allow: {
    kind: kinds.grants,
    default: undefined,
    otherwise: undefined,
    flag: "--allow <what>",
    alias: undefined,
    environment: undefined,
    file: undefined,
    run: undefined,
    api: true,
    on: undefined,
    group: undefined,
    setting: false,
    merge: "all",
    consent: true,
    says: "erase, lock, lock=forever, remote, run=PROGRAM, model=FILE, read=PATH, write=PATH: grants beyond the target",
  },
} as const satisfies Readonly<Record<string, Option<unknown>>>);
