/** Every call and every constructor of the public pages refuses what it cannot take, before anything is opened. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import * as browser from "../../src/browser.ts";
import * as node from "../../src/index.ts";
import * as sim from "../../src/sim.ts";
import {
  BEYOND_TYPES,
  NOT_CHECKED,
  opened,
  OWN_PARTS,
  RIGHT,
  RIGHT_FIRST,
  RIGHT_LATER,
  WRONG,
  type Kind,
} from "./right-arguments.ts";

type Call = (...given: readonly unknown[]) => unknown;
type Made = new (...given: readonly unknown[]) => unknown;

const ALL = Object.keys(WRONG) as Kind[];

const CALLS = new Map<string, Call>();
for (const page of [node, browser, sim])
  for (const [name, value] of Object.entries(page) as [string, unknown][]) {
    if (typeof value === "function") CALLS.set(name, callOf(value as Call));
    if (name === "ConnectHelper" || isTable(value))
      for (const [member, one] of Object.entries(value as object))
        if (typeof one === "function") CALLS.set(`${name}.${member}`, one as Call);
  }

function isTable(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some((one) => typeof one === "function")
  );
}

function callOf(value: Call): Call {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  const call: Call = isClass ? (...given) => new (value as unknown as Made)(...given) : value;
  return Object.assign((...given: readonly unknown[]) => call(...given), { wrapped: value });
}

async function kindOf(call: Call, given: readonly unknown[]): Promise<string> {
  try {
    const result = await call(...given);
    await firstOf(result);
    return "nothing was refused";
  } catch (error) {
    return error instanceof node.Failure ? (error as node.Failure).fault.kind : String(error);
  }
}

async function firstOf(result: unknown): Promise<void> {
  if (typeof result === "object" && result !== null && Symbol.asyncIterator in result)
    await (result as AsyncGenerator).next();
}

const REFUSED = ["bad-argument", "unknown-session-option"];

test("each call refuses a wrong first argument", async () => {
  const passed: string[] = [];
  for (const [name, call] of CALLS) {
    if (name in NOT_CHECKED) continue;
    for (const kind of ALL) {
      if (RIGHT_FIRST[name]?.includes(kind) === true) continue;
      const found = await kindOf(call, kind === "nothing" ? [] : [WRONG[kind]]);
      if (!REFUSED.includes(found)) passed.push(`${name}(${kind}): ${found}`);
    }
  }
  expect(CALLS.size).toBeGreaterThan(90);
  expect(passed).toEqual([]);
});

test("each call refuses a wrong argument after right ones", async () => {
  const passed: string[] = [];
  for (const [name, right] of Object.entries(RIGHT)) {
    const call = CALLS.get(name);
    if (call === undefined) passed.push(`${name} is not exported`);
    else
      for (let at = 1; at < right.length; at++)
        for (const kind of ALL) {
          if (kind === "nothing" || RIGHT_LATER[name]?.[at]?.includes(kind) === true) continue;
          const given = right.map((one, index) => (index === at ? WRONG[kind] : one));
          const found = await kindOf(call, given);
          if (!REFUSED.includes(found)) passed.push(`${name}, argument ${at + 1} (${kind}): ${found}`);
        }
  }
  expect(passed).toEqual([]);
});

test("each call takes its right arguments", async () => {
  const refused: string[] = [];
  for (const [name, right] of Object.entries(RIGHT)) {
    const call = CALLS.get(name) as Call;
    if (!REFUSED.includes(await kindOf(call, right))) continue;
    const why = await messageOf(call, right);
    if (why !== BEYOND_TYPES[name]) refused.push(`${name}: ${why}`);
  }
  // Those that work on a target opened the probe.
  opened.times = 0;
  expect(refused).toEqual([]);
});

test("each key of an argument is refused with a wrong value, and when it is misspelt", async () => {
  const passed: string[] = [];
  let keys = 0;
  for (const [name, right] of Object.entries(RIGHT))
    for (const [at, one] of right.entries()) {
      const withKeys = async (more: object): Promise<string> => {
        const given = right.map((other, index) => (index === at ? { ...(one as object), ...more } : other));
        return messageOf(CALLS.get(name) as Call, given);
      };
      for (const key of keysIn(await withKeys({ qqqqqqqqqqqqqqqq: 1 }))) {
        keys++;
        const wrong = await withKeys({ [key]: Symbol("wrong") });
        if (!wrong.includes(`${key} must be`)) passed.push(`${name}, ${key}: ${wrong}`);
        const misspelt = await withKeys({ [`${key}x`]: 1 });
        if (!misspelt.includes(`did you mean "${key}"`)) passed.push(`${name}, ${key}x: ${misspelt}`);
      }
    }
  expect(keys).toBeGreaterThan(100);
  expect(passed).toEqual([]);
});

function keysIn(message: string): readonly string[] {
  const [, known] = /unknown option "qqqqqqqqqqqqqqqq"; known: (.*)/.exec(message) ?? [];
  return known?.split(", ") ?? [];
}

async function messageOf(call: Call, given: readonly unknown[]): Promise<string> {
  try {
    const result = await call(...given);
    await firstOf(result);
    return "nothing was refused";
  } catch (error) {
    return (error as Error).message;
  }
}

/** A session that works, unlike the one of the right arguments. */
async function openSession(): Promise<node.Session> {
  const probes = [node.simulatedProbe({ model: "generic-m4" })];
  return (await node.ConnectHelper.sessionWithChosenProbe({ probes, config: false })) as node.Session;
}

