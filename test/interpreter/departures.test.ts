/** Inputs on which pyOCD 0.45 departs from the specification; each shows what the specification says. */
import { describe, expect, test } from "vitest";
import { eventsOf, messages, run } from "./support/run.ts";

const U64_MAX = 0xffff_ffff_ffff_ffffn;

async function x(text: string): Promise<bigint | undefined> {
  const ran = await run(text);
  expect(ran.sentences).toEqual([]);
  return ran.values["x"];
}

describe("values are unsigned 64-bit", () => {
  test("`__var x = 0 - 1;` is 2^64 - 1", async () => {
    expect(await x("__var x = 0 - 1;")).toBe(U64_MAX);
  });

  test("`y=5; x = 0 - y;` wraps", async () => {
    expect(await x("__var x; __var y = 0; y = 5; x = 0 - y;")).toBe(0xffff_ffff_ffff_fffbn);
  });

  test("`y=0; x = (y-1) > 0;` is true", async () => {
    expect(await x("__var x; __var y = 0; x = (y - 1) > 0;")).toBe(1n);
  });

  test("`x = ~0 + 1;` is 0", async () => {
    expect(await x("__var x; x = ~0 + 1;")).toBe(0n);
  });

  test("`y=5; x = y || 0;` is 1, not 5", async () => {
    expect(await x("__var x; __var y = 5; x = y || 0;")).toBe(1n);
  });
});

describe("accesses happen exactly where the text asks for them", () => {
  test("`x = Read32(a) & 0;` reads", async () => {
    expect((await run("__var x; x = Read32(0x10) & 0;")).log).toEqual(["Read32(0x10)"]);
  });

  test("`Read32(a) & 0;` reads, though the value is not needed", async () => {
    expect((await run("Read32(0x10) & 0;")).log).toEqual(["Read32(0x10)", "-- end of sequence"]);
  });

  test("`en && Read32(a)` does not read when en is 0", async () => {
    const ran = await run("__var en = 0; __var x = en && Read32(0x10); __var y = !en && Read32(0x20);");
    expect(ran.log).toEqual(["Read32(0x20)"]);
  });

  test("`c || Read32(a)` does not read when c is not 0", async () => {
    expect((await run("__var c = 2; __var x = c || Read32(0x10);")).log).toEqual([]);
  });

  test("`c ? Read32(a) : Read32(b)` reads once", async () => {
    const ran = await run("__var c = 0; __var x = c ? Read32(0xA) : Read32(0xB); x = !c ? Read32(0xC) : 1;");
    expect(ran.log).toEqual(["Read32(0xB)", "Read32(0xC)"]);
  });

  test("`DAP_SWJ_Pins(0x80,0x80,1000000)` hands the wait to the access", async () => {
    expect((await run("__var x = DAP_SWJ_Pins(0x80, 0x80, 1000000);")).log).toEqual([
      "DAP_SWJ_Pins(0x80, 0x80, 0xF4240)",
    ]);
  });
});

describe("a sequence can give up", () => {
  test('`Message(2,"stop"); x=2;` aborts the sequence and all its callers', async () => {
    const ran = await run(`
      sequence Outer { Sequence("Inner"); Write32(0x20, 2); }
      sequence Inner { Write32(0x10, 1); Message(2, "stop"); Write32(0x14, 1); }`);
    expect(ran.log).toEqual(["Write32(0x10, 0x1)", "-- message abort"]);
    expect(ran.fault).toMatchObject({ kind: "message-abort", text: "stop", site: { sequence: "Inner" } });
  });

  test("`__Result = -1` fails, once the outermost sequence has returned", async () => {
    const ran = await run("sequence FlashProgramPage { __Result = -1; Write32(0x10, 1); }");
    expect(ran.log).toEqual(["Write32(0x10, 0x1)", "-- end of sequence"]);
    expect(ran.fault).toMatchObject({ kind: "sequence-failed", value: U64_MAX });
  });

  test("a `while` whose condition never changes ends visibly", async () => {
    const ran = await run("while (Read32(0x10) == 0) timeout 1ms; Write32(0x20, 1);");
    const [expiry] = eventsOf(ran, "timeout");
    expect(expiry).toMatchObject({ limitUs: 1000, value: 1n, sleep: false });
    expect(ran.log.at(-2)).toBe("Write32(0x20, 0x1)");
  });
});

describe("texts are checked", () => {
  test('`Message(0,"%llx",x)`, `%llu`, `%b` print, and `%x` is cut to 32 bit', async () => {
    const ran = await run('Message(0, "%llx %llu %b %x", 0x123456789, 0x123456789, 5, 0x123456789);');
    expect(messages(ran)).toEqual(["123456789 4886718345 101 23456789"]);
  });

  test("`__var x=1; __var x=2;` is a redefinition", async () => {
    const ran = await run("__var x = 1; __var x = 2;");
    expect(ran.fault).toMatchObject({ kind: "redefinition", name: "x" });
  });

  test("`x = 7;` does not create a variable", async () => {
    expect((await run("x = 7;")).fault).toMatchObject({ kind: "undeclared-variable", name: "x" });
  });

  test('`Sequence("Nope")` is a fault with a place', async () => {
    const ran = await run('__var x = 1;\nSequence("Nope");');
    expect(ran.fault).toMatchObject({ kind: "unknown-sequence", name: "Nope" });
    expect(ran.sentences).toEqual([
      'test.seq:2:1: in the script: no sequence "Nope" is defined for this device and processor',
    ]);
  });
});

describe("an atomic block stays atomic", () => {
  test("if the probe cannot run it, the sequence aborts with the probe's reason", async () => {
    const ran = await run("atomic { Write32(0x10, 1); } Write32(0x20, 1);", { noAtomic: "no such command" });
    expect(ran.log).toEqual([]);
    expect(ran.fault?.kind).toBe("access-failed");
    expect(ran.sentences.at(-1)).toBe("no such command");
  });
});

test("Ctrl-C ends a run as interrupted", async () => {
  const controller = new AbortController();
  setImmediate(() => {
    controller.abort();
  });
  const ran = await run("while (1) { Write32(0x10, 1); }", { signal: controller.signal, silent: true });
  expect(ran.fault?.kind).toBe("interrupted");
});
