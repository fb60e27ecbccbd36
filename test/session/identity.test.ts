/**
 * What is not there is never read: each identity register of what a run uses, reading 0 or all ones, ends every command and
 * every call with 4 and names what is missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { agreesWith } from "../../src/coresight/cpuid.ts";
import { judge } from "../../src/coresight/adi/identity.ts";
import { ConnectHelper, type Target } from "../../src/index.ts";
import { Source } from "../../src/lib/source.ts";
import { exitCodeOf } from "../../src/session/exit-codes.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { openLink } from "../../src/probe/cmsis-dap/link.ts";
import type { DapLink, Register } from "../../src/coresight/wire/link.ts";
import { sentences } from "../../src/lib/fault.ts";
import { watchedProbe } from "../api/fixture.ts";
import { dbgseq, type Finished, unwrapped } from "../support/command-line.ts";
import {
  COMMANDS,
  plainModel,
  PROTOCOLS,
  VERSIONS,
  WRONGS,
  type Version,
  type Wrong,
  type WrongCase,
} from "./identity-models.ts";

const folder = mkdtempSync(join(tmpdir(), "dbgseq-identity-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function on(wrong: Wrong, ...args: readonly string[]): Promise<Finished> {
  return dbgseq(...args, "--probe", `sim:${file("model.yaml", plainModel("v1", wrong))}`, "--no-config");
}

/** `npm run test:faults` runs every command on every target; every day each target meets one of them, on each wire. */
const everyCommand = process.env["FAULT_STRIDE"] !== undefined;

/** Host polling of a second on JTAG costs seconds of this machine, so that every day SWD alone shows it. */
const wrongsOn = (protocol: string): readonly WrongCase[] =>
  WRONGS.filter(({ wrong }) => everyCommand || protocol === "swd" || wrong.power === undefined);

describe.each(PROTOCOLS)("%s", (protocol) => {
  describe.each(VERSIONS)("ADI %s", (version) => {
    const run = (model: string, command: string): Promise<Finished> => {
      const probe = `sim:${file("model.yaml", model)}`;
      return dbgseq(...command.split(" "), "--probe", probe, "--protocol", protocol, "--no-config");
    };

    test.each(everyCommand ? COMMANDS : ["read 0x20000000"])("a sound target passes: %s", async (command) => {
      const { code, err } = await run(plainModel(version), command);
      expect({ code, err: err.replace(/^.*(?:halted|nRESET|connect auto).*\n/gm, "") }).toEqual({
        code: 0,
        err: "",
      });
    });

    test.each(wrongsOn(protocol))("$what ends every command", async ({ wrong, names }) => {
      const at = WRONGS.findIndex((one) => one.wrong === wrong) + VERSIONS.indexOf(version);
      const commands = everyCommand ? COMMANDS : [COMMANDS[at % COMMANDS.length] ?? ""];
      for (const command of commands) {
        const { code, out, err } = await run(plainModel(version, wrong), command);
        expect({ command, code }).toEqual({ command, code: 4 });
        expect(out).not.toContain("0x20000000");
        expect(err).toMatch(names);
      }
    });

    test.each(everyCommand || protocol === "swd" ? wrongsOn(protocol) : [])(
      "$what ends a session of the library",
      async ({ wrong, names }) => {
        const model = new Source("plain.yaml", plainModel(version, wrong));
        const error: unknown = await ConnectHelper.withSession(
          { probes: [watchedProbe({ model })], protocol },
          (session) => session.target.read32(0x2000_0000),
        ).catch((caught: unknown) => caught);
        expect(exitCodeOf(error)).toBe(4);
        expect(sentences(error).join("; ")).toMatch(names);
      },
    );
  });
});