test("each job refuses a session that is open", async () => {
  const session = await openSession();
  const jobs = Object.entries(RIGHT).filter(
    ([name, [first]]) => first instanceof node.Session && !/^[A-Z]/.test(name) && !(name in BEYOND_TYPES),
  );
  const found: Record<string, string> = {};
  for (const [name, [, ...others]] of jobs)
    found[name] = await messageOf(CALLS.get(name) as Call, [session, ...others]);
  await session.close();
  expect(jobs.length).toBeGreaterThan(12);
  const refused = "the session is open; a whole run needs one that is not";
  expect(found).toEqual(Object.fromEntries(jobs.map(([name]) => [name, refused])));
});

test("the objects of a session that is closed say so", async () => {
  const session = await openSession();
  await session.close();
  const data = Uint8Array.of(1);
  const calls: Readonly<Record<string, Call>> = {
    board: () => session.board,
    run: () => session.run("ResetSystem"),
    sleep: () => session.sleep(1),
    FileProgrammer: () =>
      new node.FileProgrammer(session).program({ name: "x.bin", bytes: data }, { base: 0 }),
    FlashEraser: () => new node.FlashEraser(session, "sector").erase([0]),
    FlashLoader: () => new node.FlashLoader(session).addData(0, data).commit(),
  };
  for (const [name, call] of Object.entries(calls))
    expect([name, await kindOf(call, [])]).toEqual([name, "not-open"]);
});

test("each call with several parameters has its right arguments here", () => {
  const several = [...CALLS]
    .filter(([name]) => !(name in NOT_CHECKED) && !OWN_PARTS.includes(name))
    .filter(([, call]) => parametersOf((call as { readonly wrapped?: Call }).wrapped ?? call) > 1)
    .map(([name]) => name);
  expect(several.length).toBeGreaterThan(30);
  expect(several.filter((name) => !(name in RIGHT))).toEqual([]);
});

/** As its text gives them, for `length` leaves out those with a default. */
function parametersOf(call: Call): number {
  const [, list = ""] =
    /\(([^)]*)/.exec(Function.prototype.toString.call(call).replace(/^class[^]*?constructor/, "")) ?? [];
  return list.split(",").filter((one) => one.trim() !== "").length;
}

test("an exception names a call that exists", () => {
  const named = [...Object.keys(NOT_CHECKED), ...Object.keys(RIGHT_FIRST), ...OWN_PARTS];
  expect(named.filter((name) => !CALLS.has(name))).toEqual([]);
});

test("a refused call opens no probe and writes no file", () => {
  expect(opened.times).toBe(0);
  expect(["nonsense", "nowhere"].filter((path) => existsSync(path))).toEqual([]);
});
