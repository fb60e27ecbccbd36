/**
 * Holds what is known about one processor of one device before anything is connected: which definition of
 * each sequence wins, the debugvars, the ports. Finds errors in what is about to run. Knows no probe.
 */
import { any, known, optional, text } from "../lib/arguments.ts";
import { isSamePlace, placeKey, type ApPlace } from "../coresight/ap-place.ts";
import type { DataPatch } from "../coresight/wire/data-patches.ts";
import type { Route } from "../coresight/adi/dp.ts";
import type { AccessPortFinder } from "../coresight/ap-place.ts";
import { defaultSequences } from "./defaults.ts";
import { SessionFailure } from "./faults.ts";
import { RESET_SEQUENCES, resetKindOf, type ResetKind } from "./connection-bits.ts";
import { architectureOfCore } from "../device/architecture.ts";
import { debugVarValues, type DebugVar, type Override } from "../device/debug-vars.ts";
import type {
  AccessPort,
  Debug,
  DeviceDescription,
  FileHome,
  Processor,
  SequenceDefinition,
} from "../device/description.ts";
import { resolveSequence, sequenceNames, type Layers, type Resolution } from "../device/precedence.ts";
import type { DebugVars } from "../language/tree.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SequenceSource } from "../interpreter/ports.ts";
import { nearest } from "../lib/nearest.ts";
import { where } from "../lib/source.ts";
import type { U64 } from "../lib/u64.ts";
import { findErrors, reach } from "./reachable.ts";

export interface ContextParts {
  /** It is absent if only plain scripts and the defaults are used. */
  readonly description?: DeviceDescription;
  /** The findings from reading the text of single sequences. */
  readonly inSequence?: ReadonlyMap<SequenceDefinition, readonly Diagnostic[]>;
  readonly project?: readonly SequenceDefinition[];
  /** The debugvars of the project's scripts, strongest first; they add to the pack's and win over them. */
  readonly projectVars?: readonly DebugVars[];
  readonly pname?: string;
  readonly overrides?: readonly Override[];
}

/** A processor of the description, and the place at which it is reached. */
export interface PlacedProcessor {
  readonly name: string;
  readonly core: string;
  readonly dp: number;
  readonly place: ApPlace;
}

interface FoundSequence {
  readonly sequence: SequenceDefinition["sequence"];
  readonly origin: string;
}

const MADE = known({
  description: any,
  inSequence: any,
  project: any,
  projectVars: any,
  pname: optional(text),
  overrides: any,
} satisfies Record<keyof ContextParts, unknown>);

export class DeviceContext implements SequenceSource, AccessPortFinder {
  readonly description: DeviceDescription | undefined;
  readonly processor: Processor | undefined;
  readonly pname: string | undefined;
  readonly dp: number;
  /** `__ap` is APSEL, or 0 if the access port has an address instead. */
  readonly ap: number;
  /** The access port of the processor. */
  readonly place: ApPlace;
  readonly apid: number;
  readonly variables: ReadonlyMap<string, DebugVar>;
  readonly debugVars: ReadonlyMap<string, U64>;
  readonly layers: Layers;
  readonly #inSequence: ReadonlyMap<SequenceDefinition, readonly Diagnostic[]>;
  readonly #debug: Debug | undefined;
  readonly #parts: ContextParts;
  readonly #found = new Map<string, FoundSequence>();

