/** Every row of the table through every door: refused and not sent without its grant, sent with it. */
import { describe, expect, test } from "vitest";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import { familyNamed, GUARDED, rowsFor, type Grant, type Guarded } from "../../src/device/guarded/index.ts";
import { asFailure, Failure } from "../../src/lib/fault.ts";
import { hex } from "../../src/lib/hex.ts";
import { Source } from "../../src/lib/source.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { Guard } from "../../src/session/guard/guard.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { loadScripts } from "../../src/project/scripts.ts";
import type { Connection } from "../../src/session/connection.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const IN_MEMORY = GUARDED.filter((row) => "address" in row.at);
const IN_ACCESS_PORTS = GUARDED.filter((row) => "apRegister" in row.at);
const GRANTS: readonly Grant[] = ["erase", "lock", "lock=forever"];

/** A value that the row means. */
function meant({ when }: Guarded): number {
  if (when === undefined) return 0x1234_5678;
  return "is" in when ? (when.is[0] ?? 0) : (~(when.unless[0] ?? 0) & when.mask) >>> 0;
}

function addressOf({ at }: Guarded): number {
  return "address" in at ? at.address : 0;
}

interface On {
  readonly session: Connection;
  readonly simulator: Simulator;
}

/** A part that says nothing of who made it, so that every row holds; sequences by number of the row. */
async function unknownPart(granted: readonly Grant[]): Promise<On> {
  const script = GUARDED.map((row, index) => sequenceFor(row, index)).join("\n");
  const read = (path: string): Promise<never> => Promise.reject(new Error(path));
  const { definitions } = await loadScripts([new Source("table.seq", script)], read, undefined);
  const simulator = openSimulator({ model: "generic-m4", options: { latency: "none" } });
  const session = await openSessionOver(simulator, {
    context: new DeviceContext({ project: definitions }),
    layers: [],
    operator: scriptedOperator([]),
    consent: { granted },
  });
  await session.connect();
  return { session, simulator };
}

function sequenceFor(row: Guarded, index: number): string {
  const value = hex(meant(row));
  if ("apRegister" in row.at)
    return `sequence Plain${index} { __ap = 1; WriteAP(${hex(row.at.apRegister)}, ${value}); }`;
  const at = hex(row.at.address);
  return `
sequence Plain${index} { __errorcontrol = 1; Write32(0x20000000, ${index}); Write32(${at}, ${value}); }
sequence Raw${index} { WriteAP(0x0, 0x23000052); WriteAP(0x4, ${at}); WriteAP(0xC, ${value}); }
sequence Banked${index} { WriteAP(0x4, ${hex(addressOf(row) - (addressOf(row) % 16))}); WriteAP(${hex(0x10 + (addressOf(row) % 16))}, ${value}); }
sequence Atomic${index} { atomic { Write32(0x20000000, 1); Write32(${at}, ${value}); } }
sequence Block${index} { BufferSet(1, 0, 4, 4, ${value}); BufferWrite(1, 0, ${at}, 4, 32); }`;
}

function wrote({ simulator }: On, address: number): boolean {
  return simulator.soc.log.events.some(
    (event) => event.kind === "memory" && event.access === "write" && event.address === address,
  );
}

/** The fault at the bottom of an error, or undefined where the work went through. */
async function faultOf(
  work: Promise<unknown>,
): Promise<{ readonly kind: string; readonly effect?: Grant } | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    let deepest = asFailure(error);
    for (let next: unknown = deepest; next instanceof Failure; next = next.cause) deepest = next;
    return deepest?.fault;
  }
}

type Door = (on: On, row: Guarded, index: number) => Promise<unknown>;

const DOORS: Readonly<Record<string, Door>> = {
  "an access function": ({ session }, _row, index) => session.run(`Plain${index}`),
  "TAR and DRW written by hand": ({ session }, _row, index) => session.run(`Raw${index}`),
  "a banked data register": ({ session }, _row, index) => session.run(`Banked${index}`),
  "an atomic block": ({ session }, _row, index) => session.run(`Atomic${index}`),
  BufferWrite: ({ session }, _row, index) => session.run(`Block${index}`),
  "a write of the debugger": ({ session }, row) => session.write(addressOf(row), 32, meant(row)),
  "a block of the debugger": ({ session }, row) =>
    session.rig.target.memory.writeWords(addressOf(row) - 8, Uint32Array.of(0, 0, meant(row), 0)),
};

describe.each(Object.entries(DOORS))("%s", (_name, door) => {
  test("every row of memory is refused without its grant, and nothing of it is sent", async () => {
    const on = await unknownPart([]);
    for (const row of IN_MEMORY) {
      const fault = await faultOf(door(on, row, GUARDED.indexOf(row)));
      expect(fault, `${row.family}: ${row.does}`).toMatchObject({ kind: "no-consent" });
      expect(wrote(on, addressOf(row)), row.does).toBe(false);
    }
    expect(await on.session.read(0xe000_ed00, 32)).toBe(0x410f_c241);
    await on.session.disconnect();
    expect(on.simulator.lights).toEqual({ connected: false, running: false });
  });

  test("and with all grants it is sent", async () => {
    const on = await unknownPart(GRANTS);
    for (const row of IN_MEMORY) {
      const fault = await faultOf(door(on, row, GUARDED.indexOf(row)));
      expect(fault?.kind, `${row.family}: ${row.does}`).not.toBe("no-consent");
    }
    await on.session.abandon();
  });
});

