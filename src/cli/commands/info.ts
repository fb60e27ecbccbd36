/** `dbgseq info`: what answers behind the probe, as a tree. It connects as far as the debug port and unlocks nothing. */
import type { Command } from "commander";
import { identityOf } from "../../api/access-port.ts";
import { apName, isSamePlace, placeKey, type ApPlace } from "../../coresight/ap-place.ts";
import { makerOf } from "../../coresight/adi/component.ts";
import type { Found, FoundAp, FoundCore } from "../../coresight/adi/discovery.ts";
import { CoreSightFailure } from "../../coresight/wire/faults.ts";
import { CSW, DPIDR, field, TARGETID } from "../../coresight/registers.ts";
import type { Component } from "../../coresight/adi/rom-tables.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import type { DeviceContext } from "../../project/context.ts";
import { allPorts, describedPlaces, discoverTarget } from "../../session/flow/discovery.ts";
import type { Connection } from "../../session/connection.ts";
import type { Target } from "../../session/flow/target.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../asked.ts";
import { withConnection } from "../connected.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";
import { append } from "../../lib/lists.ts";

interface InfoOptions extends TargetOptions, OutputOptions {
  readonly allAps?: boolean;
}

interface Line {
  readonly depth: number;
  readonly text: string;
}

export function defineInfo(command: Command, io: Io): void {
  command.option(
    "--all-aps",
    "without a pack: ask all 256 access ports of ADIv5, not only the first in a row",
  );
  addTargetOptions(command);
  addOutputOptions(command).action(async (options: InfoOptions) => {
    if (options.connect === "none") throw badRequest("info needs a connection: omit --connect none");
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    const result: Record<string, Json> = {};
    await withConnection(io, {
      inputs,
      options,
      about: { command: "info" },
      result,
      work: (session) =>
        session.during(
          async () => {
            const { lines, json, failure } = await look(session, options.allAps === true);
            Object.assign(result, json);
            if (options.json !== true && options.jsonl !== true)
              for (const { depth, text } of lines) io.out(`${"  ".repeat(depth)}${text}\n`);
            if (failure !== undefined) throw failure;
          },
          undefined,
          "DebugPortStart",
        ),
    });
  });
}

