/** The only places where a run waits (wire rule 17), each with its reason. */
import { describe, expect, test } from "vitest";
import { DEFAULTS, run, syncs, type Setup } from "./support/run.ts";

const CASES: readonly (readonly [text: string, reasons: readonly string[], setup?: Setup])[] = [
  ["Write32(0xA, 1); Write32(0xB, 1); WriteDP(4, 1);", ["end of sequence"]],
  ["Read32(0xA); __var x; x + Read32(0xB);", ["end of sequence"]],
  ["__var x = Read32(0xA);", ["value used"]],
  ["__var x = Write32(0xA, 1) + 1;", ["end of sequence"]],
  ["Write32(0xA, Read32(0xB) | 1);", ["value used", "end of sequence"]],
  ["if (Read32(0xA)) { Write32(0xB, 1); }", ["value used"]],
  ["while (Read32(0xA) == 0) timeout 3us;", ["value used", "value used", "value used"]],
  ['Write32(0xA, 1); Message(0, "note"); Message(1, "warning");', ["end of sequence"]],
  ['Write32(0xA, 1); Message(2, "error");', ["message abort"]],
  ['Write32(0xA, 1); Query(0, "?", 1);', ["query"]],
  ['Write32(0xA, 1); __var x = QueryValue("?", 1); Write32(0xB, x);', ["query", "end of sequence"]],
  ['Query(0, "nothing is pending", 1);', []],
  ["Write32(0xA, 1); while (1) timeout 1s;", ["host wait"]],
  ["Write32(0xA, 1); __errorcontrol = 1; Write32(0xA, 1);", ["error control", "end of sequence"]],
  ["DAP_Delay(5);", ["delay"], { room: 1 }],
  ["DAP_SWJ_Pins(0, 0x80, 0);", ["line command"], { room: 1 }],
  ["DAP_JTAG_Sequence(1, 0, 0); DAP_WriteABORT(4);", ["line command", "line command"], { room: 1 }],
  ["Write32(0xA, 1); Write32(0xB, 1); Write32(0xC, 1);", ["queue full", "end of sequence"], { room: 2 }],
];

for (const [text, reasons, setup] of CASES) {
  test(text, async () => {
    expect(syncs(await run(text, setup))).toEqual(reasons);
  });
}

test("the order on the wire is the order of the text, however often the queue is full", async () => {
  const ran = await run("__var i = 0; while (i < 5) { Write32(0x10 + i, i); i += 1; }", { room: 2 });
  expect(ran.log.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => `Write32(0x1${i}, 0x${i})`));
});

describe("queries", () => {
  test("get their type, text and default, and yield the answer", async () => {
    const asked: unknown[] = [];
    const operator = {
      ...DEFAULTS,
      query: (...[type, message, fallback]: [number, string, bigint, unknown]): Promise<bigint> => {
        asked.push([type, message, fallback]);
        return Promise.resolve(3n);
      },
    };
    const ran = await run('__var x = Query(1, "Erase\\tall?", 4);', { operator });
    expect(asked).toEqual([[1, "Erase\tall?", 4n]]);
    expect(ran.values["x"]).toBe(3n);
  });

  test("without an answer end the run with the reason", async () => {
    const operator = { ...DEFAULTS, query: () => Promise.reject(new Error("the terminal is gone")) };
    const ran = await run('Query(1, "?", 4);', { operator });
    expect(ran.fault?.kind).toBe("operator-failed");
    expect(ran.sentences.at(-1)).toBe("the terminal is gone");
  });

  test("end at once when the run is interrupted", async () => {
    const controller = new AbortController();
    const operator = {
      ...DEFAULTS,
      query: (): Promise<bigint> => {
        setImmediate(() => {
          controller.abort();
        });
        return new Promise(() => undefined);
      },
    };
    const ran = await run('Query(1, "?", 4);', { operator, signal: controller.signal });
    expect(ran.fault?.kind).toBe("interrupted");
  });
});

test("an interruption before the start sends nothing", async () => {
  const ran = await run("Write32(0xA, 1);", { signal: AbortSignal.abort() });
  expect(ran.fault?.kind).toBe("interrupted");
  expect(ran.log).toEqual([]);
});
