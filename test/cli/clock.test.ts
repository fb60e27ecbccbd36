/** Wire rule 24 at both doors: the clock is that of the strongest that states one; the pack's is a default and no limit. */
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

interface Asked {
  readonly pack?: string;
  readonly yaml?: string;
  readonly env?: string;
  readonly run?: string;
  /** By `--clock`, or the option of a session. */
  readonly direct?: string;
}

const HZ: Readonly<Record<string, number>> = { "2MHz": 2_000_000, "20MHz": 20_000_000 };

const pdsc = (config: string): string =>
  `<package><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="V:1"><device Dname="D"><processor Dcore="Cortex-M4"/>${config}</device></family></devices></package>`;

function place({ pack, yaml, run }: Asked): { readonly folder: string; readonly packPath: string } {
  const config = pack === undefined ? "" : `<debugconfig default="swd" clock="${pack}"/>`;
  const folder = folderWith({
    "V.N.pdsc": pdsc(config),
    ...(yaml === undefined ? {} : { "dbgseq.yaml": `clock: ${yaml}\n` }),
    ...(run === undefined
      ? {}
      : {
          "P.cbuild-run.yml": `cbuild-run:\n  device-pack-path: V.N.pdsc\n  debugger:\n    name: X\n    clock: ${run}\n`,
        }),
  });
  return { folder, packPath: join(folder, run === undefined ? "V.N.pdsc" : "P.cbuild-run.yml") };
}

async function byCommandLine(asked: Asked): Promise<string> {
  const { folder, packPath } = place(asked);
  const argv = ["run", "-e", "DAP_Delay(1);", "--pack", packPath, "--probe", "sim:generic-m4", "--trace"];
  const env = asked.env === undefined ? {} : { DBGSEQ_CLOCK: asked.env };
  const clock = asked.direct === undefined ? [] : ["--clock", asked.direct];
  const { code, all } = await dbgseqIn({ cwd: folder, env }, ...argv, ...clock);
  expect(code).toBe(0);
  return all;
}

