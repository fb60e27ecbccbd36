/** read, write and fill: addresses, ranges and names of registers, from the command line to the simulated memory. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { serve } from "../support/served.ts";

let cli = "";
let folder = "";
beforeAll(async () => {
  ({ folder, cli } = await bundledCli());
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const M4 = ["--probe", "sim:generic-m4", "--no-config"] as const;

const SVD = `<device><name>D</name><size>32</size><peripherals>
<peripheral><name>BOX</name><baseAddress>0x20000000</baseAddress><registers>
<register><name>CR</name><addressOffset>0</addressOffset><fields>
  <field><name>EN</name><bitRange>[0:0]</bitRange><enumeratedValues>
    <enumeratedValue><name>off</name><value>0</value></enumeratedValue><enumeratedValue><name>on</name><value>1</value></enumeratedValue>
  </enumeratedValues></field>
  <field><name>DIV</name><bitRange>[11:4]</bitRange></field>
  <field><name>ID</name><bitRange>[31:24]</bitRange><access>read-only</access></field></fields></register>
<register><name>KEY</name><addressOffset>4</addressOffset><access>write-only</access></register>
<register><name>DR</name><addressOffset>8</addressOffset><readAction>clear</readAction>
  <fields><field><name>LOW</name><bitRange>[7:0]</bitRange></field></fields></register>
<register><name>SR</name><addressOffset>0xC</addressOffset><size>16</size><access>read-only</access></register>
</registers></peripheral>
<peripheral><name>GONE</name><baseAddress>0x60000000</baseAddress><registers>
<register><name>X</name><addressOffset>4</addressOffset></register></registers></peripheral>
</peripherals></device>`;

function withSvd(): readonly string[] {
  return [...M4, "--svd", join(folderWith({ "d.svd": SVD }), "d.svd")];
}

describe("read", () => {
  test.each([
    [["0xE000ED00"], "0xE000ED00  0x410FC241\n"],
    [["0xE000ED00", "--width", "16"], "0xE000ED00  0xC241\n"],
    [["0xE000ED03", "--width", "8"], "0xE000ED03  0x41\n"],
    [["0xE000ECF8", "--width", "64"], /^0xE000ECF8 {2}0x[0-9A-F]{16}\n$/],
    [["0x0:16"], "0x00000000  00 00 04 20 01 01 00 00 FF FF FF FF FF FF FF FF  ... ............\n"],
    [["0x0:16", "--width", "32"], "0x00000000  20040000 00000101 FFFFFFFF FFFFFFFF  ... ............\n"],
    [["0x0:8", "--width", "16"], /^0x00000000 {2}0000 2004 0101 0000 +\.\.\. \.\.\.\.\n$/],
    [["0xE000ED00", "--ap", "0"], "0xE000ED00  0x410FC241\n"],
  ] as const)("%j", async (argv, wanted) => {
    const { code, out, err } = await dbgseq("read", ...argv, ...M4);
    expect(err).toBe("");
    expect(code).toBe(0);
    if (typeof wanted === "string") expect(out).toBe(wanted);
    else expect(out).toMatch(wanted);
  });

  test("as JSON, alone and in the document of the run", async () => {
    const alone = await dbgseq("read", "0xE000ED00", "0x0:4", "--format", "json", ...M4);
    expect(JSON.parse(alone.out)).toMatchObject({
      command: "read",
      exitCode: 0,
      read: [
        { address: "0xE000ED00", width: 32, value: "0x410FC241" },
        { address: "0x00000000", size: 4, bytes: "00000420" },
      ],
    });
    const whole = await dbgseq("read", "0xE000ED00", "--json", ...M4);
    expect(JSON.parse(whole.out)).toMatchObject({
      command: "read",
      exitCode: 0,
      read: [{ value: "0x410FC241" }],
    });
  });

  test("into a file: the bytes, one behind the other", async () => {
    const file = join(folderWith({}), "out.bin");
    const { code } = await dbgseq("read", "0x0:6", "0xE000ED00", "-o", file, ...M4);
    expect(code).toBe(0);
    expect(readFileSync(file).toString("hex")).toBe("00000420010141c20f41");
  });

  test.each([
    [["0x20000001"], "0x20000001 is not a multiple of 4"],
    [["0x20000001:8", "--width", "32"], "is not made of 32-bit values"],
    [["0xFFFFFFFF:2"], "ends beyond the 32-bit address space"],
    [["0x0", "--format", "bin"], "bytes go into a file"],
    [["RCC.CR"], "names of registers come from the device's SVD file"],
    [["0x0", "--svd", "nowhere.svd", "RCC"], "nowhere.svd: there is no such file"],
    [["0x0", "--width", "24"], "expected 8, 16, 32 or 64"],
  ])("wrong usage is 2: %j", async (argv, message) => {
    const { code, err } = await dbgseq("read", ...argv, ...M4);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test("an access that is not answered fails, with the register's name", async () => {
    const { code, err } = await dbgseq("read", "GONE.X", ...withSvd());
    expect(code).toBe(4);
    expect(err).toContain("  seen: 0x60000004 is GONE.X\n");
  });

  test("an access port that does not exist is refused", async () => {
    const { code, err } = await dbgseq("read", "0x20000000", "--ap", "5", ...M4);
    expect(code).toBe(4);
    expect(err).toContain("AP 5 is not there (IDR reads 0x00000000; expected a MEM-AP");
  });
});

describe("write and fill", () => {
  test("values are written one after the other", async () => {
    const served = await serve(cli, "--probe", "sim:generic-m4");
    onTestFinished(async () => {
      await served.stop();
    });
    const on = ["--probe", served.address, "--no-config"];
    await dbgseq("write", "0x20000010", "0x11223344", "0xAABBCCDD", ...on);
    await dbgseq("write", "0x20000012", "0x55", "--width", "8", ...on);
    await dbgseq("fill", "0x20000018:6", "0xBEEF", "--width", "16", ...on);
    const { out } = await dbgseq("read", "0x20000010:16", "--width", "32", ...on);
    expect(out).toMatch(/^0x20000010 {2}11553344 AABBCCDD BEEFBEEF 0000BEEF /);
    const svd = ["--svd", join(folderWith({ "d.svd": SVD }), "d.svd")];
    await dbgseq("write", "BOX.CR", "0xFF000001", ...on, ...svd);
    const named = await dbgseq("write", "BOX.CR.DIV", "0x5A", ...on, ...svd, "--json");
    expect(JSON.parse(named.out)).toMatchObject({
      written: { name: "BOX.CR", value: "0xFF0005A1" },
      exitCode: 0,
    });
    expect((await dbgseq("read", "BOX.CR", "BOX.CR.EN", ...on, ...svd)).out).toContain(
      "BOX.CR.EN = 0x1 (on)",
    );
  });

  test.each([
    [["write", "0x20000000", "0x1_0000_0000"], "has more than 32 bits"],
    [["write", "0x20000000", "0x100", "--width", "8"], "0x100 has more than 8 bits"],
    [["write", "0x20000002", "1"], "0x20000002 is not a multiple of 4"],
    [["write", "0x20000000:8", "1"], "a range is filled with `dbgseq fill 0x20000000:8 VALUE`"],
    [["write", "0x20000000", "one"], '"one" is not a number'],
    [["fill", "0x20000000", "1"], "how many bytes? expected START:SIZE"],
    [["fill", "0x20000000:6", "1"], "must be multiples of 4"],
    [["fill", "0x20000000:8", "0x1_0000_0000"], "has more than 32 bits"],
    [["write", "BOX", "1"], "BOX is a peripheral; expected a register of it"],
    [["write", "BOX.CR", "1", "2"], "BOX.CR is one register: expected one value, not 2"],
    [["write", "BOX.SR", "1"], "BOX.SR can only be read"],
    [["write", "BOX.CR.ID", "1"], "BOX.CR.ID can only be read"],
    [["write", "BOX.CR.EN", "2"], "0x2 has more than the 1 bits of BOX.CR.EN"],
    [["write", "BOX.DR.LOW", "2"], "reading it is not without effect"],
    [["write", "BOX.CT", "2"], 'has no "BOX.CT"; did you mean BOX.CR?'],
    [["read", "BOX.KEY"], "BOX.KEY can only be written"],
  ])("wrong usage is 2 and says what is right: %j", async (argv, message) => {
    const { code, err } = await dbgseq(...argv, ...withSvd());
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  test("fill writes whole blocks", async () => {
    const { code, out } = await dbgseq("fill", "0x20000000:0x10000", "0xDEADBEEF", "--json", ...M4);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      filled: { address: "0x20000000", size: 65536, value: "0xDEADBEEF" },
    });
  });
});

test("a register shows its fields; a peripheral its registers, but those that reading would change", async () => {
  const one = await dbgseq("read", "BOX.CR", ...withSvd());
  expect(one.out).toBe(
    [
      "0x20000000  0x00000000  BOX.CR",
      "  EN                 [0]      0x0 (off)",
      "  DIV                [11:4]   0x0",
      "  ID                 [31:24]  0x0",
      "",
    ].join("\n"),
  );
  const field = await dbgseq("read", "BOX.CR.EN", ...withSvd());
  expect(field.out).toBe("BOX.CR.EN = 0x0 (off)\n");
  const all = await dbgseq("read", "BOX", ...withSvd());
  expect(all.err).toBe("note: BOX.DR is left out: reading changes it\n");
  expect(all.out).toContain("0x2000000C  0x0000  BOX.SR\n");
  expect(all.out).not.toContain("KEY");
});
