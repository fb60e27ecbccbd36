/**
 * Reads the boards of a pack: the devices that are mounted on them, and what else they have. Opens no
 * algorithm file.
 */
import type { Algorithm, DeviceDescription, Memory } from "../../device/description.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { XmlElement } from "../../lib/formats/xml.ts";
import { given } from "./fields.ts";
import { algorithms, memories } from "./memories.ts";
import { unknownParts } from "./schema.ts";

export interface Board {
  readonly vendor: string;
  readonly name: string;
  readonly revision?: string;
  readonly mounted: readonly MountedDevice[];
  readonly memories: readonly Memory[];
  readonly algorithms: readonly BoardAlgorithm[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface MountedDevice {
  readonly vendor: string;
  readonly name: string;
  /** Algorithms name the device by this index; boards with one device need none. */
  readonly index: string;
}

/** A flash algorithm with the device that is to run it, if the board has several. */
export interface BoardAlgorithm {
  readonly algorithm: Algorithm;
  readonly index?: string;
}

export function boardsOf(root: XmlElement): readonly Board[] {
  return [...root.elements("boards")].flatMap((list) => [...list.elements("board")].map(board));
}

function board(element: XmlElement): Board {
  const diagnostics: Diagnostic[] = [...unknownParts(element)];
  return {
    vendor: element.value("vendor") ?? "",
    name: element.value("name") ?? "",
    mounted: [...element.elements("mountedDevice")].map((device) => ({
      vendor: withoutNumber(device.value("Dvendor") ?? ""),
      name: device.value("Dname") ?? "",
      index: device.value("deviceIndex") ?? "0",
    })),
    memories: memories([[...element.elements("memory")]], diagnostics),
    algorithms: [...element.elements("algorithm")].flatMap((one) =>
      algorithms([[one]], diagnostics).map((algorithm) => ({
        algorithm,
        ...given({ index: one.value("deviceIndex") }),
      })),
    ),
    diagnostics,
    ...given({ revision: element.value("revision") }),
  };
}

/** `Generic:5` is the vendor's name with its number in the specification's list. */
function withoutNumber(vendor: string): string {
  return vendor.replace(/:\d+$/, "");
}

/** Returns the device on the board that is the given one, or of which the given one is a variant. */
export function mountedOn(
  { mounted }: Board,
  { vendor, device, variant }: DeviceDescription,
): MountedDevice | undefined {
  const names = [device, variant].flatMap((name) => name?.toLowerCase() ?? []);
  return mounted.find(
    (one) =>
      names.includes(one.name.toLowerCase()) &&
      (one.vendor === "" || one.vendor.toLowerCase() === vendor.toLowerCase()),
  );
}

/** Returns the algorithms that the device may run. */
export function algorithmsFor(board: Board, description: DeviceDescription): readonly Algorithm[] {
  const device = mountedOn(board, description);
  return board.algorithms
    .filter(({ index }) => index === undefined || device === undefined || index === device.index)
    .map(({ algorithm }) => algorithm);
}

/**
 * Finds a board by `[Vendor::]Name[:revision]`, as a project names it. A pack may have several revisions of
 * one board; without a revision, any matches.
 */
export function boardNamed(boards: readonly Board[], text: string): Board | undefined {
  const [, vendor, name = "", revision] = /^(?:(.+?)::)?([^:]+)(?::(.+))?$/.exec(text.trim()) ?? [];
  const same = boards.filter(
    (one) =>
      one.name.toLowerCase() === name.toLowerCase() &&
      (vendor === undefined || one.vendor.toLowerCase() === vendor.toLowerCase()),
  );
  return same.find((one) => one.revision === revision) ?? same[0];
}
