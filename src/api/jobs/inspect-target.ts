/** Finds out what answers behind a probe, as data. It connects as far as the debug port and unlocks nothing. */
import { apName, isSamePlace, placeKey, type ApPlace } from "../../coresight/ap-place.ts";
import { makerOf } from "../../coresight/adi/component.ts";
import type { Found, FoundAp, FoundCore } from "../../coresight/adi/discovery.ts";
import type { Component } from "../../coresight/adi/rom-tables.ts";
import { CSW, DPIDR, field, TARGETID } from "../../coresight/registers.ts";
import { CoreSightFailure } from "../../coresight/wire/faults.ts";
import type { DeviceContext } from "../../project/context.ts";
import type { Connection } from "../../session/connection.ts";
import { allPorts, describedPlaces, discoverTarget } from "../../session/flow/discovery.ts";
import type { Target } from "../../session/flow/target.ts";
import { identityOf } from "../ports/access-port.ts";
import { call, options as named, optional, work, yesOrNo } from "../arguments.ts";
import { session as sessionGiven } from "../given.ts";
import type { Session } from "../session.ts";

/** A CoreSight component: a ROM table, or an entry of one. */
export interface ComponentInfo {
  readonly address: number;
  readonly name: string;
  readonly maker?: string;
  /**
   * CLASS of its component identification. The part number and the JEP106 code of its designer (null without one)
   * come from there as well.
   */
  readonly class?: number;
  readonly part?: number;
  readonly designer?: number | null;
  readonly devarch?: number;
  readonly devtype?: number;
  readonly powerDomain?: number;
  /** Why no more is known of it. */
  readonly problem?: string;
  readonly components?: readonly ComponentInfo[];
}

export interface AccessPortInfo {
  /** The place by which it is selected. */
  readonly place: string;
  readonly name: string;
  readonly idr: number;
  readonly description: string;
  readonly cores: readonly {
    readonly name: string;
    readonly cpuid: number;
    /** The Pname of the pack's description; null without one. */
    readonly pname: string | null;
  }[];
  readonly romTable?: ComponentInfo;
  /** On ADIv6, the access ports behind this one. */
  readonly accessPorts: readonly AccessPortInfo[];
}

export interface TargetOverview {
  /** What the probe says of itself: `product`, `serialNumber`, `firmwareVersion`, ... */
  readonly probe: Readonly<Record<string, string>>;
  /** `__dp` of the debug port. */
  readonly dp: number;
  readonly dpidr: number;
  /** The version of the debug port architecture; 0 has no DPIDR. */
  readonly version: number;
  readonly maker: string;
  /** The target's id; 0 if the maker left it open, absent before version 2. */
  readonly targetId?: number;
  readonly targetMaker?: string;
  readonly romTable?: ComponentInfo;
  readonly accessPorts: readonly AccessPortInfo[];
  /** What should answer and does not, each as a sentence. The one that makes the job fail is `decisive`. */
  readonly missing: readonly { readonly text: string; readonly decisive: boolean }[];
  /** Access ports from this one to 255 were not asked: some devices hang if a missing one is asked. */
  readonly unaskedFrom?: number;
  /** True if only what the pack describes was examined. */
  readonly isDescribed: boolean;
}

const INSPECT = call({
  session: sessionGiven,
  options: named({
    allAps: optional(yesOrNo),
    onFound: optional(work),
  } satisfies Record<keyof InspectOptions, unknown>),
});

export interface InspectOptions {
  /** Without a pack, asks all 256 access ports of ADIv5, not only the first in a row. */
  readonly allAps?: boolean;
  /** Called with what was found, before a failure is thrown because of what is missing. */
  readonly onFound?: (found: TargetOverview) => void;
}

/**
 * Finds out what answers: probe, debug port, access ports, cores, ROM tables. Takes a session that is not open.
 * Throws what keeps the debug port from answering, and what is missing that the session's processor needs.
 *
 * `const { accessPorts } = await inspectTarget(session);`
 */
