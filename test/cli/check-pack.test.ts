/** `check` of a pack description as a whole: what refers to nothing, stands there twice, or is read by nobody. */
import { expect, test } from "vitest";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

function pdsc(inFamily: string, inDevice: string): string {
  return `<package schemaVersion="1.7.7"><vendor>V</vendor><name>N</name>
<devices><family Dfamily="F" Dvendor="V:1">
${inFamily}
<device Dname="D">
${inDevice}
</device></family></devices></package>
`;
}

function sequence(name: string, text: string): string {
  return `<sequences><sequence name="${name}"><block>${text}</block></sequence></sequences>`;
}

/** `CODE line` of everything that is found in x.pdsc, which lies beside a flash algorithm. */
async function found(text: string): Promise<readonly string[]> {
  const cwd = folderWith({ "x.pdsc": text, "A.FLM": "" });
  const { out } = await dbgseqIn({ cwd, env: {} }, "check", `${cwd}/x.pdsc`, "--json");
  const { findings } = JSON.parse(out) as { findings: readonly { code: string; line: number }[] };
  return findings.map(({ code, line }) => `${code} ${line}`);
}

test.each([
  [
    "an access port on no debug port",
    `<debugport __dp="0"/><accessportV1 __apid="0" __dp="1" index="0"/>`,
    "unknown-port 5",
  ],
  ["a parent that is none", `<accessportV2 __apid="0" address="0x1000" parent="7"/>`, "unknown-port 5"],
  [
    "a processor on no access port",
    `<accessportV1 __apid="0" index="0"/><debug __apid="1"/>`,
    "unknown-port 5",
  ],
  [
    "a port that a sequence selects",
    `<debugport __dp="0"/>${sequence("ResetSystem", "__dp = 1; ReadDP(0);")}`,
    "unknown-port 5",
  ],
  [
    "a constant that says so",
    `<debugport __dp="0"/>${sequence("ResetSystem", "__var p = 1; __dp = p; ReadDP(0);")}`,
    "unknown-port 5",
  ],
  ["a reset that nothing defines", `<debug defaultResetSequence="ResetSystm"/>`, "unknown-sequence 5"],
  ["a debugport twice", `<debugport __dp="0"/>\n<debugport __dp="0"/>`, "duplicate-element 6"],
  [
    "a processor twice",
    `<processor Dcore="Cortex-M4" Pname="a"/>\n<processor Dcore="Cortex-M4" Pname="a"/>`,
    "duplicate-element 6",
  ],
  [
    "an SVD file that is missing",
    `<algorithm name="A.FLM" start="0" size="1"/>\n<debug svd="no.svd"/>`,
    "missing-file 6",
  ],
  [
    "settings that are missing",
    `<algorithm name="A.FLM" start="0" size="1"/>\n<debugvars configfile="no.dbgconf"/>`,
    "missing-file 6",
  ],
  [
    "a debugvar like a predefined variable",
    `<debugvars>__var __dp = 1;</debugvars>${sequence("ResetSystem", "DAP_Delay(__dp);")}`,
    "shadowed-variable 5",
  ],
  [
    "a sequence for no processor of the device, once",
    `<processor Dcore="Cortex-M4" Pname="a"/><sequences><sequence name="ResetSystem" Pname="b"><block>DAP_Delay(1);</block></sequence></sequences>`,
    "unknown-processor 5",
  ],
])("%s", async (_what, inDevice, expected) => {
  expect(await found(pdsc("", inDevice))).toEqual([expected]);
});

test.each([
  ["ports that are left to the debugger", sequence("ResetSystem", "__dp = 1; __ap = 2; ReadAP(0);")],
  [
    "ports that a family describes",
    `<debug __apid="3"/>${sequence("ResetSystem", "__apid = 3; ReadAP(0);")}`,
    `<accessportV1 __apid="3" index="0"/>`,
  ],
  ["files of a description that lies alone", `<debug svd="no.svd"/>`],
  [
    "a debugvar that only another one reads",
    `<debugvars>__var A = 1; __var B = A + 1;</debugvars>${sequence("ResetSystem", "DAP_Delay(B);")}`,
  ],
  ["a default reset of the specification", `<debug defaultResetSequence="ResetHardware"/>`],
])("%s has no findings", async (_what, inDevice, inFamily = "") => {
  expect(await found(pdsc(inFamily, inDevice))).toEqual([]);
});

test("a debugvar that a sequence of any device reads is used", async () => {
  const vars = `<debugvars>\n__var Used = 1;\n__var Spare = 2;\n</debugvars>`;
  const other = `<device Dname="E">${sequence("ResetSystem", "DAP_Delay(Used);")}</device>`;
  expect(await found(pdsc(vars + other, ""))).toEqual(["unused-debug-variable 5"]);
});

test("a .seq without a pack may use either port variable; its debugvars are looked at like a pack's", async () => {
  const cwd = folderWith({
    "x.seq":
      "debugvars {\n__var A = 1;\n__var A = 2;\n__var __ap = 1;\n}\nsequence ResetSystem { __apid = 1; DAP_Delay(A); }\n",
  });
  const { out } = await dbgseqIn({ cwd, env: {} }, "check", `${cwd}/x.seq`);
  expect(out.match(/\[[a-z-]+\]/g)).toEqual(["[redefinition]", "[shadowed-variable]"]);
});
