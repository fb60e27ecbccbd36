/** Carries out the cases of the conformance data and yields what came of them, as data to compare. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { VirtualClock } from "../../src/lib/clock.ts";
import type { InterpreterEvent } from "../../src/interpreter/events.ts";
import { InterpreterFailure } from "../../src/interpreter/faults.ts";
import type { Operator } from "../../src/interpreter/ports.ts";
import { runSequence } from "../../src/interpreter/run/run.ts";
import { Source } from "../../src/lib/source.ts";
import { readPdsc } from "../../src/pack/pdsc/pdsc.ts";
import type { Described } from "../../src/pack/pdsc/describe.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { openHost } from "../../src/host/effects/host.ts";
import { parseGrant } from "../../src/options/grants.ts";
import { packFindings } from "../../src/lint/pack-findings.ts";
import { ENVIRONMENT, DEFAULTS } from "../interpreter/support/run.ts";
import { MemoryTarget, type Answer } from "../interpreter/support/target.ts";
import { fixture } from "../session/support.ts";
import type { DescribeCase, FlowCase, RunCase, ValueCase } from "./schema.ts";

const DEVICE = `<processor Dcore="Cortex-M4"/><memory name="ram" access="rwx" start="0x20000000" size="0x10000"/>`;

interface Parts {
  readonly family?: string | undefined;
  readonly sequences?: string | undefined;
  readonly device?: string | undefined;
}

function read({ family = "", sequences = "", device = DEVICE }: Parts): ReturnType<typeof readPdsc> {
  const inside = sequences === "" ? "" : `<sequences>${sequences}</sequences>`;
  const text = `<package schemaVersion="1.7.60"><vendor>V</vendor><name>N</name><releases><release version="1.0.0"/></releases>
    <devices><family Dfamily="F" Dvendor="Arm:82">${family}${inside}<device Dname="D">${device}</device></family></devices></package>`;
  return readPdsc(new Source("case.pdsc", text));
}

function describedBy(parts: Parts): Described {
  const { pack, diagnostics } = read(parts);
  const described = pack?.describe("D");
  if (described === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return described;
}

/** A part of the description, as JSON has it: numbers where they are exact. */
export function describeDevice({ family, device }: DescribeCase): unknown {
  const { description } = describedBy({ family, device });
  return JSON.parse(
    JSON.stringify(description, (key, value: unknown) =>
      key === "span" || key === "origin" ? undefined : typeof value === "bigint" ? Number(value) : value,
    ),
  );
}

export async function evaluate({ value, family, with: given }: ValueCase): Promise<bigint | undefined> {
  const ran = await run({ block: `__var case_value = ${value};`, family, with: given });
  if (ran.fails !== undefined) throw new Error(ran.fails);
  return ran.values["case_value"];
}

export interface Ran {
  readonly accesses: readonly string[];
  readonly messages: readonly string[];
  readonly values: Readonly<Record<string, bigint>>;
  readonly written: Readonly<Record<string, string | undefined>>;
  readonly elapsedUs: number;
  readonly fails: string | undefined;
}

/** Codes of what a check says, each once. */
export interface Findings {
  readonly errors: readonly string[];
  readonly warningsToo: readonly string[];
  readonly notes: readonly string[];
}

export function findingsOf(one: RunCase): Findings {
  const found = packFindings(
    read({ family: one.family, sequences: sequencesOf(one), device: deviceOf(one) }),
  );
  const codes = (...severities: readonly string[]): readonly string[] =>
    [
      ...new Set(found.filter(({ severity }) => severities.includes(severity)).map(({ code }) => code)),
    ].sort();
  return { errors: codes("error"), warningsToo: codes("error", "warning"), notes: codes("note") };
}

function sequencesOf({ block, sequences }: RunCase): string {
  if (block === undefined) return sequences ?? "";
  return `<sequence name="Case"><block><![CDATA[${block}]]></block></sequence>${sequences ?? ""}`;
}