export async function inspectTarget(session: Session, options: InspectOptions = {}): Promise<TargetOverview> {
  INSPECT({ session, options });
  const { allAps = false, onFound } = options;
  return session.withConnection(async (connection) => {
    const results: TargetOverview[] = [];
    await connection.during(
      async () => {
        const { overview, failure } = await look(connection, allAps);
        onFound?.(overview);
        if (failure !== undefined) throw failure;
        results.push(overview);
      },
      undefined,
      "DebugPortStart",
    );
    return results[0] as TargetOverview;
  });
}

interface Looked {
  readonly overview: TargetOverview;
  readonly failure: CoreSightFailure | undefined;
}

async function look({ context, rig }: Connection, all: boolean): Promise<Looked> {
  const { access, target } = rig;
  await target.mustHavePower();
  const port = access.dp;
  const dpidr = await port.readReg(0x0);
  const version = port.version ?? field(DPIDR, "VERSION", dpidr);
  const targetId = version >= 2 ? await port.readTargetId() : undefined;
  const found = await discoverTarget(access, context, { dp: context.dp, all, chosen: true });
  const { unaskedFrom } = found;
  const failure = decisive(found, target.memory.ap) ?? (await missingCore(found, target));
  return {
    failure,
    overview: {
      probe: { ...port.wire.link.identity },
      dp: context.dp,
      dpidr,
      version,
      maker: makerOf({ designer: field(DPIDR, "DESIGNER", dpidr), part: field(DPIDR, "PARTNO", dpidr) }),
      ...(targetId === undefined ? {} : { targetId, targetMaker: targetMaker(targetId) }),
      ...(found.root === undefined ? {} : { romTable: componentInfo(found.root) }),
      accessPorts: found.accessPorts.map((ap) => portInfo(ap, context)),
      missing: found.missing.map((one) => ({
        text: one.failure.message,
        decisive: one.failure === failure,
      })),
      ...(unaskedFrom === undefined ? {} : { unaskedFrom }),
      isDescribed: describedPlaces(context, context.dp).length > 0,
    },
  };
}

/** What the session needs: the access port of its processor and the core behind it, or any core without a description. */
function decisive({ missing, accessPorts }: Found, own: ApPlace): CoreSightFailure | undefined {
  return missing.find(({ place }) => accessPorts.length === 0 || isSamePlace(place, own))?.failure;
}

/** True if the processor's access port is open and leads to nothing: neither its ROM table nor a core answers. */
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

function targetMaker(targetId: number): string {
  const designer = field(TARGETID, "TDESIGNER", targetId);
  return makerOf({ designer, part: field(TARGETID, "TPARTNO", targetId) });
}

function portInfo({ place, idr, table, cores, nested }: FoundAp, context: DeviceContext): AccessPortInfo {
  return {
    place: placeKey(place),
    name: apName(place),
    idr,
    description: identityOf(idr).description,
    cores: cores.map((core) => ({
      name: core.name,
      cpuid: core.cpuid,
      pname: pnameOf(core, context) ?? null,
    })),
    ...(table === undefined ? {} : { romTable: componentInfo(table) }),
    accessPorts: nested.map((one) => portInfo(one, context)),
  };
}

function pnameOf({ place }: FoundCore, context: DeviceContext): string | undefined {
  const { dp, description } = context;
  if (description === undefined) return undefined;
  return context.processors.find((one) => one.dp === dp && isSamePlace(one.place, place))?.name;
}

function componentInfo({ address, name, identity, architecture, ...rest }: Component): ComponentInfo {
  const { powerDomain, problem, components } = rest;
  return {
    address,
    name,
    ...(identity === undefined
      ? {}
      : {
          maker: makerOf(identity),
          class: identity.class,
          part: identity.part,
          designer: identity.designer ?? null,
        }),
    ...(architecture === undefined ? {} : { devarch: architecture.devarch, devtype: architecture.devtype }),
    ...(powerDomain === undefined ? {} : { powerDomain }),
    ...(problem === undefined ? {} : { problem }),
    ...(components === undefined ? {} : { components: components.map(componentInfo) }),
  };
}
