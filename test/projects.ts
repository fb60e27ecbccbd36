/**
 * The projects of the tests, of which vitest.config.ts makes vitest's. An everyday test file belongs to the project that names
 * it, or its nearest folder. What takes minutes, other programs or a probe is a project that runs only if it is named.
 */

/** "shared": one worker takes many files and loads the source once, for they keep nothing. "own": a worker for each file. */
export type Worker = "shared" | "own";

export interface Everyday {
  readonly about: string;
  readonly worker: Worker;
  /** Folders and files, each with the reason why it stands here. */
  readonly places: Readonly<Record<string, string>>;
}

/** `npm test` runs all of these. */
export const EVERYDAY = {
  quick: {
    about: "`npm run quick`: what a small change can break, in a tenth of the time",
    worker: "shared",
    places: {
      "test/architecture.test.ts": "who may import whom",
      "test/unused-exports.test.ts": "no export without a user",
      "test/api": "the public objects",
      "test/cmsis-dap": "commands and answers",
      "test/coresight": "ports and cores",
      "test/device": "which definition wins",
      "test/diagnostics": "findings as text, JSON and pages",
      "test/documents": "what documents and messages say",
      "test/interpreter": "what a program does",
      "test/language": "text to tree and back",
      "test/lib": "sources, numbers, XML, YAML",
      "test/manual": "the pages of settings and faults",
      "test/options": "the table of options",
      "test/pack": "descriptions and archives",
      "test/recipe": "bring-ups in YAML",
      "test/session": "connect, reset, run",
      "test/simulator": "cores, ports and models",
      "test/wire": "the rules of the wire",
      "test/cli/usage.test.ts": "arguments and help",
      "test/cli/config.test.ts": "settings with their origins",
      "test/conformance/table.test.ts": "the table of requirements",
      "test/consent/document.test.ts": "the page of consent",
      "test/consent/table.test.ts": "the table of guarded registers",
      "test/probe/answer.test.ts": "answers of a probe",
      "test/probe/loopback.test.ts": "addresses of a server",
      "test/probe/numbers.test.ts": "each fact about probes has its test",
      "test/probe/packets.test.ts": "how transfers are packed",
      "test/probe/probes-document.test.ts": "what the page of probes says",
      "test/probe/select.test.ts": "which probe is meant",
      "test/probe/usb-choice.test.ts": "which interface is taken",
      "test/probe/usb.test.ts": "USB on a played device",
    },
  },
  shared: {
    about: "the rest of what keeps nothing",
    worker: "shared",
    places: {
      "test/cli": "the commands",
      "test/conformance": "long: each case of each shape",
      "test/consent": "long: each door",
      "test/probe": "sockets and faults of probes",
      "test/api/pyocd-page.test.ts": "long: the whole page, three times",
      "test/api/overlap.test.ts": "long: each pair of calls",
      "test/diagnostics/sarif.test.ts": "long: starts the type checker",
      "test/documents/transcripts.test.ts": "long: runs each command that a page shows",
      "test/documents/widths.test.ts": "long: runs each command that a page shows, twice",
      "test/interpreter/deadline.test.ts": "long: each way to spend time",
      "test/interpreter/vendors.test.ts": "reads the corpus",
      "test/language/corpus.test.ts": "reads the corpus",
      "test/language/round-trip-corpus.test.ts": "reads the corpus",
      "test/language/hostile.property.test.ts": "long: texts made at random",
      "test/pack/bombs.test.ts": "long: archives of gigabytes",
      "test/pack/corpus.test.ts": "reads the corpus",
      "test/pack/robust.property.test.ts": "long: damaged at random",
      "test/pack/many-findings.test.ts": "long: 140,000 findings",
      "test/pack/svd.test.ts": "long: descriptions of whole devices",
      "test/recipe/flash.test.ts": "long: flashes",
      "test/session/exchanges-of-packs.test.ts": "reads the corpus",
      "test/session/identity.test.ts": "long: every target",
      "test/session/polling.property.test.ts": "long: each case twice, one of them turn by turn",
      "test/session/shipped-models-corpus.test.ts": "reads the corpus",
      "test/session/shipped-models.test.ts": "long: every model",
      "test/simulator/derive-corpus.test.ts": "reads the corpus",
    },
  },
  own: {
    about: "what changes its process, measures it or starts others",
    worker: "own",
    places: {
      test: "a folder that no other project names",
      "test/cli/ends.test.ts": "signals of the process",
      "test/cli/exchanged-paths.test.ts": "changes the folder of the process between two looks",
      "test/cli/floods.test.ts": "fills the heap",
      "test/cli/host-effects.test.ts": "starts programs",
      "test/cli/unfinished-files.test.ts": "looks at what the process does at its end",
      "test/cli/turns.test.ts": "changes classes that others use",
      "test/probe/usb-native.test.ts":
        "replaces a module, which a worker that others used may have loaded before",
    },
  },
} as const satisfies Readonly<Record<string, Everyday>>;

export type EverydayName = keyof typeof EVERYDAY;

