/** Everything that one call is asked for, from the command line down to dbgseq.yaml, strongest first. */
import type { Override } from "../device/debug-vars.ts";
import { headerLayer, type Header } from "../options/header.ts";
import type { InputRequest } from "../host/inputs.ts";
import { consentToHeaders } from "../host/header-consent.ts";
import { openGate, parseGrant, type Gate } from "../host/effects/gate.ts";
import { projectHeaders, readEnvironment, type GivenHeader } from "../host/project.ts";
import { runLayers } from "../host/run-file.ts";
import type { Layer } from "../options/settings.ts";
import type { Io } from "./io.ts";
import { settingsLayer, type TargetOptions } from "./target-options.ts";

export interface Asked {
  readonly request: InputRequest;
  readonly layers: readonly Layer[];
  readonly probe?: string;
  /** For `dbgseq config`: each name with who gave it, strongest first. */
  readonly named: readonly Named[];
  /** The same of each script, in the order of `request.seq`. */
  readonly scripts: readonly { readonly value: string; readonly origin: string }[];
  /** What the command line allows of what files name. */
  readonly gate: Gate;
}

export interface Named {
  readonly name: "pack" | "device" | "pname" | "dbgconf" | "probe";
  readonly value: string;
  readonly origin: string;
}

/** `recipe` stands between the command line and the environment. */
export async function gather(io: Io, options: TargetOptions, recipe?: GivenHeader): Promise<Asked> {
  const given: readonly GivenHeader[] = [
    ...(recipe === undefined ? [] : [recipe]),
    ...readEnvironment(io.env),
    ...(options.config === false ? [] : await projectHeaders(io.cwd)),
  ];
  const named = (["pack", "device", "pname", "dbgconf", "probe"] as const).flatMap((name) => [
    ...own(name, options),
    ...given.flatMap(({ header, origin }): readonly Named[] => {
      const value = header[name];
      return value === undefined ? [] : [{ name, value, origin }];
    }),
  ]);
  const scripts = [
    ...(options.seq ?? []).map((value) => ({ value, origin: "command line" })),
    ...given.flatMap(({ header, origin }) => (header.seq ?? []).map((value) => ({ value, origin }))),
  ];
  const first = (name: Named["name"]): string | undefined => named.find((one) => one.name === name)?.value;
  const [pack, device, pname, probe] = [first("pack"), first("device"), first("pname"), first("probe")];
  const dbgconf = first("dbgconf");
  const gate = await openGate({
    grants: (options.allow ?? []).flatMap((text) => parseGrant(text) ?? []),
    cwd: io.cwd,
    env: io.env,
  });
  const chosen = (name: "pack" | "dbgconf" | "probe", { header, origin }: GivenHeader): Partial<Header> =>
    named.find((one) => one.name === name)?.origin === origin ? { [name]: header[name] } : {};
  const mayImport = await consentToHeaders(
    given,
    (one) => ({
      ...chosen("pack", one),
      ...chosen("dbgconf", one),
      ...chosen("probe", one),
      ...(one.header.seq === undefined ? {} : { seq: one.header.seq }),
    }),
    {
      gate,
      mayReachRemote: (options.allow ?? []).includes("remote"),
      tell: (text) => {
        io.err(`${text}\n`);
      },
    },
  );
  return {
    gate,
    request: {
      gate,
      mayImport,
      seq: scripts.map(({ value }) => value),
      overrides: overrides(options, given),
      ...(pack === undefined ? {} : { pack }),
      ...(device === undefined ? {} : { device }),
      ...(pname === undefined ? {} : { pname }),
      ...(dbgconf === undefined ? {} : { dbgconf }),
    },
    layers: [
      settingsLayer(options),
      ...given.map(({ header, origin }) => headerLayer(header, origin)),
      ...(await runLayers(pack, gate)),
    ],
    named,
    scripts,
    ...(probe === undefined ? {} : { probe }),
  };
}

function own(name: Named["name"], options: TargetOptions): readonly Named[] {
  const value = name === "pname" ? (options.pname ?? options.core) : options[name];
  return value === undefined ? [] : [{ name, value, origin: "command line" }];
}

/** Weakest first: whoever comes later wins. */
function overrides(options: TargetOptions, given: readonly GivenHeader[]): readonly Override[] {
  const fromHeaders = [...given]
    .reverse()
    .flatMap(({ header, origin }) =>
      Object.entries(header.variables ?? {}).map(([name, value]) => ({ name, value, origin })),
    );
  return [
    ...fromHeaders,
    ...(options.set ?? []).map(({ name, value }) => ({ name, value, origin: "--set" })),
  ];
}
