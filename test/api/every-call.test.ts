/** Every call and every constructor of the public pages refuses what it cannot take, before anything is opened. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import * as browser from "../../src/browser.ts";
import * as node from "../../src/index.ts";
import * as sim from "../../src/sim.ts";

type Call = (...given: readonly unknown[]) => unknown;
type Made = new (...given: readonly unknown[]) => unknown;

const WRONG = {
  nothing: undefined,
  null: null,
  string: "nonsense",
  number: 7,
  NaN,
  object: { nonsense: 1 },
};
type Kind = keyof typeof WRONG;
const ALL = Object.keys(WRONG) as Kind[];

const TAKES_ERRORS = "any value may have been thrown";
const PART = "the build function of a model makes it, of the parts that it is handed";
/** Calls for which nothing is wrong, with the reason. */
const NOT_CHECKED: Readonly<Record<string, string>> = {
  Failure: "a check in it would hide the failure that it is made for",
  adviceFor: TAKES_ERRORS,
  exitCodeOf: TAKES_ERRORS,
  findingsOf: TAKES_ERRORS,
  sentences: TAKES_ERRORS,
  listModels: "it takes nothing",
  listProbes: "it takes nothing",
  "ConnectHelper.listProbes": "it takes nothing",
  listTopics: "it takes nothing",
  Source: "each text that is read becomes one, and the calls that take one check it",
  ...Object.fromEntries(
    [
      ...["Aap", "CtrlAp", "DebugMailbox", "Dsu", "Ftfe", "MdmAp", "Nvmc", "Nvmctrl"],
      ...["Stm32F4Flash", "Stm32H7Flash", "registerPort", "wordDevice", "keptVariables"],
    ].map((name) => [name, PART]),
  ),
};

/** What is right as the first argument of a call: it is not tried. */
const RIGHT_FIRST: Readonly<Record<string, readonly Kind[]>> = {
  ...Object.fromEntries(
    [
      ...["devicesOf", "evaluateExpression", "formatScript", "modelFacts", "scriptToPack", "explainTopic"],
      ...["readSource", "readBytes", "listDevices", "openSmoke", "findPacks", "dumpFormatOf"],
    ].map((name) => [name, ["string"] as const]),
  ),
  listPacks: ["nothing"],
  packFolder: ["nothing"],
  examineMachine: ["nothing"],
  "ConnectHelper.chooseProbe": ["nothing", "object"],
  "ConnectHelper.sessionWithChosenProbe": ["nothing"],
};

let opened = 0;
const probe: node.DebugProbe = {
  ...node.simulatedProbe({ model: "generic-m4" }),
  open: () => Promise.reject(new Error(`opened ${++opened} times`)),
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

/** Right arguments of calls that take several. */
const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
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
  serveProbe: [inputs, {}],
  showSequence: [context, "x"],
  simulatedProbe: [{ model: "generic-m4" }, {}],
  stepCore: [session, 1, {}],
  verifyImage: [session, image, {}],
  watchFiles: [[], work, {}],
  writeRegister: [session, "x", 1n, {}],
  writeValues: [session, { address: 0, bits: 32 }, [], {}],
};

/** What is right as a later argument of a call, by its position. */
const RIGHT_LATER: Readonly<Record<string, Readonly<Record<number, readonly Kind[]>>>> = {
  encodeDump: { 2: ["string"] },
  followImports: { 1: ["string"] },
  runSequence: { 1: ["string"] },
  saveFile: { 1: ["string"] },
  showSequence: { 1: ["string"] },
  stepCore: { 1: ["number"] },
  writeRegister: { 1: ["string"] },
};
/** Its constructor takes more than the parts that are checked, which are the library's own. */
const OWN_PARTS = [
  ...["Session", "Board", "Target", "DebugPort", "AccessPort", "AccessPorts", "MEM_AP", "AHB_AP", "CortexM"],
  ...["DeviceRegister", "MemoryMap", "MemoryRegion", "Flash", "Connection", "DeviceContext"],
  ...["GatheredSettings", "DeviceInputs"],
];

