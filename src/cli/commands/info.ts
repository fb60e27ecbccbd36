/**
 * `dbgseq info`: shows what answers behind the probe, as a tree. It connects as far as the debug port and unlocks
 * nothing.
 */
import type { Command } from "commander";
import {
  inspectTarget,
  type AccessPortInfo,
  type ComponentInfo,
  type TargetOverview,
} from "../../api/jobs/inspect-target.ts";
import { hex, hex32 } from "../../lib/hex.ts";
import type { Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../flags/asked.ts";
import { withSession } from "../connected.ts";
import type { Io } from "../terminal/io.ts";
import type { OutputOptions } from "../terminal/output.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../flags/target-options.ts";
import { addOutputOptions } from "./run.ts";

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
    await withSession(io, {
      inputs,
      options,
      about: { command: "info" },
      result,
      work: async (session) => {
        await inspectTarget(session, {
          allAps: options.allAps === true,
          onFound: (found) => {
            Object.assign(result, overviewJson(found));
            if (options.json === true || options.jsonl === true) return;
            for (const { depth, text } of linesOf(found)) io.out(`${"  ".repeat(depth)}${text}\n`);
          },
        });
      },
    });
  });
}

function linesOf(found: TargetOverview): readonly Line[] {
  const { probe, dp, dpidr, version, maker, romTable, accessPorts, missing, unaskedFrom } = found;
  const about = ["product", "serialNumber", "firmwareVersion"].flatMap((name) => probe[name] ?? []);
  return [
    { depth: 0, text: `probe ${about.join(", ") || "that says nothing of itself"}` },
    {
      depth: 0,
      text:
        version === 0
          ? `DP ${dp}: DPv0, which has no DPIDR`
          : `DP ${dp}: DPv${version}, ${maker} (DPIDR ${hex32(dpidr)})`,
    },
    ...targetLines(found),
    ...(romTable === undefined ? [] : treeOf(romTable, 1)),
    ...accessPorts.flatMap((ap) => portLines(ap, 1)),
    ...(accessPorts.length === 0 ? [{ depth: 1, text: "no access port answers" }] : []),
    ...missing.flatMap(({ text, decisive }) => (decisive ? [] : [{ depth: 1, text }])),
    ...(unaskedFrom === undefined
      ? []
      : [
          {
            depth: 1,
            text: `AP ${unaskedFrom} to 255 were not asked, because some devices hang if an absent one is asked; --all-aps asks them`,
          },
        ]),
    ...(found.isDescribed ? [{ depth: 0, text: "only what the pack describes was looked at" }] : []),
  ];
}

/** Writes the target's identity; 0 if the maker left it open. */
function targetLines({ targetId, targetMaker }: TargetOverview): readonly Line[] {
  if (targetId === undefined) return [];
  const text =
    targetId === 0 ? "TARGETID 0x00000000: not given" : `TARGETID ${hex32(targetId)}: ${targetMaker ?? ""}`;
  return [{ depth: 1, text }];
}

function portLines(ap: AccessPortInfo, depth: number): readonly Line[] {
  const { name, idr, description, romTable, cores, accessPorts } = ap;
  return [
    { depth, text: `${name}: ${description} (IDR ${hex32(idr)})` },
    ...cores.map((core) => ({
      depth: depth + 1,
      text: `core ${core.pname === null ? "" : `${core.pname}: `}${core.name} (CPUID ${hex32(core.cpuid)})`,
    })),
    ...(romTable === undefined ? [] : treeOf(romTable, depth + 1)),
    ...accessPorts.flatMap((one) => portLines(one, depth + 1)),
  ];
}

function treeOf(component: ComponentInfo, depth: number): readonly Line[] {
  const { address, name, maker, powerDomain, problem, components = [] } = component;
  const made = maker === undefined ? "" : `, ${maker}`;
  const power = powerDomain === undefined ? "" : `, power domain ${powerDomain}`;
  const text = `${hex32(address)} ${name}${made}${power}${problem === undefined ? "" : `: ${problem}`}`;
  return [{ depth, text }, ...components.flatMap((one) => treeOf(one, depth + 1))];
}

function overviewJson(found: TargetOverview): Record<string, Json> {
  const { probe, dp, dpidr, version, targetId, romTable, accessPorts, unaskedFrom, missing } = found;
  return {
    probe: { ...probe },
    debugPort: {
      dp,
      dpidr: hex32(dpidr),
      version,
      ...(targetId === undefined ? {} : { targetId: hex32(targetId) }),
    },
    ...(romTable === undefined ? {} : { romTable: componentJson(romTable) }),
    accessPorts: accessPorts.map(portJson),
    ...(unaskedFrom === undefined ? {} : { unaskedAccessPorts: { from: unaskedFrom, to: 255 } }),
    ...(missing.length === 0 ? {} : { missing: missing.map(({ text }) => text) }),
  };
}

function componentJson(component: ComponentInfo): Json {
  const { address, name, part, designer, devarch, devtype, powerDomain, problem, components } = component;
  return {
    address: hex32(address),
    name,
    ...(part === undefined
      ? {}
      : { class: component.class ?? 0, part: hex(part, 3), designer: designer ?? null }),
    ...(devarch === undefined ? {} : { devarch: hex32(devarch), devtype: hex(devtype ?? 0, 2) }),
    ...(powerDomain === undefined ? {} : { powerDomain }),
    ...(problem === undefined ? {} : { problem }),
    ...(components === undefined ? {} : { components: components.map(componentJson) }),
  };
}

function portJson({ place, name, idr, description, cores, romTable, accessPorts }: AccessPortInfo): Json {
  return {
    place,
    name,
    idr: hex32(idr),
    description,
    cores: cores.map((core) => ({ name: core.name, cpuid: hex32(core.cpuid), pname: core.pname })),
    ...(romTable === undefined ? {} : { romTable: componentJson(romTable) }),
    accessPorts: accessPorts.map(portJson),
  };
}
