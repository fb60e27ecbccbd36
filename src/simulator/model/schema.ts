/** Declares the shape of a YAML model. model/yaml.ts puts its content on a SoC. */
import * as v from "valibot";
import { described, u32 } from "../../lib/formats/checked-yaml.ts";
import { coreParts, type CoreType } from "../core/core-parts.ts";
import { PROTOCOLS } from "../port/swj.ts";

const time = v.pipe(v.number(), v.minValue(0, "a time of 0 or more"));
const name = v.pipe(v.string(), v.minLength(1, "a name"));
const bus = v.optional(name, "main");
const alsoOn = v.optional(v.array(name), []);
const aliases = v.optional(v.array(u32), []);
const mask = v.optional(u32, 0);
const size = v.pipe(
  u32,
  v.check((input) => input > 0, "a size above 0"),
);

const change = v.strictObject({
  mask: described(u32, "the bits that change"),
  us: described(time, "how long after, in microseconds"),
  written: described(v.optional(name), "the register whose write begins it, if not this one's"),
});

const register = v.strictObject({
  offset: described(
    v.pipe(
      u32,
      v.check((input) => input % 4 === 0, "an offset that is a multiple of 4"),
    ),
    "from the start of the block, a multiple of 4",
  ),
  about: described(v.optional(v.string()), "what it is, for the log"),
  reset: described(v.optional(u32, 0), "the value after a reset"),
  access: described(v.optional(v.picklist(["rw", "ro", "wo"]), "rw"), "what can be done with it"),
  writable: described(v.optional(u32, 0xffff_ffff), "the bits that a write changes"),
  w1c: described(mask, "bits that writing 1 clears"),
  readClears: described(mask, "bits that reading clears"),
  sets: described(v.optional(name), "the register in which a write sets the bits that are 1 in it"),
  clears: described(v.optional(name), "the register in which a write clears the bits that are 1 in it"),
  setsAfter: described(v.optional(change), "bits that become 1 some time after a write"),
  clearsAfter: described(v.optional(change), "bits that become 0 some time after a write"),
  resetBy: described(
    v.optional(v.picklist(["system", "power"]), "system"),
    "the mildest reset that resets it",
  ),
});

const debugPort = v.strictObject({
  dpidr: described(u32, "DPIDR, which also says the version of the debug port"),
  idcode: described(v.optional(u32), "IDCODE of its TAP; Arm's with the revision of DPIDR, if it is absent"),
  targetId: described(v.optional(u32, 0), "TARGETID, by which TARGETSEL selects it"),
  instance: described(
    v.optional(
      v.pipe(
        u32,
        v.check((input) => input < 16, "an instance of 0 to 15"),
      ),
      0,
    ),
    "its instance in DLPIDR, 0 to 15",
  ),
  powerUpUs: described(v.optional(time, 20), "microseconds from the request of power to its acknowledge"),
  answers: described(
    v.optional(v.boolean(), true),
    "whether it answers a read of DPIDR that nothing selected it for",
  ),
  basePointer: described(v.optional(u32), "ADIv6: the address of its first ROM table"),
  addressBits: described(v.optional(u32), "ADIv6: the width of the addresses of access ports"),
});

const firstDebugPortFields = v.strictObject({
  ...debugPort.entries,
  protocols: described(
    v.optional(v.pipe(v.array(v.picklist(PROTOCOLS)), v.minLength(1, "a protocol"))),
    "what its wires can be switched to; all of them if it is absent, the dormant state from DPv2 on",
  ),
  start: described(
    v.optional(v.picklist(PROTOCOLS)),
    "what they speak after power-up; JTAG, if that is among them",
  ),
});

const firstDebugPort = v.pipe(
  firstDebugPortFields,
  v.check(
    ({ start, protocols }) => start === undefined || protocols === undefined || protocols.includes(start),
    "a start that is one of the protocols",
  ),
);

const tap = v.strictObject({
  name: described(name, "its name in the log"),
  irLength: described(
    v.pipe(
      u32,
      v.check((input) => input >= 2 && input <= 32, "2 to 32 bits"),
    ),
    "bits of its instruction register",
  ),
  idcode: described(v.optional(u32), "its IDCODE, if it has one"),
  nearTdo: described(v.optional(v.boolean(), false), "whether it stands between the debug ports and TDO"),
});

const accessPort = v.strictObject({
  index: described(
    v.optional(
      v.pipe(
        u32,
        v.check((input) => input < 256, "an APSEL of 0 to 255"),
      ),
      0,
    ),
    "ADIv5: its APSEL",
  ),
  address: described(v.optional(u32), "ADIv6: its base address"),
  on: described(
    v.optional(name),
    "ADIv6: the bus on which that address is, if not the debug port's own (dp0)",
  ),
  power: described(v.optional(u32), "ADIv6: the power domain that it needs"),
  kind: described(v.picklist(["ahb", "axi", "apb"]), "the kind of bus behind it"),
  idr: described(u32, "IDR"),
  base: described(v.optional(u32, 0xffff_ffff), "BASE, the address of its ROM table"),
  csw: described(v.optional(u32), "CSW after a reset"),
  largeData: described(v.optional(v.boolean()), "whether it has accesses of 64 bits"),
  bus: described(bus, "the bus that it reaches"),
  dp: described(v.optional(u32, 0), "its debug port: 0 is debugPort, 1 the first of furtherDebugPorts"),
});

