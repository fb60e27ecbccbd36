/** Builds the request that opens a session from what was gathered and what the caller wants. Opens nothing. */
import type { Grant } from "../device/guarded/index.ts";
import { strongest } from "../options/resolve.ts";
import type { ReadPackFile } from "../pack/files/pack-files.ts";
import type { OpenRequest } from "../session/assemble.ts";
import type { SessionEvent } from "../session/flow/events.ts";
import { DEFAULTS, scriptedOperator } from "../session/operator.ts";
import { optional, signal, thing, work, yesOrNo } from "./arguments.ts";
import type { Operator } from "./asking-operator.ts";
import type { Gathered, Host } from "./host.ts";

export type { Grant };

/** The caller's wishes for a session beyond its options. */
export interface SessionWishes {
  /** Reads a file that the description of `context` names: its flash algorithms. */
  readonly readPackFile?: ReadPackFile;
  /**
   * Answers the queries of sequences that no answer of the option `answers` fits. Without it, a query that can be
   * answered in two ways ends the run (`no-answer`).
   */
  readonly operator?: Operator | undefined;
  /**
   * Consents to what erases everything that the device holds. Never comes from a file or the environment, as the
   * next three.
   */
  readonly mayErase?: boolean;
  /** Consents to what locks debuggers out until everything is erased: protection words, security bits. */
  readonly mayLock?: boolean;
  /** Consents to what cannot be undone: RDP level 2, CRP3, one-time programmable memory. */
  readonly mayLockForever?: boolean;
  /**
   * Asks a person for a missing consent before it is needed. `grant` names it, `model=FILE` for the code of a simulated
   * device; `does` completes "This ...".
   */
  readonly consent?: ((grant: Grant | `model=${string}`, does: string) => Promise<boolean>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with everything that happens, in order. */
  readonly onEvent?: (event: SessionEvent) => void;
  /** `onEvent` need not hear of turns of a waiting loop that are like the one before. By default it hears of all. */
  readonly leavesOutRepeats?: boolean;
}

/** Checks what a session is opened with, by name. */
export const WISHES = {
  readPackFile: optional(work),
  operator: optional(
    thing("an Operator, as askingOperator makes it", { query: "function", queryValue: "function" }),
  ),
  mayErase: optional(yesOrNo),
  mayLock: optional(yesOrNo),
  mayLockForever: optional(yesOrNo),
  consent: optional(work),
  signal,
  onEvent: optional(work),
  leavesOutRepeats: optional(yesOrNo),
} satisfies Record<keyof SessionWishes, unknown>;

const GRANTS: readonly Grant[] = ["erase", "lock", "lock=forever"];

export function openRequest(
  wishes: SessionWishes,
  gathered: Gathered,
  readFile: Host["readFile"],
): OpenRequest {
  const { signal, onEvent, consent, leavesOutRepeats } = wishes;
  const { given, readText, openState, loadModel } = gathered;
  const readPackFile = wishes.readPackFile ?? gathered.readPackFile;
  const svd = strongest("svd", given)?.value;
  const waitMs = strongest("waitMs", given)?.value;
  return {
    context: gathered.context,
    layers: given,
    operator: operatorOf(wishes, gathered),
    consent: { granted: grantedBy(wishes, gathered), ...(consent === undefined ? {} : { ask: consent }) },
    ...(svd === undefined ? {} : { svd: { path: svd, read: () => readFile(svd) } }),
    ...(readPackFile === undefined ? {} : { readPackFile }),
    ...(readText === undefined ? {} : { readText }),
    ...(openState === undefined ? {} : { openState }),
    ...(loadModel === undefined ? {} : { loadModel: (path) => loadModel(path, consent) }),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(leavesOutRepeats === undefined ? {} : { leavesOutRepeats }),
  };
}

/** Answers given in advance come first, then a person; with `batch`, each query takes its own default. */
function operatorOf({ operator }: SessionWishes, { given }: Gathered): Operator {
  const isBatch = strongest("batch", given)?.value === true;
  return scriptedOperator(strongest("answers", given)?.value ?? [], isBatch ? DEFAULTS : operator);
}

function grantedBy(
  { mayErase, mayLock, mayLockForever }: SessionWishes,
  { given }: Gathered,
): readonly Grant[] {
  const allowed = strongest("allow", given)?.value ?? [];
  const said = { erase: mayErase, lock: mayLock, "lock=forever": mayLockForever };
  return GRANTS.filter((grant) => said[grant] === true || allowed.includes(grant));
}
