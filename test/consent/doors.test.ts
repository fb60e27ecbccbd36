/**
 * Consent on the command line and in the library: who answers queries, what an answer is worth, and each command that could
 * erase or lock a part without being asked to.
 */
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/program.ts";
import { ConnectHelper, type ConnectRequest } from "../../src/index.ts";
import { asFailure, Failure } from "../../src/lib/fault.ts";
import { dbgseq, unwrapped, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PACK = "examples/05-flash/Example.EX52_DFP.pdsc";
const PROTECTED = ["--pack", PACK, "--probe", "sim:nrf52840?protected=yes", "--no-config"] as const;

/** As dbgseq, with somebody at the terminal who types these lines. */
async function typing(lines: readonly string[], ...argv: readonly string[]): Promise<Finished> {
  let [out, err] = ["", ""];
  const left = [...lines];
  const code = await main(argv, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    ...{ cwd: process.cwd(), env: {}, terminal: true, color: false },
    ask: (question) => {
      err += question;
      return Promise.resolve(left.shift() ?? "");
    },
  });
  return { code, out, err: unwrapped(err), screen: err, all: out + err };
}

describe("a query that unlocks by erasing", () => {
  const QUESTION = "The device is protected. Unlocking erases it. Go on?";
  const regs = ["info", ...PROTECTED] as const;
  const ERASES = "erases all flash, RAM and UICR (CTRL-AP ERASEALL)";

  test.each([
    ["nobody", [], 5, "there is no answer for it"],
    ["--batch: its default is no", ["--batch"], 1, `query "${QUESTION}" -> no, by its own default (batch)`],
    ["--answer yes", ["--answer", "yes"], 5, ERASES],
    ["--answer yes, and locking allowed", ["--answer", "yes", "--allow", "lock=forever"], 5, ERASES],
    ["--answer no, and erasing allowed", ["--answer", "no", "--allow", "erase"], 1, "stays protected"],
  ] as const)("%s", async (_who, options, code, text) => {
    for (const command of [["read", "0x20000000"], ["halt"], ["flash", "examples/05-flash/firmware.hex"]]) {
      const ended = await dbgseq(...command, ...PROTECTED, ...options);
      expect({ code: ended.code, all: ended.all }).toEqual({
        code,
        all: expect.stringContaining(text) as string,
      });
      expect(ended.all).not.toContain("erased and unlocked");
    }
  });

  test("an answer and the grant", async () => {
    const { code, err, out } = await dbgseq(
      "flash",
      "examples/05-flash/firmware.hex",
      ...PROTECTED,
      "--answer",
      "yes",
      "--allow",
      "erase",
    );
    expect({ code, err, out }).toMatchObject({
      code: 0,
      err: expect.stringContaining(`query "${QUESTION}" -> yes, by an answer given in advance`) as string,
      out: expect.stringContaining("erased and unlocked") as string,
    });
  });

  test.each([
    ["yes and the device's name", ["yes", "ex52840"], 0, "erased and unlocked"],
    ["yes and something else", ["yes", "y"], 5, ERASES],
    ["no", ["no"], 1, "stays protected"],
    ["Enter, which takes the pack's default", [""], 1, "stays protected"],
  ])("a person types %s", async (_what, lines, code, text) => {
    const ended = await typing(lines, "halt", ...PROTECTED);
    expect({ code: ended.code, all: ended.all }).toEqual({
      code,
      all: expect.stringContaining(text) as string,
    });
  });

  test("where no query is asked nothing is erased either", async () => {
    expect((await dbgseq(...regs, "--answer", "yes")).all).not.toContain("erased and unlocked");
  });
});

