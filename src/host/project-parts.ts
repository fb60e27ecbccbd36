/**
 * The device as the project has it: its pack's description with the additions of its board and of a
 * cbuild-run.yml. Knows files; opens no probe.
 */
import { amended } from "../device/amendment.ts";
import type { Override } from "../device/debug-vars.ts";
import type { Algorithm, DeviceDescription } from "../device/description.ts";
import { matchDevice, parseDevice } from "../device/match.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { DebugVars } from "../language/tree.ts";
import { nearest } from "../lib/nearest.ts";
import { algorithmsFor, boardNamed, mountedOn, type Board } from "../pack/pdsc/boards.ts";
import type { Pack } from "../pack/pdsc/pdsc.ts";
import type { RunFile } from "./run-file.ts";

export interface ProjectParts {
  readonly description: DeviceDescription;
  /** Weaker than those of scripts, and stronger than the pack's. */
  readonly debugVars: readonly DebugVars[];
  /** Settings in place of a configuration file. */
  readonly settings?: readonly Override[];
  readonly warnings: readonly Diagnostic[];
}

export async function projectParts(
  pack: Pack,
  description: DeviceDescription,
  { run, open }: { readonly run: RunFile | undefined; readonly open: (path: string) => Promise<Pack> },
): Promise<ProjectParts> {
  if (run === undefined) return { ...withOnlyBoard(pack, description), debugVars: [], warnings: [] };
  if (!isForDevice(run, pack, description))
    return { description, debugVars: [], warnings: [otherDevice(run)] };
  const { algorithms, memories, registers, debugVars } = run.run;
  const withBoard = await withNamedBoard(pack, description, { run, open });
  const { settings, unknown } = settingsFor(run, description);
  return {
    description: amended(withBoard.description, {
      algorithms,
      memories,
      registers,
      isComplete: algorithms.length > 0,
    }),
    debugVars: debugVars === undefined ? [] : [debugVars],
    warnings: [...withBoard.warnings, ...unknown],
    ...(settings === undefined ? {} : { settings }),
  };
}

/**
 * Adds the only board of the pack that has the device. Its flash is programmed if an image has content for it,
 * and is not erased with the chip.
 */
function withOnlyBoard(pack: Pack, description: DeviceDescription): { description: DeviceDescription } {
  const boards = pack.boards.filter((board) => mountedOn(board, description) !== undefined);
  const [only] = boards;
  if (only === undefined || boards.length > 1) return { description };
  const algorithms = algorithmsFor(only, description).map((one) => ({ ...one, isDefault: false }));
  return { description: amended(description, { algorithms, memories: only.memories }) };
}

async function withNamedBoard(
  devicePack: Pack,
  description: DeviceDescription,
  { run, open }: { readonly run: RunFile; readonly open: (path: string) => Promise<Pack> },
): Promise<{ readonly description: DeviceDescription; readonly warnings: readonly Diagnostic[] }> {
  const { board: name, boardPack } = run.run;
  if (name === undefined) return { description, warnings: [] };
  // A missing pack was reported already, and a device's pack may have the board as well.
  const pack = run.boardPack === undefined ? devicePack : await open(run.boardPack);
  const board = boardNamed(pack.boards, name);
  if (board === undefined) {
    const isMissing =
      run.boardPack === undefined && boardPack !== undefined && boardPack.name !== devicePack.id;
    return { description, warnings: isMissing ? [] : [unknownBoard(pack, name, run)] };
  }
  const home = run.boardPack === undefined ? {} : { from: { pack: run.boardPack } };
  const algorithms = algorithmsFor(board, description).map((one): Algorithm => ({ ...one, ...home }));
  return {
    description: amended(description, { algorithms, memories: board.memories }),
    warnings: board.diagnostics,
  };
}

function unknownBoard(pack: Pack, name: string, { run }: RunFile): Diagnostic {
  const guess = nearest(name, new Set(pack.boards.map((board: Board) => `${board.vendor}::${board.name}`)));
  return {
    code: "unknown-board",
    severity: "warning",
    message: `${pack.id} has no board "${name}"`,
    span: run.span,
    ...(guess === undefined ? {} : { hint: `did you mean ${guess}?` }),
  };
}

/** Tells whether the file is for the device. The caller may name another one, to which the file does not apply. */
function isForDevice({ run }: RunFile, pack: Pack, { device, variant }: DeviceDescription): boolean {
  if (run.device === undefined) return true;
  const match = matchDevice(parseDevice(run.device), pack.devices());
  return match.kind === "found" && match.device.name === (variant ?? device);
}

function otherDevice({ run }: RunFile): Diagnostic {
  const message = `this is for ${run.device ?? ""}: its memories, algorithms and values are not used for another device`;
  return { code: "unused-section", severity: "note", message, span: run.span };
}

/** Returns the settings. A name that is not a debugvar is an option of another debugger, or misspelt. */
function settingsFor(
  { run }: RunFile,
  description: DeviceDescription,
): { readonly settings?: readonly Override[]; readonly unknown: readonly Diagnostic[] } {
  if (run.settings === undefined) return { unknown: [] };
  const names = new Set(
    [description.debugVars, run.debugVars].flatMap((vars) =>
      (vars?.entries ?? []).flatMap((entry) => (entry.kind === "declaration" ? [entry.name.text] : [])),
    ),
  );
  return {
    settings: run.settings.filter(({ name }) => names.has(name)),
    unknown: run.settings.flatMap(({ name, span = run.span }) => {
      if (names.has(name)) return [];
      const guess = nearest(name, names);
      const hint = guess === undefined ? {} : { hint: `did you mean ${guess}?` };
      const message = `device-settings: no debug variable ${name} is declared; the value has no effect`;
      return [{ code: "unknown-debug-variable", severity: "warning", message, span, ...hint }];
    }),
  };
}
