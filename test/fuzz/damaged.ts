/** Files whose structure is damaged, not their letters: descriptions, archives, YAML and ELF files, and who reads them. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readImage } from "../../src/flash/file/formats.ts";
import { readFlm, type FlashAlgorithm } from "../../src/flash/algorithm/flm.ts";
import { layOut } from "../../src/flash/algorithm/layout.ts";
import { sectorAt } from "../../src/flash/region.ts";
import { regionOf } from "../../src/flash/algorithm/flm.ts";
import { Failure } from "../../src/lib/fault.ts";
import { Source } from "../../src/lib/source.ts";
import { openPack } from "../../src/pack/open.ts";
import { readRecipeFile } from "../../src/recipe/read.ts";
import { DebugInfo } from "../../src/session/debug-info.ts";
import { projectHeaders } from "../../src/host/project.ts";
import { yamlModel } from "../../src/simulator/model/define-model.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { readCbuildRun } from "../../src/pack/cbuild-run/cbuild-run.ts";
import { dbgseqIn } from "../support/command-line.ts";
import { lyingArchive, lyingElf } from "./binaries.ts";
import type { Kind } from "./cases.ts";
import { pdscFile } from "./generate.ts";
import { judgePdsc, placed } from "./judge.ts";
import { answerOrFailure } from "./law.ts";
import { FIELDS } from "./limits.ts";
import type { Random } from "./random.ts";
import { restructured } from "./xml-tree.ts";
import { remodelled } from "./yaml-tree.ts";

const own = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const DESCRIPTIONS = [
  "test/pack/fixtures/quirks.pdsc",
  "test/flash/fixtures/Example.EX62_DFP.pdsc",
  "examples/05-flash/Example.EX52_DFP.pdsc",
  "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc",
].map(own);

const MODELS = ["generic-m4", "adiv6", "nrf5340", "rp2040"].map((name) =>
  own(`src/simulator/models/${name}.yaml`),
);

const RECIPES = [
  own("examples/03-recipe/bring-up.yaml"),
  `name: all steps
probe: sim:generic-m4
clock: 1 MHz
steps:
  - connect
  - { run: ResetSystem, halt: true }
  - { reset: system }
  - { read: 0x20000000, size: 16, as: before }
  - { write: 0x20000000, value: 0xFFFFFFFF }
  - { expect: before == 1, message: no }
  - { flash: [a.hex, b.bin], base: 0x0, erase: chip, verify: true }
  - { erase: ["0x0:0x1000", 0x2000] }
  - { verify: a.hex }
  - { dump: "0x0:16", to: x.bin }
  - disconnect
`,
];

const PROJECT = `pack: V.N.1.0.0.pack
device: V::D
probe: sim:generic-m4
clock: 4 MHz
protocol: swd
seq: [a.seq, b.seq]
dbgconf: d.dbgconf
variables: { Name: 1, Other: 0xFFFFFFFFFFFFFFFF }
`;

const RUN = `cbuild-run:
  generated-by: csolution version 2.9.0
  device: V::D:cm7
  device-pack: V::N@1.0.0
  board-pack: V::B@1.0.0
  output:
    - { file: a.axf, type: elf, load: image+symbols, pname: cm7 }
    - { file: b.bin, type: bin, load: image, load-offset: 0x1000 }
  system-descriptions:
    - { file: x.svd, type: svd, pname: cm7 }
  system-resources:
    memory:
      - { name: QSPI, access: rx, start: 0x90000000, size: 0x01000000, pname: cm7 }
  programming:
    - { algorithm: Q.FLM, start: 0x90000000, size: 0x1000, ram-start: 0x20000000, ram-size: 0x8000, pname: cm7 }
  debugger: { name: CMSIS-DAP, protocol: swd, clock: 4000000, dbgconf: d.dbgconf, start-pname: cm7 }
  debug-vars: { vars: "__var a = 1;" }
  debug-topology: { dormant: true }
`;

const WITH_LINES = ["blink2", "blink4", "blink5"].map((name) =>
  readFileSync(new URL(`../session/fixtures/${name}.axf`, import.meta.url)),
);

/** `folder` is where files may be written. */
export const damagedKindsOf = (folder: string): readonly Kind[] => [
  {
    name: "restructured descriptions",
    share: 25,
    async judge(random, input) {
      const text = restructured(random.oneIn(3) ? pdscFile(random) : random.pick(DESCRIPTIONS), random);
      input(text);
      judgePdsc(text);
      if (random.oneIn(40)) await commands(`${folder}/fuzz.pdsc`, text);
    },
  },
  {
    name: "lying archives",
    share: 25,
    async judge(random, input) {
      const bytes = lyingArchive(random.pick(DESCRIPTIONS), random);
      input(Buffer.from(bytes).toString("base64"));
      const path = `${folder}/fuzz.pack`;
      writeFileSync(path, bytes);
      await judgeArchive(path);
    },
  },
  {
    name: "remodelled YAML",
    share: 25,
    async judge(random, input) {
      const [seed, read] = random.pick(YAML_READERS);
      const text = remodelled(random.pick(seed), random);
      input(text);
      await answerOrFailure(() => read(text, folder));
    },
  },
  {
    name: "lying ELF files",
    share: 25,
    async judge(random, input) {
      const bytes = lyingElf(WITH_LINES, random);
      input(Buffer.from(bytes).toString("base64"));
      await judgeElf(bytes, random);
    },
  },
];

