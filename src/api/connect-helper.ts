/** Finds a probe, lets the user choose if there are several, and opens a session on it. */
import { ProbeFailure } from "../probe/faults.ts";
import type { DeviceContext } from "../project/context.ts";
import { where } from "../lib/source.ts";
import { device, probe } from "./given.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { Gathered, Host } from "./host.ts";
import { isProgramName, type Given } from "../options/given.ts";
import { strongest } from "../options/resolve.ts";
import {
  any,
  call,
  known,
  listOf,
  milliseconds,
  optional,
  recordOf,
  text,
  thing,
  work,
  yesOrNo,
} from "./arguments.ts";
import { checkOptions, type SessionOptions } from "./options.ts";
import { openRequest, WISHES, type SessionWishes } from "./open-request.ts";
import { Session } from "./session.ts";

export interface ProbeRequest {
  /** A probe's unique id (serial number), whole or part, without regard to case. */
  readonly uniqueId?: string;
  /** If several match, takes the first without asking. */
  readonly returnFirst?: boolean;
  /** The probes to choose from, instead of the attached ones. */
  readonly probes?: readonly DebugProbe[];
  /** If none is attached, waits this long for one. Default 0. */
  readonly waitMs?: number;
  /** Puts a question to a person; the terminal by default. An empty answer, or `q`, cancels. */
  readonly ask?: (question: string) => Promise<string>;
}

export interface SessionRequest extends ProbeRequest, SessionWishes {
  /** Session options; keywords of the same name win over them. */
  readonly options?: SessionOptions;
  /** A recipe (.yaml). Its header comes after `options` and before DBGSEQ_* variables. Its steps do not run. */
  readonly recipe?: string;
  /** With false, the session is returned before anything was sent; `session.open()` connects. */
  readonly autoOpen?: boolean;
  /** The device, if no file is to be read: in a browser, or in tests. */
  readonly context?: DeviceContext;
}

export type ConnectRequest = SessionRequest & SessionOptions;

const REQUEST = {
  uniqueId: optional(text),
  returnFirst: optional(yesOrNo),
  probes: optional(listOf(probe)),
  waitMs: optional(milliseconds),
  ask: optional(work),
  options: optional(recordOf(any)),
  recipe: optional(text),
  autoOpen: optional(yesOrNo),
  context: optional(device),
  ...WISHES,
} satisfies Record<keyof SessionRequest, unknown>;
const WITH = call({ work });
const HELPER = call({
  host: thing<Host>("a Host", { listProbes: "function", gather: "function", readFile: "function" }),
});
const CONNECT = known(REQUEST);
const REQUEST_NAMES: readonly string[] = Object.keys(REQUEST);

const POLL_MS = 100;

/** Opens sessions. All methods are static. */
export interface Helper {
  /** Lists the attached probes. Throws `no-usb-bus`, `no-usb-library`. */
  listProbes(): Promise<readonly DebugProbe[]>;

  /**
   * Chooses a probe. A single one is taken at once; of several, `returnFirst` takes the first, and otherwise a
   * person picks from a numbered list. Returns null if the person cancels. Throws `no-probe` if none is there or
   * fits, `several-probes` if no user can be asked.
   */
  chooseProbe(request?: ProbeRequest): Promise<DebugProbe | null>;

  /**
   * Opens a session with the chosen probe, connected unless `autoOpen` is false. Returns null if the person who
   * chooses cancels. Options come from, strongest first: keywords, `options`, the header of `recipe`, DBGSEQ_*
   * variables, dbgseq.yaml, a cbuild-run.yml in place of the pack, the pack, defaults. Throws what chooseProbe
   * and Session.open throw; then everything is closed again.
   *
   * ```ts
   * const session = await ConnectHelper.sessionWithChosenProbe({ uniqueId: "0240", device: "EX32F0", pack: "Example.pdsc" });
   * ```
   */
  sessionWithChosenProbe(request?: ConnectRequest): Promise<Session | null>;

  /**
   * Does the same as sessionWithChosenProbe for runtimes without `await using`: works with the session and closes
   * it, also after an exception. Returns the result of the work, or null if the person who chooses cancels.
   */
  withSession<T>(request: ConnectRequest, work: (session: Session) => Promise<T> | T): Promise<T | null>;
}