/** Changes what the register reads from its so-many-th reading on, in every word that a run of the link yields. */
function tampering(
  link: DapLink,
  register: Tampered,
  value: number,
  from: number,
): DapLink & { readonly readings: number } {
  let select = 0;
  let tar = 0;
  let readings = 0;
  const run: DapLink["run"] = async (ops, mode) => {
    const isRead = ops.map((op): boolean => {
      if (op.kind === "write") {
        const word = op.words[0] ?? 0;
        if (op.register.port === "DP" && op.register.address === 0x8) select = word;
        if (op.register.port === "AP" && (select & 0xf0) === 0 && op.register.address === 0x4) tar = word;
      }
      // The loops of DebugPortStart would wait for a second of it; the flow's own look reads it together with the access port.
      if (register === "CTRL/STAT" && !ops.some((one) => one.kind === "read" && one.register.port === "AP"))
        return false;
      return op.kind === "read" && register === nameOf(op.register, select, tar);
    });
    const outcome = await link.run(ops, mode);
    const values = outcome.values.map((words, at) => {
      if (isRead[at] !== true || words.length !== 1) return words;
      readings += 1;
      return readings > from ? Uint32Array.of(value) : words;
    });
    return { ...outcome, values };
  };
  return {
    can: link.can,
    identity: link.identity,
    notes: link.notes,
    blockWords: link.blockWords,
    connect: (settings) => link.connect(settings),
    chain: (irLengths) => link.chain(irLengths),
    run,
    interrupt: () => {
      link.interrupt();
    },
    status: (light, on) => link.status(light, on),
    disconnect: () => link.disconnect(),
    close: () => link.close(),
    get readings() {
      return readings;
    },
  };
}

function nameOf({ port, address }: Register, select: number, tar: number): Tampered | undefined {
  if (port === "DP") {
    if (address === 0x0) return (select & 0xf) === 0 ? "DPIDR" : undefined;
    return address === 0x4 && (select & 0xf) === 0 ? "CTRL/STAT" : undefined;
  }
  const bank = select & 0xf0;
  if (bank === 0xf0 && address === 0xc) return "IDR";
  if (bank === 0 && address === 0x0) return "CSW";
  if (bank !== 0 || address !== 0xc) return undefined;
  return tar === 0xe000_ed00 ? "CPUID" : tar === 0xe000_edf0 ? "DHCSR" : undefined;
}

type Tampered = "DPIDR" | "CTRL/STAT" | "IDR" | "CSW" | "CPUID" | "DHCSR";

/** How often a run over a sound target reads it, and what it ends with when the readings from one on are others. */
async function tampered(
  register: Tampered,
  value: number,
  from: number,
  protocol: "swd" | "jtag",
  version: Version,
) {
  const simulator = openSimulator({ model: new Source("plain.yaml", plainModel(version)) });
  const link = tampering(await openLink(simulator.pipe, simulator.clock), register, value, from);
  const session = await openSessionOver(
    { link, clock: simulator.clock },
    {
      context: new DeviceContext({}),
      layers: [{ origin: "test", values: { protocol } }],
      operator: scriptedOperator([]),
    },
  );
  const error: unknown = await session
    .during(async () => {
      await session.read(0x2000_0000, 32);
    })
    .then(
      () => undefined,
      (caught: unknown) => caught,
    );
  return { error, readings: link.readings };
}

describe.each(PROTOCOLS)("a register that reads wrong from one reading on: %s", (protocol) => {
  test.each(
    VERSIONS.flatMap((version) =>
      (["DPIDR", "CTRL/STAT", "IDR", "CSW", "CPUID"] as const).flatMap((register) =>
        [0, 0xffff_ffff].map((value) => [version, register, value] as const),
      ),
    ),
  )("ADI %s, %s reads %i", async (version, register, value) => {
    const sound = await tampered(register, value, Infinity, protocol, version);
    expect(sound.error).toBeUndefined();
    expect(sound.readings).toBeGreaterThan(0);
    const { error } = await tampered(register, value, 0, protocol, version);
    // A JTAG-DP of DPv0 has no DPIDR: its IDCODE identifies it.
    if (protocol === "jtag" && version === "v1" && register === "DPIDR" && value === 0)
      expect(error).toBeUndefined();
    else expect(exitCodeOf(error)).toBe(4);
  });
});

