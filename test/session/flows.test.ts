import { describe, expect, test } from "vitest";
import { sentences } from "../../src/lib/fault.ts";
import { fixture, exitCodeOf } from "./support.ts";

const SHOW_CONNECTION = (name: string): string =>
  `sequence ${name} { Message(0, "%x %x", __connection, __protocol); }`;

describe("wire rule 18: run NAME", () => {
  test("a sequence of the connect flow runs the flow up to it, once", async () => {
    const { session, entered } = await fixture({
      seq: 'sequence DebugDeviceUnlock { Message(0, "unlocked"); }',
    });
    await session.runOnce("DebugDeviceUnlock");
    expect(entered()).toEqual(["DebugPortSetup", "DebugPortStart", "DebugDeviceUnlock", "DebugPortStop"]);
  });

  test("any other sequence runs between attach and disconnect", async () => {
    const { session, entered } = await fixture({ seq: 'sequence Mine { Message(0, "mine"); }' });
    await session.runOnce("Mine");
    expect(entered()).toEqual([
      "DebugPortSetup",
      "DebugPortStart",
      "DebugCoreStart",
      "Mine",
      "DebugCoreStop",
      "DebugPortStop",
    ]);
  });

  test("a sequence of the disconnect flow runs once, as part of it", async () => {
    const { session, entered } = await fixture();
    await session.runOnce("DebugCoreStop");
    expect(entered().filter((name) => name === "DebugCoreStop")).toEqual(["DebugCoreStop"]);
  });

  test("--connect none sends only what the sequence sends", async () => {
    const { session, entered } = await fixture({
      seq: "sequence Lines { DAP_SWJ_Sequence(8, 0xFF); }",
      settings: { connect: "none" },
    });
    await session.runOnce("Lines");
    expect(entered()).toEqual(["Lines"]);
  });

  test("reset names run ResetCatchSet and ResetCatchClear only with halt", async () => {
    const plain = await fixture();
    await plain.session.runOnce("ResetSystem");
    expect(plain.entered()).not.toContain("ResetCatchSet");
    const halting = await fixture();
    await halting.session.runOnce("ResetSystem", { halt: true });
    expect(halting.entered()).toEqual([
      "DebugPortSetup",
      "DebugPortStart",
      "DebugCoreStart",
      "ResetCatchSet",
      "ResetSystem",
      "ResetCatchClear",
    ]);
  });

  test("ResetCatchClear runs even if the reset failed, and the first error is the one reported", async () => {
    const { session, entered, failure } = await fixture({
      seq: 'sequence ResetSystem { Message(2, "no reset"); }',
    });
    const error = await failure(() => session.runOnce("ResetSystem", { halt: true }));
    expect(entered()).toContain("ResetCatchClear");
    expect(sentences(error).join("; ")).toContain("no reset");
    expect(exitCodeOf(error)).toBe(1);
  });
});

describe("wire rule 21: the state in which the target is left", () => {
  test("is as found after attach: a running core runs on and the debug port is stopped", async () => {
    const { session, entered } = await fixture();
    await session.connect();
    await session.disconnect();
    expect(entered().slice(-2)).toEqual(["DebugCoreStop", "DebugPortStop"]);
  });

  test("is halted after a halting reset, without DebugCoreStop and DebugPortStop, and the flow says so", async () => {
    const { session, entered, events } = await fixture();
    await session.connect();
    await session.reset("system", { halt: true });
    await session.disconnect();
    expect(entered()).not.toContain("DebugCoreStop");
    expect(entered()).not.toContain("DebugPortStop");
    const said = events.flatMap((event) =>
      event.kind === "flow" && event.flow === "disconnect" ? [event.text] : [],
    );
    expect(said).toEqual(["disconnect, the core stays halted and debug stays on"]);
  });

  test("leave running wins over the halting reset", async () => {
    const { session, entered } = await fixture({ settings: { leave: "running" } });
    await session.connect();
    await session.reset("system", { halt: true });
    await session.disconnect();
    expect(entered().slice(-2)).toEqual(["DebugCoreStop", "DebugPortStop"]);
  });

  test("a sequence that halts the core does not change what was found running", async () => {
    const { session, entered } = await fixture({ seq: "sequence Stop { Write32(0xE000EDF0, 0xA05F0003); }" });
    await session.runOnce("Stop");
    expect(entered().slice(-2)).toEqual(["DebugCoreStop", "DebugPortStop"]);
  });

  test("both lights of the probe are off at the end, after a failure too", async () => {
    const { session, simulator, failure } = await fixture({ seq: 'sequence Bad { Message(2, "x"); }' });
    expect(await failure(() => session.runOnce("Bad"))).toBeDefined();
    expect(simulator.lights).toMatchObject({ connected: false, running: false });
  });
});

