/** A project of the CMSIS-Toolbox: what its cbuild-run.yml adds to the packs is used, on the command line and by the library. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConnectHelper, FileProgrammer } from "../../src/index.ts";
import { dbgseq, dbgseqIn } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const FLM = readFileSync("examples/05-flash/EX52.FLM");
const SIM = ["--probe", "sim:nrf52840", "--no-config"];

/** A pack whose chip is the simulated nRF52840; by itself it knows its RAM only. */
function pdsc(name: string, { device = "", after = "" } = {}): string {
  return `<package schemaVersion="1.7.60"><vendor>Acme</vendor><name>${name}</name>
<releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="Acme:1">
<debugvars configfile="T.dbgconf">__var Pin = 1; __var Width = 4;</debugvars>
<debugconfig default="swd" clock="8000000"/>
<sequences><sequence name="Own"><block>Message(0, "pin %x, width %x", Pin, Width);</block></sequence></sequences>
<device Dname="AC52"><processor Dcore="Cortex-M4" DcoreVersion="r0p1"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x40000" default="1"/>${device}</device>
<device Dname="AC53"><processor Dcore="Cortex-M4"/></device>
</family></devices>${after}</package>`;
}

function board(algorithm: string, { name = "Bench", more = "" } = {}): string {
  return `<boards><board vendor="Acme" name="${name}" revision="A"><description>d</description>
<mountedDevice deviceIndex="0" Dvendor="Acme:1" Dname="AC52"/>${more}${algorithm}</board></boards>`;
}

const ALGORITHM = `<algorithm name="Flash\\EX52.FLM" start="0x0" size="0x100000" RAMstart="0x20000000" RAMsize="0x4000" default="1"/>`;
const PROGRAMMING = `  programming:
    - algorithm: \${CMSIS_PACK_ROOT}/Acme/AC_DFP/1.0.0/EX52.FLM
      start: 0x00000000
      size: 0x00100000
      ram-start: 0x20000000
      ram-size: 0x00004000
`;
const DEVICE = `cbuild-run:
  generated-by: csolution version 2.14.0
  device: Acme::AC52
  device-pack: Acme::AC_DFP@1.0.0
  device-pack-path: \${CMSIS_PACK_ROOT}/Acme/AC_DFP/1.0.0
`;