export interface Asked {
  readonly about: string;
  readonly files: RegExp;
  /** The long form of everyday tests; `env` makes it long. */
  readonly isLongForm?: true;
  /** For each variable the value that it has unless the environment has one. */
  readonly env?: Readonly<Record<string, string>>;
  /** One file after the other: they use one thing. */
  readonly oneByOne?: true;
  /** Of Node. */
  readonly execArgv?: readonly string[];
}

/** Each test that compares a document with what it is made of, with the documents. `npm run generate` writes them anew. */
export const GENERATED: Readonly<Record<string, string>> = {
  "test/api/reference.test.ts": "examples/06-api/reference.md",
  "test/architecture.test.ts": "the table of rooms in src/README.md",
  "test/conformance/table.test.ts": "the table of requirements in test/conformance/README.md",
  "test/consent/document.test.ts": "grammar/consent.md",
  "test/doctor/causes.test.ts": "the screens of staged faults in test/doctor/screens",
  "test/documents/manual.test.ts": "the tables of examples/08-recipes to examples/11-faults",
  "test/language/editor-documents.test.ts": "schemas, the TextMate grammar and railroad diagrams in grammar/",
  "test/language/grammar-documents.test.ts": "grammar/sequence.ebnf, builtins.md and diagnostics.md",
  "test/probe/probes-document.test.ts": "grammar/probes.md",
  "test/words/messages.test.ts": "grammar/messages.md",
};

/** These compare with what was seen of real packs. A difference is a decision, so each is written by a run of its own with UPDATE=1. */
export const FROZEN: Readonly<Record<string, string>> = {
  "test/corpus/models.corpus.ts": "grammar/models.md",
  "test/session/exchanges-of-packs.test.ts": "the exchanges of each sequence",
};

const anyOf = (files: Readonly<Record<string, unknown>>): RegExp =>
  new RegExp(
    `^(${Object.keys(files)
      .map((file) => file.replaceAll(".", "\\."))
      .join("|")})$`,
  );

const seed = String(Date.now() % 1_000_000);

/** `vitest run --project NAME` runs one of these; nothing else does. */
export const ASKED: Readonly<Record<string, Asked>> = {
  generate: {
    about: "generated documents, written anew",
    files: anyOf(GENERATED),
    isLongForm: true,
    env: { UPDATE: "1" },
  },
  fuzz: {
    about: "very many generated and damaged inputs, with a new seed each time",
    files: /^test\/fuzz\/.*\.test\.ts$/,
    isLongForm: true,
    env: { FUZZ_SEED: seed, FUZZ_CASES: "120000", FUZZ_SAY: "1" },
  },
  soak: {
    about: "everything in one process for SOAK_MINUTES",
    files: /^test\/soak\/.*\.test\.ts$/,
    isLongForm: true,
    env: { SOAK_SEED: seed, SOAK_MINUTES: "30" },
    execArgv: ["--expose-gc"],
  },
  scaling: {
    about: "the growth of time with larger inputs",
    files: /^test\/scaling\/.*\.test\.ts$/,
    isLongForm: true,
    env: { SCALING: "long" },
  },
  faults: {
    about: "a fault at very many places, ends at very many moments",
    files: /^test\/(faults\/.*|session\/identity)\.test\.ts$/,
    isLongForm: true,
    env: {
      FAULT_STRIDE: "17",
      FAULT_JTAG_STRIDE: "1",
      FLASH_FAULT_STRIDE: "50",
      FLASH_KILLS: "50",
      FLASH_PROOF_RUNS: "200",
      FAULT_SIGNALS: "50",
      FAULT_ENDS: "20",
    },
  },
  proof: {
    about: "flash algorithms that lie, very many times",
    files: /^test\/faults\/proof\.test\.ts$/,
    isLongForm: true,
    env: { FLASH_PROOF_RUNS: "20000" },
  },
  probe: {
    about:
      "the contract of every adapter, on the probe that DBGSEQ_TEST_PROBE names; it takes one client at a time",
    files: /^test\/contract\/[^/]*\.test\.ts$/,
    isLongForm: true,
    oneByOne: true,
  },
  corpus: {
    about:
      "a folder of real packs, within the memory of the largest of them; with UPDATE=1 the page of models",
    files: /^test\/(corpus\/.*\.corpus|.*corpus\.test)\.ts$/,
  },
  usb: {
    about: "a virtual machine with an emulated USB probe",
    files: /^test\/usb\/.*\.vm\.ts$/,
    oneByOne: true,
  },
  browser: {
    about: "a real browser",
    files: /^test\/browser\/.*\.browser\.ts$/,
  },
  interop: {
    about: "other people's programs, if they are installed",
    files: /^test\/interop\/.*\.interop\.ts$/,
    oneByOne: true,
  },
};

/** The everyday project that a test file belongs to: the one that names it, or its nearest folder. */
export function everydayProjectOf(file: string): EverydayName {
  const rows = Object.entries(EVERYDAY) as readonly [EverydayName, Everyday][];
  for (let place = file; place !== "."; place = folderOf(place)) {
    for (const [name, { places }] of rows) if (Object.hasOwn(places, place)) return name;
  }
  throw new Error(`${file} stands in no folder of a project`);
}

const folderOf = (place: string): string =>
  place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : ".";
