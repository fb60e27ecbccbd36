/** What pack, scripts, dbgseq.yaml and the environment say for a session of the API. Knows files; opens no probe. */
import { headerLayer, type Header } from "../../options/header.ts";
import { readInputs } from "../../host/inputs.ts";
import { consentToHeaders } from "../../host/header-consent.ts";
import { readBytes, readSource } from "../../host/files.ts";
import { Gate } from "../../host/effects/gate.ts";
import { projectHeaders, readEnvironment, type GivenHeader } from "../../host/project.ts";
import { outputOf, runLayers } from "../../host/run-file.ts";
import { openStateFile } from "../../host/state-file.ts";
import type { Gathered } from "../host.ts";
import { optionsLayer, strongest, type GivenOptions } from "../options.ts";

/** Keywords, options, environment, dbgseq.yaml: each wins over those behind it; the pack's wishes come last. */
export async function gatherFiles(asked: readonly GivenOptions[]): Promise<Gathered> {
  const headers: readonly GivenHeader[] =
    strongest("config", asked)?.value === false
      ? []
      : [...readEnvironment(process.env), ...(await projectHeaders(process.cwd()))];
  const given: readonly GivenOptions[] = [...asked, ...headers.map(fromHeader)];
  const named = (name: "pack" | "device" | "pname" | "dbgconf"): Readonly<Record<string, string>> => {
    const found = strongest(name, given);
    return found === undefined ? {} : { [name]: found.value };
  };
  const chosen = (name: "pack" | "dbgconf" | "probe", { header, origin }: GivenHeader): Partial<Header> =>
    strongest(name, given)?.origin === origin ? { [name]: header[name] } : {};
  const gate = new Gate([]);
  const mayImport = await consentToHeaders(
    headers,
    (one) => ({
      ...chosen("pack", one),
      ...chosen("dbgconf", one),
      ...chosen("probe", one),
      ...(one.header.seq === undefined ? {} : { seq: one.header.seq }),
    }),
    { gate, mayReachRemote: false, tell: () => undefined },
  );
  const { context, readPackFile, run, warnings } = await readInputs({
    gate,
    mayImport,
    seq: given.flatMap(({ options }) => options.seq ?? []),
    overrides: [...given].reverse().flatMap(({ options, origin }) =>
      Object.entries(options.variables ?? {}).map(([name, value]) => ({
        name,
        value: BigInt(value),
        origin,
      })),
    ),
    ...named("pack"),
    ...named("device"),
    ...named("pname"),
    ...named("dbgconf"),
  });
  const layers = [
    ...asked.map(optionsLayer),
    ...headers.map(({ header, origin }) => headerLayer(header, origin)),
    ...(await runLayers(strongest("pack", given)?.value, gate)),
  ];
  return {
    context,
    layers,
    given,
    warnings,
    readFile: (path) => readBytes(path, gate.decided),
    readText: (path) => readSource(path, gate.decided),
    openState: (path) => openStateFile(path, gate.decided),
    ...(readPackFile === undefined ? {} : { readPackFile }),
    ...(run === undefined ? {} : { output: () => outputOf(run) }),
  };
}

/** The names that are not settings; those come through headerLayer. */
function fromHeader({ header, origin }: GivenHeader): GivenOptions {
  const { probe, pack, device, pname, dbgconf, seq, variables } = header;
  const options: Record<string, unknown> = { probe, pack, device, pname, dbgconf, seq, variables };
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return { origin, options: Object.fromEntries(said) };
}
