/** Images that have more than flash in them, or text that is marked: `flash --ram-parts`, `load`, families, encodings. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConnectHelper, FileProgrammer, FlashLoader, type Session } from "../../src/index.ts";
import { fileOf } from "../flash/support.ts";
import { madeElf } from "../flash/made-elf.ts";
import { dbgseq } from "../support/command-line.ts";

const DESCRIPTION = "examples/05-flash/Example.EX52_DFP.pdsc";
const PACK = ["--pack", DESCRIPTION, "--no-config"];
const ON = [...PACK, "--probe", "sim:nrf52840"];

const CODE = ":1000000000070E151C232A31383F464D545B6269A8";
const RAM = [":020000042000DA", CODE];
const END = ":00000001FF";
const BYTES = Uint8Array.from(Buffer.from("00070E151C232A31383F464D545B6269", "hex"));

const mixed = fileOf("mixed.hex", [CODE, ...RAM, END].join("\n"));
const onlyRam = fileOf("ram.hex", [...RAM, END].join("\n"));
const elf = fileOf(
  "ram.elf",
  madeElf([
    { address: 0, bytes: BYTES },
    { address: 0x2000_0100, bytes: BYTES.subarray(0, 6) },
  ]),
);

/** A vector table with its stack at 0x20001000, then `b .`, at 0x20000000. */
const loop = fileOf("loop.bin", Uint8Array.of(0, 0x10, 0, 0x20, 9, 0, 0, 0x20, 0xfe, 0xe7));