const CALLS = new Map<string, Call>();
for (const page of [node, browser, sim])
  for (const [name, value] of Object.entries(page) as [string, unknown][]) {
    if (typeof value === "function") CALLS.set(name, callOf(value as Call));
    if (name === "ConnectHelper" || isTable(value))
      for (const [member, one] of Object.entries(value as object))
        if (typeof one === "function") CALLS.set(`${name}.${member}`, one as Call);
  }

function isTable(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((one) => typeof one === "function")
  );
}

function callOf(value: Call): Call {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  const call: Call = isClass ? (...given) => new (value as unknown as Made)(...given) : value;
  return Object.assign((...given: readonly unknown[]) => call(...given), { wrapped: value });
}

async function kindOf(call: Call, given: readonly unknown[]): Promise<string> {
  try {
    const result = await call(...given);
    if (typeof result === "object" && result !== null && Symbol.asyncIterator in result)
      await (result as AsyncGenerator).next();
    return "nothing was refused";
  } catch (error) {
    return error instanceof node.Failure ? (error as node.Failure).fault.kind : String(error);
  }
}

const REFUSED = ["bad-argument", "unknown-session-option"];

test("each call refuses a wrong first argument", async () => {
  const passed: string[] = [];
  for (const [name, call] of CALLS) {
    if (name in NOT_CHECKED) continue;
    for (const kind of ALL) {
      if (RIGHT_FIRST[name]?.includes(kind) === true) continue;
      const found = await kindOf(call, kind === "nothing" ? [] : [WRONG[kind]]);
      if (!REFUSED.includes(found)) passed.push(`${name}(${kind}): ${found}`);
    }
  }
  expect(CALLS.size).toBeGreaterThan(90);
  expect(passed).toEqual([]);
});

test("each call refuses a wrong argument after right ones", async () => {
  const passed: string[] = [];
  for (const [name, right] of Object.entries(RIGHT)) {
    const call = CALLS.get(name);
    if (call === undefined) passed.push(`${name} is not exported`);
    else
      for (let at = 1; at < right.length; at++)
        for (const kind of ALL) {
          if (kind === "nothing" || RIGHT_LATER[name]?.[at]?.includes(kind) === true) continue;
          const given = right.map((one, index) => (index === at ? WRONG[kind] : one));
          const found = await kindOf(call, given);
          if (!REFUSED.includes(found)) passed.push(`${name}, argument ${at + 1} (${kind}): ${found}`);
        }
  }
  expect(passed).toEqual([]);
});

test("each call with several parameters has its right arguments here", () => {
  const several = [...CALLS]
    .filter(([name]) => !(name in NOT_CHECKED) && !OWN_PARTS.includes(name))
    .filter(([, call]) => parametersOf((call as { readonly wrapped?: Call }).wrapped ?? call) > 1)
    .map(([name]) => name);
  expect(several.length).toBeGreaterThan(30);
  expect(several.filter((name) => !(name in RIGHT))).toEqual([]);
});

/** As its text gives them, for `length` leaves out those with a default. */
function parametersOf(call: Call): number {
  const [, list = ""] =
    /\(([^)]*)/.exec(Function.prototype.toString.call(call).replace(/^class[^]*?constructor/, "")) ?? [];
  return list.split(",").filter((one) => one.trim() !== "").length;
}

test("an exception names a call that exists", () => {
  const named = [...Object.keys(NOT_CHECKED), ...Object.keys(RIGHT_FIRST), ...OWN_PARTS];
  expect(named.filter((name) => !CALLS.has(name))).toEqual([]);
});

test("a refused call opens no probe and writes no file", () => {
  expect(opened).toBe(0);
  expect(["nonsense", "nowhere"].filter((path) => existsSync(path))).toEqual([]);
});
