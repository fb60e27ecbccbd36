/** Every shipped model under every real pack that names its device: what a debugger does all day, and programming where the algorithm is there. */
import { mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DeviceDescription } from "../../src/device/description.ts";
import { sentences } from "../../src/lib/fault.ts";
import { openPack, type OpenedPack } from "../../src/pack/open.ts";
import type { Described } from "../../src/pack/pdsc/describe.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { dbgseq } from "../support/command-line.ts";
import { corpusFiles, corpusPath, corpusText } from "../support/corpus.ts";
import { folderWith } from "../support/folder.ts";

export const STEPS = ["connect", "read", "reset", "reset and halt", "hardware reset and halt"] as const;

export interface Meeting {
  readonly model: string;
  readonly pack: string;
  readonly device: string;
  /** Further devices of the pack that differ in their names only. */
  readonly alike: number;
  readonly pname?: string;
  /** "yes", or why not. */
  readonly steps: Readonly<Record<(typeof STEPS)[number], string>>;
  /** Undefined where the corpus has none of the pack's algorithms for it. */
  readonly flash?: string;
}

const IMAGE_OFFSET = 0x1_0000;
const IMAGE = Uint8Array.from({ length: 0x1000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff);

/** Programming takes minutes, for the cores wait as long as real flash takes. */
export async function meetings({ programs }: { readonly programs: boolean }): Promise<readonly Meeting[]> {
  const met: Meeting[] = [];
  for (const file of [...corpusFiles("pdsc"), ...corpusFiles("packs")]) {
    if (file.endsWith(".pdsc") && !namesModel(corpusText(file).text)) continue;
    const opened = await openPack(corpusPath(file));
    try {
      for (const model of shippedModelNames)
        met.push(...(await meetingsOf(model, file, { opened, programs })));
    } finally {
      await opened.files.close();
    }
  }
  return met;
}

function namesModel(text: string): boolean {
  const lower = text.toLowerCase();
  return shippedModelNames.some((name) => lower.includes(name));
}

async function meetingsOf(
  model: string,
  file: string,
  { opened, programs }: { readonly opened: OpenedPack; readonly programs: boolean },
): Promise<readonly Meeting[]> {
  const met: Meeting[] = [];
  for (const { described, alike } of kindsOf(model, opened)) {
    const { description } = described;
    const device = description.variant ?? description.device;
    for (const pname of new Set(description.processors.map((processor) => processor.pname))) {
      const named = pname === undefined ? {} : { pname };
      const context = new DeviceContext({ ...described, ...named });
      const flash = programs ? await programmed({ model, file, description, device, ...named }) : undefined;
      const common = { model, pack: description.pack.id, device, alike, ...named };
      met.push({
        ...common,
        steps: await debugged(model, context),
        ...(flash === undefined ? {} : { flash }),
      });
    }
  }
  return met;
}

/** Devices that differ in their names alone meet a model once. */
function kindsOf(
  model: string,
  { pack }: OpenedPack,
): readonly { readonly described: Described; readonly alike: number }[] {
  const kinds = new Map<string, { readonly described: Described; alike: number }>();
  for (const { name } of pack?.devices() ?? []) {
    if (!name.toLowerCase().startsWith(model)) continue;
    const described = pack?.describe(name);
    if (described === undefined) continue;
    const { processors, debugs, memories, algorithms, sequences } = described.description;
    const shape = [processors, debugs, memories, algorithms].map((list) =>
      JSON.stringify(list, withoutSpans),
    );
    const key = [...shape, ...sequences.map((sequence) => sequence.name)].join();
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { described, alike: 0 });
    else known.alike += 1;
  }
  return [...kinds.values()];
}

function withoutSpans(key: string, value: unknown): unknown {
  if (key === "span") return undefined;
  return typeof value === "bigint" ? String(value) : value;
}

async function debugged(model: string, context: DeviceContext): Promise<Meeting["steps"]> {
  const session = await openSessionOver(openSimulator({ model }), {
    context,
    layers: [],
    operator: scriptedOperator([]),
    onEvent: () => undefined,
  });
  const steps: Record<string, string> = {};
  const attempt = async (step: (typeof STEPS)[number], work: () => Promise<unknown>): Promise<void> => {
    const connected = step === "connect" || steps["connect"] === "yes";
    steps[step] = connected ? await outcomeOf(work) : "not connected";
  };
  await attempt("connect", () => session.connect());
  await attempt("read", async () => {
    await session.readBytes(startOfMemory(context), 64);
    if (((await session.read(0xe000_ed00, 32)) & 0xff00_0000) >>> 0 !== 0x4100_0000)
      throw new Error("no core");
  });
  await attempt("reset", () => session.reset(undefined));
  await attempt("reset and halt", () => session.reset(undefined, { halt: true }));
  await attempt("hardware reset and halt", () => session.reset("hardware", { halt: true }));
  await session.abandon();
  return steps as Meeting["steps"];
}

/** Of the processor's own, where the pack gives it one. */
function startOfMemory({ description, pname }: DeviceContext): number {
  const readable = (description?.memories ?? []).filter(({ access }) => access.includes("r"));
  const own =
    readable.find((memory) => memory.pname === pname) ??
    readable.find((memory) => memory.pname === undefined);
  return Number(own?.start ?? 0n);
}

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "yes";
  } catch (error) {
    return sentences(error).at(-1) ?? "";
  }
}

interface Programming {
  readonly model: string;
  readonly file: string;
  readonly description: DeviceDescription;
  readonly device: string;
  readonly pname?: string;
}

/** As a user does it, through the pack: beside a description stand the algorithms of the corpus under the names that it uses. */
async function programmed(parts: Programming): Promise<string | undefined> {
  const { model, file, description, device, pname } = parts;
  const algorithms = description.algorithms.filter(
    (algorithm) => algorithm.isDefault && (algorithm.pname === undefined || algorithm.pname === pname),
  );
  const chosen = algorithms.find(
    (algorithm) => file.endsWith(".pack") || inCorpus(algorithm.file) !== undefined,
  );
  if (chosen === undefined) return undefined;
  const folder = folderWith({ "image.bin": IMAGE });
  const pack = file.endsWith(".pack") ? corpusPath(file) : packIn(folder, file, chosen.file);
  const base = Number(chosen.start) + IMAGE_OFFSET;
  const { code, out, err } = await dbgseq(
    ...["flash", join(folder, "image.bin"), "--base", String(base), "--pack", pack, "--device", device],
    ...[...(pname === undefined ? [] : ["--pname", pname]), "--probe", `sim:${model}`, "--no-config"],
  );
  if (code === 0 && out.includes("all verified")) return "yes";
  return (/^error: (.*)/m.exec(err)?.[1] ?? out).replaceAll(folder, "");
}

function inCorpus(algorithm: string): string | undefined {
  const wanted = basename(algorithm).toLowerCase();
  return corpusFiles("flm").find((file) => file.toLowerCase().endsWith(`__${wanted}`));
}

function packIn(folder: string, file: string, algorithm: string): string {
  const path = join(folder, basename(file));
  symlinkSync(corpusPath(file), path);
  const place = join(folder, algorithm);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(corpusPath(inCorpus(algorithm) ?? ""), place);
  return path;
}