const processor = v.strictObject({
  name: described(name, "its name, as Pname of a pack"),
  type: described(v.picklist(Object.keys(coreParts) as CoreType[]), "the core"),
  cpuid: described(v.optional(u32), "CPUID, if it is another revision than the usual one"),
  bus: described(bus, "the bus that it is on"),
  vectors: described(v.optional(u32, 0), "the address of its vector table after a reset"),
  mhz: described(
    v.optional(v.pipe(v.number(), v.minValue(1, "1 or more")), 16),
    "instructions in a microsecond",
  ),
  romTable: described(
    v.optional(
      v.strictObject({
        bank: described(u32, "JEP106 bank of its designer"),
        code: described(u32, "JEP106 code of its designer"),
      }),
    ),
    "the designer of the table at 0xE00FF000, if it is the chip's and not Arm's",
  ),
});

const memory = v.strictObject({
  name: described(name, "its name, for code and for the log"),
  start: described(u32, "its first address"),
  size: described(size, "its bytes"),
  access: described(v.optional(v.picklist(["rx", "rwx", "r", "rw"]), "rwx"), "what the bus may do with it"),
  fill: described(
    v.optional(
      v.pipe(
        u32,
        v.check((input) => input < 256, "a byte"),
      ),
      0,
    ),
    "the byte that it is full of at power-up",
  ),
  secure: described(
    v.optional(v.boolean(), false),
    "whether only secure accesses of a debugger reach it (CSW.SPIDEN set, bit 30 of CSW clear)",
  ),
  hangs: described(
    v.optional(v.boolean(), false),
    "whether it never answers: WAIT until the access is aborted, as with a clock that is off",
  ),
  aliases: described(aliases, "more addresses at which it is seen"),
  bus: described(bus, "the bus that it is on"),
  alsoOn: described(alsoOn, "more buses on which it is at the same address"),
  content: described(
    v.optional(
      v.array(
        v.strictObject({
          at: described(u32, "offset in the memory"),
          words: described(v.array(u32), "32-bit words from there on"),
        }),
      ),
      [],
    ),
    "what is in it at power-up",
  ),
});

const romTable = v.strictObject({
  name: described(name, "its name in the log"),
  start: described(u32, "its address"),
  bus: described(bus, "the bus that it is on"),
  part: described(u32, "part number of its peripheral id"),
  bank: described(v.optional(u32, 0), "JEP106 bank of its designer"),
  code: described(u32, "JEP106 code of its designer"),
  revision: described(v.optional(u32, 0), "revision of its peripheral id"),
  components: described(v.optional(v.array(u32), []), "addresses of the components in it"),
  class: described(v.optional(v.picklist([1, 9]), 1), "1 for a table of ADIv5, 9 for one of ADIv6"),
  power: described(
    v.optional(
      v.array(
        v.strictObject({
          component: described(u32, "address of a component"),
          domain: described(u32, "its power domain"),
        }),
      ),
      [],
    ),
    "class 9: the power domain of some of the components",
  ),
});

const registers = v.strictObject({
  name: described(name, "the peripheral's name"),
  start: described(u32, "its first address"),
  size: described(size, "its bytes"),
  bus: described(bus, "the bus that it is on"),
  alsoOn: described(alsoOn, "more buses on which it is at the same address"),
  aliases: described(aliases, "more addresses at which it is seen"),
  views: described(
    v.optional(
      v.array(
        v.strictObject({ bus: described(name, "another bus"), start: described(u32, "its address there") }),
      ),
      [],
    ),
    "where other buses see it at another address",
  ),
  debugDomain: described(v.optional(v.boolean(), false), "whether it answers while the system is in reset"),
  others: described(
    v.optional(v.picklist(["error", "zero", "keep"]), "error"),
    "what addresses without a register do: a bus error, read as zero, or keep what is written",
  ),
  items: described(v.optional(v.record(v.string(), register), {}), "its registers by name"),
});

export const modelSchema = v.strictObject({
  model: described(name, "the model's name"),
  about: described(v.string(), "one sentence about the device"),
  sources: described(v.array(v.string()), "public documents that the facts come from, with their chapter"),
  debugPort: described(firstDebugPort, "the debug port"),
  furtherDebugPorts: described(v.optional(v.array(debugPort), []), "more debug ports on the same wires"),
  otherTaps: described(v.optional(v.array(tap), []), "TAPs in the JTAG chain that are not debug ports"),
  resetUs: described(v.optional(time, 100), "how long a reset lasts, in microseconds"),
  nresetRiseUs: described(v.optional(time, 0), "how long nRESET takes to rise, in microseconds"),
  bootUs: described(
    v.optional(time, 0),
    "microseconds from power-up until the part does what it does all day; a debugger comes later",
  ),
  accessPorts: described(v.array(accessPort), "the access ports"),
  processors: described(v.optional(v.array(processor), []), "the cores"),
  memories: described(v.optional(v.array(memory), []), "the memories"),
  romTables: described(v.optional(v.array(romTable), []), "the CoreSight ROM tables"),
  registers: described(v.optional(v.array(registers), []), "blocks of registers: the peripherals"),
});

export type ModelData = v.InferOutput<typeof modelSchema>;