function deviceOf({ pname }: RunCase): string | undefined {
  if (pname === undefined) return undefined;
  return `<processor Pname="A" Dcore="Cortex-M4"/><processor Pname="B" Dcore="Cortex-M0+"/>
    <debug Pname="A" __ap="0"/><debug Pname="B" __ap="1"/>`;
}

const LEVELS = ["info", "warning", "error"] as const;

export async function run(one: RunCase): Promise<Ran> {
  const { description, inSequence } = describedBy({
    family: one.family,
    sequences: sequencesOf(one),
    device: deviceOf(one),
  });
  const context = new DeviceContext({
    description,
    inSequence,
    ...(one.pname === undefined ? {} : { pname: one.pname }),
  });
  const clock = new VirtualClock();
  const left = new Map(Object.entries(one.answers ?? {}).map(([key, list]) => [key, [...list]]));
  const target = new MemoryTarget({ answer: (shown) => next(left.get(shown)) }, clock);
  const events: InterpreterEvent[] = [];
  const project = mkdtempSync(join(tmpdir(), "dbgseq-test-"));
  const startedUs = clock.nowUs();
  let fails: string | undefined;
  try {
    for (const [name, text] of Object.entries(one.files ?? {})) write(join(project, name), text);
    const host = await openHost({
      grants: (one.allow ?? []).flatMap((text) => parseGrant(text) ?? []),
      cwd: project,
      places: {
        project,
        projectName: "case",
        output: join(project, "out", "case.elf"),
        pack: project,
        device: "D",
      },
      env: process.env,
    });
    await runSequence(one.run === undefined || one.run === false ? "Case" : one.run, {
      access: target,
      sequences: context,
      debugVars: context.debugVars,
      operator: operatorOf(one.user),
      environment: {
        ...ENVIRONMENT,
        __ap: BigInt(context.ap),
        __dp: BigInt(context.dp),
        __apid: BigInt(context.apid),
        ...Object.fromEntries(Object.entries(one.with ?? {}).map(([name, value]) => [name, BigInt(value)])),
      },
      host,
      clock,
      deadlineUs: 60_000_000,
      onEvent: (event) => void events.push(event),
    }).catch((error: unknown) => {
      if (!(error instanceof InterpreterFailure)) throw error;
      fails = error.fault.kind;
    });
    return {
      accesses: target.log.filter((line) => !line.startsWith("--")),
      messages: events.flatMap((event) =>
        event.kind === "message" ? [`${LEVELS[event.level]}: ${event.text}`] : [],
      ),
      values: Object.fromEntries(
        events.flatMap((event) => (event.kind === "assign" ? [[event.name, event.value] as const] : [])),
      ),
      written: Object.fromEntries(
        Object.keys(one.written ?? {}).map((name) => [name, contentOf(join(project, name))]),
      ),
      elapsedUs: clock.nowUs() - startedUs,
      fails,
    };
  } finally {
    rmSync(project, { recursive: true });
  }
}

function next(list: (number | bigint | "fault")[] | undefined): Answer | undefined {
  if (list === undefined) return undefined;
  const value = list.length > 1 ? list.shift() : list[0];
  return value === undefined || value === "fault" ? value : BigInt(value);
}

function operatorOf(user: readonly (number | bigint)[] | undefined): Operator {
  if (user === undefined) return DEFAULTS;
  const left = user.map((value) => BigInt(value));
  const answer = (): Promise<bigint> => Promise.resolve(left.shift() ?? 0n);
  return { query: answer, queryValue: answer };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (text.startsWith("#!")) chmodSync(path, 0o755);
}

function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "latin1") : undefined;
}

/** On a simulated device; the debugger's own steps are the session's. */
export async function flow(one: FlowCase): Promise<{
  readonly entered: readonly string[];
  readonly messages: readonly string[];
}> {
  const { description, inSequence } = describedBy(one);
  const { session, entered, messages } = await fixture({
    parts: { description, inSequence },
    settings: one.settings ?? {},
  });
  for (const step of one.flow) {
    if (step === "connect") await session.connect();
    else if (step === "disconnect") await session.disconnect();
    else await session.reset(undefined, { halt: step === "reset-halt" });
  }
  return { entered: entered(), messages: messages() };
}