/** Makes the helper of a machine. */
export function connectHelper(host: Host): Helper {
  HELPER({ host });
  const helper: Helper = {
    listProbes: () => host.listProbes(),

    async chooseProbe(request = {}) {
      mustBeRequest(request);
      const probes = await attached(host, request);
      const fitting = request.uniqueId === undefined ? probes : fits(probes, request.uniqueId);
      const [first, ...others] = fitting;
      if (first === undefined) throw absent(probes, request.uniqueId);
      if (others.length === 0 || request.returnFirst === true) return first;
      const ask = request.ask ?? (await host.ask());
      if (ask === undefined) throw undecided(fitting, request.uniqueId);
      return pick(fitting, ask);
    },

    async sessionWithChosenProbe(request = {}) {
      const gathered = await gather(host, optionsOf(request), request);
      const named = strongest("probe", gathered.given)?.value;
      const waitMs = strongest("waitMs", gathered.given)?.value ?? 0;
      const isChosen = request.uniqueId !== undefined || request.probes !== undefined;
      const probe =
        named === undefined || isChosen
          ? await helper.chooseProbe({ ...request, waitMs })
          : host.namedProbe(named);
      if (probe === null) return null;
      for (const { severity, message, span } of gathered.warnings ?? [])
        request.onEvent?.({
          kind: severity === "note" ? "notice" : "warning",
          timeUs: 0,
          text: `${where(span)}: ${message}`,
        });
      const session = new Session({
        probe,
        given: gathered.given,
        readFile: (path) => (gathered.readFile ?? host.readFile)(path),
        ...(gathered.output === undefined ? {} : { output: gathered.output }),
        request: openRequest(request, gathered, (path) => host.readFile(path)),
        openWire: (path) => host.openWire(path),
        ...(host.openEffects === undefined
          ? {}
          : { openEffects: (take) => host.openEffects?.(gathered, take) }),
      });
      if (request.autoOpen !== false) await session.open();
      return session;
    },

    async withSession<T>(request: ConnectRequest, work: (session: Session) => Promise<T> | T) {
      WITH({ work });
      const session = await helper.sessionWithChosenProbe(request);
      if (session === null) return null;
      let result: T;
      try {
        result = await work(session);
      } catch (error) {
        await session.closeAfter(error);
        throw error;
      }
      await session.close();
      return result;
    },
  };
  return helper;
}

/** Lists the givers of options, keywords first, for they win. */
function optionsOf(request: ConnectRequest): readonly Given[] {
  mustBeRequest(request);
  return [
    { origin: "keyword", values: keywordsOf(request) },
    { origin: "options", values: request.options ?? {} },
  ];
}

function mustBeRequest(request: ConnectRequest): void {
  CONNECT(request, "request");
  checkOptions(keywordsOf(request), REQUEST_NAMES);
  if (request.options !== undefined) checkOptions(request.options);
}

function keywordsOf(request: ConnectRequest): Given["values"] {
  return Object.fromEntries(
    Object.entries(request).filter(([name]) => isProgramName(name) || !REQUEST_NAMES.includes(name)),
  );
}

/** Gathers the settings. A context that was passed in replaces all files. */
async function gather(
  host: Host,
  asked: readonly Given[],
  { context, onEvent, recipe }: ConnectRequest,
): Promise<Gathered> {
  return context === undefined
    ? host.gather(asked, { recipe, tell: (text) => onEvent?.({ kind: "notice", timeUs: 0, text }) })
    : { context, given: asked };
}

async function attached(
  host: Host,
  { probes, waitMs = 0, uniqueId }: ProbeRequest,
): Promise<readonly DebugProbe[]> {
  if (probes !== undefined) return probes;
  const endMs = performance.now() + waitMs;
  for (;;) {
    const found = await host.listProbes();
    const enough = uniqueId === undefined ? found : fits(found, uniqueId);
    if (enough.length > 0 || performance.now() >= endMs) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Finds the probes that fit. A whole id wins over ids that only contain it. */
function fits(probes: readonly DebugProbe[], wanted: string): readonly DebugProbe[] {
  const part = wanted.toLowerCase();
  const whole = probes.filter(({ uniqueId }) => uniqueId.toLowerCase() === part);
  return whole.length > 0 ? whole : probes.filter(({ uniqueId }) => uniqueId.toLowerCase().includes(part));
}

function absent(probes: readonly DebugProbe[], wanted: string | undefined): ProbeFailure {
  if (wanted === undefined || probes.length === 0) {
    return new ProbeFailure(
      { kind: "no-probe", ...(wanted === undefined ? {} : { wanted }) },
      'no CMSIS-DAP probe is attached; the option probe: "sim:generic-m4" needs none',
    );
  }
  return new ProbeFailure(
    { kind: "no-probe", wanted },
    `no probe fits "${wanted}"; attached:\n${numbered(probes)}`,
  );
}

function undecided(fitting: readonly DebugProbe[], wanted: string | undefined): ProbeFailure {
  return new ProbeFailure(
    { kind: "several-probes", ids: fitting.map(({ uniqueId }) => uniqueId) },
    `several probes ${wanted === undefined ? "are attached" : `fit "${wanted}"`}; ` +
      `choose one with uniqueId, or take the first with returnFirst:\n${numbered(fitting)}`,
  );
}

function numbered(probes: readonly DebugProbe[]): string {
  return probes
    .map(
      ({ description, obstacle }, at) =>
        `  ${at + 1}  ${description}${obstacle === undefined ? "" : ` (${obstacle})`}`,
    )
    .join("\n");
}

async function pick(
  probes: readonly DebugProbe[],
  ask: (question: string) => Promise<string>,
): Promise<DebugProbe | null> {
  const question = `${numbered(probes)}\nWhich probe (1 to ${probes.length}, q quits)? `;
  for (;;) {
    // A function of the caller may return no answer at all.
    const answer = ((await ask(question)) as string | undefined)?.trim() ?? "";
    if (answer === "" || answer.toLowerCase() === "q") return null;
    const chosen = /^\d+$/.test(answer) ? probes[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen;
  }
}
