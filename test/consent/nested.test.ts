/** Consent behind access ports of ADIv6 and behind access ports that stand in the memory of another one. */
import { describe, expect, test } from "vitest";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const PDSC = `<package><vendor>Own</vendor><name>Six_DFP</name><devices><family Dfamily="Six" Dvendor="Generic:5">
  <accessportV2 __apid="0" address="0x2000"/>
  <accessportV2 __apid="1" address="0xA000"/>
  <accessportV2 __apid="2" address="0x10000" parent="1"/>
  <processor Pname="core0" Dcore="Cortex-M33"/>
  <processor Pname="sensor" Dcore="Cortex-M23"/>
  <debug Pname="core0" __apid="0"/>
  <debug Pname="sensor" __apid="2"/>
  <sequences><sequence name="DebugPortStart"><block>
    WriteDP(0x8, 0);
    WriteDP(0x4, 0x50000000);
  </block>
  <control while="(ReadDP(0x4) &amp; 0xA0000000) != 0xA0000000" timeout="10000"/>
  <block>__apid = 1; Write32(0xA04, 2);</block>
  <control while="Read32(0xA84) != 1" timeout="1000"/></sequence></sequences>
  <device Dname="Six"/>
</family></devices></package>`;

function run(statements: string, ...more: readonly string[]): Promise<Finished> {
  const pack = `${folderWith({ "six.pdsc": PDSC })}/six.pdsc`;
  const on = ["--pack", pack, "--device", "Six", "--probe", "sim:adiv6", "--no-config"];
  return dbgseq("run", "-e", statements, ...on, ...more);
}

/** By TARGETID the part is of Raspberry Pi, whose one-time programmable memory has its registers from 0x40120100 on. */
const COUNTS = "0x03000012";
const STAYS = "0x03000002";

describe("a write of one-time programmable memory is refused", () => {
  test.each([
    ["an access function", "Write32(0x40120100, 1);"],
    ["a view in which ones are set", "Write32(0x40122100, 1);"],
    ["a view in which ones are toggled", "Write32(0x40121100, 1);"],
    ["a direct access register", "WriteAP(0xD04, 0x40120000); WriteAP(0x100, 1);"],
    [
      "TAR that a read moved on",
      `WriteAP(0xD00, ${COUNTS}); WriteAP(0xD04, 0x401200FC); ReadAP(0xD0C); WriteAP(0xD0C, 1);`,
    ],
    [
      "WriteAccessAP",
      `WriteAccessAP(0x2D00, ${STAYS}); WriteAccessAP(0x2D04, 0x40120100); WriteAccessAP(0x2D0C, 1);`,
    ],
    [
      "words of 64 bits",
      "WriteAP(0xD00, 0x03000003); WriteAP(0xD04, 0x401200F8); WriteAP(0xD0C, 1); WriteAP(0xD0C, 1);",
    ],
    ["raw registers of a nested port", "__apid = 2; WriteAP(0xD04, 0x40120100); WriteAP(0xD0C, 1);"],
    ["a banked register of a nested port", "__apid = 2; WriteAP(0xD04, 0x40120100); WriteAP(0xD10, 1);"],
    ["an access function of a nested port", "__apid = 2; Write32(0x40120100, 1);"],
    [
      "the nested port's registers as memory of its parent",
      `__apid = 1; Write32(0x10D00, ${STAYS}); Write32(0x10D04, 0x40120100); Write32(0x10D0C, 1);`,
    ],
    ["its banked register as memory", "__apid = 1; Write32(0x10D04, 0x40120100); Write32(0x10D10, 1);"],
    [
      "its direct access register as memory",
      "__apid = 1; Write32(0x10D04, 0x40120000); Write32(0x10100, 1);",
    ],
    [
      "its TAR, of which half was written as memory",
      "__apid = 2; WriteAP(0xD04, 0x20000000); __apid = 1; Write16(0x10D06, 0x4012); Write32(0x10100, 1);",
    ],
    [
      "its TAR that a read moved on",
      `__errorcontrol = 1; __apid = 1; Write32(0x10D00, ${COUNTS}); Write32(0x10D04, 0x401200FC); Read32(0x10D0C); Write32(0x10D0C, 1);`,
    ],
  ])("through %s", async (_what, statements) => {
    const { code, err } = await run(statements);
    expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("it was not sent") as string });
  });
});