test("what stands before a refused write takes place", async () => {
  const on = await unknownPart([]);
  const [row] = IN_MEMORY;
  if (row === undefined) throw new Error("there are rows");
  const index = GUARDED.indexOf(row);
  expect(await faultOf(on.session.run(`Plain${index}`))).toMatchObject({ kind: "no-consent" });
  expect(await on.session.read(0x2000_0000, 32)).toBe(index);
  await on.session.disconnect();
});

describe("registers of access ports", () => {
  test.each(IN_ACCESS_PORTS)("$family: $does", async (row) => {
    const index = GUARDED.indexOf(row);
    const without = await unknownPart([]);
    expect(await faultOf(without.session.run(`Plain${index}`))).toMatchObject({ kind: "no-consent" });
    await without.session.disconnect();
    const on = await unknownPart(GRANTS);
    expect(await faultOf(on.session.run(`Plain${index}`))).toBeUndefined();
    await on.session.disconnect();
  });

  test("one that is memory's is asked for nothing", async () => {
    const { session } = await unknownPart([]);
    // TAR := 1, through a MEM-AP.
    await session.rig.access.dp.writeAp(0, 0x4, 1);
    await session.disconnect();
  });
});

describe("images", () => {
  const commit = (row: Guarded, granted: readonly Grant[]): Promise<unknown> => {
    const start = addressOf(row) - (addressOf(row) % 0x1000);
    const consent = new Guard(undefined, { granted }).forFlash(() => Promise.resolve());
    const image = new FlashImage();
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, meant(row), true);
    image.add(addressOf(row), bytes, "test");
    const region = {
      ...{ name: "flash", start, size: 0x1000, pageSize: 0x100, erased: 0xff, erasesSectors: true },
      ...{ readable: true, programLimitUs: 1, eraseLimitUs: 1, groups: [{ start, size: 0x800 }], consent },
      close: () => Promise.resolve(),
      crcs: () => Promise.reject(new Error("the flash was reached")),
      read: () => Promise.reject(new Error("the flash was reached")),
      verify: () => Promise.reject(new Error("the flash was reached")),
      isBlank: () => Promise.reject(new Error("the flash was reached")),
    };
    return new Loader([region as never], image).commit();
  };

  test("every row of memory is refused without its grant, before the flash is reached", async () => {
    for (const row of IN_MEMORY)
      expect(await faultOf(commit(row, [])), row.does).toMatchObject({ kind: "would-lock" });
  });

  test("and with all grants it goes on to the flash", async () => {
    for (const row of IN_MEMORY)
      await expect(commit(row, GRANTS), row.does).rejects.toThrow("the flash was reached");
  });
});

describe("which rows hold", () => {
  const families = (known: Parameters<typeof rowsFor>[0]): readonly string[] => [
    ...new Set(rowsFor(known).map(({ family }) => family)),
  ];

  test("all, where nothing is known", () => {
    expect(families({ designers: [] })).toEqual([...new Set(GUARDED.map(({ family }) => family))]);
  });

  test("a description takes none away but what is ordinary memory on its parts", () => {
    const left = rowsFor({ device: "STM32F407VG", designers: [] });
    const outside = GUARDED.filter(({ family, inMemory }) => family !== "STM32" && inMemory !== true);
    expect(left).toEqual(expect.arrayContaining([...outside]));
    expect(left.some(({ family, inMemory }) => family !== "STM32" && inMemory === true)).toBe(false);
  });

  test("a name of another device of the family takes no register away", () => {
    const registers = GUARDED.filter(({ family, inMemory }) => family === "STM32" && inMemory !== true);
    for (const device of ["STM32F103C8", "STM32H743ZI", "STM32XYZ"])
      expect(rowsFor({ device, designers: [] })).toEqual(expect.arrayContaining([...registers]));
    expect(rowsFor({ device: "nRF9160", designers: [0x144] })).toEqual(
      expect.arrayContaining(GUARDED.filter(({ family }) => family === "nRF")),
    );
  });

  test("the hardware decides, and a description only adds its own", () => {
    expect(families({ designers: [0x144] })).toEqual(["nRF"]);
    expect(families({ device: "STM32F407VG", designers: [0x144] })).toEqual(["nRF", "STM32"]);
  });

  test("option bytes of one family are told apart by the device", () => {
    expect(familyNamed("STM32L476RG")).toBe("STM32");
    const addresses = rowsFor({ device: "STM32L476RG", designers: [] }).map((row) => addressOf(row));
    expect(addresses).toContain(0x1fff_7000);
    expect(addresses).not.toContain(0x1fff_c000);
  });
});
