/**
 * Loads a simulated device that is code (`sim:./chip.mjs`). The code runs in this process with all that its user may
 * do, so it is loaded only after consent, by the real path that was consented to.
 */
import * as nodeModule from "node:module";
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../../lib/fault.ts";
import { SessionFailure } from "../../project/faults.ts";
import type { CodeModel } from "../../session/assemble.ts";
import { CODE_ENDINGS } from "../../session/probe/code-model.ts";
import type { ModelFault } from "../../simulator/faults.ts";
import { isModel, type Model } from "../../simulator/model/define-model.ts";
import type { Gate } from "../effects/gate.ts";
import { resolveNative } from "../effects/resolve.ts";
import { unreadable } from "./input-files.ts";

/** Asks a person. `does` completes "This ...". */
export type AskForModel = (grant: `model=${string}`, does: string) => Promise<boolean>;

export interface CodeModelConsent {
  readonly gate: Gate;
  readonly ask?: AskForModel | undefined;
}

/** Throws `unreadable-file`, `not-allowed` without consent, and `bad-model-code` for code that gives no model. */
export async function loadCodeModel(name: string, { gate, ask }: CodeModelConsent): Promise<CodeModel> {
  const { path } = await resolveNative(name, process.cwd());
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  if (!found.isFile()) throw bad(name, "not a regular file");
  const ending = extname(path).toLowerCase();
  if (!CODE_ENDINGS.includes(ending))
    throw bad(name, `a model in code must end in ${CODE_ENDINGS.join(", ")}`);
  if (!gate.covers("model", { path, exists: true })) await mustConsent(name, path, ask);
  if (/ts$/.test(ending) && !stripsTypes())
    throw bad(
      name,
      `Node ${process.versions.node} does not run TypeScript: use Node 22.18 or newer, or .mjs`,
    );
  const blame = blamer(name, path);
  const { url, release } = await withOwnNames(path);
  try {
    const exported = await (import(url) as Promise<Readonly<Record<string, unknown>>>).catch(
      (error: unknown) => {
        throw failed(name, path, { error, when: "while it was loaded" });
      },
    );
    return { model: blaming(modelIn(name, exported), blame), blame };
  } finally {
    release();
  }
}

async function mustConsent(name: string, path: string, ask: AskForModel | undefined): Promise<void> {
  const does = `runs the code of ${path} in this process, with all rights of its user`;
  const allow = `model=${path}` as const;
  if ((await ask?.(allow, does)) === true) return;
  throw new SessionFailure(
    { kind: "not-allowed", effect: "model", path, allow },
    `sim:${name} is code that would run in this process with all rights of its user: consent is needed`,
  );
}

function modelIn(name: string, exported: Readonly<Record<string, unknown>>): Model {
  const key = ["default", "model"].find((one) => Object.hasOwn(exported, one));
  if (key === undefined) {
    const others = Object.keys(exported).join(", ");
    throw bad(
      name,
      `exports no model: a default export or "model" is expected (it exports ${others || "nothing"})`,
    );
  }
  const value = exported[key];
  if (isModel(value)) return value;
  throw bad(name, `its export "${key}" must be what defineModel of dbgseq/sim returned`);
}

/** The same model, whose mistakes while it is built have its name. */
function blaming(model: Model, blame: CodeModel["blame"]): Model {
  return {
    ...model,
    create: (given, around) => {
      try {
        return model.create(given, around);
      } catch (error) {
        throw blame(error, "while the device was built");
      }
    },
  };
}

function blamer(name: string, path: string): CodeModel["blame"] {
  return (error, when) =>
    error instanceof Failure || placeIn(error, path) === undefined
      ? error
      : failed(name, path, { error, when });
}

function failed(
  name: string,
  path: string,
  { error, when }: { readonly error: unknown; readonly when: string },
): Failure<ModelFault> {
  if (error instanceof Failure) return error as Failure<ModelFault>;
  const place = placeIn(error, path);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return bad(name, `the code failed ${when}${place === undefined ? "" : `, at ${place}`}: ${text}`);
}

/** Returns `chip.mjs:12:5` if an error came from the file. */
function placeIn(error: unknown, path: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const url = pathToFileURL(path).href;
  const at = stack.indexOf(`${url}:`);
  if (at < 0) return undefined;
  const place = /^:\d+(?::\d+)?/.exec(stack.slice(at + url.length))?.[0];
  return place === undefined ? undefined : `${basename(path)}${place}`;
}

function bad(name: string, reason: string): Failure<ModelFault> {
  return new Failure({ kind: "bad-model-code", path: name, reason }, `sim:${name}: ${reason}`);
}

function stripsTypes(): boolean {
  const { typescript = false } = process.features as { readonly typescript?: string | false };
  return typescript !== false;
}

type Resolve = (
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => object,
) => object;

/** Newer versions of Node have hooks in the thread of the code; older ones have them in a thread of their own. */
const { registerHooks, register } = nodeModule as unknown as {
  readonly registerHooks?: (hooks: { readonly resolve: Resolve }) => { deregister(): void };
  readonly register?: (hooks: string, options: { readonly data: unknown }) => void;
};

const OWN_NAME = "dbgseq/sim";
let isRegistered = false;

/**
 * Makes `dbgseq/sim` in a model's code this program's own, so that a file needs no package beside it and meets no
 * other version.
 */
async function withOwnNames(path: string): Promise<{ readonly url: string; readonly release: () => void }> {
  const url = pathToFileURL(path).href;
  const own = await ownPage();
  if (registerHooks !== undefined) {
    const hooks = registerHooks({
      resolve: (specifier, context, next) =>
        specifier === OWN_NAME
          ? { url: own, format: "module", shortCircuit: true }
          : next(specifier, context),
    });
    return {
      url,
      release: () => {
        hooks.deregister();
      },
    };
  }
  if (!isRegistered) register?.(asUrl(HOOKS), { data: own });
  isRegistered = true;
  return { url, release: () => undefined };
}

const HOOKS = `let own;
  export function initialize(url) { own = url; }
  export function resolve(specifier, context, next) {
    return specifier === ${JSON.stringify(OWN_NAME)} ? { url: own, format: "module", shortCircuit: true } : next(specifier, context);
  }`;

let page: string | undefined;

/** A module whose exports are those that this process has loaded already. */
async function ownPage(): Promise<string> {
  if (page !== undefined) return page;
  const names = await import("../../simulator/page.ts");
  const key = `dbgseq/sim ${randomUUID()}`;
  Object.defineProperty(globalThis, Symbol.for(key), { value: names });
  const text = `export const { ${Object.keys(names).join(", ")} } = globalThis[Symbol.for(${JSON.stringify(key)})];`;
  page = asUrl(text);
  return page;
}

function asUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}
