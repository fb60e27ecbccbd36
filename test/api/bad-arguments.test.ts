/** A wrong argument of a public call ends in `bad-argument` with the sentence that helps, and nothing is done. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ConnectHelper,
  FileProgrammer,
  FlashEraser,
  FlashLoader,
  MEM_AP,
  type Session,
} from "../../src/index.ts";

const PACK = "examples/05-flash/Example.EX52_DFP.pdsc";
let session: Session;
beforeAll(async () => {
  const opened = await ConnectHelper.sessionWithChosenProbe({
    probe: "sim:nrf52840",
    pack: PACK,
    connect: "halt",
  });
  if (opened === null) throw new Error("no session");
  session = opened;
});
afterAll(() => session.close());

/** What JavaScript can hand in: every call is made without the types. */
type Loose = Record<string, (...given: unknown[]) => unknown>;
const loose = (object: unknown): Loose => object as Loose;

const WAITS = "timeoutMs must be a time from 0 to 86400000 ms, not ";
const ADDRESS = "address must be an unsigned 32-bit number, not ";

const CALLS: readonly (readonly [string, () => unknown, string])[] = [
  [
    "regionsOfType",
    () => loose(session.target.memoryMap)["getRegionsOfType"]?.("FLASH"),
    'type must be one of "flash"',
  ],
  [
    "defaultRegionOfType",
    () => loose(session.target.memoryMap)["getDefaultRegionOfType"]?.(1),
    "type must be one of",
  ],
  ["readField", async () => loose(await register())["readField"]?.(1), "name must be a string, not 1"],
  [
    "register write",
    async () => loose(await register())["write"]?.(-1),
    "value must be an unsigned 32-bit number, not -1",
  ],
  ["writeField", async () => loose(await register())["writeField"]?.("NOPE", 1), "has no field"],
  ["load", () => loose(new FileProgrammer(session))["load"]?.(undefined), "files must be a path"],
  ["programBinaryData", () => loose(FlashLoader)["programBinaryData"]?.(session, -1, []), `${ADDRESS}-1`],
  [
    "chooseProbe",
    () => loose(ConnectHelper)["chooseProbe"]?.({ waitMs: NaN }),
    "waitMs must be a time from 0 to 86400000 ms, not NaN",
  ],
  [
    "sessionWithChosenProbe",
    () => loose(ConnectHelper)["sessionWithChosenProbe"]?.({ mayErase: "no" }),
    'mayErase must be true or false, not "no"',
  ],
  ["read16", () => loose(session.target)["read16"]?.(2 ** 32), ADDRESS],
  [
    "write8",
    () => loose(session.target)["write8"]?.(0x2000_0000, -1),
    "value must be an unsigned 8-bit number, not -1",
  ],
  [
    "write32",
    () => loose(session.target)["write32"]?.(0x2000_0000, 1n),
    "value must be an unsigned 32-bit number, not 1",
  ],
  [
    "dp.reset NaN",
    () => loose(session.target.dp)["reset"]?.({ holdMs: NaN }),
    "holdMs must be a time from 0 to 86400000 ms, not NaN",
  ],
  [
    "dp.reset -1",
    () => loose(session.target.dp)["reset"]?.({ holdMs: -1 }),
    "holdMs must be a time from 0 to 86400000 ms, not -1",
  ],
  [
    "dp.reset text",
    () => loose(session.target.dp)["reset"]?.({ holdMs: "50" }),
    'holdMs must be a time from 0 to 86400000 ms, not "50"',
  ],
  [
    "dp.reset long",
    () => loose(session.target.dp)["reset"]?.({ holdMs: 1e12 }),
    "holdMs must be a time from 0 to 86400000 ms",
  ],
  [
    "dp.reset misspelt",
    () => loose(session.target.dp)["reset"]?.({ holdms: 5 }),
    'unknown option "holdms"; use holdMs instead',
  ],
  [
    "dp.reset number",
    () => loose(session.target.dp)["reset"]?.(50),
    "options must be an object of holdMs, not 0x32",
  ],
  [
    "assertReset text",
    () => loose(session.target.dp)["assertReset"]?.("no"),
    'asserted must be true or false, not "no"',
  ],
  [
    "assertReset nothing",
    () => loose(session.target.dp)["assertReset"]?.(),
    "asserted must be true or false, not undefined",
  ],
  [
    "dp.readReg",
    () => loose(session.target.dp)["readReg"]?.(3),
    "address must be one of 0, 4, 8, 0xC, not 3",
  ],
  [
    "dp.writeReg",
    () => loose(session.target.dp)["writeReg"]?.(4, -1),
    "value must be an unsigned 32-bit number, not -1",
  ],
  ["dp.readDP", () => loose(session.target.dp)["readDP"]?.("4"), "address must be one of"],
  [
    "dp.writeDP",
    () => loose(session.target.dp)["writeDP"]?.(4),
    "value must be an unsigned 32-bit number, not undefined",
  ],
  ["dp.readAP", () => loose(session.target.dp)["readAP"]?.(1.5), "address must be an unsigned 32-bit number"],
  [
    "dp.readAP bits",
    () => loose(session.target.dp)["readAP"]?.(0x0100_0100),
    "address must have APSEL in bits 31:24",
  ],
  [
    "dp.readAP offset",
    () => loose(session.target.dp)["readAP"]?.(0x0100_0003),
    "offset must be a multiple of 4 from 0x00 to 0xFC, not 3",
  ],
  [
    "dp.writeAP",
    () => loose(session.target.dp)["writeAP"]?.(0, "1"),
    "value must be an unsigned 32-bit number",
  ],
  ["dp.findAps", () => loose(session.target.dp)["findAps"]?.({ all: 1 }), "all must be true or false, not 1"],
  [
    "aps.get",
    () => loose(session.target.dp.aps)["get"]?.("0"),
    'apsel must be a whole number from 0 on, not "0"',
  ],
  [
    "ap.readReg",
    () => loose(session.target.dp.aps.get(0))["readReg"]?.(3),
    "offset must be a multiple of 4 from 0x00 to 0xFC, not 3",
  ],
  [
    "ap.writeReg",
    () => loose(session.target.dp.aps.get(0))["writeReg"]?.(0, null),
    "value must be an unsigned 32-bit number, not null",
  ],
  [
    "ap.setAttributes",
    () => loose(session.target.dp.aps.get(0))["setAttributes"]?.({ hprot: 32 }),
    "hprot must be an unsigned 5-bit number, not 0x20",
  ],
  [
    "ap.setAttributes name",
    () => loose(session.target.dp.aps.get(0))["setAttributes"]?.({ nonsecure: true }),
    'unknown option "nonsecure"; use nonSecure instead',
  ],
  ["readMemory", () => loose(session.target)["readMemory"]?.(-4), `${ADDRESS}-4`],
  [
    "readMemory bits",
    () => loose(session.target)["readMemory"]?.(0, 64),
    "bits must be one of 8, 0x10, 0x20, not 0x40",
  ],
  [
    "writeMemory",
    () => loose(session.target)["writeMemory"]?.(0x2000_0000, 256, 8),
    "value must be an unsigned 8-bit number, not 0x100",
  ],
  ["read8", () => loose(session.target)["read8"]?.(), `${ADDRESS}undefined`],
  [
    "write16",
    () => loose(session.target)["write16"]?.(0x2000_0000, 65_536),
    "value must be an unsigned 16-bit number",
  ],
  ["read64", () => loose(session.target)["read64"]?.("x"), `${ADDRESS}"x"`],
  [
    "write64",
    () => loose(session.target)["write64"]?.(0x2000_0000, 1),
    "value must be an unsigned 64-bit number as a bigint, not 1",
  ],
  [
    "readMemoryBlock8",
    () => loose(session.target)["readMemoryBlock8"]?.(0, -1),
    "count must be a whole number from 0 on, not -1",
  ],
  [
    "readMemoryBlock8 end",
    () => loose(session.target)["readMemoryBlock8"]?.(0xffff_ffff, 2),
    "end beyond the 32-bit address space",
  ],
  [
    "writeMemoryBlock8",
    () => loose(session.target)["writeMemoryBlock8"]?.(0x2000_0000, [1, 256]),
    "data[1] must be an unsigned 8-bit number, not 0x100",
  ],
  [
    "writeMemoryBlock8 text",
    () => loose(session.target)["writeMemoryBlock8"]?.(0x2000_0000, "ab"),
    "data must be a Uint8Array or an array of bytes",
  ],
  [
    "readMemoryBlock32",
    () => loose(session.target)["readMemoryBlock32"]?.(0, 1.5),
    "count must be a whole number from 0 on",
  ],
  [
    "writeMemoryBlock32",
    () => loose(session.target)["writeMemoryBlock32"]?.(0x2000_0000, [-1]),
    "data[0] must be an unsigned 32-bit number, not -1",
  ],
  ["AP memory", () => loose(memoryAp())["read32"]?.(NaN), `${ADDRESS}NaN`],
  ["core", () => loose(session.target)["core"]?.({}), "wanted must be a name or a number, not an object"],
  [
    "selectCore",
    () => loose(session.target)["selectCore"]?.(-1),
    "wanted must be a name or a number, not -1",
  ],
  ["register", () => loose(session.target)["register"]?.(5), "name must be a string, not 5"],
  [
    "step count",
    () => loose(session.target.selectedCore)["step"]?.({ count: 1.5 }),
    "count must be a whole number from 0 on, not 1.5",
  ],
  [
    "step number",
    () => loose(session.target.selectedCore)["step"]?.(3),
    "options must be an object of count, maskInterrupts, not 3",
  ],
  [
    "waitForHalt",
    () => loose(session.target.selectedCore)["waitForHalt"]?.({ timeoutMs: "1" }),
    `${WAITS}"1"`,
  ],
  [
    "runUntil",
    () => loose(session.target.selectedCore)["runUntil"]?.("main"),
    'goal must be an address or a function, not "main"',
  ],
  [
    "runUntil time",
    () => loose(session.target.selectedCore)["runUntil"]?.(0, { timeoutMs: NaN }),
    `${WAITS}NaN`,
  ],
  [
    "readCoreRegister",
    () => loose(session.target)["readCoreRegister"]?.(null),
    "registers[0] must be a name or a number, not null",
  ],
  [
    "readCoreRegisters",
    () => loose(session.target.selectedCore)["readCoreRegisters"]?.("pc"),
    'registers must be an array, not "pc"',
  ],
  [
    "writeCoreRegister",
    () => loose(session.target)["writeCoreRegister"]?.("r0", 2 ** 32),
    "value must be an unsigned 32-bit number",
  ],
  [
    "setBreakpoint",
    () => loose(session.target.selectedCore)["setBreakpoint"]?.(0, "soft"),
    'kind must be one of "hardware", "software", not "soft"',
  ],
  ["removeBreakpoint", () => loose(session.target.selectedCore)["removeBreakpoint"]?.("0"), `${ADDRESS}"0"`],
  [
    "setWatchpoint positions",
    () => loose(session.target.selectedCore)["setWatchpoint"]?.(0x2000_0000, 4, "write"),
    "options must be an object of size, on, not 4",
  ],
  [
    "setWatchpoint size",
    () => loose(session.target.selectedCore)["setWatchpoint"]?.(0x2000_0000, { size: 3 }),
    "size must be a power of two that divides the address 0x20000000, not 3",
  ],
  [
    "removeWatchpoint",
    () => loose(session.target.selectedCore)["removeWatchpoint"]?.(0x2000_0000, { on: "exec" }),
    'on must be one of "read", "write", "access", not "exec"',
  ],
  ["setVectorCatch", () => loose(session.target)["setVectorCatch"]?.(["HARD"]), "names[0] must be one of"],
  [
    "setVectorCatch text",
    () => loose(session.target)["setVectorCatch"]?.("HARD_FAULT"),
    'names must be an array, not "HARD_FAULT"',
  ],
  [
    "reset type",
    () => loose(session.target)["reset"]?.("hard"),
    "type must be a ResetType (default, hardware",
  ],
  ["resetAndHalt type", () => loose(session.target)["resetAndHalt"]?.(1), "type must be a ResetType"],
  ["region", () => loose(session.target.memoryMap)["getRegionForAddress"]?.("0"), `${ADDRESS}"0"`],
  [
    "flash.init",
    () => loose(flash())["init"]?.("write"),
    'operation must be one of "erase", "program", "verify", not "write"',
  ],
  ["flash.eraseSector", () => loose(flash())["eraseSector"]?.(-1), `${ADDRESS}-1`],
  [
    "flash.programPage",
    () => loose(flash())["programPage"]?.(0, "x"),
    "bytes must be a Uint8Array or an array of bytes",
  ],
  ["flash.isBlank", () => loose(flash())["isBlank"]?.(undefined), `${ADDRESS}undefined`],
  [
    "flash.computeCrc",
    () => loose(flash())["computeCrc"]?.(0, -1),
    "size must be an unsigned 32-bit number, not -1",
  ],
  ["flash.getSector", () => loose(flash())["getSector"]?.(0x9000_0000), "is not in"],
  [
    "FlashLoader",
    () => new FlashLoader(session, { verify: "yes" } as object),
    'verify must be one of "auto", "read", "none", not "yes"',
  ],
  [
    "FlashLoader name",
    () => new FlashLoader(session, { veryfy: "auto" } as object),
    'unknown option "veryfy"; did you mean "verify"?',
  ],
  ["addData", () => loose(new FlashLoader(session))["addData"]?.(-1, []), `${ADDRESS}-1`],
  [
    "FlashEraser",
    () => new FlashEraser(session, "all" as "chip"),
    'mode must be one of "chip", "sector", not "all"',
  ],
  [
    "erase",
    () => loose(new FlashEraser(session, "sector"))["erase"]?.(["0x1000"]),
    "places[0] must be an address or { address, size }",
  ],
  [
    "program",
    () => loose(new FileProgrammer(session))["program"]?.(5),
    "files must be a path, { name, bytes }, or an array of them, not 5",
  ],
  [
    "program format",
    () => loose(new FileProgrammer(session))["program"]?.("x.bin", { format: "axf" }),
    "format must be one of",
  ],
  ["session.run", () => loose(session)["run"]?.(undefined), "sequence must be a string, not undefined"],
  [
    "session.sleep",
    () => loose(session)["sleep"]?.("1s"),
    'ms must be a time from 0 to 86400000 ms, not "1s"',
  ],
  ["session.readFile", () => loose(session)["readFile"]?.(1), "path must be a string, not 1"],
  [
    "session.close",
    () => loose(session)["close"]?.("halt"),
    'leave must be one of "running", "halted", "as-found", not "halt"',
  ],
];

