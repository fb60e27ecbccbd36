/** Both doors: `dbgseq config` and a session of the library show the same settings from the same inputs, with the same givers. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConnectHelper, type ConnectRequest } from "../../src/index.ts";
import { dbgseqIn } from "../support/command-line.ts";

const PDSC = `<package schemaVersion="1.7.28"><vendor>Example</vendor><name>EX32_DFP</name>
<releases><release version="1.0.0">x</release></releases><devices><family Dfamily="F" Dvendor="ARM:82">
<processor Pname="main" Dcore="Cortex-M4"/><processor Pname="aux" Dcore="Cortex-M0"/>
<debug Pname="main"/><debug Pname="aux" __ap="1"/>
<debugconfig default="swd" clock="2000000" swj="0" dormant="1"/>
<debugvars>__var DbgMCU_CR = 7; __var Trace = 0;</debugvars>
<device Dname="EX32M4"/><device Dname="EX32M5"/></family></devices></package>`;

const RUN = `cbuild-run:
  generated-by: example
  device: EX32M4
  device-pack: Example::EX32_DFP@1.0.0
  device-pack-path: pack/Example.EX32_DFP.pdsc
  debugger:
    name: CMSIS-DAP
    protocol: swd
    clock: 1000000
    connect: under-reset
    start-pname: aux
`;

/** One giver at a time, then all of them: flags as a program's keywords, the files as they stand in the folder. */
interface Row {
  readonly flags?: readonly string[];
  readonly keywords?: ConnectRequest;
  readonly env?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly recipe?: string;
}

const PACK: Row = {
  flags: ["--pack", "pack/Example.EX32_DFP.pdsc", "--device", "EX32M4"],
  keywords: { pack: "pack/Example.EX32_DFP.pdsc", device: "EX32M4" },
};
const CBUILD: Row = { flags: ["--pack", "x.cbuild-run.yml"], keywords: { pack: "x.cbuild-run.yml" } };
const FLAGS: Row = {
  flags: [
    ...["--connect", "halt", "--protocol", "jtag", "--dormant", "--clock", "3MHz", "--leave", "running"],
    ...[
      "--deadline",
      "2s",
      "--strict-timeouts",
      "--strict-spec",
      "--atomic",
      "best-effort",
      "--wait",
      "50ms",
    ],
    ...["--seq", "a.seq", "--seq", "b.seq", "--traceout", "port:4", "--traceclk", "100MHz:10MHz"],
    ...[
      "--set",
      "DbgMCU_CR=0x27",
      "--set",
      "Own=1",
      "--pname",
      "aux",
      "--svd",
      "x.svd",
      "--dbgconf",
      "x.dbgconf",
    ],
  ],
  keywords: {
    ...{ connect: "halt", protocol: "jtag", dormant: true, clockHz: 3_000_000, leave: "running" },
    ...{ deadlineUs: 2_000_000, strictTimeouts: true, strictSpec: true, atomic: "best-effort", waitMs: 50 },
    ...{ seq: ["a.seq", "b.seq"], traceOut: "port:4", traceClock: { inHz: 100_000_000, outHz: 10_000_000 } },
    ...{ variables: { DbgMCU_CR: 0x27, Own: 1n }, pname: "aux", svd: "x.svd", dbgconf: "x.dbgconf" },
  },
};
const ENVIRONMENT: Row = {
  env: {
    ...{ DBGSEQ_CONNECT: "pre-reset", DBGSEQ_CLOCK: "500kHz", DBGSEQ_PROBE: "sim:generic-m4" },
    ...{ DBGSEQ_STRICT_SPEC: "true", DBGSEQ_LEAVE: "halted", DBGSEQ_PNAME: "main" },
  },
};
const PROJECT: Row = {
  project: `connect: none\nclock: 4MHz\natomic: best-effort\nseq: [b.seq]\nvariables: { Trace: 1, Own: 5 }\n`,
};
const RECIPE: Row = {
  recipe: `connect: attach\nclock: 6MHz\nseq: [a.seq]\nvariables: { Trace: 2 }\nsteps: [connect]\n`,
};
const OFF: Row = { flags: ["--no-config"], keywords: { config: false } };