async function byLibrary(asked: Asked): Promise<string> {
  const { folder, packPath } = place(asked);
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  vi.stubEnv("DBGSEQ_CLOCK", asked.env ?? "");
  const said: string[] = [];
  const clock = asked.direct === undefined ? {} : { clockHz: HZ[asked.direct] ?? 0 };
  await ConnectHelper.withSession(
    {
      probe: "sim:generic-m4",
      pack: packPath,
      ...clock,
      onEvent: (event) => said.push("text" in event ? event.text : ""),
    },
    () => undefined,
  );
  return said.join("\n");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each([
  ["the command line", byCommandLine],
  ["the library", byLibrary],
])("the clock by %s", (_door, clockOf) => {
  test.each([
    ["nobody asks: 10 MHz", {}, 10_000_000],
    ["the pack's default", { pack: "4000000" }, 4_000_000],
    ["a pack's default above 10 MHz is cut", { pack: "400000000" }, 10_000_000],
    ["a file of the project over the pack, slower", { pack: "4000000", yaml: "1MHz" }, 1_000_000],
    ["and above 10 MHz", { yaml: "20MHz" }, 20_000_000],
    ["the environment over the file, though it is faster", { yaml: "1MHz", env: "2MHz" }, 2_000_000],
    ["what is asked directly over both", { yaml: "1MHz", env: "2MHz", direct: "20MHz" }, 20_000_000],
    ["and slower", { yaml: "20MHz", direct: "2MHz" }, 2_000_000],
    ["a cbuild-run.yml over the pack", { pack: "4000000", run: "15000000" }, 15_000_000],
    ["a file of the project over a cbuild-run.yml", { run: "15000000", yaml: "1MHz" }, 1_000_000],
  ] as const)("%s", async (_what, asked, hz) => {
    expect(await clockOf(asked)).toContain(`SWD, ${hz / 1_000_000} MHz)`);
  });

  test("one above the pack's is noted with its giver, one at most as fast is not", async () => {
    expect(await clockOf({ pack: "4000000", yaml: "5MHz" })).toMatch(
      /the clock of 5 MHz \(\S*dbgseq\.yaml\) is above the 4 MHz of the device's pack/,
    );
    expect(await clockOf({ pack: "4000000", yaml: "4MHz" })).not.toContain("is above");
    expect(await clockOf({ pack: "400000000" })).not.toContain("is above");
  });
});

describe("a pack's connection that cannot be made", () => {
  const run = (config: string, ...more: readonly string[]): ReturnType<typeof dbgseqIn> => {
    const folder = folderWith({ "V.N.pdsc": pdsc(config) });
    const argv = ["run", "-e", 'Message(0, "here");', "--pack", join(folder, "V.N.pdsc")];
    return dbgseqIn({ cwd: folder, env: {} }, ...argv, "--probe", "sim:generic-m4", ...more);
  };

  test("wire rule 24: cjtag is refused by name, unless the user asks for another protocol", async () => {
    const config = '<debugconfig default="cjtag" clock="1000000"/>';
    const { code, err } = await run(config);
    expect(err).toMatch(
      /V\.N\.pdsc:1:\d+: the debug protocol of D is cJTAG, which CMSIS-DAP probes do not speak/,
    );
    expect(code).toBe(2);
    expect((await run(config, "--protocol", "swd")).code).toBe(0);
  });

  test("a clock of 0 is reported with its place, and the default holds", async () => {
    const { code, all } = await run('<debugconfig default="swd" clock="0"/>', "--trace");
    expect(all).toContain('clock="0" is not above 0');
    expect(all).toContain("SWD, 10 MHz)");
    expect(code).toBe(0);
  });

  test.each([
    [
      "a port that is not described",
      '<accessportV1 __apid="0" index="0"/><debug __apid="9"/>',
      "__apid 9, which the pack does not describe (described: 0)",
    ],
    [
      "no port of a processor that several may belong to",
      '<accessportV1 __apid="1" index="0"/><accessportV1 __apid="2" index="1"/><debug svd="x.svd"/>',
      "__apid 0 (the default), which the pack does not describe (described: 1, 2)",
    ],
    [
      "ports inside one another",
      '<accessportV2 __apid="0" address="0x2000" parent="1"/><accessportV2 __apid="1" address="0x3000" parent="0"/><debug __apid="0"/>',
      "__apid 0, which stands inside itself",
    ],
    [
      "a port that is its own parent",
      '<accessportV2 __apid="3" address="0x2000" parent="3"/><debug __apid="3"/>',
      "__apid 3, which stands inside itself",
    ],
    [
      "a port that leads into such a circle",
      '<accessportV2 __apid="0" address="0x2000" parent="1"/><accessportV2 __apid="1" address="0x3000" parent="1"/><debug __apid="0"/>',
      "__apid 1, which stands inside itself",
    ],
  ])(
    "%s is refused before anything is sent; --connect none does not need it",
    async (_what, config, said) => {
      const { code, err } = await run(config);
      expect(err).toContain(said);
      expect(code).toBe(4);
      expect((await run(config, "--connect", "none")).out).toContain("here");
    },
  );
});

describe("check", () => {
  test.each([
    ["a size of 0", '<algorithm name="X.FLM" start="0" size="0"/>', 'size="0" is not above 0'],
    ["a blank name", '<algorithm name=" " start="0" size="0x100"/>', 'name=" " is not a name'],
    ["RAM of 0 bytes", '<algorithm name="X.FLM" start="0" size="1" RAMstart="0" RAMsize="0x0"/>', "RAMsize"],
    ["a memory of 0 bytes", '<memory name="M" access="rwx" start="0" size="0"/>', 'size="0" is not above 0'],
    [
      "blocks of 0 bytes",
      '<flashinfo name="F" start="0" pagesize="4"><block count="1" size="0"/></flashinfo>',
      'size="0" is not above 0',
    ],
    [
      "ports inside one another",
      '<accessportV2 __apid="0" address="0x2000" parent="0"/>',
      "stands inside itself by way of its parents",
    ],
  ])("finds %s", async (_what, config, said) => {
    const folder = folderWith({ "V.N.pdsc": pdsc(config) });
    const { code, out } = await dbgseqIn({ cwd: folder, env: {} }, "check", join(folder, "V.N.pdsc"));
    expect(out).toContain(said);
    expect(code).toBe(1);
  });
});