test("a nested port that was told another address as memory is told its own again before it is written", async () => {
  const told = "__apid = 2; Write32(0x20000000, 5); __apid = 1; Write32(0x10D04, 0x40120100);";
  const shown = 'Message(0, "%x", Read32(0x20000000));';
  expect(await run(`${told} __apid = 2; Write32(0x20000000, 7); ${shown}`)).toMatchObject({
    code: 0,
    out: "7\n",
  });
});

describe("an address of which SELECT takes a part only is that of no access port", () => {
  const SEQ = ["--seq", "sequences/vendor/raspberrypi/rp2350.seq"];
  const OTHER = "WriteAccessAP(0x2D04, 0x40120100);";
  test.each([
    ["within the 4 KiB of one", `${OTHER} __ap = 0x2010; WriteAP(0xD00, 2);`, "takes 4 KiB"],
    [
      "beyond the addresses of the debug port",
      `WriteAccessAP(0x100002D04, 0x20000000); ${OTHER} WriteAccessAP(0x100002D0C, 1);`,
      "does not fit",
    ],
  ])("%s", async (_what, statements, text) => {
    const argv = ["run", "-e", statements, "--probe", "sim:rp2350", "--no-config", ...SEQ];
    expect((await dbgseq(...argv)).err).toContain(text);
  });

  const ON_FIVE = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1">
<accessportV1 __apid="0" index="0"/><accessportV2 __apid="1" address="0x01000000"/>
<processor Dcore="Cortex-M4" DcoreVersion="r0p1"/><debug __apid="0"/><device Dname="D"/></family></devices></package>`;
  const ERASEALL = "__apid = 1; WriteAP(0x4, 1);";
  const AWAKE =
    "DAP_SWJ_Sequence(51, 0x7FFFFFFFFFFFF); DAP_SWJ_Sequence(16, 0xE79E); DAP_SWJ_Sequence(54, 0x7FFFFFFFFFFFF); ReadDP(0); WriteDP(0x4, 0x50000000);";

  test.each([
    ["described", ERASEALL, []],
    ["of WriteAccessAP", "WriteAccessAP(0x01000004, 1);", []],
    ["described, before anything is known", AWAKE + ERASEALL, ["--connect", "none"]],
    [
      "of WriteAccessAP, before anything is known",
      `${AWAKE} WriteAccessAP(0x01000004, 1);`,
      ["--connect", "none"],
    ],
  ])("on a debug port of ADIv5: %s", async (_what, statements, more) => {
    const pack = `${folderWith({ "V.N.pdsc": ON_FIVE })}/V.N.pdsc`;
    const on = ["--pack", pack, "--device", "D", "--probe", "sim:nrf52840", "--no-config", ...more];
    const { code, err } = await dbgseq("run", "-e", statements, ...on);
    expect(code).not.toBe(0);
    expect(err).toContain("ADIv6");
  });
});

describe("what only looks like it is sent", () => {
  test.each([
    [
      "ordinary memory with such words",
      'Write32(0x20000D04, 0x40120100); Write32(0x20000D0C, 1); Message(0, "%x", Read32(0x20000D0C));',
      "1\n",
    ],
    [
      "a nested port that is told another address",
      '__apid = 1; Write32(0x10D04, 0x20000010); Write32(0x10D0C, 7); Message(0, "%x", Read32(0x10D0C));',
      "7\n",
    ],
    [
      "a port that is looked at in between keeps its TAR",
      'WriteAP(0xD04, 0x20000D00); Write32(0x20000D04, 0x40120100); WriteAP(0xD04, 0x20000D0C); WriteAP(0xD0C, 9); Message(0, "%x", Read32(0x20000D0C));',
      "9\n",
    ],
  ])("%s", async (_what, statements, out) => {
    expect(await run(statements)).toMatchObject({ code: 0, out, err: "" });
  });
});
