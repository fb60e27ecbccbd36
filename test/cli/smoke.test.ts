/** `dbgseq test --smoke`: every device and processor of a pack, and why one fails. */
import { describe, expect, test } from "vitest";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

function pdsc(devices: string, sequences = ""): string {
  return `<package schemaVersion="1.7.60"><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases>
  <devices><family Dfamily="F" Dvendor="Arm:82">${sequences}${devices}</family></devices></package>`;
}

const M4 = `<processor Dcore="Cortex-M4"/>
  <memory name="rom" access="rx" start="0" size="0x1000" startup="1"/>
  <memory name="ram" access="rw" start="0x20000000" size="0x1000"/>`;

function smoke(files: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const names = Object.keys(files);
  return dbgseqIn({ cwd: process.cwd(), env: {} }, "test", "--smoke", ...pathsOf(files, names), ...more);
}

function pathsOf(files: Readonly<Record<string, string>>, names: readonly string[]): readonly string[] {
  const folder = folderWith(files);
  return names.map((name) => `${folder}/${name}`);
}

const TWO = pdsc(
  `<device Dname="ONE">${M4}</device>
   <device Dname="DUAL"><processor Pname="A" Dcore="Cortex-M4"/><processor Pname="B" Dcore="Cortex-M0+"/>
     <memory name="ram" access="rwx" start="0x20000000" size="0x1000"/>
     <debug Pname="A" __ap="0"/><debug Pname="B" __ap="1"/></device>`,
);

const REFUSES = pdsc(
  `<device Dname="L1">${M4}</device><device Dname="L2">${M4}</device>`,
  `<sequences><sequence name="DebugDeviceUnlock"><block>Message(2, "not today");</block></sequence></sequences>`,
);

/** An identity that nothing describes, and a register that no memory holds. */
const LOCKED = pdsc(
  `<device Dname="L1">${M4}</device><device Dname="L2">${M4}</device>`,
  `<sequences><sequence name="DebugDeviceUnlock"><block>
    __var id = Read32(0x1FFF0000) &gt;&gt; 16;</block><control if="id != 0x413"><block>Message(2, "wrong device");</block></control>
  </sequence></sequences>`,
);

describe("smoke", () => {
  test("tries each processor of each device", async () => {
    const { code, out } = await smoke({ "a.pdsc": TWO });
    expect(out).toBe("V::N@1.0.0: 3 of 3 connect, reset and disconnect (100.0 %)\n");
    expect(code).toBe(0);
  });

  test("devices that fail for one reason are reported together", async () => {
    const { code, out } = await smoke({ "a.pdsc": REFUSES });
    expect(out).toContain(
      "V::N@1.0.0: 0 of 2 connect, reset and disconnect (0.0 %)\n  L1 and 1 more: connect: ",
    );
    expect(out).toContain("the sequence gave up: not today");
    expect(code).toBe(1);
  });

  test("the values that a pack's own sequences expect are found by trying, and reported", async () => {
    const { code, out } = await smoke({ "a.pdsc": LOCKED });
    expect(out).toBe(
      "V::N@1.0.0: 2 of 2 connect, reset and disconnect (100.0 %), 2 of them with words assumed that their sequences ask for\n",
    );
    expect(code).toBe(0);
    const { out: json } = await smoke({ "a.pdsc": LOCKED }, "--device", "L1", "--json");
    expect(JSON.parse(json)).toMatchObject({
      packs: [
        { results: [{ device: "L1", assumed: [{ ap: 0, address: "0x1FFF0000", value: "0x04130000" }] }] },
      ],
    });
  });

  test("one device of many; JSON", async () => {
    const { code, out } = await smoke({ "a.pdsc": TWO }, "--device", "dual", "--json");
    expect(JSON.parse(out)).toEqual({
      version: 1,
      exitCode: 0,
      passed: 2,
      of: 2,
      packs: [
        {
          pack: "V::N@1.0.0",
          results: [
            { device: "DUAL", pname: "A", reset: "ResetSystem", ok: true },
            { device: "DUAL", pname: "B", reset: "ResetSystem", ok: true },
          ],
        },
      ],
    });
    expect(code).toBe(0);
  });

  test("a pack that cannot be read does not keep the others from it", async () => {
    const { code, out, err } = await smoke({ "a.pdsc": "<package>", "b.pdsc": TWO });
    expect(err).toContain("<package> is never closed");
    expect(out).toContain("3 of 3 connect");
    expect(code).toBe(2);
  });

  test("nothing to test is wrong usage", async () => {
    const { code, err } = await dbgseqIn({ cwd: process.cwd(), env: {} }, "test");
    expect(err).toContain("--smoke PACK");
    expect(code).toBe(2);
  });
});