interface Project {
  readonly run: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Packs below `root`, the project in `out`; the environment names the root. Gives the path of the cbuild-run.yml. */
function project({ run, files = {} }: Project): string {
  const folder = folderWith({
    "root/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc": pdsc("AC_DFP"),
    "root/Acme/AC_DFP/1.0.0/EX52.FLM": FLM,
    "out/P.cbuild-run.yml": run,
    "out/five.bin": "hello",
    ...files,
  });
  vi.stubEnv("CMSIS_PACK_ROOT", join(folder, "root"));
  return join(folder, "out/P.cbuild-run.yml");
}

afterEach(() => {
  vi.unstubAllEnvs();
});

const OUTPUT = `  output:
    - file: five.bin
      type: bin
      load: image
      load-offset: 0x1000
    - file: gone.axf
      type: elf
      load: symbols
`;

describe("flash", () => {
  test("without FILE it programs what output names, at its load-offset, by the algorithm of programming", async () => {
    const path = project({ run: DEVICE + OUTPUT + PROGRAMMING });
    const { code, all } = await dbgseq("flash", "--pack", path, ...SIM);
    expect(all).toContain("5 bytes in 1 sector: 4096 bytes programmed, 0 sectors unchanged, all verified");
    expect(code).toBe(0);
  });

  test("a base on the command line wins over load-offset; one of a file that has addresses means nothing", async () => {
    const run =
      DEVICE +
      OUTPUT.replace(
        "gone.axf\n      type: elf\n      load: symbols",
        "x.hex\n      type: hex\n      load-offset: 0",
      ) +
      PROGRAMMING;
    const path = project({ run, files: { "out/x.hex": ":048000000102030472\n:00000001FF\n" } });
    const { code, out } = await dbgseq("flash", "--pack", path, ...SIM, "--base", "0x3000", "--json");
    expect(code).toBe(0);
    const { flash } = JSON.parse(out) as {
      readonly flash: { readonly sectors: readonly { readonly address: number }[] };
    };
    expect(flash.sectors.map(({ address }) => address)).toEqual([0x3000, 0x8000]);
  });

  test("verify without FILE compares the same images", async () => {
    const path = project({ run: DEVICE + OUTPUT });
    const { code, out } = await dbgseq("verify", "--pack", path, ...SIM);
    expect(out).toContain("0x00001000: 5 bytes differ, the first is 0xFF instead of 0x68");
    expect(code).toBe(1);
  });

  test.each([
    ["no image", DEVICE, /P\.cbuild-run\.yml: its output has no image to load/],
    ["symbols alone", `${DEVICE}  output:\n    - file: x.axf\n      load: symbols\n`, /has no image to load/],
    [
      "what else is missing, too,",
      `${DEVICE}  board-pack: Acme::Gone@1.0.0\n  output:\n    - file: x.axf\n`,
      /the board's pack Acme::Gone@1\.0\.0 is not there/,
    ],
    ["a missing image", `${DEVICE}  output:\n    - file: x.axf\n`, /out.x\.axf: there is no such file/],
  ])("%s is reported", async (_what, run, said) => {
    const { code, err } = await dbgseq("flash", "--pack", project({ run }), ...SIM);
    expect(err).toMatch(said);
    expect(code).toBe(2);
  });

  test("without a project a FILE must be named", async () => {
    const { code, err } = await dbgseq("flash", ...SIM);
    expect(err).toContain("no FILE was given");
    expect(code).toBe(2);
  });

  test("two images at one place are named", async () => {
    const twice = `${OUTPUT}    - file: other.bin\n      type: bin\n      load-offset: 0x1002\n`;
    const path = project({ run: DEVICE + twice + PROGRAMMING, files: { "out/other.bin": "x" } });
    const { code, err } = await dbgseq("flash", "--pack", path, ...SIM);
    expect(err).toMatch(/five\.bin.*other\.bin|other\.bin.*five\.bin/);
    expect(err).toContain("0x00001002");
    expect(code).toBe(2);
  });

  test("an algorithm of the project wins over one of a pack for the same flash", async () => {
    const both = `${PROGRAMMING.replace("EX52.FLM", "Gone.FLM")}${PROGRAMMING.replace("  programming:\n", "").replace(/\S*EX52\.FLM/, "own.flm")}`;
    const path = project({ run: DEVICE + OUTPUT + both, files: { "out/own.flm": FLM } });
    const { code, out } = await dbgseq("flash", "--pack", path, ...SIM);
    expect(out).toContain("all verified");
    expect(code).toBe(0);
  });

  test("the pack may still have what programming leaves out", async () => {
    const run = `${DEVICE}${OUTPUT}  programming:
    - algorithm: Gone.FLM
      start: 0x90000000
      size: 0x00100000
`;
    const files = {
      "root/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc": pdsc("AC_DFP", { device: ALGORITHM }),
      "root/Acme/AC_DFP/1.0.0/Flash/EX52.FLM": FLM,
    };
    const { code, out } = await dbgseq("flash", "--pack", project({ run, files }), ...SIM);
    expect(out).toContain("all verified");
    expect(code).toBe(0);
  });
});

describe("load", () => {
  test("without FILE it writes what output names for RAM", async () => {
    const run = DEVICE + OUTPUT.replace("0x1000", "0x20001000");
    const { code, out } = await dbgseq("load", "--pack", project({ run }), ...SIM);
    expect(out).toContain("5 bytes written to RAM at 0x20001000 and read back");
    expect(code).toBe(0);
  });
});

describe("the library", () => {
  const session = <T>(pack: string, work: (programmer: FileProgrammer) => Promise<T>): Promise<T | null> =>
    ConnectHelper.withSession({ probe: "sim:nrf52840", pack, device: "AC52", config: false }, (one) =>
      work(new FileProgrammer(one)),
    );

  test("programs what output names, each file where the project says", async () => {
    const path = project({ run: DEVICE + OUTPUT + PROGRAMMING });
    const report = await session(path, (programmer) => programmer.programOutput());
    expect(report?.sectors).toMatchObject([{ address: 0x1000, programmed: 4096, verified: "crc" }]);
  });

  test("loads it into RAM", async () => {
    const path = project({ run: DEVICE + OUTPUT.replace("0x1000", "0x20001000") });
    const report = await session(path, (programmer) => programmer.loadOutput());
    expect(report).toEqual([{ address: 0x2000_1000, size: 5, verified: true }]);
  });

  test("says so if no project or no image is named", async () => {
    const path = project({ run: DEVICE });
    const program = (programmer: FileProgrammer): Promise<unknown> => programmer.programOutput();
    await expect(session(path, program)).rejects.toThrow("its output has no image to load");
    const pack = join(dirname(path), "../root/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc");
    await expect(session(pack, program)).rejects.toThrow("only a cbuild-run.yml as the pack");
  });
});

describe("system-descriptions", () => {
  const svd = (name: string): string =>
    `<device><name>${name}</name><peripherals><peripheral><name>${name}</name><baseAddress>0x20000000</baseAddress><registers><register><name>R</name><addressOffset>0x10</addressOffset><size>32</size></register></registers></peripheral></peripherals></device>`;
  const read = async (list: string, name: string): ReturnType<typeof dbgseq> => {
    const path = project({
      run: `${DEVICE}  system-descriptions:\n${list}`,
      files: {
        "out/own.svd": svd("MINE"),
        "root/Acme/AC_DFP/1.0.0/p.svd": svd("PACK"),
        "root/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc": pdsc("AC_DFP", { device: '<debug svd="p.svd"/>' }),
      },
    });
    return dbgseq("read", name, "--pack", path, ...SIM);
  };

  test("an SVD file of the project names the registers; a component viewer is not used", async () => {
    const list = "    - file: own.svd\n      type: svd\n    - file: x.scvd\n      type: scvd\n";
    const { code, all } = await read(list, "MINE.R");
    expect(all).toContain("MINE.R");
    expect(all).toContain("not used: system-descriptions: scvd");
    expect(code).toBe(0);
    expect((await read(list, "PACK.R")).err).toContain('own.svd has no "PACK.R"');
  });

  test("one of another processor is not used, and a missing one is reported", async () => {
    expect((await read("    - file: own.svd\n      type: svd\n      pname: b\n", "PACK.R")).code).toBe(0);
    const { code, err } = await read("    - file: gone.svd\n      type: svd\n", "PACK.R");
    expect(err).toMatch(/there is no file \S*gone\.svd; names of registers come from the device's pack/);
    expect(code).toBe(0);
  });
});

describe("boards", () => {
  test("the algorithm of the board's pack, in a folder of its own", async () => {
    const run = `${DEVICE}${OUTPUT}  board: Acme::Bench:A\n  board-pack: Acme::Bench_BSP@1.0.0\n`;
    const files = {
      "root/Acme/Bench_BSP/1.0.0/Acme.Bench_BSP.pdsc": `<package><vendor>Acme</vendor><name>Bench_BSP</name><releases><release version="1.0.0"/></releases>${board(ALGORITHM)}</package>`,
      "root/Acme/Bench_BSP/1.0.0/flash/ex52.flm": FLM,
    };
    const { code, all } = await dbgseq("flash", "--pack", project({ run, files }), ...SIM);
    expect(all).toContain("all verified");
    expect(all).not.toContain("missing-pack");
    expect(code).toBe(0);
  });

  test("one whose pack is missing is said by name, and the device's pack is used", async () => {
    const run = `${DEVICE}${OUTPUT}${PROGRAMMING}  board: Acme::Bench\n  board-pack: Acme::Bench_BSP@1.0.0\n  board-pack-path: ../bsp\n`;
    const { code, all } = await dbgseq("flash", "--pack", project({ run }), ...SIM);
    expect(all).toMatch(/the board's pack Acme::Bench_BSP@1\.0\.0 is not there in \S*bsp/);
    expect(all).toContain("all verified");
    expect(code).toBe(0);
  });

  test("one that its pack does not have, with the nearest name", async () => {
    const files = {
      "root/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc": pdsc("AC_DFP", { after: board("") }),
    };
    const path = project({ run: `${DEVICE}  board: Acme::Bensh\n`, files });
    const { code, err } = await dbgseq("list", "--pack", path);
    expect(err).toContain('Acme::AC_DFP@1.0.0 has no board "Acme::Bensh"');
    expect(err).toContain("did you mean Acme::Bench?");
    expect(code).toBe(0);
  });

  test("check finds what is wrong with one", async () => {
    const wrong = `<algorithm name="Gone.FLM" start="0x0" size="0" RAMend="1"/>`;
    const folder = folderWith({
      "V.N.pdsc": pdsc("N", { device: ALGORITHM, after: board(wrong) }),
      "Flash/EX52.FLM": FLM,
    });
    const { code, out } = await dbgseq("check", join(folder, "V.N.pdsc"));
    expect(out).toContain("the pack has no file Gone.FLM");
    expect(out).toContain('size="0" is not above 0');
    expect(out).toContain('<algorithm> has no attribute "RAMend"');
    expect(code).toBe(1);
  });

  test("of two with the device neither is guessed", async () => {
    const two =
      board(ALGORITHM).replace("</boards>", "") + board(ALGORITHM, { name: "Other" }).replace("<boards>", "");
    const folder = folderWith({ "V.N.pdsc": pdsc("N", { after: two }), "Flash/EX52.FLM": FLM, "x.bin": "x" });
    const argv = [
      join(folder, "x.bin"),
      "--base",
      "0",
      "--pack",
      join(folder, "V.N.pdsc"),
      "--device",
      "AC52",
    ];
    const { code, err } = await dbgseq("flash", ...argv, ...SIM);
    expect(err).toContain("the pack has no flash algorithm and no flashinfo for AC52");
    expect(code).toBe(2);
  });

  test("of a pack alone: the only board of the device, for addresses that the device has nothing for", async () => {
    const folder = folderWith({
      "Acme.AC_DFP.pdsc": pdsc("AC_DFP", { after: board(ALGORITHM) }),
      "Flash/EX52.FLM": FLM,
      "five.bin": "hello",
    });
    const PACK = ["--pack", join(folder, "Acme.AC_DFP.pdsc"), "--device", "AC52"];
    const argv = [join(folder, "five.bin"), "--base", "0x2000", ...PACK, ...SIM];
    expect((await dbgseq("flash", ...argv)).all).toContain("all verified");
    // What the board has is not part of the chip.
    const erased = await dbgseq("erase", "--chip", "--allow", "erase", ...PACK, ...SIM);
    expect(erased.err).toContain("no flash algorithm");
    expect(erased.code).toBe(2);
  });
});

describe("packs", () => {
  test("a folder without packs is said, with what to do", async () => {
    const root = folderWith({});
    const { code, out, err } = await dbgseqIn(
      { cwd: process.cwd(), env: { CMSIS_PACK_ROOT: root } },
      "packs",
    );
    expect(out).toBe("");
    expect(err).toContain(`no packs below ${root}; install one there with cpackget`);
    expect(code).toBe(0);
  });

  test("a path of another machine: the pack is found by its name, with a warning", async () => {
    const run = DEVICE.replace("${CMSIS_PACK_ROOT}", "/nowhere/packs");
    const { code, err } = await dbgseq("list", "--pack", project({ run }));
    expect(err).toMatch(/nowhere.packs\S* is not there; Acme::AC_DFP@1\.0\.0 is taken from/);
    expect(code).toBe(0);
  });

  test("a missing one is named, with its place and the command that installs it", async () => {
    const run = DEVICE.replaceAll("AC_DFP", "Other_DFP");
    const { code, err } = await dbgseq("list", "--pack", project({ run }));
    expect(err).toMatch(/the device's pack Acme::Other_DFP@1\.0\.0 is not in \S*Other_DFP.1\.0\.0/);
    expect(err).toContain("cpackget add Acme::Other_DFP@1.0.0");
    expect(code).toBe(2);
  });

  test("without CMSIS_PACK_ROOT the place that the CMSIS-Toolbox uses", async () => {
    const path = project({ run: DEVICE });
    const home = folderWith({ "arm/packs/Acme/AC_DFP/1.0.0/Acme.AC_DFP.pdsc": pdsc("AC_DFP") });
    vi.stubEnv("CMSIS_PACK_ROOT", "");
    vi.stubEnv(process.platform === "win32" ? "LOCALAPPDATA" : "XDG_CACHE_HOME", home);
    const { code, out } = await dbgseq("list", "--pack", path);
    expect(out).toContain("Own");
    expect(code).toBe(process.platform === "win32" ? 2 : 0);
  });

  test("another variable is named, and its value is not shown", async () => {
    vi.stubEnv("DBGSEQ_TEST_UNSET", "/secret");
    const run = DEVICE.replace("CMSIS_PACK_ROOT", "DBGSEQ_TEST_UNSET");
    const { code, err } = await dbgseq("list", "--pack", project({ run }));
    expect(err).toContain("the variable DBGSEQ_TEST_UNSET in ${DBGSEQ_TEST_UNSET}/Acme");
    expect(err).not.toContain("/secret");
    expect(code).toBe(2);
  });
});

const VARS = `  debug-vars:
    vars: |
      __var Pin   = 0x21;  // changed by hand
      __var Width = 4;
`;

describe("variables", () => {
  const own = async (run: string, ...more: readonly string[]): Promise<string> => {
    const path = project({
      run,
      files: { "out/T.dbgconf": "Pin = 0x33;\n", "Mine.dbgconf": "Width = 9;\n" },
    });
    return (await dbgseq("run", "Own", "--pack", path, ...SIM, ...more)).all;
  };

  test("debug-vars win over the pack", async () => {
    expect(await own(DEVICE + VARS)).toContain("pin 21, width 4");
  });

  test("the configuration file wins over debug-vars", async () => {
    expect(await own(`${DEVICE}${VARS}  debugger:\n    dbgconf: T.dbgconf\n`)).toContain("pin 33, width 4");
  });

  test("a configuration file that does not exist yet is reported, and the pack's values hold", async () => {
    const said = await own(`${DEVICE}  debugger:\n    dbgconf: ../.cmsis/P.dbgconf\n`);
    expect(said).toMatch(
      /there is no configuration file \S*P\.dbgconf; debug variables have the values of the pack/,
    );
    expect(said).toContain("pin 1, width 4");
  });

  test("device-settings replace the configuration file; words and unknown names are reported", async () => {
    const settings = `  debugger:
    dbgconf: T.dbgconf
    device-settings:
      Width: 0x10
      Pim: 2
      trace-port: enabled
`;
    const said = await own(DEVICE + VARS + settings);
    expect(said).toContain("pin 21, width 10");
    expect(said).toMatch(/no debug variable Pim is declared.*\n(?:.*\n)*.*did you mean Pin\?/);
    expect(said).toContain("not used: device-settings: trace-port");
  });

  test("--set wins over all of them", async () => {
    expect(await own(DEVICE + VARS, "--set", "Pin=7")).toContain("pin 7, width 4");
  });

  test("nothing of it is used for another device of the pack", async () => {
    const said = await own(DEVICE + VARS, "--device", "AC53");
    expect(said).toContain("pin 1, width 4");
    expect(said).toContain("this is for Acme::AC52");
  });
});

test("memories of the project: the RAM of an algorithm that names none", async () => {
  const run = `${DEVICE}${OUTPUT}${PROGRAMMING.replace(/ +ram-.*\n/g, "")}  system-resources:
    memory:
      - name: RAM
        start: 0x20000000
        size: 0x00000100
      - name: Big
        access: rwx
        start: 0x20010000
        size: 0x00008000
        default: true
`;
  const { code, out } = await dbgseq("flash", "--pack", project({ run }), ...SIM);
  expect(out).toContain("all verified");
  expect(code).toBe(0);
});

test("the library has the same settings as the command line", async () => {
  const debug = "  debugger:\n    protocol: jtag\n    clock: 1000000\n    connect: under-reset\n";
  const path = project({ run: `${DEVICE}${VARS}${OUTPUT}${PROGRAMMING}${debug}  debug-sequences: []\n` });
  const config = await dbgseq("config", "--pack", path, "--no-config", "--json");
  const { settings } = JSON.parse(config.out) as {
    readonly settings: readonly { readonly name: string; readonly value: string }[];
  };
  const told = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  expect(told).toMatchObject({ protocol: "jtag", clockHz: "1000000", connect: "under-reset" });
  const events: string[] = [];
  await ConnectHelper.withSession(
    {
      probe: "sim:nrf52840",
      pack: path,
      config: false,
      protocol: "swd",
      onEvent: (event) => events.push("text" in event ? event.text : ""),
    },
    async (session) => {
      await session.run("Own");
      const { sectors } = await new FileProgrammer(session).program(join(dirname(path), "five.bin"), {
        base: 0x1000,
      });
      expect(sectors).toMatchObject([{ programmed: 4096 }]);
    },
  );
  expect(events).toContain("connect (under-reset, SWD, 1 MHz)");
  expect(events).toContain("pin 21, width 4");
  expect(events.some((text) => text.endsWith("taken from the device's pack instead: debug-sequences"))).toBe(
    true,
  );
});

describe("algorithms of a pack", () => {
  const flashed = (device: string, ...more: readonly string[]): ReturnType<typeof dbgseq> => {
    const text = pdsc("N").replace(
      /<device Dname="AC52">.*<\/device>/s,
      `<device Dname="D">${device}</device>`,
    );
    const folder = folderWith({ "V.N.pdsc": text, "A.FLM": FLM, "B.FLM": FLM, "x.bin": "hello" });
    const argv = [join(folder, "x.bin"), "--base", "0x1000", "--pack", join(folder, "V.N.pdsc"), ...more];
    return dbgseq("flash", ...argv, ...SIM);
  };
  const RAM = `<memory name="RAM" access="rwx" start="0x20000000" size="0x40000" default="1"/>`;
  const ONE = `<processor Dcore="Cortex-M4" DcoreVersion="r0p1"/>${RAM}`;

  test.each([
    [
      "0 bytes",
      `size="0" RAMstart="0x20000000" RAMsize="0x4000"`,
      "A.FLM",
      "no flash algorithm of D is for 0x00001000",
    ],
    [
      "no name",
      `size="0x100000" RAMstart="0x20000000" RAMsize="0x4000"`,
      "",
      "the flash algorithm for 0x00000000 names no file",
    ],
    [
      "RAM of 0 bytes",
      `size="0x100000" RAMstart="0x20000000" RAMsize="0x0"`,
      "A.FLM",
      "the 0 bytes at 0x20000000 are too few",
    ],
  ])("one with %s is refused with the reason", async (_what, rest, name, said) => {
    const { code, err } = await flashed(`${ONE}<algorithm name="${name}" start="0x0" ${rest} default="1"/>`);
    expect(err).toContain(said);
    expect(code).toBe(2);
  });

  test.each(["a", "b"])("the default of processor %s is its own", async (pname) => {
    const two = `<processor Pname="a" Dcore="Cortex-M4" DcoreVersion="r0p1"/><processor Pname="b" Dcore="Cortex-M4" DcoreVersion="r0p1"/>${RAM}`;
    const algorithm = (of: string, file: string): string =>
      `<algorithm Pname="${of}" name="${file}" start="0x0" size="0x100000" RAMstart="0x20000000" RAMsize="0x4000" default="1"/>`;
    const { code, out } = await flashed(
      two + algorithm("a", "A.FLM") + algorithm("b", "B.FLM"),
      "--pname",
      pname,
    );
    expect(out).toContain("all verified");
    expect(code).toBe(0);
  });
});