describe("queries by who answers and what they lead to", () => {
  const SEQUENCES = `
sequence Harmless { if (Query(1, "go on?", 3) == 3) { Write32(0x20000000, 1); Message(0, "done"); } }
sequence Erases { if (Query(1, "go on?", 3) == 3) { Write32(0x4001E50C, 1); Message(0, "done"); } }
sequence Locks { if (Query(1, "go on?", 3) == 3) { Write32(0x4001E504, 1); Write32(0x10001208, 0xFFFFFF00); Message(0, "done"); } }
sequence Told { Query(0, "this takes a while", 1); Message(0, "done"); }
sequence Asked { __var v = QueryValue("how many?", 4); Message(0, "%d", v); }
`;
  const script = (): string => `${folderWith({ "q.seq": SEQUENCES })}/q.seq`;
  const run = (name: string, ...more: readonly string[]): Promise<Finished> =>
    dbgseq("run", `${script()}#${name}`, "--probe", "sim:nrf52840", "--no-config", ...more);

  test.each([
    ["Harmless", [], 5, ""],
    ["Harmless", ["--batch"], 0, "done\n"],
    ["Harmless", ["--answer", "yes"], 0, "done\n"],
    ["Harmless", ["--answer", "no"], 0, ""],
    ["Erases", [], 5, ""],
    ["Erases", ["--batch"], 5, ""],
    ["Erases", ["--answer", "yes"], 5, ""],
    ["Erases", ["--answer", "yes", "--allow", "lock"], 5, ""],
    ["Erases", ["--answer", "yes", "--allow", "erase"], 0, "done\n"],
    ["Locks", ["--batch"], 5, ""],
    ["Locks", ["--answer", "yes"], 5, ""],
    ["Locks", ["--answer", "yes", "--allow", "erase"], 5, ""],
    ["Locks", ["--answer", "yes", "--allow", "lock"], 0, "done\n"],
    ["Told", [], 0, "done\n"],
    ["Asked", [], 5, ""],
    ["Asked", ["--batch"], 0, "4\n"],
    ["Asked", ["--answer", "how=7"], 0, "7\n"],
  ] as const)("%s %j", async (name, options, code, out) => {
    const ended = await run(name, ...options);
    expect({ code: ended.code, out: ended.out, err: ended.err }).toMatchObject({ code, out });
    expect(ended.err.includes('query "')).toBe(options.length > 0 || name === "Told");
  });

  test.each([
    ["Erases", ["yes", "erase"], 0],
    ["Erases", ["yes", "yes"], 5],
    ["Locks", ["yes", "erase"], 5],
    ["Harmless", ["yes"], 0],
  ])("%s, on a terminal: %j", async (name, lines, code) => {
    const on = ["--probe", "sim:nrf52840", "--no-config"];
    expect((await typing(lines, "run", `${script()}#${name}`, ...on)).code).toBe(code);
  });

  const ALL = "Write32(0x4001E50C, 1);";
  const UICR = "Write32(0x4001E514, 1);";
  test.each([
    ["two effects, each with the name", ALL + UICR, ["erase", "erase"], 0],
    ["two effects, and the name for one", ALL + UICR, ["erase"], 5],
    ["one effect twice, and the name once", ALL + ALL, ["erase"], 0],
  ])("a name typed at an erase stands for that effect: %s", async (_what, statements, lines, code) => {
    const on = ["--probe", "sim:nrf52840", "--no-config"];
    expect((await typing(lines, "run", "-e", statements, ...on)).code).toBe(code);
  });

  test("the library without an operator refuses, and keeps the rule with one", async () => {
    const within = async (name: string, request: ConnectRequest): Promise<string | undefined> => {
      try {
        await ConnectHelper.withSession(
          { probe: "sim:nrf52840", seq: [script()], config: false, ...request },
          (session) => session.run(name),
        );
        return undefined;
      } catch (error) {
        let deepest = asFailure(error);
        for (let next: unknown = deepest; next instanceof Failure; next = next.cause) deepest = next;
        return deepest?.fault.kind;
      }
    };
    const operator = { query: () => Promise.resolve(3n), queryValue: () => Promise.resolve(7n) };
    expect(await within("Harmless", {})).toBe("no-answer");
    expect(await within("Harmless", { operator })).toBeUndefined();
    expect(await within("Erases", { operator })).toBe("no-consent");
    expect(await within("Erases", { operator, mayErase: true })).toBeUndefined();
    expect(await within("Locks", { operator, mayErase: true })).toBe("no-consent");
    expect(await within("Locks", { operator, mayLock: true })).toBeUndefined();
  });
});

