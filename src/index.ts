/** The public page of `dbgseq`: what every host has (public.ts), and what needs Node: probes of this machine, files and packs. */
/// <reference lib="esnext.disposable" preserve="true" />
export * from "./public.ts";
export { ConnectHelper } from "./api/node/host.ts";
export { openSession } from "./session/probe/open.ts";
export { adviceFor, type Finding, type FindingCode, type Machine } from "./api/node/advice.ts";
export { checkFiles, type CheckedFile, type CheckFilesOptions } from "./api/node/jobs/check-files.ts";
export { fixFiles, type FixedFile } from "./api/node/jobs/fix-files.ts";
export { watchFiles } from "./api/node/watch.ts";
export { followImports, readBytes, readSource, saveFile, saveNewFile } from "./api/node/files.ts";
export {
  DeviceInputs,
  gatherSettings,
  GatheredSettings,
  type FaceWishes,
  type OpenRecipe,
  type SettingsRequest,
} from "./api/node/gather.ts";
export {
  examineMachine,
  examineTargetOf,
  isTargetUsable,
  machineReport,
  type ExaminedProbe,
  type ExamineOptions,
  type HostReport,
  type TargetReport,
} from "./api/node/jobs/doctor.ts";
export { runRecipe, type RecipeOptions } from "./api/node/jobs/run-recipe.ts";
export {
  serveProbe,
  type ServeAddress,
  type Served,
  type ServeOptions,
  type ServerEvent,
} from "./api/node/jobs/serve.ts";
export { formatFiles, type FormatOptions, type FormattedFile } from "./api/node/jobs/format-files.ts";
export {
  findPacks,
  listDevices,
  listPacks,
  packFolder,
  type FoundPack,
  type PackPlace,
  type PartMatch,
  type PartSearch,
} from "./api/node/packs.ts";
export { listShipped, type ShippedScript, type ShippedSequence } from "./api/node/shipped.ts";
export { listProbes, type AttachedProbe } from "./api/node/probes.ts";
export {
  openSmoke,
  type Assumption,
  type Smoke,
  type SmokeOptions,
  type SmokeResult,
  type SmokeStep,
} from "./api/node/jobs/smoke-pack.ts";
