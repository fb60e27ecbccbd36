/**
 * A `*.cbuild-run.yml`, which the CMSIS-Toolbox writes for debuggers, in the place of a pack: which pack, device and
 * connection it names. Knows where its paths lead; the pack itself is read by others.
 */
import { dirname, resolve } from "node:path";
import { readCbuildRun } from "../../pack/cbuild-run.ts";
import { malformedInput, SessionFailure } from "../faults.ts";
import type { Header } from "../header.ts";
import { readSource } from "./files.ts";

export function isRunFile(name: string): boolean {
  return /\.cbuild-run\.ya?ml$/i.test(name);
}

/** As a header, with paths that hold from anywhere. Throws where it cannot be read or names no pack. */
export async function readRunFile(path: string): Promise<Header & { readonly pack: string }> {
  const { run, diagnostics } = readCbuildRun(await readSource(path));
  if (run === undefined || diagnostics.length > 0) throw malformedInput(diagnostics);
  const beside = (file: string): string => resolve(dirname(path), file);
  const pack = run.devicePackPath === undefined ? run.devicePack : beside(run.devicePackPath);
  if (pack === undefined) {
    const what = `${path}: it names no device-pack`;
    throw new SessionFailure({ kind: "bad-request", what }, what);
  }
  return {
    pack,
    ...(run.device === undefined ? {} : { device: run.device }),
    ...(run.startPname === undefined ? {} : { pname: run.startPname }),
    ...(run.dbgconf === undefined ? {} : { dbgconf: beside(run.dbgconf) }),
    ...(run.protocol === undefined ? {} : { protocol: run.protocol }),
    ...(run.connect === undefined ? {} : { connect: run.connect }),
    ...(run.clockHz === undefined ? {} : { clock: run.clockHz }),
  };
}