describe("parts of an image that are for RAM", () => {
  test.each([
    ["Intel HEX", mixed, 0x2000_0000],
    ["ELF", elf, 0x2000_0100],
  ])("are refused before the target is touched, and named: %s", async (_, file, address) => {
    const { code, out, err } = await dbgseq("flash", file, ...ON);
    expect(err).toContain(
      `bytes at 0x${address.toString(16)} are for RAM (RAM), which flash algorithms do not program`,
    );
    expect(err).toContain("--ram-parts writes them after flashing");
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("--ram-parts writes them there after flashing, and reads them back", async () => {
    const { code, out } = await dbgseq("flash", mixed, "--ram-parts", ...ON);
    expect(out).toContain("16 bytes in 1 sector: 4096 bytes programmed");
    expect(out).toContain("16 bytes written to RAM at 0x20000000 and read back\n");
    expect(code).toBe(0);
  });

  test("they are in the JSON document", async () => {
    const { out } = await dbgseq("flash", elf, "--ram-parts", "--json", ...ON);
    expect(JSON.parse(out)).toMatchObject({
      flash: { complete: true, ram: [{ address: 0x2000_0100, size: 6, verified: true }] },
      exitCode: 0,
    });
  });

  test("an image for RAM alone is not an image for flash", async () => {
    const { code, err } = await dbgseq("flash", onlyRam, "--ram-parts", ...ON);
    expect(err).toContain("are for RAM (RAM), and nothing is for flash");
    expect(err).toContain(`RAM is written by: dbgseq load ${onlyRam}`);
    expect(code).toBe(2);
  });

  test("without a pack RAM is what the architecture calls so", async () => {
    const algorithm = [
      "--algorithm",
      "examples/05-flash/EX52.FLM",
      "--ram",
      "0x20000000:0x4000",
      "--no-config",
    ];
    const { code, out } = await dbgseq(
      "flash",
      mixed,
      "--ram-parts",
      ...algorithm,
      "--probe",
      "sim:nrf52840",
    );
    expect(out).toContain("16 bytes written to RAM at 0x20000000");
    expect(code).toBe(0);
  });

  test("a part that goes beyond the RAM is refused for what is beyond", async () => {
    const long = fileOf("long.bin", new Uint8Array(0x20));
    const { code, err } = await dbgseq("load", long, "--base", "0x2003FFF0", ...ON);
    expect(err).toContain(
      "16 bytes at 0x20040000 are outside of the RAM, which is RAM 0x20000000 to 0x2003FFFF",
    );
    expect(code).toBe(2);
  });

  test("in a recipe: ram-parts", async () => {
    const recipe = (more: string): string =>
      fileOf(
        "flash.yaml",
        `steps:\n  - connect\n  - flash: ${mixed}\n${more}  - read: 0x20000004\n    as: word\n  - expect: word == 0x312A231C\n`,
      );
    const refused = await dbgseq("recipe", "run", recipe(""), ...ON);
    expect(refused.err).toContain("are for RAM (RAM)");
    expect(refused.code).toBe(2);
    const { code, out } = await dbgseq("recipe", "run", recipe("    ram-parts: true\n"), ...ON);
    expect(out).toContain("; 16 bytes in RAM");
    expect(code).toBe(0);
  });
});

describe("load", () => {
  test("writes RAM alone and reads it back", async () => {
    const { code, out } = await dbgseq("load", onlyRam, ...ON);
    expect(out).toBe("16 bytes written to RAM at 0x20000000 and read back\n");
    expect(code).toBe(0);
  });

  test("--json says what was written", async () => {
    const { out } = await dbgseq("load", onlyRam, "--json", ...ON);
    expect(JSON.parse(out)).toMatchObject({
      command: "load",
      load: { ram: [{ address: 0x2000_0000, size: 16, verified: true }] },
      exitCode: 0,
    });
  });

  test.each([
    [mixed, " --ram-parts"],
    ["examples/05-flash/firmware.hex", ""],
  ])("an address outside of RAM is refused, with the command for flash: %s", async (file, more) => {
    const { code, out, err } = await dbgseq("load", file, ...ON);
    expect(err).toContain("are outside of the RAM, which is RAM 0x20000000 to 0x2003FFFF");
    expect(err).toContain(`flash is programmed by: dbgseq flash ${file} --pack `);
    expect(err.split("\n").some((line) => line.endsWith(`--probe sim:nrf52840${more}`))).toBe(true);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  test("--start lets the core run from its vector table; without it nothing is started", async () => {
    const argv = ["load", loop, "--base", "0x20000000", "--json", ...ON];
    const writes = async (...more: string[]): Promise<string> => (await dbgseq(...argv, ...more)).out;
    expect(await writes("--start")).toContain("write of VTOR");
    expect(await writes()).not.toContain("write of VTOR");
    expect((await dbgseq(...argv, "--start")).code).toBe(0);
  });

  test("--start without a vector table is refused before anything is written", async () => {
    const { code, err } = await dbgseq("load", onlyRam, "--start", ...ON);
    expect(err).toContain(
      "no vector table at 0x20000000, where the image begins: 0x150E0700 as a stack pointer",
    );
    expect(code).toBe(2);
  });

  test("RAM that keeps nothing ends with 1", async () => {
    // Registers of the model stand there, and keep what they are.
    const { code, err } = await dbgseq(
      "load",
      fileOf("raw.bin", BYTES),
      "--ram",
      "0x10000100:16",
      "--base",
      "0x10000100",
      ...ON,
    );
    expect(err).toMatch(/bytes differ: 0x100001[0-9A-F]{2} holds/);
    expect(code).toBe(1);
  });
});

describe("the library", () => {
  async function opened(): Promise<Session> {
    const session = await ConnectHelper.sessionWithChosenProbe({
      probe: "sim:nrf52840",
      pack: DESCRIPTION,
      config: false,
    });
    if (session === null) throw new Error("the simulator is one probe");
    return session;
  }

  test("FileProgrammer writes RAM parts on request, and loads RAM alone", async () => {
    await using session = await opened();
    await expect(new FileProgrammer(session).program(mixed)).rejects.toMatchObject({
      fault: { kind: "ram-part", only: false },
    });
    const report = await new FileProgrammer(session, { ramParts: true }).program(mixed);
    expect(report).toMatchObject({
      complete: true,
      ram: [{ address: 0x2000_0000, size: 16, verified: true }],
    });
    expect(await session.target.readMemoryBlock8(0x2000_0000, 16)).toEqual(BYTES);
    await expect(new FileProgrammer(session).load(mixed)).rejects.toMatchObject({
      fault: { kind: "not-ram", address: 0, size: 16, mixed: true },
    });
    const elfOfRam = madeElf([{ address: 0x2000_0200, bytes: BYTES }]);
    expect(await new FileProgrammer(session).load({ name: "a.elf", bytes: elfOfRam })).toEqual([
      { address: 0x2000_0200, size: 16, verified: true },
    ]);
    expect(await session.target.readMemoryBlock8(0x2000_0200, 16)).toEqual(BYTES);
  });

  test("FlashLoader does so with raw data", async () => {
    await using session = await opened();
    const loader = new FlashLoader(session, { ramParts: true })
      .addData(0x1000, BYTES)
      .addData(0x2000_0040, BYTES);
    expect(await loader.commit()).toMatchObject({
      complete: true,
      ram: [{ address: 0x2000_0040, size: 16 }],
    });
    expect(await loader.report()).toMatchObject({ ram: [{ address: 0x2000_0040 }] });
  });

  test("a family is compared and chosen, and what was left out is in the report", async () => {
    await using session = await opened();
    const file = { name: "a.uf2", bytes: uf2(0xe48b_ff56) };
    await expect(new FileProgrammer(session).program(file)).rejects.toMatchObject({
      fault: { kind: "other-family" },
    });
    await expect(new FileProgrammer(session).program(file, { family: "RP2O40" })).rejects.toMatchObject({
      fault: { kind: "bad-argument" },
    });
    expect(await new FileProgrammer(session).program(file, { family: "rp2040" })).toMatchObject({
      complete: true,
      notes: ["a.uf2: RP2040 (0xE48BFF56) was chosen, and the device is EX52840 (Cortex-M4)"],
    });
  });
});

/** One block at 0. */
function uf2(family: number): Uint8Array {
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of [0x0a32_4655, 0x9e5d_5157, 0x2000, 0, 256, 0, 1, family].entries())
    view.setUint32(4 * at, word, true);
  view.setUint32(508, 0x0ab1_6f30, true);
  return bytes;
}

describe("the purpose of a file", () => {
  const file = fileOf("other.uf2", uf2(0xe48b_ff56));

  test("another family of devices is refused, on flash and on verify, with the option that chooses", async () => {
    for (const command of ["flash", "verify"]) {
      const { code, err } = await dbgseq(command, file, ...ON);
      expect(err).toContain("its blocks are for RP2040 (0xE48BFF56), and the device is EX52840 (Cortex-M4)");
      expect(err).toContain("--uf2-family chooses one whatever the device is: RP2040\n");
      expect(code).toBe(2);
    }
  });

  test("one that is chosen by name is programmed, with a note", async () => {
    const { code, err } = await dbgseq("flash", file, "--uf2-family", "RP2040", ...ON);
    expect(err).toContain("note: ");
    expect(err).toContain(
      "other.uf2: RP2040 (0xE48BFF56) was chosen, and the device is EX52840 (Cortex-M4)\n",
    );
    expect(code).toBe(0);
  });

  test("an unknown name is refused, with the nearest", async () => {
    const { code, err } = await dbgseq("flash", file, "--uf2-family", "RP204", ...ON);
    expect(err).toContain("no UF2 family has that name; did you mean RP2040?");
    expect(code).toBe(2);
  });

  test("what was left out of a file is a note, and is in the JSON document", async () => {
    const made = madeElf(
      [
        { offset: 0, address: 0, bytes: new Uint8Array(0x74) },
        { offset: 0x80, address: 0x1000, bytes: BYTES },
      ],
      [{ offset: 0x80, address: 0x1000, size: 16 }],
    );
    const headers = fileOf("headers.elf", made);
    const said = "116 bytes at 0x00000000 (segment 0) are left out";
    const flashed = await dbgseq("flash", headers, ...ON);
    expect(flashed.err).toContain(said);
    expect(flashed.out).toContain("16 bytes in 1 sector");
    const { flash } = JSON.parse((await dbgseq("flash", headers, "--json", ...ON)).out) as { flash: unknown };
    expect(flash).toMatchObject({ notes: [expect.stringContaining(said)], sectors: [{ address: 0x1000 }] });
  });
});

describe("texts with a mark, and in UTF-16", () => {
  const script = 'sequence Mine { Message(0, "here"); }\n';
  const wide = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, "utf16le");
  const recipe = "steps:\n  - expect: 1 == 1\n";
  const conf = "// <<< Use Configuration Wizard in Context Menu >>>\nx = 1;\n";

  test("a .seq with the mark of UTF-8 runs", async () => {
    const { code, out } = await dbgseq(
      "run",
      `${fileOf("m.seq", `\uFEFF${script}`)}#Mine`,
      "--probe",
      "sim:generic-m4",
      "--no-config",
    );
    expect(out).toBe("here\n");
    expect(code).toBe(0);
  });

  test.each([
    ["u.seq", script, ["check"]],
    ["u.yaml", recipe, ["check"]],
    ["u.dbgconf", conf, ["check"]],
  ])("%s in UTF-16 is named", async (name, text, argv) => {
    const { code, err } = await dbgseq(...argv, fileOf(name, wide(text)));
    expect(err).toContain(
      `${name}: the text is encoded as UTF-16LE, which is not read here; save it as UTF-8`,
    );
    expect(code).toBe(2);
    const marked = await dbgseq(...argv, fileOf(`m-${name}`, `\uFEFF${text}`));
    expect(marked.err).not.toContain("UTF-16");
    expect(marked.code).toBe(0);
  });

  test("a description in UTF-16 is still XML", async () => {
    const text = readFileSync(DESCRIPTION, "utf8").replace(/ encoding="[^"]*"/, ' encoding="UTF-16"');
    const { code, out } = await dbgseq("devices", "--pack", fileOf("wide.pdsc", wide(text)));
    expect(out).toContain("EX52840");
    expect(code).toBe(0);
  });
});