function memoryAp(): MEM_AP {
  const ap = session.target.dp.aps.get(0);
  if (!(ap instanceof MEM_AP)) throw new Error("AP 0 has no memory");
  return ap;
}

async function register(): Promise<unknown> {
  const svd = join(mkdtempSync(join(tmpdir(), "dbgseq-")), "x.svd");
  writeFileSync(
    svd,
    `<device><name>D</name><peripherals><peripheral><name>BOX</name><baseAddress>0x20000000</baseAddress><registers>
<register><name>CR</name><addressOffset>0</addressOffset><size>32</size><fields><field><name>ON</name><bitRange>[0:0]</bitRange></field></fields></register>
</registers></peripheral></peripherals></device>`,
  );
  const other = await ConnectHelper.sessionWithChosenProbe({ probe: "sim:generic-m4", svd });
  return other?.target.register("BOX.CR");
}

function flash(): unknown {
  return session.target.memoryMap.getRegionsOfType("flash")[0]?.flash;
}

describe("a wrong argument ends in bad-argument and says what is right", () => {
  test.each(CALLS)("%s", async (_name, call, says) => {
    let failure: unknown;
    try {
      await call();
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ fault: { kind: "bad-argument" } });
    expect((failure as Error).message).toContain(says);
  });
});

/** Objects that scripts hold; the rest of the page is for those who write models and hosts. */
const OBJECTS = [
  ...["ConnectHelper", "Session", "Target", "DebugPort", "AccessPort", "AccessPorts", "MEM_AP", "CortexM"],
  ...["DeviceRegister", "MemoryMap", "Flash", "FlashLoader", "FlashEraser", "FileProgrammer"],
];
/** Any value is answered: an error to explain, an access port that may be there. */
const TAKES_ANYTHING = ["closeAfter", "diagnose", "explain", "has", "of", "withAttributes"];

test("every call with arguments has its wrong argument here", () => {
  const [reference = ""] = readFileSync("examples/06-api/reference.md", "utf8").split(/^# dbgseq\/sim/m);
  const own = readFileSync("test/api/bad-arguments.test.ts", "utf8");
  const calls = [...reference.matchAll(/^- `(\w+)\.(\w+)\([a-z]/gm)]
    .filter(([, object = ""]) => OBJECTS.includes(object))
    .map(([, , name = ""]) => name)
    .filter((name) => !TAKES_ANYTHING.includes(name));
  expect(calls.length).toBeGreaterThan(40);
  expect([...new Set(calls)].filter((name) => !own.includes(`"${name}"]`))).toEqual([]);
});