describe("commands and files that write by themselves", () => {
  const ON = ["--probe", "sim:nrf52840", "--no-config"] as const;
  const RECIPE = "probe: sim:nrf52840\nsteps:\n  - connect\n  - { write: 0x4001E50C, value: 1 }\n";

  test.each([
    ["write", ["write", "0x4001E50C", "1", ...ON], "erase"],
    ["write of a byte", ["write", "--width", "8", "0x4001E50C", "1", ...ON], "erase"],
    ["fill", ["fill", "0x4001E500:0x20", "1", ...ON], "erase"],
    ["-e", ["run", "-e", "Write32(0x4001E504, 1); Write32(0x10001208, 0);", ...ON], "lock"],
    ["a recipe's write", ["recipe", "run", "RECIPE"], "erase"],
    ["erase of everything by its range", ["erase", "0:0x100000", "--pack", PACK, ...ON], "erase"],
    [
      "erase of everything in two ranges",
      ["erase", "0:0x80000", "0x80000:0x80000", "--pack", PACK, ...ON],
      "erase",
    ],
  ])("%s", async (_what, named, grant) => {
    const recipe = `${folderWith({ "r.yaml": RECIPE })}/r.yaml`;
    const argv = named.map((word) => (word === "RECIPE" ? recipe : word));
    const { code, err } = await dbgseq(...argv);
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining(`--allow ${grant}`) as string });
    expect((await dbgseq(...argv, "--allow", grant)).code).toBe(0);
  });

  test("an invented pack on a Nordic part meets Nordic's row", async () => {
    const pdsc = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="STM32F4" Dvendor="STMicroelectronics:13">
<device Dname="STM32F407VG"><processor Dcore="Cortex-M4" DcoreVersion="r0p1"/>
<sequences><sequence name="DebugDeviceUnlock"><block>__ap = 1; WriteAP(0x04, 1);</block></sequence></sequences>
</device></family></devices></package>`;
    const pack = `${folderWith({ "V.N.pdsc": pdsc })}/V.N.pdsc`;
    const device = ["--pack", pack, "--device", "STM32F407VG"];
    const { code, err } = await dbgseq("halt", ...device, ...ON, "--batch", "--answer", "yes");
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("CTRL-AP ERASEALL") as string });
  });
});

describe("ways round the table", () => {
  const run = (statements: string, probe: string, ...more: readonly string[]): Promise<Finished> =>
    dbgseq("run", "-e", statements, "--probe", probe, "--no-config", ...more);
  const NRF = "sim:nrf52840";
  const MK64 = "sim:mk64fn1m0";

  test.each([
    ["other bits besides ERASEALL", NRF, "__ap = 1; WriteAP(0x4, 3);"],
    ["NVMC with other bits", NRF, "Write32(0x4001E50C, 3);"],
    ["MDM-AP with high bits", MK64, "__ap = 1; WriteAP(0x4, 0x80000001);"],
    ["AAP with other bits", "sim:efm32gg990?locked=yes", "WriteAP(0x0, 5);", "--connect", "none"],
    ["SSB by another spelling", "sim:atsamd21j18", "Write16(0x41004000, 0xA5C5);"],
    ["a mirror of the DSU", "sim:atsamd21j18", "Write8(0x41002200, 0x10);"],
    ["the sector of FSEC by FTFE", MK64, "Write32(0x40020004, 0x09000000);"],
    ["the phrase of FSEC by FTFE", MK64, "Write32(0x40020004, 0x07000408);"],
    ["a block by FTFE", MK64, "Write32(0x40020004, 0x08000000);"],
    [
      "TAR that a read moved on",
      NRF,
      "WriteAP(0x0, 0x23000052); WriteAP(0x4, 0x4001E508); ReadAP(0xC); WriteAP(0xC, 1);",
    ],
    ["packed bytes", MK64, "WriteAP(0x0, 0x23000060); WriteAP(0x4, 0x40020004); WriteAP(0xC, 0x44000000);"],
    [
      "bytes that are packed across two words",
      "sim:atsamd21j18",
      "WriteAP(0x0, 0x23000020); WriteAP(0x4, 0x410020FF); WriteAP(0xC, 0x10);",
    ],
    ["mass erase through the bit-band", "sim:stm32f407", "Write32(0x42478240, 1);"],
    ["the auxiliary row by the page buffer", "sim:atsamd21j18", "Write16(0x41004000, 0xA506);"],
    ["the lock bits page by MSC", "sim:efm32gg990", "Write32(0x400C0010, 0x0FE041FC);"],
    ["the second half of flash by MSC", "sim:efm32gg990", "Write32(0x400C000C, 0x200);"],
    [
      "the other door of ERASEALL",
      "sim:nrf9160",
      "__ap = 4; WriteAP(0x1C, 0x50FA50FA);",
      "--connect",
      "none",
    ],
    ["the other door of ERASEALL, nRF5340", "sim:nrf5340", "__ap = 3; WriteAP(0x1C, 0x50FA50FA);"],
    ["once-programmable memory by FTFE", MK64, "Write32(0x40020004, 0x43000000);"],
    ["RDP level 0 of an STM32H7", "sim:stm32h743", "Write32(0x52002020, 0x13AAAA00);"],
    ["APPROTECT that only some revisions take for open", NRF, "Write32(0x10001208, 0xFFFFFF5A);"],
  ])("%s", async (_what, probe, statements, ...more) => {
    const { code, err } = await run(statements, probe, ...more);
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("it was not sent") as string });
  });

  test("words by hand that count up are sent, each where TAR then stands", async () => {
    const words =
      "WriteAP(0x0, 0x23000052); WriteAP(0x4, 0x20000000); WriteAP(0xC, 1); WriteAP(0xC, 2); WriteAP(0xC, 3);";
    const shown = 'Message(0, "%d %d", Read32(0x20000004), Read32(0x20000008));';
    expect(await run(words + shown, NRF)).toMatchObject({ code: 0, out: "2 3\n" });
  });

  test("direct access registers of ADIv6, and a TAR that stands elsewhere", async () => {
    const on = ["--seq", "sequences/vendor/raspberrypi/rp2350.seq"];
    const direct = "__ap = 0x2000; WriteAP(0xD04, 0x40120000); WriteAP(0x100, 1);";
    expect((await run(direct, "sim:rp2350", ...on)).err).toContain("it was not sent");
  });

  const described = (name: string, more: string): string => {
    const pdsc = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1">
<device Dname="${name}"><processor Dcore="Cortex-M4" DcoreVersion="r0p1"/>${more}</device></family></devices></package>`;
    return `${folderWith({ "V.N.pdsc": pdsc })}/V.N.pdsc`;
  };

  test.each(["STM32F103C8", "STM32H743ZI", "STM32XYZ", "ACME"])(
    "RDP level 2 of an STM32F407 that a pack calls %s",
    async (name) => {
      const on = ["--pack", described(name, ""), "--device", name];
      const { code, err } = await run("Write32(0x40023C14, 0x0FFFCCEE);", "sim:stm32f407", ...on);
      expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("lock=forever") as string });
    },
  );

  test("a pack that corrects what DPIDR says makes no other part of it", async () => {
    const patch = '<debug><datapatch type="DP" address="0x0" value="0x0BA01041"/></debug>';
    const on = ["--pack", described("STM32F407VG", patch), "--device", "STM32F407VG"];
    expect((await run("Write32(0x4001E50C, 1);", NRF, ...on)).code).toBe(5);
  });

  test("the place that is named is that of the write", async () => {
    const text = "sequence A {\n  Write32(0x20000000, 1);\n  Write32(0x4001E50C, 1);\n  B();\n}\n";
    const script = text.replace("  B();\n", '  Sequence("B");\n') + "sequence B { DAP_Delay(1); }\n";
    const path = `${folderWith({ "s.seq": script })}/s.seq`;
    const { err } = await dbgseq("run", `${path}#A`, "--probe", NRF, "--no-config");
    expect(err).toContain("s.seq:3:3");
  });

  test("flash by hand in the library", async () => {
    const pack = PACK;
    await ConnectHelper.withSession({ probe: NRF, pack, config: false }, async ({ target }) => {
      const flash = target.memoryMap.getBootMemory()?.flash;
      await expect(flash?.eraseAll()).rejects.toThrow("consent required");
    });
  });

  test("a part whose ROM table names its maker keeps its rows whatever a pack calls it", async () => {
    // Direct writes of option bytes' addresses: neither DPIDR nor IDR of an STM32F407 say who made it.
    const on = ["--pack", described("ACME", ""), "--device", "ACME"];
    expect((await run("Write32(0x1FFFC000, 0x55AACC00);", "sim:stm32f407", ...on)).code).toBe(5);
    expect((await run("Write32(0x1FFFC000, 0x55AACC00);", "sim:generic-m4", ...on)).code).not.toBe(5);
  });

  test("what nobody could be asked of is asked again once there is power", async () => {
    const off =
      "__errorcontrol = 1; WriteDP(0x4, 0); Write32(0x1FFFC000, 0x55AACC00); WriteDP(0x4, 0x50000000);";
    const wait = "DAP_Delay(100000);";
    const on = ["--pack", described("ACME", ""), "--device", "ACME"];
    const { code } = await run(`${off}${wait}Write32(0x1FFFC000, 0x55AACC00);`, "sim:stm32f407", ...on);
    expect(code).toBe(5);
  });

  test.each([
    ["CCM RAM of an STM32F4", "sim:stm32f407", "STM32F407VG", "Write32(0x10001208, 0);"],
    ["RAM of another maker's part", "sim:generic-m4", "HC32F460JETA", "Write32(0x1FFFC000, 0);"],
  ])("%s is ordinary memory", async (_what, probe, name, statements) => {
    const on = ["--pack", described(name, ""), "--device", name];
    expect((await run(statements, probe, ...on)).code).not.toBe(5);
  });
});