describe.each(PROTOCOLS)("an access port that a reset takes away: %s", (protocol) => {
  type Work = (target: Target) => Promise<unknown>;
  test.each<[string, Work]>([
    ["read", (target) => target.read32(0x2000_0000)],
    ["write", (target) => target.write32(0x2000_0000, 1)],
    ["state", (target) => target.selectedCore.getState()],
    ["halt", (target) => target.halt()],
    ["reset by AIRCR", (target) => target.reset("sysresetreq")],
    ["reset by nRESET", (target) => target.reset("nsrst")],
  ])("what follows ends with 4: %s", async (_, work) => {
    const probe = watchedProbe({ model: new Source("plain.yaml", plainModel("v1")) });
    const error: unknown = await ConnectHelper.withSession({ probes: [probe], protocol }, async (session) => {
      const { soc } = probe.simulator;
      soc.onReset(() => soc.accessPorts.delete(0));
      await session.target.reset().catch(() => undefined);
      await work(session.target);
    }).catch((caught: unknown) => caught);
    expect(exitCodeOf(error)).toBe(4);
    expect(sentences(error).join("; ")).toContain("AP 0 is not there");
  });
});

describe("cases", () => {
  const pack = (elements: string): string =>
    file(
      "Example.T.pdsc",
      `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.36">
  <vendor>Example</vendor><name>T</name><description>of a test</description>
  <url>https://example.com/</url><releases><release version="1.0.0" date="2026-01-01">first</release></releases>
  <devices><family Dfamily="T" Dvendor="Example:99999"><device Dname="T1">
    ${elements}
    <memory name="RAM" start="0x20000000" size="0x1000" access="rwx"/>
  </device></family></devices>
</package>`,
    );
  const M4 = '<processor Dcore="Cortex-M4" Dendian="Little-endian" Dclock="8000000"/>';
  const withPack = (elements: string, command: string, model = plainModel("v1")): Promise<Finished> =>
    dbgseq(
      ...command.split(" "),
      ...[
        "--pack",
        pack(elements),
        "--device",
        "T1",
        "--probe",
        `sim:${file("model.yaml", model)}`,
        "--no-config",
      ],
    );

  test.each([
    [
      "accessportV1 index=5",
      `${M4}<debugport __dp="0"><swd/></debugport><accessportV1 __apid="0" __dp="0" index="5"/><debug __apid="0"/>`,
      "AP 5 is not there",
    ],
    [
      "accessportV1 of __apid 5",
      `${M4}<debugport __dp="0"><swd/></debugport><accessportV1 __apid="5" __dp="0" index="3"/><debug __apid="5"/>`,
      "AP 3 is not there",
    ],
    ["debug __ap=3", `${M4}<debug __dp="0" __ap="3"/>`, "AP 3 is not there"],
    [
      "an __apid that nothing describes",
      `${M4}<debugport __dp="0"><swd/></debugport><accessportV1 __apid="0" __dp="0" index="0"/><debug __apid="9"/>`,
      "__apid 9, which the pack does not describe",
    ],
    [
      "a port behind itself",
      `${M4}<debugport __dp="0"><swd/></debugport><accessportV2 __apid="0" __dp="0" address="0x2000" parent="1"/><accessportV2 __apid="1" __dp="0" address="0x4000" parent="0"/><debug __apid="0"/>`,
      "which stands inside itself",
    ],
  ])("%s", async (_, elements, message) => {
    for (const command of ["read 0x20000000", "reset", "info"]) {
      const { code, err } = await withPack(elements, command);
      expect({ command, code }).toEqual({ command, code: 4 });
      expect(err).toContain(message);
    }
    expect([1, 4]).toContain((await withPack(elements, "doctor --target")).code);
  });

  test("a core that differs from the pack's is reported, and a generic name fits any", async () => {
    const other = await withPack(M4.replace("M4", "M7"), "read 0x20000000");
    expect(other.code).toBe(4);
    expect(unwrapped(other.err)).toContain(
      "the core behind AP 0 is a Cortex-M4 r0p1 (CPUID 0x410FC241; expected Cortex-M7)",
    );
    expect((await withPack(M4.replace("Cortex-M4", "ARMV8MML"), "read 0x20000000")).code).toBe(4);
    for (const command of ["info", "doctor --target"]) {
      const { code, out, err } = await withPack(M4.replace("M4", "M7"), command);
      expect({ command, code }).toEqual({ command, code: command === "info" ? 4 : 1 });
      expect(unwrapped(out + err)).toContain("the core is a Cortex-M4 r0p1, and T1 has a Cortex-M7");
    }
  });

  test.each([
    [0x410fd214, "Cortex-M33", true],
    [0x410fd214, "ARMV8MML", true],
    [0x411cd200, "ARMV8MBL", true],
    [0x411cd200, "ARMV8MML", false],
    [0x411fd221, "ARMV81MML", true],
    [0x410fd214, "ARMV81MML", false],
    [0x410cc601, "Cortex-M0", false],
    [0x410cc300, "SC000", true],
    [0x412fc330, "SC300", true],
    [0x631f1320, "Star-MC1", true],
    [0x631f1320, "Cortex-M33", true],
    [0x631f1320, "Cortex-M4", false],
    [0x410fc241, "Cortex-A9", true],
  ])("CPUID 0x%x agrees with %s: %s", (cpuid, core, agrees) => {
    expect(agreesWith(cpuid, core)).toBe(agrees);
  });

  test("a DHCSR of 0 is a state, and one of all ones is not", () => {
    expect(judge("DHCSR", { value: 0, place: "the core" })).toBeUndefined();
    expect(judge("DHCSR", { value: 0xffff_ffff, place: "the core" })?.fault).toMatchObject({
      kind: "wrong-identity",
      register: "DHCSR",
      meaning: "absent",
    });
  });

  test("a differing idcode is a note; another TARGETID ends the run", async () => {
    const noted = await withPack(
      `${M4}<debugport __dp="0"><swd idcode="0x2BA01476"/></debugport><debug/>`,
      "read 0x20000000",
    );
    expect(noted.code).toBe(0);
    expect(noted.err).toContain("the debug port reads 0x2BA01477, and the pack says idcode 0x2BA01476");
    const v2 = plainModel("v1", { dpidr: 0x0bc12477, more: "  targetId: 0x01002927" });
    const elements = (value: string): string =>
      `${M4}<debugport __dp="0"><swd targetsel="${value}"/></debugport><debug/>`;
    expect((await withPack(elements("0x01002927"), "read 0x20000000", v2)).code).toBe(0);
    const other = await withPack(
      `${M4}<debugport __dp="0"><jtag tapindex="0" targetsel="0x01003927"/></debugport><debug/>`,
      "read 0x20000000 --protocol jtag",
      v2.replace("0x01002927", "0x01004927\n  idcode: 0x0BA02477").replace(/  idcode: 195\d+\n/, ""),
    );
    expect(other.code).toBe(4);
    expect(other.err).toContain("belongs to another device than the description (TARGETID 0x01004927");
  });

  test("a sequence's memory access through a port that is not there fails at its line; its ReadAP may read 0", async () => {
    const refused = await on({}, "run", "-e", "__ap = 7; Read32(0x20000000);");
    expect(refused.code).toBe(4);
    expect(refused.err).toContain("AP 7 is not there");
    expect(refused.err).toMatch(/-e:1:\d+|:1:\d+/);
    const tolerated = await on(
      {},
      "run",
      "-e",
      '__errorcontrol = 1; __ap = 7; Message(0, "%x", Read32(0x20000000));',
    );
    expect({ code: tolerated.code, out: tolerated.out }).toEqual({ code: 0, out: "0\n" });
    const asked = await on({}, "run", "-e", '__ap = 7; Message(0, "%x", ReadAP(0xFC));');
    expect({ code: asked.code, out: asked.out }).toEqual({ code: 0, out: "0\n" });
    const undescribed = await on({}, "run", "-e", "__apid = 4; Read32(0x20000000);");
    expect(undescribed.code).toBe(4);
    expect(undescribed.err).toContain("__apid 4 is not described");
  });

  test("the use of a mailbox as memory is found between sequences, because no access is inserted into one", async () => {
    const model = plainModel("v1").replace(
      "processors:",
      "  - { index: 1, kind: apb, idr: 0x12880000, base: 0xFFFFFFFF, bus: other }\nprocessors:",
    );
    const probe = `sim:${file("mailbox.yaml", model)}`;
    const { code, err } = await dbgseq(
      ...["run", "-e", "__ap = 1; __errorcontrol = 1; Read32(0x0);", "--probe", probe, "--no-config"],
    );
    expect(code).toBe(4);
    expect(err).toContain("AP 1 is not a MEM-AP, but of class 0");
  });

  test.each(["swd", "jtag"])(
    "info and doctor name the core behind an access port that leads nowhere, %s",
    async (protocol) => {
      const commands = ["info", ...(protocol === "swd" ? ["doctor --target"] : [])];
      for (const command of commands) {
        const { code, out, err } = await on(
          { without: "core" },
          ...command.split(" "),
          ...(command === "info" ? ["--protocol", protocol] : []),
        );
        expect({ command, code }).toEqual({ command, code: command === "info" ? 4 : 1 });
        expect(unwrapped(out + err)).toContain("no core answers behind it");
      }
    },
  );

  test("info says which ports it did not ask, and finds them when told to", async () => {
    const gap = plainModel("v1").replace(
      "processors:",
      "  - { index: 2, kind: apb, idr: 0x54770002, base: 0xFFFFFFFF, bus: other }\nprocessors:",
    );
    const probe = ["--probe", `sim:${file("gap.yaml", gap)}`, "--no-config"];
    const some = await dbgseq("info", ...probe);
    expect(some.code).toBe(0);
    expect(some.out).toContain("AP 2 to 255 were not asked");
    expect(some.out).toContain("--all-aps");
    const all = await dbgseq("info", "--all-aps", ...probe);
    expect(all.code).toBe(0);
    expect(all.out).toContain("AP 2: APB2/3 MEM-AP, Arm (IDR 0x54770002)");
    expect(all.out).not.toContain("were not asked");
  });

  test("info shows a mailbox that sequences of the pack choose", async () => {
    const mailbox = plainModel("v1").replace(
      "processors:",
      "  - { index: 4, kind: apb, idr: 0x12880000, base: 0xFFFFFFFF, bus: other }\nprocessors:",
    );
    const sequences =
      '<sequences><sequence name="Unlock"><block>__ap = 4; ReadAP(0x0);</block></sequence></sequences>';
    for (const debug of ["<debug/>", '<debug __dp="0" __ap="0"/>']) {
      const { code, out } = await withPack(`${M4}${sequences}${debug}`, "info", mailbox);
      expect({ debug, code }).toEqual({ debug, code: 0 });
      expect(out).toContain("AP 4: vendor's own AP, Nordic Semiconductor (IDR 0x12880000)");
    }
  });

  test("--connect none judges an access port by the CSW that was read, not by IDR", async () => {
    const args = [
      "--connect",
      "none",
      "--seq",
      file(
        "up.seq",
        'sequence Up { Sequence("DebugPortSetup"); Sequence("DebugPortStart"); __ap = 7; Read32(0x20000000); }\n',
      ),
    ];
    const { code, err } = await on({}, "run", "Up", ...args);
    expect(code).toBe(4);
    expect(err).toContain("CSW reads 0x00000000");
  });
});
