/** Packs of this machine: what is installed, which pack has a part, and what a pack describes. */
import { parseDevice } from "../../device/match.ts";
import { readPack } from "../../host/inputs.ts";
import {
  findPart,
  listPacks as packsBelow,
  packRoot,
  type FoundPack,
  type PartMatch,
  type PartSearch,
} from "../../pack/find.ts";
import { SessionFailure } from "../../project/faults.ts";
import { call, options, optional, recordOf, text } from "../arguments.ts";
import { listOf, type DeviceList } from "../calls/devices.ts";

const PLACE = options({ root: optional(text) });
const FOLDER = call({ env: recordOf(optional(text)) });
const LIST_PACKS = call({ place: PLACE });
const FIND_PACKS = call({ part: text, place: PLACE });
const LIST_DEVICES = call({ pack: text });

export type { FoundPack, PartMatch, PartSearch };

export interface PackPlace {
  /** The folder of the packs. Default: CMSIS_PACK_ROOT, or else the folder that the CMSIS-Toolbox uses. */
  readonly root?: string | undefined;
}

/**
 * Lists the packs of this machine: of each name the newest version first, installed ones before those that are
 * only in the index. Rejects with `bad-request` if it is not known where packs are kept.
 *
 * `(await listPacks()).map(({ vendor, name, version }) => ...)`
 */
export async function listPacks(place: PackPlace = {}): Promise<readonly FoundPack[]> {
  return packsBelow(rootOf(LIST_PACKS({ place }).place));
}

/**
 * Finds the packs that have a part: a device, or a chip marking that may have more letters; case does not matter.
 * Without a match, `near` has the closest names. Rejects as `listPacks`.
 *
 * `const [match] = (await findPacks("STM32H743")).matches;`
 */
export async function findPacks(part: string, place: PackPlace = {}): Promise<PartSearch> {
  FIND_PACKS({ part, place });
  return findPart(parseDevice(part), rootOf(place));
}

/**
 * Lists the devices that a pack describes. `pack` is the path of a .pdsc, a .pack or a .cbuild-run.yml, or
 * `Vendor::Name[@version]`. Rejects with `unreadable-file`, `malformed-input`, `unknown-pack`.
 *
 * `(await listDevices("Vendor.Name_DFP.pdsc")).devices`
 */
export async function listDevices(pack: string): Promise<DeviceList> {
  return listOf(await readPack(LIST_DEVICES({ pack }).pack));
}

/** Returns the folder in which packs are kept. Throws `bad-request` if it is not known. */
export function packFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  FOLDER({ env });
  const root = packRoot(env, process.platform);
  if (root !== undefined) return root;
  const what = "it is not known where packs are kept; set CMSIS_PACK_ROOT";
  throw new SessionFailure({ kind: "bad-request", what }, what);
}

function rootOf({ root }: PackPlace): string {
  return root ?? packFolder();
}
