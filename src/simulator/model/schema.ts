/** The shape of a YAML model. What it says is put on a SoC by model-yaml.ts. */
import * as v from "valibot";
import { u32 } from "../../lib/checked-yaml.ts";
import { coreParts, type CoreType } from "../core/core-parts.ts";
import { PROTOCOLS } from "../port/swj.ts";

const time = v.pipe(v.number(), v.minValue(0, "a time of 0 or more"));
const name = v.pipe(v.string(), v.minLength(1, "a name"));
const bus = v.optional(name, "main");
/** More buses on which it stands at the same address. */
const alsoOn = v.optional(v.array(name), []);
const aliases = v.optional(v.array(u32), []);
const mask = v.optional(u32, 0);
const size = v.pipe(
  u32,
  v.check((input) => input > 0, "a size above 0"),
);

const change = v.strictObject({ mask: u32, us: time, written: v.optional(name) });

const register = v.strictObject({
  offset: v.pipe(
    u32,
    v.check((input) => input % 4 === 0, "an offset that is a multiple of 4"),
  ),
  about: v.optional(v.string()),
  reset: v.optional(u32, 0),
  access: v.optional(v.picklist(["rw", "ro", "wo"]), "rw"),
  writable: v.optional(u32, 0xffff_ffff),
  w1c: mask,
  readClears: mask,
  sets: v.optional(name),
  clears: v.optional(name),
  setsAfter: v.optional(change),
  clearsAfter: v.optional(change),
  resetBy: v.optional(v.picklist(["system", "power"]), "system"),
});

const debugPort = v.strictObject({
  dpidr: u32,
  /** Of the TAP; by default Arm's, with the revision of the DPIDR. */
  idcode: v.optional(u32),
  targetId: v.optional(u32, 0),
  instance: v.optional(
    v.pipe(
      u32,
      v.check((input) => input < 16, "an instance of 0 to 15"),
    ),
    0,
  ),
  powerUpUs: v.optional(time, 20),
  answers: v.optional(v.boolean(), true),
  /** DPv3: where its first ROM table stands, and how wide its addresses are. */
  basePointer: v.optional(u32),
  addressBits: v.optional(u32),
});

const firstDebugPortFields = v.strictObject({
  ...debugPort.entries,
  /** What its wires can be switched to. By default all of them, the dormant state from DPv2 on. */
  protocols: v.optional(v.pipe(v.array(v.picklist(PROTOCOLS)), v.minLength(1, "a protocol"))),
  /** By default JTAG, where that is spoken, else the first of the protocols. */
  start: v.optional(v.picklist(PROTOCOLS)),
});

const firstDebugPort = v.pipe(
  firstDebugPortFields,
  v.check(
    ({ start, protocols }) => start === undefined || protocols === undefined || protocols.includes(start),
    "a start that is one of the protocols",
  ),
);

/** A TAP in the chain that is no debug port, as that of boundary scan. */
const tap = v.strictObject({
  name,
  irLength: v.pipe(
    u32,
    v.check((input) => input >= 2 && input <= 32, "2 to 32 bits"),
  ),
  idcode: v.optional(u32),
  nearTdo: v.optional(v.boolean(), false),
});

const accessPort = v.strictObject({
  /** ADIv5: APSEL. */
  index: v.optional(
    v.pipe(
      u32,
      v.check((input) => input < 256, "an APSEL of 0 to 255"),
    ),
    0,
  ),
  /** ADIv6: its base address, on the bus of its debug port (dp0) or on one that another access port reaches. */
  address: v.optional(u32),
  on: v.optional(name),
  power: v.optional(u32),
  kind: v.picklist(["ahb", "axi", "apb"]),
  idr: u32,
  base: v.optional(u32, 0xffff_ffff),
  csw: v.optional(u32),
  /** Accesses of 64 bits. */
  largeData: v.optional(v.boolean()),
  bus,
  /** 0 is debugPort, 1 the first of furtherDebugPorts. */
  dp: v.optional(u32, 0),
});

const processor = v.strictObject({
  name,
  type: v.picklist(Object.keys(coreParts) as CoreType[]),
  cpuid: v.optional(u32),
  bus,
  vectors: v.optional(u32, 0),
  /** Instructions in a microsecond. */
  mhz: v.optional(v.pipe(v.number(), v.minValue(1, "1 or more")), 16),
  /** Designer of the table at 0xE00FF000, where it is the chip's and not Arm's. */
  romTable: v.optional(v.strictObject({ bank: u32, code: u32 })),
});

const memory = v.strictObject({
  name,
  start: u32,
  size,
  access: v.optional(v.picklist(["rx", "rwx", "r", "rw"]), "rwx"),
  fill: v.optional(
    v.pipe(
      u32,
      v.check((input) => input < 256, "a byte"),
    ),
    0,
  ),
  /** Only secure accesses of a debugger reach it: CSW.SPIDEN set, and bit 30 of CSW clear. */
  secure: v.optional(v.boolean(), false),
  /** It never answers: WAIT until the access is aborted, as where a clock is off. */
  hangs: v.optional(v.boolean(), false),
  aliases,
  bus,
  alsoOn,
  content: v.optional(v.array(v.strictObject({ at: u32, words: v.array(u32) })), []),
});

const romTable = v.strictObject({
  name,
  start: u32,
  bus,
  part: u32,
  bank: v.optional(u32, 0),
  code: u32,
  revision: v.optional(u32, 0),
  components: v.optional(v.array(u32), []),
  /** Class 9 (ADIv6): the power domain of some of the components, by address. */
  class: v.optional(v.picklist([1, 9]), 1),
  power: v.optional(v.array(v.strictObject({ component: u32, domain: u32 })), []),
});

const registers = v.strictObject({
  name,
  start: u32,
  size,
  bus,
  alsoOn,
  aliases,
  /** Where other buses see it, if not at the same address. */
  views: v.optional(v.array(v.strictObject({ bus: name, start: u32 })), []),
  debugDomain: v.optional(v.boolean(), false),
  others: v.optional(v.picklist(["error", "zero", "keep"]), "error"),
  items: v.optional(v.record(v.string(), register), {}),
});

export const modelSchema = v.strictObject({
  model: name,
  about: v.string(),
  /** Where the facts come from: public documents, with their chapter. */
  sources: v.array(v.string()),
  debugPort: firstDebugPort,
  /** On the same wires as the first. */
  furtherDebugPorts: v.optional(v.array(debugPort), []),
  otherTaps: v.optional(v.array(tap), []),
  resetUs: v.optional(time, 100),
  nresetRiseUs: v.optional(time, 0),
  /** From the end of the reset at power-up until the part does what it does all day; a debugger comes later. */
  bootUs: v.optional(time, 0),
  accessPorts: v.array(accessPort),
  processors: v.optional(v.array(processor), []),
  memories: v.optional(v.array(memory), []),
  romTables: v.optional(v.array(romTable), []),
  registers: v.optional(v.array(registers), []),
});

export type ModelData = v.InferOutput<typeof modelSchema>;
