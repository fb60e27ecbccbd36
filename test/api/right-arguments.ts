/** The right arguments of the public calls, and those for which nothing is wrong, for every-call.test.ts. */
import * as node from "../../src/index.ts";
import * as sim from "../../src/sim.ts";

/** Wrong for almost every parameter. */
export const WRONG = {
  nothing: undefined,
  null: null,
  string: "nonsense",
  number: 7,
  NaN,
  object: { nonsense: 1 },
  /** What another tool calls a session. */
  "foreign session": { board: {}, target: {}, open: () => undefined, close: () => undefined },
};
export type Kind = keyof typeof WRONG;

const TAKES_ERRORS = "any value may have been thrown";
/** Calls for which nothing is wrong, with the reason. */
export const NOT_CHECKED: Readonly<Record<string, string>> = {
  Failure: "a check in it would hide the failure that it is made for",
  adviceFor: TAKES_ERRORS,
  exitCodeOf: TAKES_ERRORS,
  findingsOf: TAKES_ERRORS,
  sentences: TAKES_ERRORS,
  listModels: "it takes nothing",
  listProbes: "it takes nothing",
  "ConnectHelper.listProbes": "it takes nothing",
  listTopics: "it takes nothing",
  listShipped: "it takes nothing",
  Source: "each text that is read becomes one, and the calls that take one check it",
};

/** What is right as the first argument of a call: it is not tried. */
export const RIGHT_FIRST: Readonly<Record<string, readonly Kind[]>> = {
  ...Object.fromEntries(
    [
      ...[
        "devicesOf",
        "evaluateExpression",
        "formatScript",
        "modelFacts",
        "scriptToPack",
        "explainTopic",
        "describeModel",
      ],
      ...["readSource", "readBytes", "listDevices", "openSmoke", "findPacks", "dumpFormatOf"],
    ].map((name) => [name, ["string"] as const]),
  ),
  listPacks: ["nothing"],
  packFolder: ["nothing"],
  examineMachine: ["nothing"],
  "ConnectHelper.chooseProbe": ["nothing"],
  // Its parts may have more names than those that it reads.
  DeviceContext: ["object", "foreign session"],
  "ConnectHelper.sessionWithChosenProbe": ["nothing"],
};

export const opened = { times: 0 };
const probe: node.DebugProbe = {
  ...node.simulatedProbe({ model: "generic-m4" }),
  open: () => Promise.reject(new Error(`opened ${++opened.times} times`)),
};
const context = await node.deviceContext({});
const session = await node.ConnectHelper.sessionWithChosenProbe({
  probes: [probe],
  context,
  autoOpen: false,
});
const image = await node.readImage(
  { context, readFile: () => Promise.resolve(Uint8Array.of(1)) },
  ["x.bin"],
  { base: 0 },
);
const inputs = { context, readFile: () => undefined, readText: () => undefined, openState: () => undefined };
const operator = node.askingOperator(() => Promise.resolve(""));
const plan = { image, ram: image, places: [] };
const work = (): undefined => undefined;
const ended = { signal: AbortSignal.abort() };

const MODEL = new node.Source(
  "model.yaml",
  `model: test
about: a part for this test
sources: [none]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003, csw: 0x23000052 }]
memories:
  - { name: ram, start: 0x20000000, size: 0x1000 }
`,
);
let built: readonly unknown[] = [];
sim.openSimulator({
  model: sim.defineModel({
    extends: MODEL,
    build: (...given) => (built = given),
  }),
});
const [soc, surroundings] = built;
const index = 1;
const nvmctrl = { eraseAll: work };
const ftfe = { unsecure: work };
const place = { name: "NVMC", start: 0x4000_0000 };
const times = { writeUs: 1, erasePageUs: 1, eraseAllUs: 1 };
/** The parts of the simulated controllers. */
const PARTS = {
  Aap: { flash: "ram", lockBits: "ram", ram: "ram", isLocked: false, erase: "works" },
  CtrlAp: { index, idr: 0, opens: 0, isProtected: false, behaves: "works", eraseUs: 1, erase: work },
  DebugMailbox: { index, opens: 0, behaves: "on" },
  Dsu: { start: 0, deviceId: 0, nvmctrl, rams: ["ram"] },
  Ftfe: { start: 0, flash: "ram", behaves: "works" },
  MdmAp: { index, opens: 0, ftfe },
  Nvmc: {
    ...{ place, flash: "ram", uicr: "ram", behaves: "works", pageSize: 4 },
    ...{ erasesPagesBy: "store", times },
  },
  Nvmctrl: { start: 0, flash: "ram", userRow: "ram", behaves: "works", secured: false },
  Stm32F4Flash: { start: 0, flash: "ram", backup: "ram", behaves: "works", protection: "level0" },
  Stm32H7Flash: { place: { start: 0 }, banks: ["ram"], behaves: "works" },
};
const registers = { read: () => 0, write: work };

