/** Wire rule 23: a connection that a reset takes down is made again and acknowledged; the device prepares for a core that runs. */
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { describedBy } from "../support/pdsc.ts";
import { fixture } from "./support.ts";

/** No core stands behind AP 0 of this part. */
const CORE = '<processor Dcore="Cortex-M0+"/><debug __ap="1"/>';

const RECOVERY = `
sequence RecoverySupportStart { Message(0, "start"); }
sequence RecoverySupportStop { Message(0, "stop"); }
sequence RecoveryAcknowledge { Message(0, "acknowledged"); }`;

describe("wire rule 23: a reset that takes the debug port with it", () => {
  test("the connection is made again, what happened is said, and the target is released at the end", async () => {
    const parts = describedBy({ device: CORE });
    const given = { model: "cy8c6247", seq: RECOVERY, parts };
    const { session, simulator, events, messages } = await fixture(given);
    await session.connect();
    await session.reset("hardware");
    expect(messages()).toEqual(["start", "acknowledged"]);
    const warned = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
    expect(warned).toEqual([expect.stringMatching(/^the connection was lost \(.*\); it is made again$/)]);
    expect(await session.read(0xe000_ed00, 32)).toBe(0x410c_c601);
    await session.disconnect();
    expect(simulator.lights).toEqual({ connected: false, running: false });
  });

  test("with a halt the core is caught when the port is back, and that is said", async () => {
    const pdsc = `<package><vendor>V</vendor><name>N</name><devices><family Dfamily="F" Dvendor="V:1">
<device Dname="D">${CORE}</device></family></devices></package>`;
    const pack = `${folderWith({ "V.N.pdsc": pdsc })}/V.N.pdsc`;
    const device = ["--pack", pack, "--device", "D", "--probe", "sim:cy8c6247", "--no-config"];
    const { code, err, all } = await dbgseq("reset", "--halt", "--type", "hardware", ...device);
    expect({ code, all }).toMatchObject({ code: 0 });
    expect(err).toContain("caught when the debug port came back, not at its reset vector");
  });

  test("if nothing comes back the failure stays what it was", async () => {
    const { session, simulator, failure, events } = await fixture({
      seq: "sequence ResetSystem { DAP_Delay(1); }",
    });
    await session.connect();
    simulator.soc.power(false);
    const error = await failure(() => session.reset("system"));
    expect(String(error)).toContain("clear S_RESET_ST");
    expect(
      events.some((event) => event.kind === "warning" && event.text.includes("could not be made again")),
    ).toBe(true);
    await session.abandon();
  });

  test("a port that was lost before the reset is connected again, and then reset", async () => {
    const { session, simulator, events, messages } = await fixture({
      seq: 'sequence ResetSystem { Message(0, "reset"); Write32(0xE000ED0C, 0x05FA0004); DAP_Delay(1000); }',
    });
    await session.connect();
    simulator.soc.power(false);
    simulator.soc.power(true);
    await session.reset("system");
    expect(messages()).toEqual(["reset"]);
    const texts = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
    expect(texts.some((text) => text.includes("the connection was lost"))).toBe(true);
    await session.disconnect();
  });

  test("a port that is still silent when it is looked for, and then comes back, is reset too", async () => {
    let giveBack = (): void => undefined;
    const { session, simulator, messages } = await fixture({
      seq: 'sequence ResetSystem { Message(0, "reset"); Write32(0xE000ED0C, 0x05FA0004); DAP_Delay(1000); }',
      hears: (event) => {
        if (event.kind === "warning" && event.text.includes("it is made again")) giveBack();
      },
    });
    await session.connect();
    simulator.soc.power(false);
    giveBack = () => {
      simulator.soc.power(true);
    };
    await session.reset("system");
    expect(messages()).toEqual(["reset"]);
    await session.disconnect();
  });

  test("an ordinary reset keeps its connection", async () => {
    const { session, messages } = await fixture({ seq: RECOVERY });
    await session.connect();
    await session.reset("hardware");
    await session.disconnect();
    expect(messages()).toEqual(["start", "stop"]);
  });
});

test("wire rule 23: RecoverySupportStart runs before a run and a step, and RecoverySupportStop after them", async () => {
  const { session, messages } = await fixture({ seq: RECOVERY, settings: { connect: "halt" } });
  await session.connect();
  const { core } = session.rig.target;
  await session.runCore(() => core.step(), true);
  expect(messages()).toEqual(["start", "start", "stop"]);
  await session.runCore(() => core.resume(), false);
  await session.disconnect("running");
  expect(messages()).toEqual(["start", "start", "stop", "start", "stop"]);
});