  constructor(parts: ContextParts) {
    MADE(parts, "parts");
    const { description, inSequence, project = [], projectVars = [], pname, overrides = [] } = parts;
    this.#parts = parts;
    this.description = description;
    this.processor = chooseProcessor(description?.processors ?? [], pname);
    this.pname = this.processor?.pname;
    this.#inSequence = inSequence ?? new Map();
    this.#debug = debugOf(description?.debugs ?? [], this.pname);
    const port = description?.accessPorts.find(({ apid }) => apid === (this.#debug?.apid ?? 0));
    this.dp = this.#debug?.dp ?? port?.dp ?? 0;
    this.ap = port?.index ?? this.#debug?.ap ?? 0;
    this.place = (port === undefined ? undefined : this.#placeOf(port)) ?? this.ap;
    this.apid = this.#debug?.apid ?? 0;
    this.variables = debugVarValues(description?.debugVars, [...declared(projectVars), ...overrides]);
    this.debugVars = new Map([...this.variables].map(([name, { value }]) => [name, value]));
    this.layers = {
      project,
      pack: description?.sequences ?? [],
      defaults: defaultSequences(
        this.processor === undefined ? undefined : architectureOfCore(this.processor.core),
      ),
    };
  }

  /** Returns the same device as another of its processors sees it. Throws `unknown-processor`. */
  forProcessor(pname: string): DeviceContext {
    return new DeviceContext({ ...this.#parts, pname });
  }

  /**
   * True if its DebugPortSetup leads to definitions for this processor alone, so that its debug port is one
   * of its own (wire rule 19).
   */
  get hasOwnPort(): boolean {
    if (this.pname === undefined) return false;
    return [...reach(this, ["DebugPortSetup"])].some(({ pname }) => pname !== undefined);
  }

  resolve(name: string): Resolution | undefined {
    return resolveSequence(name, this.pname, this.layers);
  }

  find(name: string): FoundSequence | undefined {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const winner = this.resolve(name)?.winner;
    if (winner === undefined) return undefined;
    const found = { sequence: winner.sequence, origin: originText(winner) };
    this.#found.set(name, found);
    return found;
  }

  names(): readonly string[] {
    return sequenceNames(this.layers);
  }

  apOf(apid: U64): ApPlace | undefined {
    const port = this.description?.accessPorts.find((one) => BigInt(one.apid) === apid);
    return port === undefined ? undefined : this.#placeOf(port);
  }

  /**
   * Returns every processor that has a place of its own, with the place; the first one counts if several
   * share a place.
   */
  get processors(): readonly PlacedProcessor[] {
    const found = this.#placedProcessors();
    const keys = found.map(({ dp, place }) => `${dp}:${placeKey(place)}`);
    return found.filter((_, at) => keys.indexOf(keys[at] ?? "") === at);
  }

  #placedProcessors(): readonly PlacedProcessor[] {
    return (this.description?.processors ?? []).map(({ pname, core }, at) => ({
      name: pname ?? `core ${at}`,
      core,
      ...this.#reached(pname),
    }));
  }

  /**
   * Returns the description's name of the core at a place, or the session's own processor if several share
   * the place.
   */
  coreAt(dp: number, place: ApPlace): string | undefined {
    if (dp === this.dp && isSamePlace(place, this.place)) return this.processor?.core;
    const there = this.#placedProcessors().filter((one) => one.dp === dp && isSamePlace(place, one.place));
    return there.length === 1 ? there[0]?.core : undefined;
  }

  /** Returns where a processor is, by the `<debug>` element that counts for it. */
  #reached(pname: string | undefined): { readonly dp: number; readonly place: ApPlace } {
    const { debugs = [], accessPorts = [] } = this.description ?? {};
    const debug = debugOf(debugs, pname);
    const port = accessPorts.find(({ apid }) => apid === (debug?.apid ?? 0));
    return {
      dp: debug?.dp ?? port?.dp ?? 0,
      place: (port === undefined ? undefined : this.#placeOf(port)) ?? debug?.ap ?? 0,
    };
  }

  /** Returns the access ports that are described behind this debug port. */
  accessPortsOf(dp: number): readonly ApPlace[] {
    return (this.description?.accessPorts ?? []).flatMap((port) =>
      port.dp === dp ? (this.#placeOf(port) ?? []) : [],
    );
  }

  /** Finds an access port by APSEL or by its address, in the memory behind its parent if it has one. */
  #placeOf(
    { version, index, address, parent: apid }: AccessPort,
    above: readonly number[] = [],
  ): ApPlace | undefined {
    if (version === 1 || address === undefined || address > BigInt(Number.MAX_SAFE_INTEGER)) return index;
    const at = { address: Number(address) };
    const parent = this.description?.accessPorts.find((port) => port.apid === apid);
    if (parent === undefined) return at;
    // An access port that is its own ancestor cannot be reached.
    if (above.includes(parent.apid)) return undefined;
    const outer = this.#placeOf(parent, [...above, parent.apid]);
    return outer === undefined ? undefined : { ...at, parent: outer };
  }

  /**
   * Throws `undescribed-access-port` if accesses with this `__apid` have no access port. That is a described
   * one or, if the description leaves it open, the one that `__ap` gives.
   */
  requireAp(apid: U64): void {
    const ports = this.description?.accessPorts ?? [];
    const isByAp = this.#debug?.apid === undefined && (this.#debug?.ap !== undefined || ports.length === 0);
    if (this.apOf(apid) !== undefined || (apid === 0n && isByAp)) return;
    const known = ports.map((port) => port.apid);
    const isThere = known.some((one) => BigInt(one) === apid);
    throw new SessionFailure(
      { kind: "undescribed-access-port", apid: Number(apid), known },
      isThere
        ? `access port __apid ${apid} cannot be placed: the parents that the pack gives lead back to it`
        : `access port __apid ${apid} is not described (the pack describes ${known.length === 0 ? "none" : `__apid ${known.join(", ")}`})`,
    );
  }

  /** Returns how the description identifies the debug port of the session. */
  portIdentity(protocol: "swd" | "jtag"): { readonly targetsel?: number; readonly idcode?: number } {
    const port = this.description?.debugPorts.find(({ dp }) => dp === this.dp);
    const { idcode } = (protocol === "swd" ? port?.swd : port?.jtag) ?? {};
    const targetsel = port?.swd?.targetsel ?? port?.jtag?.targetsel;
    return { ...(targetsel === undefined ? {} : { targetsel }), ...(idcode === undefined ? {} : { idcode }) };
  }

  /** Returns how the processor is reached. */
  get debug(): Debug | undefined {
    return this.#debug;
  }

  dpOf(apid: U64): number | undefined {
    return this.description?.accessPorts.find((port) => BigInt(port.apid) === apid)?.dp;
  }

  /**
   * Returns the file that describes the registers of this processor's device; it is in the pack unless it
   * says otherwise.
   */
  get svd(): { readonly file: string; readonly from?: FileHome } | undefined {
    const known = [...(this.#debug === undefined ? [] : [this.#debug]), ...(this.description?.debugs ?? [])];
    const found = known.find(({ svd }) => svd !== undefined);
    if (found?.svd === undefined) return undefined;
    return { file: found.svd, ...(found.svdFrom === undefined ? {} : { from: found.svdFrom }) };
  }

  /** Returns how each described debug port is told apart on SWD: by TARGETSEL, if the pack gives it. */
  get swdRoutes(): ReadonlyMap<number, Route> {
    const ports = this.description?.debugPorts ?? [];
    return new Map(
      ports.flatMap(({ dp, swd }): [number, Route][] =>
        swd?.targetsel === undefined ? [] : [[dp, { kind: "targetsel", value: swd.targetsel >>> 0 }]],
      ),
    );
  }

  /** Returns places in the JTAG chain by `__dp`, as the pack gives them. */
  get taps(): readonly {
    readonly dp: number;
    readonly index: number;
    readonly irLength: number | undefined;
  }[] {
    const ports = this.description?.debugPorts ?? [];
    return ports.flatMap(({ dp, jtag }) =>
      jtag === undefined ? [] : [{ dp, index: jtag.tapindex, irLength: jtag.irlen }],
    );
  }

  /**
   * Returns what the device answers wrongly, and the right values; a patch without a port means this
   * processor's.
   */
  get dataPatches(): readonly DataPatch[] {
    return (this.#debug?.datapatches ?? []).flatMap((patch): readonly DataPatch[] => {
      const { type: space, value, mask, address } = patch;
      const port = this.description?.accessPorts.find(({ apid }) => apid === patch.apid);
      const dp = patch.dp ?? port?.dp ?? this.dp;
      const own = patch.ap ?? this.place;
      const ap = patch.apid === undefined ? own : port && this.#placeOf(port);
      // Memory has 32-bit addresses here.
      if (address > 0xffff_ffffn || (space !== "DP" && ap === undefined)) return [];
      return [{ space, dp, ...(ap === undefined ? {} : { ap }), address: Number(address), value, mask }];
    });
  }

  /**
   * Returns the reset that a debugger does unless told otherwise: the pack's defaultResetSequence, else
   * ResetSystem.
   */
  get defaultReset(): ResetKind {
    return resetKindOf(this.#debug?.defaultResetSequence ?? "") ?? "system";
  }

  /** A sequence of the device's own may be its default reset; it then stands for the kind that is the default. */
  resetSequence(kind: ResetKind | undefined): string {
    if (kind === undefined) return this.#debug?.defaultResetSequence ?? RESET_SEQUENCES.system;
    return RESET_SEQUENCES[kind];
  }

  /** Refuses a name without a definition, with the nearest one that has one. */
  require(name: string): Resolution {
    const found = this.resolve(name);
    if (found !== undefined) return found;
    const guess = nearest(name, this.names(), Infinity);
    throw new SessionFailure(
      { kind: "unknown-sequence-name", name, near: guess === undefined ? [] : [guess] },
      `no sequence "${name}" is defined for ${this.description?.device ?? "a target without a pack"}` +
        (guess === undefined ? "" : `; did you mean "${guess}"?`),
    );
  }

  /** Returns true if the definition that wins declares `requires erase`. */
  erases(name: string): boolean {
    return this.find(name)?.sequence.requires.some(({ text }) => text === "erase") === true;
  }

  /**
   * Refuses without consent, before anything is connected. A sequence that is called on the way is refused
   * when it would be entered.
   */
  refuseErasing(name: string): void {
    if (!this.erases(name)) return;
    throw new SessionFailure(
      { kind: "no-consent", effect: "erase" },
      `sequence "${name}" erases what the device holds: consent required`,
    );
  }

  /** Throws every error in what these sequences can reach; nothing has been sent to the target then. */
  refuseErrors(names: readonly string[]): void {
    const diagnostics = findErrors(this, names, this.#inSequence);
    const [first] = diagnostics;
    if (first === undefined) return;
    throw new SessionFailure(
      { kind: "sequence-errors", diagnostics },
      `${where(first.span)}: ${first.message}${diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : ""}`,
    );
  }
}

function debugOf(debugs: readonly Debug[], pname: string | undefined): Debug | undefined {
  return (
    debugs.find((debug) => debug.pname !== undefined && debug.pname === pname) ??
    debugs.find((debug) => debug.pname === undefined) ??
    debugs[0]
  );
}

/** It reads `pack, family STM32H7 Series (file:12:7)`. */
export function originText({ origin }: SequenceDefinition): string {
  const layer = origin.layer === origin.label ? origin.layer : `${origin.layer}, ${origin.label}`;
  return `${layer} (${where(origin.span)})`;
}

/**
 * Returns the weakest first, as overrides are given: a project's script wins over the pack, and a setting
 * wins over both.
 */
function declared(projectVars: readonly DebugVars[]): readonly Override[] {
  return [...projectVars].reverse().flatMap((vars) =>
    [...debugVarValues(vars, [])].map(([name, { value, span }]) => ({
      name,
      value,
      origin: "project",
      ...(span === undefined ? {} : { span }),
    })),
  );
}

function chooseProcessor(processors: readonly Processor[], pname: string | undefined): Processor | undefined {
  if (pname === undefined) return processors[0];
  const found = processors.find((processor) => processor.pname === pname);
  if (found !== undefined || processors.length === 0) return found;
  const known = processors.flatMap((processor) => processor.pname ?? []);
  throw new SessionFailure(
    { kind: "unknown-processor", pname, known },
    `there is no processor "${pname}"; ${known.length === 0 ? "this device has one without a name" : `there are ${known.join(", ")}`}`,
  );
}