async function commands(path: string, text: string): Promise<void> {
  writeFileSync(path, text);
  for (const argv of [
    ["check", path],
    ["list", path],
    ["info", "--pack", path, "--probe", "sim:generic-m4"],
  ]) {
    const { err } = await dbgseqIn({ cwd: "/", env: {} }, ...argv);
    if (err.includes("internal error")) throw new Error(`${argv.join(" ")}: ${err}`);
  }
}

const WANTED = ["b.FLM", "../a.pdsc", "x/../b.FLM", "__proto__", "constructor", "", "A.PDSC"];

async function judgeArchive(path: string): Promise<void> {
  const opened = await answerOrFailure(() => openPack(path));
  if (opened instanceof Failure) return;
  const { files } = opened;
  try {
    for (const name of WANTED) {
      const has = await answerOrFailure(() => files.has(name));
      const content = await answerOrFailure(() => files.read(name));
      if (has === false && !(content instanceof Failure)) throw new Error(`${name} is read and not there`);
    }
  } finally {
    await files.close();
  }
}

const YAML_READERS: readonly (readonly [
  seeds: readonly string[],
  read: (text: string, folder: string) => unknown,
])[] = [
  [RECIPES, (text) => readRecipeFile(new Source("fuzz.yaml", text))],
  [
    [PROJECT],
    (text, folder) => {
      const at = `${folder}/project`;
      mkdirSync(at, { recursive: true });
      writeFileSync(`${at}/dbgseq.yaml`, text);
      return projectHeaders(at);
    },
  ],
  [MODELS, (text) => openSimulator({ model: yamlModel(new Source("fuzz.yaml", text)) })],
  [
    [RUN],
    (text) => {
      const run = new Source("fuzz.cbuild-run.yml", text);
      placed(readCbuildRun(run).diagnostics, run);
    },
  ],
];

async function judgeElf(bytes: Uint8Array, random: Random): Promise<void> {
  const info = new DebugInfo();
  await answerOrFailure(() => info.load("fuzz.elf", bytes));
  for (const at of FIELDS) info.describe(at);
  await answerOrFailure(() => readImage([{ name: "fuzz.elf", bytes }]));
  const algorithm = await answerOrFailure(() => readFlm("fuzz.FLM", bytes));
  if (!(algorithm instanceof Failure)) await judgeAlgorithm(algorithm, random);
}

async function judgeAlgorithm(algorithm: FlashAlgorithm, random: Random): Promise<void> {
  const { device, image, functions, symbols, staticBase } = algorithm;
  const within = (offset: number): boolean => offset >= 0 && offset <= image.length;
  if (![staticBase, ...functions.values(), ...symbols.map(({ offset }) => offset)].every(within))
    throw new Error("an offset that is not in the image");
  const ram = { start: random.pick(FIELDS), size: random.pick(FIELDS) };
  const layout = await answerOrFailure(() => layOut(ram, image.length, device.pageSize));
  if (!(layout instanceof Failure)) {
    const end = ram.start + ram.size;
    const last = Math.max(layout.stackTop, ...layout.buffers.map((at) => at + device.pageSize));
    if (layout.breakpoint < ram.start || last > end) throw new Error("laid out beyond the RAM");
  }
  const region = await answerOrFailure(() => regionOf(algorithm));
  if (region instanceof Failure) return;
  for (const offset of [0, 1, device.size - 1]) {
    const sector = sectorAt(region, region.start + (offset % region.size));
    if (!(sector.size > 0)) throw new Error("a sector without a size");
  }
}