/** Right arguments of calls that take several, and of some that take one. */
export const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, parts]) => [name, [soc, surroundings, parts]])),
  registerPort: [soc, index, registers],
  checkFiles: [[], {}],
  checkText: [new node.Source("a.seq", ""), {}],
  "ConnectHelper.withSession": [{}, work],
  deriveModel: [context, {}],
  divideImage: [inputs, image, {}],
  dumpMemory: [session, [], {}],
  encodeDump: [[], "hex", "x"],
  eraseFlash: [session, { what: "chip", places: [] }, {}],
  evaluateExpression: ["1", {}],
  examineTargetOf: [inputs, {}],
  fillMemory: [session, { address: 0, size: 4, bits: 32 }, 1n, {}],
  findAlgorithms: [inputs, {}, []],
  findPacks: ["x", {}],
  FileProgrammer: [session, {}],
  FlashEraser: [session, "chip", {}],
  FlashLoader: [session, {}],
  followImports: [[], "."],
  formatFiles: [[], {}],
  gatherSettings: [{}, {}],
  haltCore: [session, {}],
  inspectTarget: [session, {}],
  loadImage: [session, image, {}],
  machineReport: [{ probes: [] }, { version: "1" }],
  onlyRam: [inputs, image, {}],
  openSessionOver: [{ clock: {} }, { context, layers: [], operator }],
  openSimulator: [{ model: "generic-m4" }, {}],
  programFlash: [session, plan, {}],
  readImage: [inputs, [], {}],
  readPlaces: [session, [], {}],
  readRegisters: [session, [], {}],
  resetTarget: [session, {}],
  resumeCore: [session, {}],
  runRecipe: [session, inputs, {}],
  runSequence: [session, "x", {}],
  saveFile: ["nowhere/x", "text", {}],
  saveNewFile: ["nowhere/x", Uint8Array.of()],
  scriptToPack: ["", work],
  serveProbe: [inputs, ended],
  showSequence: [context, "x"],
  simulatedProbe: [{ model: "generic-m4" }, {}],
  stepCore: [session, 1, {}],
  verifyImage: [session, image, {}],
  watchFiles: [[], work, ended],
  writeRegister: [session, "x", 1n, {}],
  wordDevice: [registers],
  keptVariables: [{ one: [() => 0, work] }],
  AccessPorts: [[]],
  defineModel: [{ extends: MODEL }],
  yamlModel: [MODEL],
  deviceContext: [{}],
  writeValues: [session, { address: 0, bits: 32 }, [], {}],
  writeBytes: [session, 0, Uint8Array.of(1), {}],
  explainRegister: ["DHCSR", 3n, {}],
};

/** What is right as a later argument of a call, by its position. */
export const RIGHT_LATER: Readonly<Record<string, Readonly<Record<number, readonly Kind[]>>>> = {
  encodeDump: { 2: ["string"] },
  followImports: { 1: ["string"] },
  runSequence: { 1: ["string"] },
  saveFile: { 1: ["string"] },
  showSequence: { 1: ["string"] },
  registerPort: { 1: ["number"] },
  stepCore: { 1: ["number"] },
  writeRegister: { 1: ["string"] },
  writeBytes: { 1: ["number"] },
};
/** Calls that need more of their arguments than the fixtures of this file have, with what they say then. */
export const BEYOND_TYPES: Readonly<Record<string, string>> = {
  deriveModel: "the device must come from a pack",
  runRecipe: "the settings were gathered without a recipe",
};

/** Its constructor takes more than the parts that are checked, which are the library's own. */
export const OWN_PARTS = [
  ...["Session", "Board", "Target", "DebugPort", "AccessPort", "AccessPorts", "MEM_AP", "AHB_AP", "CortexM"],
  ...["DeviceRegister", "MemoryMap", "MemoryRegion", "Flash", "Connection", "DeviceContext"],
  ...["GatheredSettings", "DeviceInputs"],
];