async function look(
  session: Connection,
  all: boolean,
): Promise<{
  readonly lines: readonly Line[];
  readonly json: Record<string, Json>;
  readonly failure?: CoreSightFailure;
}> {
  const { context, rig } = session;
  const { access, target } = rig;
  await target.mustHavePower();
  const port = access.dp;
  const { identity } = port.wire.link;
  const dpidr = await port.readReg(0x0);
  const version = port.version ?? field(DPIDR, "VERSION", dpidr);
  const targetId = version >= 2 ? await port.readTargetId() : undefined;
  const found = await discoverTarget(access, context, { dp: context.dp, all, chosen: true });
  const { missing, unaskedFrom } = found;
  const probe = [identity["product"], identity["serialNumber"], identity["firmwareVersion"]].flatMap(
    (text) => text ?? [],
  );
  const lines: Line[] = [
    { depth: 0, text: `probe ${probe.join(", ") || "that says nothing of itself"}` },
    {
      depth: 0,
      text:
        version === 0
          ? `DP ${context.dp}: DPv0, which has no DPIDR`
          : `DP ${context.dp}: DPv${version}, ${makerOf(portIdentity(dpidr))} (DPIDR ${hex32(dpidr)})`,
    },
    ...(targetId === undefined ? [] : [{ depth: 1, text: targetText(targetId) }]),
  ];
  if (found.root !== undefined) append(lines, treeOf(found.root, 1));
  for (const ap of found.accessPorts) append(lines, portLines(ap, 1, context));
  if (found.accessPorts.length === 0) lines.push({ depth: 1, text: "no access port answers" });
  const failure = decisive(found, target.memory.ap) ?? (await missingCore(found, target));
  for (const one of missing) if (one.failure !== failure) lines.push({ depth: 1, text: one.failure.message });
  if (unaskedFrom !== undefined)
    lines.push({
      depth: 1,
      text: `AP ${unaskedFrom} to 255 were not asked, because some devices hang if an absent one is asked; --all-aps asks them`,
    });
  if (describedPlaces(context, context.dp).length > 0)
    lines.push({ depth: 0, text: "only what the pack describes was looked at" });
  return {
    lines,
    json: {
      probe: { ...identity },
      debugPort: {
        dp: context.dp,
        dpidr: hex32(dpidr),
        version,
        ...(targetId === undefined ? {} : { targetId: hex32(targetId) }),
      },
      ...(found.root === undefined ? {} : { romTable: componentJson(found.root) }),
      accessPorts: found.accessPorts.map((ap) => portJson(ap, context)),
      ...(unaskedFrom === undefined ? {} : { unaskedAccessPorts: { from: unaskedFrom, to: 255 } }),
      ...(missing.length === 0 ? {} : { missing: missing.map(({ failure }) => failure.message) }),
    },
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What the session needs: the access port of its processor and the core behind it; without a description any. */
function decisive({ missing, accessPorts }: Found, own: ApPlace): CoreSightFailure | undefined {
  return missing.find(({ place }) => accessPorts.length === 0 || isSamePlace(place, own))?.failure;
}

/** The processor's access port is open and leads to nothing: its ROM table does not answer, and neither does a core. */
async function missingCore({ accessPorts }: Found, target: Target): Promise<CoreSightFailure | undefined> {
  const { ap } = target.memory;
  const own = allPorts(accessPorts).find(({ place }) => isSamePlace(place, ap));
  if (own?.table?.problem === undefined || own.cores.length > 0) return undefined;
  try {
    await target.core.readCpuid();
    return undefined;
  } catch (error) {
    if (!(error instanceof CoreSightFailure) || error.fault.kind !== "target-fault") throw error;
    const { csw } = error.fault;
    return csw !== undefined && field(CSW, "DeviceEn", csw) === 1 ? error : undefined;
  }
}

function portIdentity(dpidr: number): { readonly designer: number; readonly part: number } {
  return { designer: field(DPIDR, "DESIGNER", dpidr), part: field(DPIDR, "PARTNO", dpidr) };
}

/** 0 if the maker left it open. */
function targetText(targetId: number): string {
  if (targetId === 0) return "TARGETID 0x00000000: not given";
  const designer = field(TARGETID, "TDESIGNER", targetId);
  const part = field(TARGETID, "TPARTNO", targetId);
  return `TARGETID ${hex32(targetId)}: ${makerOf({ designer, part })}`;
}

function portLines(ap: FoundAp, depth: number, context: DeviceContext): readonly Line[] {
  const { place, idr, table, cores, nested } = ap;
  const own = { depth, text: `${apName(place)}: ${identityOf(idr).description} (IDR ${hex32(idr)})` };
  const inner = nested.flatMap((one) => portLines(one, depth + 1, context));
  return [
    own,
    ...cores.map((core) => ({ depth: depth + 1, text: `core ${coreText(core, context)}` })),
    ...(table === undefined ? [] : treeOf(table, depth + 1)),
    ...inner,
  ];
}

function coreText(core: FoundCore, context: DeviceContext): string {
  const pname = pnameOf(core, context);
  return `${pname === undefined ? "" : `${pname}: `}${core.name} (CPUID ${hex32(core.cpuid)})`;
}

function pnameOf({ place }: FoundCore, context: DeviceContext): string | undefined {
  const { dp, description } = context;
  if (description === undefined) return undefined;
  return context.processors.find((one) => one.dp === dp && isSamePlace(one.place, place))?.name;
}

function treeOf(component: Component, depth: number): readonly Line[] {
  const { address, name, identity, powerDomain, problem, components = [] } = component;
  const maker = identity === undefined ? "" : `, ${makerOf(identity)}`;
  const power = powerDomain === undefined ? "" : `, power domain ${powerDomain}`;
  const text = `${hex32(address)} ${name}${maker}${power}${problem === undefined ? "" : `: ${problem}`}`;
  return [{ depth, text }, ...components.flatMap((one) => treeOf(one, depth + 1))];
}

function componentJson({ address, name, identity, architecture, ...rest }: Component): Json {
  const { powerDomain, problem, components } = rest;
  return {
    address: hex32(address),
    name,
    ...(identity === undefined
      ? {}
      : { class: identity.class, part: hex(identity.part, 3), designer: identity.designer ?? null }),
    ...(architecture === undefined
      ? {}
      : { devarch: hex32(architecture.devarch), devtype: hex(architecture.devtype, 2) }),
    ...(powerDomain === undefined ? {} : { powerDomain }),
    ...(problem === undefined ? {} : { problem }),
    ...(components === undefined ? {} : { components: components.map(componentJson) }),
  };
}

function portJson({ place, idr, table, cores, nested }: FoundAp, context: DeviceContext): Json {
  return {
    place: placeKey(place),
    name: apName(place),
    idr: hex32(idr),
    description: identityOf(idr).description,
    cores: cores.map((core) => ({
      name: core.name,
      cpuid: hex32(core.cpuid),
      pname: pnameOf(core, context) ?? null,
    })),
    ...(table === undefined ? {} : { romTable: componentJson(table) }),
    accessPorts: nested.map((one) => portJson(one, context)),
  };
}
