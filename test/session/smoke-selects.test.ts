/** Devices whose DebugPortSetup wakes the port and selects a core by hand: a model derived from the pack alone is reached by it. */
import { describe, expect, test } from "vitest";
import { smoke, type SmokeResult } from "../../src/session/smoke/smoke.ts";
import { deriveModel } from "../../src/simulator/model/derive.ts";
import { deviceOf, packOf } from "../support/pdsc.ts";

const LINE_RESET = "DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF); DAP_SWJ_Sequence(3, 0x00);";
const WAKE = `DAP_SWJ_Sequence(8, 0xFF); DAP_SWJ_Sequence(64, 0x86852D956209F392); DAP_SWJ_Sequence(64, 0x19BC0EA2E3DDAFE9);
DAP_SWJ_Sequence(12, 0x1A0);`;
const WAKE_IN_WORDS = `DAP_SWJ_Sequence(16, 0xFFFF); DAP_SWJ_Sequence(32, 0x6209F392); DAP_SWJ_Sequence(32, 0x86852D95);
DAP_SWJ_Sequence(32, 0xE3DDAFE9); DAP_SWJ_Sequence(32, 0x19BC0EA2); DAP_SWJ_Sequence(4, 0x0); DAP_SWJ_Sequence(8, 0x1A);`;
const IDS = [0x01002927, 0x11002927] as const;

const sequence = (name: string, body: string, pname?: string): string =>
  `<sequence name="${name}"${pname === undefined ? "" : ` Pname="${pname}"`}><block atomic="1">${body.replaceAll("<", "&lt;")}</block></sequence>`;

/** Two cores on one pair of wires; `select` is the body of SelectCore for an identity and its parity. */
function pack(parts: {
  readonly wake: string;
  readonly select: (targetsel: number, parity: number) => string;
  readonly check?: string;
  readonly config?: string;
}): ReturnType<typeof packOf> {
  const cores = [0, 1].map(
    (core) => `<processor Pname="Core${core}" Dcore="Cortex-M0+"/>
${sequence("SelectCore", parts.select(IDS[core as 0 | 1], core), `Core${core}`)}`,
  );
  const processors = cores.map((text) => text.split("\n")[0]).join("");
  const selects = cores.map((text) => text.slice(text.indexOf("\n"))).join("");
  return packOf(`<family Dfamily="F" Dvendor="RPi:170">${processors}${parts.config ?? ""}<sequences>
${sequence("Wake", parts.wake)}${selects}${parts.check ?? ""}
<sequence name="DebugPortSetup"><block>Sequence("Wake"); ${parts.check === undefined ? "" : 'Sequence("Check");'} Sequence("SelectCore");</block></sequence>
</sequences><device Dname="D"><memory name="RAM" access="rwx" start="0x20000000" size="0x1000"/>
<memory name="ROM" access="rx" start="0x10000000" size="0x1000" startup="1"/></device></family>`);
}

const byHand = (targetsel: number, parity: number): string => `${LINE_RESET} DAP_SWJ_Sequence(8, 0x99);
DAP_SWJ_Sequence(5, 0x1F); DAP_SWJ_Sequence(32, ${targetsel}); DAP_SWJ_Sequence(3, ${parity}); ReadDP(0x0);`;

const CHECK = `<sequence name="Check"><block atomic="1">__var id = 0; ${LINE_RESET} id = ReadDP(0x0);</block>
<control if="id != 0x0BC12477"><block>Message(2, "DPIDR %x", id);</block></control></sequence>`;

const PACKS: readonly (readonly [string, Parameters<typeof pack>[0]])[] = [
  [
    "the identity is looked at before, and the request is sent bit by bit",
    { wake: WAKE, select: byHand, check: CHECK },
  ],
  [
    "everything stands in variables, the alert in words",
    {
      wake: WAKE_IN_WORDS,
      select: (targetsel, parity) =>
        `__var request = 0x99; __var id = ${targetsel - 1}; __var odd = ${parity};
id += 1; ${LINE_RESET} DAP_SWJ_Sequence(13, request | (0x1F << 8)); DAP_SWJ_Sequence(33, id | (odd << 32));
DAP_SWJ_Sequence(8, 0); ReadDP(0x0);`.replace("id += 1;", "id = id + 1;"),
    },
  ],
  [
    "TARGETSEL is written as a register",
    { wake: WAKE, select: (targetsel) => `${LINE_RESET} WriteDP(0xC, ${targetsel}); ReadDP(0x0);` },
  ],
  [
    "the pack says dormant itself",
    { wake: WAKE, select: byHand, config: '<debugconfig default="swd" swj="false" dormant="true"/>' },
  ],
];

async function smoked(parts: Parameters<typeof pack>[0]): Promise<readonly SmokeResult[]> {
  const results: SmokeResult[] = [];
  for await (const result of smoke(pack(parts), ["D"])) results.push(result);
  return results;
}

describe("a model derived from a pack that selects by hand", () => {
  test.each(PACKS)("reaches both cores of %s, each behind a debug port of its own", async (_what, parts) => {
    const results = await smoked(parts);
    expect(results.map(({ pname, failed, assumptions }) => ({ pname, failed, assumptions }))).toEqual([
      { pname: "Core0", failed: undefined, assumptions: [] },
      { pname: "Core1", failed: undefined, assumptions: [] },
    ]);
    const { data } = deriveModel(deviceOf(pack(parts), "D").description);
    expect(data.debugPort).toMatchObject({ start: "dormant", targetId: 0x01002927, instance: 0 });
    expect(data.furtherDebugPorts).toMatchObject([{ targetId: 0x01002927, instance: 1 }]);
  });

  test("does not guess a value that only the target tells, and invents no debug port", () => {
    const select = (): string =>
      `__var id = ReadDP(0x0); ${LINE_RESET} DAP_SWJ_Sequence(8, 0x99); DAP_SWJ_Sequence(5, 0x1F); DAP_SWJ_Sequence(32, id); DAP_SWJ_Sequence(3, 0);`;
    const { data } = deriveModel(deviceOf(pack({ wake: WAKE, select }), "D").description);
    expect(data.furtherDebugPorts).toEqual([]);
  });

  test("keeps the port as the pack says if a sequence wakes nothing", () => {
    const parts = { wake: LINE_RESET, select: () => "ReadDP(0x0);" };
    const plain = deriveModel(deviceOf(pack(parts), "D").description).data.debugPort;
    expect(plain.start).toBe("swd");
    const jtagToSwd = {
      ...parts,
      wake: `${LINE_RESET} DAP_SWJ_Sequence(51, 0x0007FFFFFFFFFFFF); DAP_SWJ_Sequence(16, 0xE79E);`,
    };
    expect(deriveModel(deviceOf(pack(jtagToSwd), "D").description).data.debugPort.start).toBeUndefined();
  });
});