describe("wire rule 20: connect modes", () => {
  test("halt leaves the core halted", async () => {
    const { session, entered } = await fixture({ settings: { connect: "halt" } });
    await session.connect();
    await session.disconnect();
    expect(entered()).toEqual(["DebugPortSetup", "DebugPortStart", "DebugCoreStart"]);
  });

  test("pre-reset pulses nRESET first and says so", async () => {
    const { session, entered, events } = await fixture({ settings: { connect: "pre-reset" } });
    await session.connect();
    expect(entered()[0]).toBe("ResetHardware");
    expect(events.some((event) => event.kind === "notice" && event.text.includes("nRESET"))).toBe(true);
    await session.disconnect();
  });

  test("under-reset holds nRESET while connecting and catches the core at its reset vector", async () => {
    const { session, entered } = await fixture({ settings: { connect: "under-reset" } });
    await session.connect();
    expect(entered()).toEqual([
      "ResetHardwareAssert",
      "DebugPortSetup",
      "DebugPortStart",
      "DebugCoreStart",
      "ResetCatchSet",
      "ResetHardwareDeassert",
      "ResetCatchClear",
    ]);
    await session.disconnect();
  });

  test("under-reset that fails lets nRESET rise again", async () => {
    const { session, simulator, failure } = await fixture({
      seq: 'sequence DebugDeviceUnlock { Message(2, "locked"); }',
      settings: { connect: "under-reset" },
    });
    expect(await failure(() => session.runOnce("DebugCoreStart"))).toBeDefined();
    expect(simulator.log.events.some((event) => event.kind === "reset")).toBe(true);
    expect(simulator.soc.nreset).toBe(1);
  });
});

describe("predefined variables", () => {
  test.each([
    ["attach", "DebugDeviceUnlock", {}, "201 10002"],
    ["under reset", "DebugDeviceUnlock", { connect: "under-reset" }, "10201 10002"],
    ["pre-reset", "ResetHardware", { connect: "pre-reset" }, "20201 10002"],
    ["dormant", "DebugDeviceUnlock", { dormant: true }, "201 30002"],
  ] as const)("%s: __connection and __protocol in %s", async (_what, name, settings, shown) => {
    // The dormant state needs a DPv2.
    const { session, messages } = await fixture({
      model: "generic-m33",
      seq: SHOW_CONNECTION(name),
      settings,
    });
    await session.connect();
    expect(messages()).toContain(shown);
    await session.disconnect();
  });

  test.each([
    ["hardware", "ResetHardware", "101"],
    ["system", "ResetSystem", "201"],
    ["processor", "ResetProcessor", "301"],
  ] as const)("reset type %s in bits 8 to 15", async (kind, name, shown) => {
    const { session, messages } = await fixture({
      seq: `sequence ${name} { Message(0, "%x", __connection); }`,
    });
    await session.connect();
    await session.reset(kind);
    expect(messages()).toEqual([shown]);
    await session.disconnect();
  });

  test("wire rule 20: only flash operations connect as such", async () => {
    const { session, messages } = await fixture({ seq: SHOW_CONNECTION("DebugDeviceUnlock") });
    session.purpose = "flash";
    await session.connect();
    expect(messages()).toContain("202 10002");
    await session.disconnect();
  });

  test("wire rule 19: DebugPortSetup, -Start and -Stop run once for a port, whatever runs between", async () => {
    const { session, entered } = await fixture({ seq: "sequence Mine { Read32(0x20000000); }" });
    await session.connect();
    await session.run("Mine");
    await session.reset("system", { halt: true });
    await session.run("Mine");
    await session.disconnect("running");
    const ofPort = entered().filter((name) => name.startsWith("DebugPort"));
    expect(ofPort).toEqual(["DebugPortSetup", "DebugPortStart", "DebugPortStop"]);
  });

  test("wire rule 22: TraceStart and TraceStop run only with a trace sink", async () => {
    const seq = 'sequence TraceStart { Message(0, "%x", __traceout); } sequence TraceStop { }';
    const without = await fixture({ seq });
    await without.session.connect();
    await without.session.disconnect();
    expect(without.entered()).not.toContain("TraceStart");
    const sink = await fixture({ seq, settings: { traceOut: "swo" } });
    await sink.session.connect();
    await sink.session.disconnect();
    expect(sink.messages()).toEqual(["1"]);
    expect(sink.entered()).toContain("TraceStop");
  });
});

describe("before anything runs", () => {
  test("an error in a sequence that the run reaches ends it with no packet to the target", async () => {
    const { session, simulator, failure, entered } = await fixture({
      seq: 'sequence Mine { Sequence("Inner"); } sequence Inner { x = 7; }',
    });
    const error = await failure(() => session.runOnce("Mine"));
    expect(exitCodeOf(error)).toBe(1);
    expect(sentences(error)[0]).toContain("test.seq:1:");
    expect(entered()).toEqual([]);
    expect(simulator.log.events).toEqual([]);
  });

  test("an error in a sequence that it cannot reach does not matter", async () => {
    const { session, messages } = await fixture({
      seq: 'sequence Mine { Message(0, "ran"); } sequence Other { x = 7; }',
    });
    await session.runOnce("Mine");
    expect(messages()).toEqual(["ran"]);
  });

  test("an unknown name is refused with the nearest one", async () => {
    const { session, failure } = await fixture();
    const error = await failure(() => session.runOnce("ResetSytem"));
    expect(sentences(error)[0]).toContain('did you mean "ResetSystem"?');
    expect(exitCodeOf(error)).toBe(2);
  });
});

describe("interruption", () => {
  test("a signal ends a run at once, with 130; the target is released and the probe freed", async () => {
    const abort = new AbortController();
    const { session, simulator, failure, entered } = await fixture({
      seq: "sequence Forever { while (Read32(0xE000EDF0) | 1) { } }",
      signal: abort.signal,
      settings: { connect: "under-reset" },
    });
    const waiting = setInterval(() => {
      if (entered().includes("Forever")) abort.abort(new Error("interrupted"));
    }, 1);
    const error = await failure(() => session.runOnce("Forever"));
    clearInterval(waiting);
    expect(exitCodeOf(error)).toBe(130);
    expect(entered().at(-1)).toBe("DebugPortStop");
    expect(simulator.soc.nreset).toBe(1);
    expect(simulator.lights).toMatchObject({ connected: false, running: false });
  });
});
