/** JTAG chains and several debug ports on one pair of wires, from the command line to the simulated lines and back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectHelper, type Session } from "../../src/index.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";

/** Two cores behind two debug ports; the second port, both access ports and the RAM differ so that a mix-up shows. */
const model = (more: string): string => `
model: pair
about: two cores behind two debug ports
sources: []
debugPort: { dpidr: 0x6BA02477, targetId: 0x01002927, instance: 0, answers: false }
furtherDebugPorts:
  - { dpidr: 0x6BA02477, targetId: 0x01002927, instance: 1, answers: false }
${more}
accessPorts:
  - { index: 0, kind: ahb, idr: 0x04770031 }
  - { index: 0, dp: 1, kind: ahb, idr: 0x04770031, bus: second }
processors:
  - { name: A, type: Cortex-M4 }
  - { name: B, type: Cortex-M0+, bus: second }
memories:
  - { name: code-a, start: 0, size: 0x1000, access: rx, content: [{ at: 0, words: [0x20000400, 0x11] }, { at: 0x10, words: [0xE7FEE7FE] }] }
  - { name: code-b, start: 0, size: 0x1000, access: rx, bus: second, content: [{ at: 0, words: [0x20000400, 0x11] }, { at: 0x10, words: [0xE7FEE7FE] }] }
  - { name: ram-a, start: 0x20000000, size: 0x400, fill: 0xAA }
  - { name: ram-b, start: 0x20000000, size: 0x400, fill: 0xBB, bus: second }
`;

const TAPS = (ports: string): string => `otherTaps:\n${ports}`;