function all(...rows: readonly Row[]): Row {
  const together: { flags: string[] } & Omit<Row, "flags"> = { flags: [] };
  for (const { flags = [], keywords, env, ...files } of rows) {
    together.flags.push(...flags);
    Object.assign(together, files, {
      keywords: { ...together.keywords, ...keywords },
      env: { ...together.env, ...env },
    });
  }
  return together;
}

const ROWS: readonly (readonly [string, Row])[] = [
  ["nothing", {}],
  ["the pack", PACK],
  ["a cbuild-run.yml", CBUILD],
  ["flags", all(PACK, FLAGS)],
  ["the environment", all(PACK, ENVIRONMENT)],
  ["dbgseq.yaml", all(PACK, PROJECT, { flags: ["--seq", "a.seq"], keywords: { seq: ["a.seq"] } })],
  ["a recipe", all(PACK, RECIPE)],
  ["a recipe over dbgseq.yaml", all(PACK, RECIPE, PROJECT)],
  ["the environment over a cbuild-run.yml", all(CBUILD, ENVIRONMENT)],
  ["flags over a cbuild-run.yml", all(CBUILD, FLAGS)],
  [
    "a device beside that of a cbuild-run.yml",
    all(CBUILD, { flags: ["--device", "EX32M5"], keywords: { device: "EX32M5" } }),
  ],
  ["everything", all(CBUILD, FLAGS, RECIPE, ENVIRONMENT, PROJECT)],
  ["the configuration off", all(PACK, PROJECT, ENVIRONMENT, OFF)],
];

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "dbgseq-"));
  mkdirSync(join(cwd, "pack"));
  for (const [name, text] of Object.entries({
    "pack/Example.EX32_DFP.pdsc": PDSC,
    "x.cbuild-run.yml": RUN,
    "a.seq": "debugvars {\n  __var Own = 0;\n}\n",
    "b.seq": "sequence Mine {\n}\n",
    "x.dbgconf": "Trace = 3;\n",
    "x.svd": "<device/>\n",
  }))
    writeFileSync(join(cwd, name), text);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Line {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

async function byCommand({ flags = [], env = {}, recipe }: Row): Promise<readonly Line[]> {
  const header = recipe === undefined ? [] : ["--recipe", "bring-up.yaml"];
  const { code, out, err } = await dbgseqIn({ cwd, env }, "config", "--json", ...flags, ...header);
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { readonly settings: readonly Line[] }).settings;
}

async function byLibrary({ keywords = {}, env = {}, recipe }: Row): Promise<readonly Line[]> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const session = await ConnectHelper.sessionWithChosenProbe({
    // Nothing is opened: the settings are there before.
    autoOpen: false,
    probes: [
      {
        uniqueId: "x",
        vendorName: "",
        productName: "",
        description: "x",
        open: () => Promise.reject(new Error()),
      },
    ],
    ...keywords,
    ...(recipe === undefined ? {} : { recipe: "bring-up.yaml" }),
  });
  return session?.options.lines() ?? [];
}

describe("dbgseq config and a session show the same settings and givers", () => {
  test.each(ROWS)("%s", async (_name, row) => {
    if (row.project !== undefined) writeFileSync(join(cwd, "dbgseq.yaml"), row.project);
    if (row.recipe !== undefined) writeFileSync(join(cwd, "bring-up.yaml"), row.recipe);
    const before = process.cwd();
    process.chdir(cwd);
    try {
      const command = await byCommand(row);
      const library = await byLibrary(row);
      const same = library.map((line) =>
        line.origin === "keyword" ? { ...line, origin: "command line" } : line,
      );
      expect(same).toEqual(command);
    } finally {
      process.chdir(before);
    }
  });
});

describe("the strongest giver wins", () => {
  test("a cbuild-run.yml says how to connect, on the command line and in the library", async () => {
    const before = process.cwd();
    process.chdir(cwd);
    try {
      expect(await byLibrary(CBUILD)).toEqual(
        expect.arrayContaining([
          { name: "connect", value: "under-reset", origin: "x.cbuild-run.yml" },
          { name: "clockHz", value: "1000000", origin: "x.cbuild-run.yml" },
          { name: "pname", value: "aux", origin: "x.cbuild-run.yml" },
          { name: "swj", value: "false", origin: "pack" },
        ]),
      );
    } finally {
      process.chdir(before);
    }
  });
});
