/** The public pages: `dbgseq` and `dbgseq/browser` are one list, but for what only one host can have. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as browser from "../../src/browser.ts";
import * as page from "../../src/index.ts";

/** Of a machine with files, packs and probes. */
const NODE_ONLY = [
  ...["adviceFor", "checkFiles", "findPacks", "fixFiles", "followImports", "formatFiles", "listDevices"],
  ...[
    "listPacks",
    "listProbes",
    "listShipped",
    "openSession",
    "packFolder",
    "readBytes",
    "readSource",
    "saveFile",
  ],
  ...["openSmoke", "watchFiles"],
  ...["DeviceInputs", "GatheredSettings", "gatherSettings", "saveNewFile"],
  ...["examineMachine", "examineTargetOf", "isTargetUsable", "machineReport", "runRecipe", "serveProbe"],
];
/** Probes of the page's own, and the simulator, which Node has as `dbgseq/sim`. */
const BROWSER_ONLY = [
  ...["connectHelper", "defineModel", "openSessionOver", "openSimulator", "webUsbProbes", "yamlModel"],
];
const TYPES_OF_NODE = [
  ...["AttachedProbe", "CheckFilesOptions", "CheckedFile", "Finding", "FindingCode", "FixedFile"],
  ...["FormatOptions", "FormattedFile", "FoundPack", "Machine", "PackPlace", "PartMatch", "PartSearch"],
  ...["FaceWishes", "OpenRecipe", "SettingsRequest", "ExaminedProbe", "ExamineOptions", "HostReport"],
  ...["TargetReport", "RecipeOptions", "ServeAddress", "Served", "ServeOptions", "ServerEvent"],
  ...["Assumption", "ShippedScript", "ShippedSequence", "Smoke", "SmokeOptions", "SmokeResult", "SmokeStep"],
];
const TYPES_OF_BROWSERS = ["Host", "OpenProbe", "Simulator", "SimulatorSpec", "WebUsb", "WebUsbDevice"];

test("each page has what the other has, but for the named difference", () => {
  const node = Object.keys(page);
  const web = Object.keys(browser);
  expect(node.filter((name) => !web.includes(name)).sort()).toEqual([...NODE_ONLY].sort());
  expect(web.filter((name) => !node.includes(name)).sort()).toEqual([...BROWSER_ONLY].sort());
});

test.each([
  ["index", [...NODE_ONLY, ...TYPES_OF_NODE]],
  ["browser", [...BROWSER_ONLY, ...TYPES_OF_BROWSERS]],
])("src/%s.ts adds to src/public.ts its ConnectHelper and that difference, types included", (name, own) => {
  const text = readFileSync(`src/${name}.ts`, "utf8");
  expect(text).toContain('export * from "./public.ts";');
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].map(([, list = ""]) => list);
  const names = lists.flatMap((list) => list.split(",").map((each) => each.replace("type ", "").trim()));
  expect(names.filter((each) => each !== "").sort()).toEqual(["ConnectHelper", ...own].sort());
});