const pdsc = (ports: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<package schemaVersion="1.7.28">
  <vendor>Own</vendor><name>Pair_DFP</name><description>two ports</description>
  <releases><release version="1.0.0">first</release></releases>
  <devices><family Dfamily="Pair" Dvendor="Generic:5">
    <debugconfig default="swd" clock="1000000" swj="1"/>
    ${ports}
    <processor Pname="A" Dcore="Cortex-M4"/>
    <processor Pname="B" Dcore="Cortex-M0+"/>
    <debug Pname="A" __dp="0" __ap="0"/>
    <debug Pname="B" __dp="1" __ap="0"/>
    <sequences>
      <sequence name="Both"><block>
        __var own = 0; __var other = 0;
        own = Read8(0x20000000);
        __dp = 1;
        WriteDP(0x8, 0); WriteDP(0x4, 0x50000000);
      </block>
      <control while="(ReadDP(0x4) &amp; 0xA0000000) != 0xA0000000" timeout="10000"/>
      <block>
        other = Read8(0x20000000);
        Message(0, "own %x, other %x", own, other);
        __dp = 0;
        Message(0, "again %x", Read8(0x20000001));
      </block></sequence>
    </sequences>
    <device Dname="Pair"/>
  </family></devices>
</package>`;

const SWD_PORTS = `<debugport __dp="0"><swd targetsel="0x01002927"/></debugport>
    <debugport __dp="1"><swd targetsel="0x11002927"/></debugport>`;
const JTAG_PORTS = `<debugport __dp="0"><jtag tapindex="1" irlen="4"/></debugport>
    <debugport __dp="1"><jtag tapindex="2" irlen="4"/></debugport>`;

const files: Readonly<Record<string, string>> = {
  "plain.yaml": model(""),
  "chain.yaml": model(TAPS("  - { name: near, irLength: 5, idcode: 0x06450041, nearTdo: true }")),
  "nameless.yaml": model(TAPS("  - { name: near, irLength: 3, nearTdo: true }")),
  "others.yaml": model(TAPS("  - { name: one, irLength: 4 }\n  - { name: two, irLength: 6 }")),
  "swd.pdsc": pdsc(SWD_PORTS),
  "jtag.pdsc": pdsc(JTAG_PORTS),
  "wrong-tap.pdsc": pdsc(JTAG_PORTS.replaceAll('"1"', '"7"')),
  "wrong-length.pdsc": pdsc(JTAG_PORTS.replaceAll('"4"', '"5"')),
  "silent.pdsc": pdsc(""),
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dbgseq-ports-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(pack: string, modelFile: string, ...more: readonly string[]): Promise<Finished> {
  const target = [
    "--pack",
    join(folder, pack),
    "--device",
    "Pair",
    "--probe",
    `sim:${join(folder, modelFile)}`,
  ];
  return dbgseq("run", ...more, ...target);
}

describe("wire rule 13: several ports on one pair of wires", () => {
  test.each([
    ["A", "aa"],
    ["B", "bb"],
  ])("--pname %s reaches its own core by TARGETSEL", async (pname, fill) => {
    const { code, out, err } = await run(
      "swd.pdsc",
      "plain.yaml",
      "-e",
      'Message(0, "%x", Read8(0x20000000));',
      "--pname",
      pname,
    );
    expect({ code, out, err }).toEqual({ code: 0, out: `${fill}\n`, err: "" });
  });

  test("__dp chooses the port in the middle of a sequence, and its return", async () => {
    const { code, out, err } = await run("swd.pdsc", "plain.yaml", "Both");
    expect({ code, out, err }).toEqual({ code: 0, out: "own aa, other bb\nagain aa\n", err: "" });
  });

  test("a port without a description is an error with its place", async () => {
    const { code, err } = await run(
      "silent.pdsc",
      "plain.yaml",
      "-e",
      "__dp = 3; ReadDP(0x0);",
      "--connect",
      "none",
    );
    expect(err).toMatch(/debug port 3 \(__dp\) is not described.*1:11/s);
    expect(code).toBe(1);
  });
});

describe("JTAG", () => {
  test.each([
    ["A", "aa", 1],
    ["B", "bb", 2],
  ])("--pname %s goes to its TAP, past the others in BYPASS", async (pname, fill, tap) => {
    const { code, err, out } = await run(
      "jtag.pdsc",
      "chain.yaml",
      ...["-e", 'Message(0, "%x", Read8(0x20000000));', "--pname", pname, "--protocol", "jtag", "--trace"],
    );
    expect(out).toContain(
      `scan JTAG chain: TAP ${tap} of 0: IDCODE 0x06450041, IR 5; 1: IDCODE 0x6BA00477, IR 4; 2: IDCODE 0x6BA00477, IR 4`,
    );
    expect(out + err).toContain(`message: ${fill}`);
    expect(code).toBe(0);
  });

  test("__dp chooses the TAP in the middle of a sequence", async () => {
    const { code, out, err } = await run("jtag.pdsc", "chain.yaml", "Both", "--protocol", "jtag");
    expect({ code, out, err }).toEqual({ code: 0, out: "own aa, other bb\nagain aa\n", err: "" });
  });

  test("without a description the first Arm debug port is taken; a TAP without IDCODE has the bits that are left", async () => {
    const { code, out } = await run(
      "silent.pdsc",
      "nameless.yaml",
      ...["ResetSystem", "--protocol", "jtag", "--trace"],
    );
    expect(out).toContain("TAP 1 of 0: no IDCODE, IR 3; 1: IDCODE 0x6BA00477, IR 4; 2: IDCODE");
    expect(code).toBe(0);
  });

  test("several unknown lengths are divided by what the registers capture", async () => {
    const { code, out } = await run(
      "silent.pdsc",
      "others.yaml",
      ...["ResetSystem", "--protocol", "jtag", "--trace"],
    );
    expect(out).toContain("2: no IDCODE, IR 4; 3: no IDCODE, IR 6");
    expect(code).toBe(0);
  });

  test("an impossible length in the pack is reported", async () => {
    const { code, err } = await run("wrong-length.pdsc", "chain.yaml", "ResetSystem", "--protocol", "jtag");
    expect(err).toMatch(/have 13 bits together, and no division of them fits/);
    expect(code).toBe(4);
  });

  test("a chain without the pack's TAP is reported with its TAPs", async () => {
    const { code, err } = await run("wrong-tap.pdsc", "chain.yaml", "ResetSystem", "--protocol", "jtag");
    expect(err).toMatch(/the pack's TAP 7 is not there; the JTAG chain has 0: IDCODE 0x06450041/);
    expect(code).toBe(4);
  });
});

describe.each([
  ["swd", "swd.pdsc", ""],
  ["jtag", "jtag.pdsc", "chain"],
])(
  "the debugger's own accesses go to the session's port, wherever a sequence left the wires: %s",
  (protocol, pack, chain) => {
    const POWER = "__dp = 1; WriteDP(0x8, 0); WriteDP(0x4, 0x50000000); DAP_Delay(1000); ReadDP(0x4);";
    const on = (target: string, seq: string, ...command: readonly string[]): Promise<Finished> => {
      writeFileSync(join(folder, "away.seq"), seq);
      writeFileSync(join(folder, "away.yaml"), target);
      const more =
        chain === "" ? "" : TAPS("  - { name: near, irLength: 5, idcode: 0x06450041, nearTdo: true }");
      writeFileSync(join(folder, "away.yaml"), target.replace("accessPorts:", `${more}\naccessPorts:`));
      return dbgseq(
        ...command,
        ...[
          "--seq",
          join(folder, "away.seq"),
          "--pack",
          join(folder, pack),
          "--device",
          "Pair",
          "--pname",
          "A",
        ],
        ...["--probe", `sim:${join(folder, "away.yaml")}`, "--protocol", protocol, "--no-config"],
      );
    };

    test.each(["DebugDeviceUnlock", "DebugCoreStart", "RecoverySupportStart"])(
      "%s ends at another port",
      async (name) => {
        const away = `sequence ${name} { ${POWER} }`;
        const read = await on(model(""), away, "read", "0x20000000:1");
        expect(read.code).toBe(0);
        expect(read.out).toContain("AA");
        for (const command of ["halt", "reset", "info"])
          expect({ command, code: (await on(model(""), away, command)).code }).toEqual({ command, code: 0 });
      },
    );

    test("memory that a sequence used behind another port is judged there, even after a return", async () => {
      const target = model("").replace(
        "{ index: 0, dp: 1, kind: ahb, idr: 0x04770031",
        "{ index: 0, dp: 1, kind: ahb, idr: 0",
      );
      const seq = `sequence Visit { ${POWER} Read32(0x20000000); __dp = 0; Read32(0x20000000); }`;
      const { code, err } = await on(target, seq, "run", "Visit");
      expect(code).toBe(4);
      expect(err).toContain("AP 0 is not there");
      expect((await on(model(""), seq, "run", "Visit")).code).toBe(0);
    });
  },
);

test.each([
  ["swd", "0x00000000", "did not answer"],
  ["swd", "0xFFFFFFFF", "debug port 1 does not answer as one"],
  ["jtag", "0x00000000", "does not answer as one"],
  ["jtag", "0xFFFFFFFF", "does not answer as one"],
] as const)("%s: another port whose DPIDR is %s fails alone", async (protocol, dpidr, says) => {
  const sick = model("").replace("- { dpidr: 0x6BA02477", `- { idcode: 0x6BA00477, dpidr: ${dpidr}`);
  const chain = TAPS("  - { name: near, irLength: 5, idcode: 0x06450041, nearTdo: true }\naccessPorts:");
  writeFileSync(
    join(folder, "sick.yaml"),
    protocol === "swd"
      ? sick
      : sick.replace("accessPorts:", chain).replace("idcode: 0x6BA00477", "idcode: 0x6BA02477"),
  );
  const seen = await ConnectHelper.withSession(
    {
      probe: `sim:${join(folder, "sick.yaml")}`,
      pack: join(folder, `${protocol}.pdsc`),
      device: "Pair",
      pname: "A",
      protocol,
      config: false,
    },
    async ({ target }) => {
      const error: unknown = await target.dps
        .get(1)
        ?.powerUp()
        .catch((caught: unknown) => caught);
      return [target.cores.map(({ name }) => name), String(error), await target.read8(0x2000_0000)];
    },
  );
  expect(seen).toEqual([["A"], expect.stringContaining(says), 0xaa]);
});

describe("several cores in one session", () => {
  const own = (pname: string, name: string, text: string): string =>
    `sequence ${name} for "${pname}" { Message(0, "${text} %x", Read8(0x20000000)); }\n`;

  async function session(seq: string): Promise<{ readonly api: Session; readonly said: string[] }> {
    const said: string[] = [];
    writeFileSync(join(folder, "own.seq"), seq);
    const api = await ConnectHelper.sessionWithChosenProbe({
      probe: `sim:${join(folder, "plain.yaml")}`,
      pack: join(folder, "swd.pdsc"),
      device: "Pair",
      pname: "A",
      seq: [join(folder, "own.seq")],
      config: false,
      onEvent: (event) => {
        if (event.kind === "message") said.push(event.text);
        if (event.kind === "enter" && event.depth === 0 && event.name === "DebugPortSetup")
          said.push(event.name);
      },
    });
    if (api === null) throw new Error("nobody cancelled");
    said.length = 0;
    return { api, said };
  }

  test("run their sequences by their own definitions and through their own ports", async () => {
    const { api, said } = await session(own("A", "Look", "A sees") + own("B", "Look", "B sees"));
    await api.run("Look");
    await api.run("Look", { pname: "B" });
    await api.run("Look", { pname: "A" });
    await expect(api.run("Look", { pname: "C" })).rejects.toMatchObject({
      fault: { kind: "unknown-processor" },
    });
    await api.close();
    expect(said).toEqual(["A sees aa", "B sees bb", "A sees aa"]);
  });

  test("wire rule 19: a port that a processor sets up by a sequence of its own is set up anew, and so is the session's behind it", async () => {
    const select = (pname: string, value: string): string => `sequence SelectCore for "${pname}" {
      DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF); DAP_SWJ_Sequence(3, 0x0); WriteDP(0xC, ${value}); ReadDP(0x0); }\n`;
    const setup = `sequence DebugPortSetup { Sequence("Wake"); Sequence("SelectCore"); }
      sequence Wake { atomic { DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF); DAP_SWJ_Sequence(16, 0xE79E); } }\n`;
    const looks = own("A", "Look", "A sees") + own("B", "Look", "B sees");
    const { api, said } = await session(
      setup + select("A", "0x01002927") + select("B", "0x11002927") + looks,
    );
    await api.run("Look", { pname: "B" });
    await api.run("Look");
    await api.close();
    expect(said).toEqual(["DebugPortSetup", "B sees bb", "DebugPortSetup", "A sees aa"]);
  });
});
