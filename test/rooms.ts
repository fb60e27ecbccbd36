/**
 * The rooms of src/: what each knows, what it may import, which packages, and where in it `node:` may stand.
 * test/architecture.test.ts holds the arrows, and the table of src/README.md is made of this one.
 */

export interface Room {
  readonly knows: string;
  /** Rooms, or wings and files of rooms, that it may import. lib and diagnostics are open to every room. */
  readonly imports: readonly string[];
  /**
   * Its wings and single files in order: each may import those before it. "." are the files of the room itself that are not
   * named. A room without wings has no order.
   */
  readonly wings?: readonly string[];
  /** Packages, each with the only place of the room that may import it. */
  readonly packages?: Readonly<Record<string, RegExp>>;
  /** The places that may know Node; the rest runs in a browser. */
  readonly node?: RegExp;
  /** It may print. */
  readonly prints?: RegExp;
}

const BELOW_SESSION = [
  "language",
  "interpreter",
  "device",
  "pack",
  "options",
  "coresight",
  "cmsis-dap",
  "probe",
  "simulator",
  "flash",
  "project",
] as const;

export const ROOMS: Readonly<Record<string, Room>> = {
  lib: {
    knows: "sources and spans, clocks, numbers; readers of XML, YAML, ELF and DWARF; no domain words",
    imports: [],
    wings: [".", "formats"],
    packages: { saxes: /^formats\/xml/, "js-yaml": /^formats\/yaml/, valibot: /^formats\/checked-yaml/ },
  },
  diagnostics: { knows: "findings as data; as text, JSON, SARIF and workflow commands", imports: [] },
  language: {
    knows: "text to checked tree and back",
    imports: [],
    wings: [".", "text", "print", "check"],
    packages: { chevrotain: /^text\// },
  },
  interpreter: {
    knows:
      "a tree lowered to a flat program, and the program run to effects, through the ports in `ports.ts`",
    imports: ["language"],
    wings: [".", "lower", "run"],
  },
  device: {
    knows: "descriptions of devices, precedence, matching, debugvars, guarded registers",
    imports: ["language"],
  },
  pack: {
    knows: "PDSC, archives, .dbgconf, SVD, cbuild-run.yml, pack roots",
    imports: ["language", "device"],
    wings: ["faults", "files", "pdsc", "cbuild-run", "svd", "."],
    packages: { yauzl: /^files\/archive/ },
    node: /^files\/(archive|folder|opened)/,
  },
  options: {
    knows: "what may be asked for, by every name it has, and which of several values holds",
    imports: ["device"],
    packages: { valibot: /^(header|schemas)/ },
  },
  coresight: {
    knows:
      "the order of accesses and who is to blame, DP, MEM-AP, Cortex-M; declares `DapLink` in `wire/link.ts`",
    imports: [],
    wings: [".", "wire", "adi", "core"],
  },
  "cmsis-dap": { knows: "the commands of CMSIS-DAP in both directions; the port `PacketPipe`", imports: [] },
  probe: {
    knows: "`DapLink` over packets; USB, HID, WebUSB and TCP; pyOCD's protocol",
    // What moves the bits must heed what is decided about each error.
    imports: ["coresight/wire", "cmsis-dap"],
    wings: [".", "cmsis-dap", "usb", "tcp", "pyocd"],
    packages: { usb: /^usb\/libusb/, "node-hid": /^usb\/node-hid/ },
    node: /^(usb\/(libusb|packages|sysfs|lock)|tcp|pyocd)/,
  },
  simulator: {
    knows: "a simulated probe, a debug port at the level of wires, cores and the models that ship",
    imports: ["cmsis-dap", "coresight/registers", "device"],
    wings: ["faults", "bus", "port", "thumb", "core", "soc", "model", "controllers", "models", "probe", "."],
    packages: { valibot: /./ },
  },
  flash: {
    knows: "images and their files, flash algorithms (FLM) and their calls, erasing, programming, proof",
    imports: ["coresight", "device"],
    wings: [".", "algorithm", "file", "program"],
  },
  project: {
    knows: "the device before anything is connected: its scripts, and which definition wins",
    imports: ["language", "interpreter", "device", "pack", "options", "coresight"],
  },
  lint: {
    knows: "findings in scripts and packs; never connects",
    imports: ["language", "interpreter", "device", "pack", "options", "project", "session/guard"],
  },
  session: {
    knows: "a connection and its flows, over an open probe; `probe/open.ts` alone names adapters",
    imports: BELOW_SESSION,
    wings: ["exit-codes", "debug-info", "guard", "access", "flow", "flash", ".", "smoke", "probe"],
  },
  doctor: {
    knows: "why something does not work: the machine, the probe, the target",
    // The look and the causes are handed to those who examine or diagnose.
    wings: ["try", "host", "udev", "cause-codes", "finding", "target", "causes", "."],
    imports: [...BELOW_SESSION, "session"],
  },
  recipe: {
    knows: "bring-ups in YAML",
    // The conditions of a recipe are expressions of the language.
    imports: ["language", "options", "project", "session"],
    packages: { valibot: /./ },
  },
  host: {
    knows: "this machine: its files, effects behind the gate, and what is gathered for a call",
    wings: ["whole-files", "effects", "files", "."],
    imports: [...BELOW_SESSION, "lint", "session", "doctor", "recipe"],
    node: /./,
    packages: { valibot: /^project/ },
  },
  report: {
    knows: "traces and JSON, from the session's events alone",
    imports: ["language/builtins", "interpreter/ports", "session"],
  },
  manual: {
    knows: "what a person is told of all this: pages made of the tables that the code itself uses",
    imports: [
      "language",
      "options",
      "probe",
      "simulator",
      "project",
      "session/exit-codes",
      "doctor/cause-codes",
      "recipe",
    ],
    packages: { valibot: /^keys/ },
  },
  api: {
    knows: "the public objects and jobs; the library's own files are the session and what opens one",
    wings: [
      "arguments",
      "debug-probe",
      "memory",
      "ports",
      "cores",
      "target",
      ".",
      "flash",
      "calls",
      "jobs",
      "node",
    ],
    imports: [...BELOW_SESSION, "lint", "session", "doctor", "recipe", "host", "report", "manual"],
    node: /^node\//,
    prints: /^node\//,
  },
  cli: {
    knows: "commands, terminal, hints with flags",
    imports: ["report", "api"],
    packages: { commander: /./ },
    node: /./,
    prints: /./,
  },
};

/** Every room may import these. */
export const OPEN: readonly string[] = ["lib", "diagnostics"];
