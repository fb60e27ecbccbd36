/** Plain simulated targets in which one identity register reads what it must not, as the text of models. */

export type Version = "v1" | "v2";

/** Each reads 0 or all ones; undefined leaves what a sound target has. */
export interface Wrong {
  readonly dpidr?: number;
  readonly idr?: number;
  readonly csw?: number;
  readonly cpuid?: number;
  /** Power-up that is never acknowledged. */
  readonly power?: "never";
  /** No access port, or no core, at all. */
  readonly without?: "access port" | "core";
  readonly more?: string;
}

const PORTS = {
  v1: { dpidr: 0x2ba01477, idcode: 0x0ba00477, place: "index: 0", idr: 0x24770011 },
  v2: { dpidr: 0x4c013477, idcode: 0x0ba06477, place: "address: 0x2000", idr: 0x34770008 },
} as const;

/** Longer than any run. */
const NEVER_US = 1_000_000_000_000;

export function plainModel(version: Version, wrong: Wrong = {}): string {
  const port = PORTS[version];
  const { dpidr = port.dpidr, idr = port.idr, csw = 0x23000052, cpuid, power, without, more = "" } = wrong;
  const isV2 = version === "v2";
  return `
model: plain
about: a Cortex-M4 with flash and RAM
sources: ["none: it is made up"]
debugPort:
  dpidr: ${dpidr}
  idcode: ${dpidr === 0 || dpidr === 0xffffffff ? dpidr : port.idcode}
  powerUpUs: ${power === "never" ? NEVER_US : 20}
${isV2 ? "  basePointer: 0\n  targetId: 0x00040927" : ""}
${more}
accessPorts:${
    without === "access port"
      ? " []"
      : `\n  - { ${port.place}, kind: ahb, idr: ${idr}, base: 0xE00FF003, csw: ${csw} }`
  }
${isV2 ? "romTables:\n  - { name: root, bus: dp0, class: 9, start: 0x0, part: 0x004, bank: 9, code: 0x13, components: [0x2000] }\n" : ""}
processors:${without === "core" ? " []" : `\n  - { name: cm4, type: Cortex-M4, vectors: 0${cpuid === undefined ? "" : `, cpuid: ${cpuid}`} }`}
memories:
  - name: flash
    start: 0x00000000
    size: 0x1000
    access: rx
    content: [{ at: 0, words: [0x20001000, 0x00000101] }, { at: 0x100, words: [0xE7FEE7FE] }]
  - { name: ram, start: 0x20000000, size: 0x1000, access: rwx }
`;
}

export const PROTOCOLS = ["swd", "jtag"] as const;
export const VERSIONS = ["v1", "v2"] as const satisfies readonly Version[];

const ONES = 0xffffffff;
/** On ADIv6 the ROM tables are asked first where no pack says where the core is. */
const NO_CORE = /names a Cortex-M|core behind|read of CPUID|no core answers/;
const NO_PORT = /access port|AP 0|names a Cortex-M/;
const NO_DEBUG_PORT = /debug port|JTAG chain/;

export interface WrongCase {
  readonly what: string;
  readonly wrong: Wrong;
  /** What an error must say. */
  readonly names: RegExp;
}

/** Every identity register of what a run uses. */
export const WRONGS: readonly WrongCase[] = [
  { what: "DPIDR 0", wrong: { dpidr: 0 }, names: NO_DEBUG_PORT },
  { what: "DPIDR all ones", wrong: { dpidr: ONES }, names: NO_DEBUG_PORT },
  {
    what: "power never acknowledged",
    wrong: { power: "never" },
    names: /debug power: the request was never acknowledged/,
  },
  { what: "IDR 0", wrong: { idr: 0 }, names: NO_PORT },
  { what: "IDR all ones", wrong: { idr: ONES }, names: NO_PORT },
  { what: "IDR of a mailbox", wrong: { idr: 0x12880000 }, names: NO_PORT },
  { what: "no access port", wrong: { without: "access port" }, names: NO_PORT },
  { what: "CSW all ones", wrong: { csw: ONES }, names: NO_PORT },
  { what: "CPUID 0", wrong: { cpuid: 0 }, names: NO_CORE },
  { what: "CPUID all ones", wrong: { cpuid: ONES }, names: NO_CORE },
  { what: "no core", wrong: { without: "core" }, names: NO_CORE },
];

/** Built-in accesses of every kind. */
export const COMMANDS: readonly string[] = [
  "dump 0x20000000:16",
  "write 0x20000000 1",
  "fill 0x20000000:16 0",
  "reset",
  "reset --type hardware",
  "reset --halt",
  "halt",
  "step",
  "regs",
  "read 0x20000000 --connect auto",
  "run -e Write32(0x20000000,1);",
  "read 0x20000000 --connect under-reset",
  "read 0x20000000 --connect halt",
];
